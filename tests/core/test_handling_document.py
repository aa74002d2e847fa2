"""Settings of handover, closing, feedback and disclosure that are refused, by their field."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.catalogue import PLATFORMS
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.channel_document import from_document
from chalicelib.core.documents import InvalidField
from chalicelib.core.handling_settings import Disclosure, Handover

SMALL = {"name": "The Mug Shop"}
LONG = "x" * 1950


def saved(platform: str = "messenger", **settings: Any) -> ChannelSettings:
    known = PLATFORMS[platform]
    return from_document(
        "1",
        SMALL | {"platform": platform} | settings,
        text_limit=known.text_limit,
        attachment_limit=known.attachment_limit,
        choices_limit=known.choices_limit,
    )


def field_at_fault(platform: str = "messenger", **settings: Any) -> str:
    with pytest.raises(InvalidField) as refused:
        saved(platform, **settings)
    return refused.value.field


def test_everything_is_off_by_default_but_disclosure_where_automation_converses():
    channel = saved()
    ons = (channel.handover, channel.closing_message, channel.feedback_request)
    assert ([each.is_on for each in ons], channel.disclosure) == ([False] * 3, Disclosure())


def test_an_empty_object_turns_it_on_with_its_defaults():
    assert saved(handover={}).handover == Handover()


@pytest.mark.parametrize("platform", sorted(PLATFORMS))
@pytest.mark.parametrize("language", ["en", "tr", "az", "ko"])
def test_the_ready_texts_fit_every_platform(platform, language):
    everything = {
        "language": language,
        "handover": {"unanswered_minutes": 30},
        "closing_message": {"after_hours": 3},
        "feedback_request": {},
        "disclosure": {"when": "always"},
        "contact_information": {"phone": "+90 212 555 01 01"},
    }
    assert saved(platform, **everything).handover.unanswered_minutes == 30


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"handover": {"text": "x" * 2001}}, "handover.text"),
        ({"handover": {"text": "Hi {name}"}}, "handover.text"),
        ({"handover": {"unanswered_text": "x" * 2001}}, "handover.unanswered_text"),
        ({"handover": {"unanswered_minutes": 0}}, "handover.unanswered_minutes"),
        ({"handover": {"after_misses": 11}}, "handover.after_misses"),
        ({"handover": {"target_app_id": "inbox"}}, "handover.target_app_id"),
        ({"closing_message": {"text": "x" * 2001}}, "closing_message.text"),
        ({"closing_message": {"after_hours": 24}}, "closing_message.after_hours"),
        ({"feedback_request": {"question": "x" * 66}}, "feedback_request.question"),
        ({"feedback_request": {"question": "Hi {first_name}"}}, "feedback_request.question"),
        ({"feedback_request": {"thanks": "Bye {first_name}"}}, "feedback_request.thanks"),
        ({"feedback_request": {"thanks": ""}}, "feedback_request.thanks"),
        ({"feedback_request": {"privacy_url": "http://x"}}, "feedback_request.privacy_url"),
        ({"disclosure": {"when": "sometimes"}}, "disclosure.when"),
        ({"disclosure": {"text": "{first_name}"}}, "disclosure.text"),
        ({"disclosure": {"again_after_hours": 0}}, "disclosure.again_after_hours"),
    ],
)
def test_a_wrong_field_is_named(settings, field):
    assert field_at_fault(**settings) == field


@pytest.mark.parametrize(
    ("platform", "settings", "field"),
    [
        ("whatsapp", {"handover": {"target_app_id": "1"}}, "handover.target_app_id"),
        (
            "instagram",
            {"feedback_request": {"privacy_url": "https://shop.example/privacy"}},
            "feedback_request.privacy_url",
        ),
    ],
)
def test_what_the_platform_does_not_have_is_refused(platform, settings, field):
    assert field_at_fault(platform, **settings) == field


def test_where_the_disclosure_comes_before_all_texts_they_have_to_leave_room_for_it():
    greeting = {"instant_reply": {"text": LONG}}
    always = {"disclosure": {"when": "always"}}
    assert saved(**greeting).instant_reply.text == LONG
    assert field_at_fault(**greeting, **always) == "instant_reply.text"
