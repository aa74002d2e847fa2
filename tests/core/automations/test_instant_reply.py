from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.core.automations import Answer
from chalicelib.core.automations.instant_reply import decide
from chalicelib.core.channel import AutomaticReply
from chalicelib.core.messages import FilledTemplate, Media
from chalicelib.core.texts import ready
from tests.core.automations.situations import closed, shop, situation

AGAIN = shop(instant_reply=AutomaticReply(text="Hello!", again_after_days=30))
PICTURE = Media(kind="image", url="https://shop.example/shop.jpg")
OFF = AutomaticReply(is_on=False)


def test_the_first_message_gets_the_text_of_the_channel() -> None:
    assert decide(situation()) == Answer(text="Hello!")


def test_a_channel_without_a_text_has_the_default() -> None:
    assert decide(situation(channel=shop(instant_reply=AutomaticReply()))) == Answer(
        text=ready("instant_reply", "en")
    )


@pytest.mark.parametrize("caption", [None, "Our shop"])
def test_a_channel_with_an_attachment_sends_it_in_place_of_the_default_text(
    caption: str | None,
) -> None:
    reply = AutomaticReply(text=caption, attachment=PICTURE)
    answer = decide(situation(channel=shop(instant_reply=reply)))
    assert answer == Answer(text=caption, attachment=PICTURE)


def test_a_channel_with_a_template_sends_it_in_place_of_the_default_text() -> None:
    template = FilledTemplate(name="welcome", language="en")
    reply = AutomaticReply(template=template)
    answer = decide(situation(channel=shop(instant_reply=reply)))
    assert answer == Answer(template=template)


def test_a_channel_that_turned_it_off_says_nothing() -> None:
    assert decide(situation(channel=shop(instant_reply=OFF))) is None


def test_a_later_message_gets_nothing() -> None:
    late = situation(is_first_message=False, silent_for=timedelta(days=400))
    assert decide(late) is None


@pytest.mark.parametrize(
    ("silent_for", "answer"),
    [
        (timedelta(days=30), Answer(text="Hello!")),
        (timedelta(days=30) - timedelta(microseconds=1), None),
        (None, None),
    ],
)
def test_after_days_of_silence_it_may_be_said_again(
    silent_for: timedelta | None, answer: Answer | None
) -> None:
    again = situation(channel=AGAIN, is_first_message=False, silent_for=silent_for)
    assert decide(again) == answer


def test_outside_opening_hours_the_away_message_stands_in_its_place() -> None:
    assert decide(closed()) is None


def test_outside_opening_hours_without_an_away_message_it_is_said() -> None:
    assert decide(closed(channel=shop(away_message=OFF))) == Answer(text="Hello!")
