"""In which form a notification goes out: the order, and the choice by the policy's verdicts."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.channel import ChannelSettings, NotificationTopic
from chalicelib.core.messages import (
    Button,
    FilledTemplate,
    Media,
    MessageKind,
    Origin,
    OutboundMessage,
)
from chalicelib.core.messaging_policy import Basis, Permit, Refusal
from chalicelib.core.notification_forms import chosen, filled, kinds
from tests import builders

BARE = NotificationTopic(topic="mug", title="When the mug is back")
TOPIC = NotificationTopic(
    topic="mug", title="When the mug is back", template_name="back", template_language="en"
)
TEXT, TEMPLATE = MessageKind.TEXT, MessageKind.TEMPLATE
REFUSED = Refusal("window_closed", "Too late.")
TOKEN, APPROVED = Permit(Basis.ONE_TIME_TOKEN), Permit(Basis.APPROVED_TEMPLATE)
WINDOW = Permit(Basis.STANDARD_WINDOW)


def channel(platform: str, topic: NotificationTopic = TOPIC, **facts: Any) -> ChannelSettings:
    return builders.channel(platform=platform, notification_topics=(topic,), **facts)


def notice(**facts: Any) -> OutboundMessage:
    defaults = {"origin": Origin.CAMPAIGN, "topic": "mug", "text": "It is back.", "author": None}
    return builders.outbound(**(defaults | facts))


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (channel("messenger", one_time_notifications=True), (TEXT, TEMPLATE)),
        (channel("messenger"), (TEMPLATE, TEXT)),
        (channel("messenger", BARE, one_time_notifications=True), (TEXT,)),
        (channel("messenger", BARE), (TEXT,)),
        (channel("instagram"), (TEXT,)),
        (channel("instagram", one_time_notifications=True), (TEXT,)),
        (channel("whatsapp"), (TEMPLATE, TEXT)),
        (channel("whatsapp", BARE), (TEXT,)),
    ],
)
def test_the_forms_of_a_platform_in_their_order(
    settings: ChannelSettings, expected: tuple[MessageKind, ...]
) -> None:
    assert kinds(notice(platform=settings.platform), settings) == expected


@pytest.mark.parametrize(
    "facts",
    [
        {"origin": Origin.PERSON},
        {"origin": Origin.AUTOMATION},
        {"kind": TEMPLATE},
        {"kind": MessageKind.OPT_IN_REQUEST},
        {"attachment": Media(kind="image", url="https://a.b/c.png")},
        {"topic": "teapot"},
        {"topic": None},
    ],
)
def test_everything_else_has_its_one_form(facts: dict[str, Any]) -> None:
    message = notice(platform="whatsapp", **facts)
    assert kinds(message, channel("whatsapp")) == (message.kind,)


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([TOKEN, APPROVED], 0),
        ([WINDOW, APPROVED], 1),
        ([REFUSED, APPROVED], 1),
        ([WINDOW, REFUSED], 0),
        ([REFUSED, WINDOW], 1),
        ([REFUSED, REFUSED], 0),
        ([REFUSED], 0),
    ],
)
def test_consent_comes_before_the_window_and_a_permit_before_a_refusal(
    verdicts: list[Permit | Refusal], expected: int
) -> None:
    assert chosen(enumerate(verdicts)) == expected


@given(st.lists(st.sampled_from([TOKEN, APPROVED, WINDOW, REFUSED]), min_size=1, max_size=4))
def test_it_is_permitted_if_any_form_is(verdicts: list[Permit | Refusal]) -> None:
    got = verdicts[chosen(enumerate(verdicts))]
    assert isinstance(got, Permit) is any(isinstance(each, Permit) for each in verdicts)


def test_no_more_forms_are_tried_than_it_takes() -> None:
    forms = iter([("token", TOKEN), ("template", APPROVED)])
    assert (chosen(forms), list(forms)) == ("token", [("template", APPROVED)])


def test_the_text_fills_the_template_and_the_payload_its_button() -> None:
    message = notice(buttons=(Button(title="Keep one", payload="keep"),))
    assert filled(message, channel("whatsapp")) == FilledTemplate(
        name="back", language="en", parameters=("It is back.",), buttons=("keep",)
    )


def test_the_address_of_a_button_has_no_place_in_a_template() -> None:
    message = notice(buttons=(Button(title="Shop", url="https://a.b"),))
    found = filled(message, channel("whatsapp"))
    assert found is not None
    assert found.buttons == ()


@pytest.mark.parametrize(
    ("platform", "has_tokens"),
    list(product(("messenger", "instagram", "whatsapp"), (True, False))),
)
def test_a_text_is_always_among_the_forms(platform: str, has_tokens: bool) -> None:
    settings = channel(platform, one_time_notifications=has_tokens)
    assert TEXT in kinds(notice(platform=platform), settings)
