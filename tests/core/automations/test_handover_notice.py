from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.core.automations import Answer
from chalicelib.core.automations.handover_notice import decide
from chalicelib.core.channel import AutomaticReply
from chalicelib.core.conversation import Conversation, RecentSend
from chalicelib.core.messages import FilledTemplate, Media
from chalicelib.core.texts import ready
from tests.builders import NOON, channel, conversation
from tests.core.automations.situations import shop, situation

EARLIER, NOTICE = NOON - timedelta(hours=1), Answer(text="A person will.")
ON = shop(handover_notice=AutomaticReply(text="A person will."))


def said(before: Conversation | None) -> Answer | None:
    return decide(situation(channel=ON, conversation=before))


@pytest.mark.parametrize(
    "before",
    [
        None,
        conversation(),
        conversation(last_automated_at=EARLIER, last_person_at=EARLIER),
        conversation(wait_opened_at=EARLIER),
        conversation(wait_opened_at=NOON, last_automated_at=EARLIER),
    ],
)
def test_whoever_waits_without_an_automatic_reply_is_told_that_a_person_will(before) -> None:
    assert said(before) == NOTICE


@pytest.mark.parametrize("automated", [EARLIER, NOON])
def test_in_a_wait_with_an_automatic_reply_nothing_more_is_said(automated) -> None:
    assert said(conversation(wait_opened_at=EARLIER, last_automated_at=automated)) is None


def after(*automations: str) -> Conversation:
    """In a wait that these replies belong to."""
    sends = tuple(RecentSend(each, EARLIER, each) for each in automations)
    return conversation(wait_opened_at=EARLIER, last_automated_at=EARLIER, recent_sends=sends)


@pytest.mark.parametrize("answered", ["frequent_questions", "custom_rules", "ad_questions"])
def test_after_an_answer_that_announced_nobody_a_person_is_announced(answered) -> None:
    assert said(after(answered)) == NOTICE


@pytest.mark.parametrize("announced", ["instant_reply", "away_message", "handover_notice"])
def test_a_person_is_announced_once_whatever_was_answered_since(announced) -> None:
    assert said(after(announced, "frequent_questions")) is None


def test_an_answer_in_an_earlier_wait_announces_nobody_in_this_one() -> None:
    sends = (RecentSend("a", EARLIER, "handover_notice"), RecentSend("b", NOON, "location"))
    before = conversation(wait_opened_at=NOON, last_automated_at=NOON, recent_sends=sends)
    assert said(before) == NOTICE


@pytest.mark.parametrize(
    "settings",
    [
        channel(),
        channel(instant_reply=AutomaticReply(), handover_notice=AutomaticReply(is_on=False)),
    ],
)
def test_a_channel_without_automation_or_with_the_notice_off_says_nothing(settings) -> None:
    assert decide(situation(channel=settings)) is None


@pytest.mark.parametrize("other", ["instant_reply", "away_message"])
def test_a_channel_with_another_automatic_reply_has_the_notice_too(other) -> None:
    automated = channel(**{other: AutomaticReply()})
    assert decide(situation(channel=automated)) == Answer(text=ready("handover_notice", "en"))


def test_a_channel_without_words_of_its_own_has_the_default() -> None:
    on = shop(handover_notice=AutomaticReply())
    assert decide(situation(channel=on)) == Answer(text=ready("handover_notice", "en"))


def test_a_channel_may_say_it_by_an_attachment_or_a_template() -> None:
    media, template = Media(kind="image", media_id="4001"), FilledTemplate(name="w", language="en")
    replies = [AutomaticReply(attachment=media), AutomaticReply(template=template)]
    found = [decide(situation(channel=shop(handover_notice=reply))) for reply in replies]
    assert found == [Answer(attachment=media), Answer(template=template)]
