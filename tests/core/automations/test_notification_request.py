from __future__ import annotations

import pytest

from chalicelib.core.automations import Answer
from chalicelib.core.automations.notification_request import decide
from chalicelib.core.channel import NotificationTopic
from chalicelib.core.messages import MessageKind
from chalicelib.core.personalisation import problem
from chalicelib.core.texts import ready
from chalicelib.platforms._send_api import text_limit_instagram
from tests.core.automations.situations import MUG, shop, situation

DEFAULT_TEXT = ready("notification_request", "en")
CONSENT = Answer(text=DEFAULT_TEXT, grants_opt_in="mug-back")
REQUEST = Answer(
    kind=MessageKind.OPT_IN_REQUEST, topic="mug-back", title="Tell me when the mug is back"
)


@pytest.mark.parametrize(
    "text",
    [
        "mug",
        "Tell me when the MUG is back!",
        "(mug)",
        "mug, please",
        "\uff4d\uff55\uff47",
        "the\nmug",
    ],
)
def test_a_keyword_as_a_whole_word_is_consent(text: str) -> None:
    assert decide(situation(text=text)) == CONSENT


@pytest.mark.parametrize("text", [None, "", "smuggler", "mugs", "my mug_1", "Hello?"])
def test_other_words_are_no_request(text: str | None) -> None:
    assert decide(situation(text=text)) is None


@pytest.mark.parametrize("text", ["Tell  me\nwhen it is back", "please TELL ME WHEN..."])
def test_a_keyword_may_have_several_words(text: str) -> None:
    topic = NotificationTopic(topic="mug-back", title="The mug", keywords=("tell me when",))
    assert decide(situation(text=text, channel=shop(notification_topics=(topic,)))) == CONSENT


@pytest.mark.parametrize("text", ["c++ course", "Is there a C++ course?"])
def test_a_keyword_may_hold_signs(text: str) -> None:
    topic = NotificationTopic(topic="mug-back", title="The course", keywords=("c++",))
    assert decide(situation(text=text, channel=shop(notification_topics=(topic,)))) == CONSENT


def test_the_confirmation_of_the_topic_is_said() -> None:
    topic = NotificationTopic(
        topic="mug-back", title="The mug", keywords=("mug",), confirmation="Noted."
    )
    answer = decide(situation(text="mug", channel=shop(notification_topics=(topic,))))
    assert answer == Answer(text="Noted.", grants_opt_in="mug-back")


def test_the_first_topic_with_a_keyword_in_the_message_is_meant() -> None:
    plate = NotificationTopic(topic="plate", title="The plate", keywords=("plate",))
    answer = decide(situation(text="plate or mug", channel=shop(notification_topics=(MUG, plate))))
    assert answer == CONSENT


def test_messenger_with_one_time_notifications_asks_for_a_token() -> None:
    assert decide(situation(text="mug", channel=shop(one_time_notifications=True))) == REQUEST


def test_a_tap_on_a_button_of_the_topic_is_consent() -> None:
    assert decide(situation(text="Tell me", payload="notify:mug-back")) == CONSENT


def test_a_tap_on_a_button_asks_for_a_token_where_there_are_any() -> None:
    tap = situation(text=None, payload="notify:mug-back", channel=shop(one_time_notifications=True))
    assert decide(tap) == REQUEST


@pytest.mark.parametrize("payload", ["notify:", "notify:plate", "mug-back", "NOTIFY:mug-back"])
def test_another_tap_is_no_request(payload: str) -> None:
    assert decide(situation(text="Go", payload=payload)) is None


@pytest.mark.parametrize("platform", ["instagram", "whatsapp"])
def test_other_platforms_have_no_tokens(platform: str) -> None:
    elsewhere = shop(one_time_notifications=True, platform=platform)
    assert decide(situation(text="mug", channel=elsewhere)) == CONSENT


def test_the_default_text_fits_every_platform() -> None:
    assert problem(DEFAULT_TEXT, text_limit_instagram) is None
