from __future__ import annotations

import pytest

from chalicelib.core.automations import Answer
from chalicelib.core.automations.stop import decide
from chalicelib.core.channel import AutomaticReply
from chalicelib.core.texts import LANGUAGES, ready
from tests.core.automations.situations import shop, situation

OFF = AutomaticReply(is_on=False)


def test_a_stop_is_confirmed_where_automation_is_on() -> None:
    assert decide(situation(text="STOP")) == Answer(text=ready("stop_confirmation", "en"))


def test_a_start_is_confirmed() -> None:
    assert decide(situation(text="start")) == Answer(text=ready("start_confirmation", "en"))


def test_the_tap_of_a_button_is_confirmed() -> None:
    answer = decide(situation(text="Fewer", payload="stop"))
    assert answer == Answer(text=ready("stop_confirmation", "en"))


@pytest.mark.parametrize("own", [None, "We send you nothing any more."])
def test_of_a_stop_of_one_topic_it_is_not_said_that_all_ends(own: str | None) -> None:
    settings = shop(stop_confirmation=AutomaticReply(text=own))
    answer = decide(situation(text="Fewer", payload="stop:mug", channel=settings))
    assert answer == Answer(text=ready("stop_topic_confirmation", "en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_speaks_the_language_of_the_channel(language: str) -> None:
    answer = decide(situation(text="STOP", channel=shop(language=language)))
    assert answer == Answer(text=ready("stop_confirmation", language))


def test_the_words_of_the_business_are_said() -> None:
    settings = shop(stop_confirmation=AutomaticReply(text="As you wish."))
    assert decide(situation(text="STOP", channel=settings)) == Answer(text="As you wish.")


def test_it_can_be_switched_off() -> None:
    assert decide(situation(text="STOP", channel=shop(stop_confirmation=OFF))) is None


def test_without_automation_it_is_off() -> None:
    assert decide(situation(text="STOP", channel=shop(instant_reply=OFF, away_message=OFF))) is None


def test_other_words_are_not_confirmed() -> None:
    assert decide(situation(text="Does the bus stop here?")) is None
