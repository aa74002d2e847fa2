from __future__ import annotations

from chalicelib.core.automations import Answer
from chalicelib.core.automations.away_message import decide
from chalicelib.core.channel import AutomaticReply
from chalicelib.core.messages import FilledTemplate, Media
from chalicelib.core.texts import ready
from tests.builders import conversation
from tests.core.automations.situations import NIGHT_PERIOD, closed, shop, situation


def test_outside_opening_hours_the_text_of_the_channel_is_said() -> None:
    assert decide(closed()) == Answer(text="Away.", away_period=NIGHT_PERIOD)


def test_a_channel_without_a_text_has_the_default() -> None:
    answer = decide(closed(channel=shop(away_message=AutomaticReply())))
    assert answer == Answer(text=ready("away_message", "en"), away_period=NIGHT_PERIOD)


def test_a_channel_with_an_attachment_sends_it_in_place_of_the_default_text() -> None:
    plan = Media(kind="file", media_id="4001")
    answer = decide(closed(channel=shop(away_message=AutomaticReply(attachment=plan))))
    assert answer == Answer(attachment=plan, away_period=NIGHT_PERIOD)


def test_a_channel_with_a_template_sends_it_in_place_of_the_default_text() -> None:
    template = FilledTemplate(name="welcome", language="en")
    reply = AutomaticReply(template=template)
    answer = decide(closed(channel=shop(away_message=reply)))
    assert answer == Answer(template=template, away_period=NIGHT_PERIOD)


def test_in_opening_hours_nothing_is_said() -> None:
    assert decide(situation()) is None


def test_a_channel_that_turned_it_off_says_nothing() -> None:
    assert decide(closed(channel=shop(away_message=AutomaticReply(is_on=False)))) is None


def test_it_is_said_once_in_a_closed_period() -> None:
    assert decide(closed(conversation=conversation(away_period=NIGHT_PERIOD))) is None


def test_it_is_said_again_in_the_next_closed_period() -> None:
    told = conversation(away_period="2026-11-20T15:00:00+00:00")
    assert decide(closed(conversation=told)) == Answer(text="Away.", away_period=NIGHT_PERIOD)


def test_a_contact_of_old_gets_it_too() -> None:
    answer = decide(closed(is_first_message=False, conversation=conversation()))
    assert answer == Answer(text="Away.", away_period=NIGHT_PERIOD)
