"""The list of what a customer wants to be told about, with what there is to tap."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.catalogue import PLATFORMS
from chalicelib.core import texts
from chalicelib.core.channel import TITLE_CHARACTERS, NotificationTopic
from chalicelib.core.opt_in import MARKETING
from chalicelib.core.opt_in_list import MOST_TOPICS, answer, is_wanted
from chalicelib.core.texts import ready
from tests import builders
from tests.builders import NOON

MUG = NotificationTopic(topic="mug", title="When the mug is back")
SHOP = builders.channel(notification_topics=(MUG,))
EMPTY = ready("opt_in_list_empty", "en")
MANY = tuple(
    NotificationTopic(topic=f"topic-{n}", title="머" * TITLE_CHARACTERS) for n in range(20)
)


def agreed(topic: str = "mug", number: int = 0, **facts):
    at = NOON + timedelta(minutes=number)
    return builders.opt_in(topic=topic, opt_in_id=f"o-{number}", opted_in_at=at, **facts)


def listed(*opt_ins, channel=SHOP):
    return answer(opt_ins, channel, NOON + timedelta(days=1))


def test_each_topic_may_be_ended_by_a_tap_and_so_may_all() -> None:
    found = listed(agreed(), agreed("cup", 1))
    assert [tap.payload for tap in found.quick_replies] == ["stop:cup", "stop:mug", "stop"]
    assert found.text is not None
    assert found.text.splitlines()[1:] == ["1. cup", "2. When the mug is back"]


def test_a_topic_of_the_platform_is_listed_as_the_customer_was_asked() -> None:
    found = listed(agreed("MM", title="Weekly deals"))
    assert (found.text or "").splitlines()[1:] == ["1. Weekly deals"]
    assert [tap.payload for tap in found.quick_replies] == ["stop:MM", "stop"]


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_marketing_is_listed_in_words(language: str) -> None:
    channel = builders.channel(language=language, notification_topics=(MUG,))
    found = listed(agreed(MARKETING), channel=channel)
    assert (found.text or "").splitlines()[1:] == [f"1. {ready('marketing_topic', language)}"]


def test_a_consent_without_a_topic_is_not_listed_as_its_tap_would_stop_all() -> None:
    assert listed(agreed("")).text == EMPTY


def test_a_topic_is_listed_once() -> None:
    found = listed(agreed(), agreed(number=1))
    assert [tap.payload for tap in found.quick_replies] == ["stop:mug", "stop"]


@pytest.mark.parametrize(
    "over",
    [{"stopped_at": NOON}, {"expires_at": NOON + timedelta(hours=1)}],
)
def test_what_is_over_is_not_listed(over) -> None:
    found = listed(agreed(**over))
    assert (found.text, found.quick_replies) == (EMPTY, ())


@pytest.mark.parametrize("language", texts.LANGUAGES)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_however_many_they_are_the_list_fits_the_platform(platform: str, language: str) -> None:
    channel = builders.channel(platform=platform, language=language, notification_topics=MANY)
    found = listed(*(agreed(f"topic-{n}", n) for n in range(20)), channel=channel)
    known = PLATFORMS[platform]
    assert len(found.quick_replies) == MOST_TOPICS + 1
    assert known.text_limit(found.text or "") is None
    assert known.choices_limit(found.text, found.quick_replies, ()) is None


@pytest.mark.parametrize(
    ("text", "payload", "expected"),
    [
        ("What are my notifications?", None, True),
        ("My notifications", "notifications", True),
        ("My notifications", "My notifications", True),
        ("My notifications", "menu:7", False),
        ("Is the mug back?", None, False),
        (None, None, False),
    ],
)
def test_it_is_asked_for_by_words_or_by_a_tap(text, payload, expected) -> None:
    assert is_wanted(SHOP, text, payload) is expected


def test_where_there_are_no_topics_nobody_asks_for_them() -> None:
    assert not is_wanted(builders.channel(), "my notifications", None)
