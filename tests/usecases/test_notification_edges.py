"""Notifications at their edges: asked for after a stop, tried for days, in one form, made again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.core import decisions
from chalicelib.core.channel import ApprovedTemplate, ChannelSettings, NotificationTopic
from chalicelib.core.decisions import MOST_ATTEMPTS
from chalicelib.core.messages import Message, MessageKind, State
from chalicelib.platforms import ErrorClass, SendError
from chalicelib.ports import Runtime
from chalicelib.usecases import answer_message, notify, resend_message, send_due
from chalicelib.usecases.errors import InvalidInput
from tests import builders, fakes
from tests.builders import CONVERSATION, NOON
from tests.usecases.campaigns import SOON, minute, opened, plan

BUSY = SendError("retry_2", error_class=ErrorClass.RETRY, code=2)
BROKEN = SendError("policy_100", error_class=ErrorClass.POLICY, code=100)
MUG = NotificationTopic(topic="mug", title="Mugs", template_name="back", template_language="en")
BACK = ApprovedTemplate(name="back", language="en", category="utility", parameters=1)


def page(**facts: object) -> ChannelSettings:
    wanted = {"one_time_notifications": True, "notification_topics": (MUG,), "templates": (BACK,)}
    return builders.channel(**(wanted | facts))


def wrote(settings: ChannelSettings) -> Runtime:
    rt = fakes.runtime(settings)
    event = builders.message_received(text="Hi", platform=settings.platform)
    answer_message.run(event, settings, rt)
    rt.sender.posts.clear()
    return rt


def agreed() -> Runtime:
    rt = wrote(page())
    rt.opt_ins.record(builders.opt_in(token="token-1"))
    return rt


def schedule(rt: Runtime, text: str = "It is back") -> Message:
    (settings,) = rt.channels.all()
    conversation = builders.conversation(platform=settings.platform)
    return notify.schedule(
        conversation_id=conversation.conversation_id,
        topic="mug",
        text=text,
        send_at=None,
        idempotency_key="k",
        rt=rt,
    )


def ask(rt: Runtime) -> Message:
    return notify.request(conversation_id=CONVERSATION, topic="mug", idempotency_key="ask", rt=rt)


def stored(rt: Runtime, row: Message) -> Message:
    found = rt.messages.load(row.conversation_id, row.message_id)
    assert found is not None
    return found


def test_nobody_is_asked_about_a_topic_that_they_stopped() -> None:
    rt = agreed()
    rt.opt_ins.stop(CONVERSATION, "mug", NOON + timedelta(seconds=1))
    assert (ask(rt).failure, rt.sender.posts) == ("opt_in_stopped", [])


def test_who_stopped_another_topic_may_be_asked() -> None:
    rt = agreed()
    rt.opt_ins.stop(CONVERSATION, "cup", NOON + timedelta(seconds=1))
    assert ask(rt).state is State.SENT


@pytest.mark.parametrize("text", ["Two\nlines", "x" * 1025])
def test_a_text_that_does_not_fit_the_template_is_refused_at_once(text: str) -> None:
    with pytest.raises(InvalidInput, match="text"):
        schedule(wrote(page(platform="whatsapp")), text)


def test_a_token_may_bring_what_no_template_would() -> None:
    assert schedule(agreed(), "Two\nlines").state is State.SENT


def test_the_ledger_of_what_is_tried_for_days_stays_small() -> None:
    rt = agreed()
    rt.sender.outcomes = [BUSY] * 200
    row = schedule(rt)
    [tried_later(rt) for _ in range(MOST_ATTEMPTS + 30)]
    assert stored(rt, row).tries > MOST_ATTEMPTS
    assert len(stored(rt, row).ledger) <= 2 * MOST_ATTEMPTS


def tried_later(rt: Runtime) -> int:
    rt.now.advance(minutes=31)
    return send_due.run(rt)


def test_what_was_posted_once_keeps_its_form() -> None:
    rt = agreed()
    rt.sender.outcomes = [BUSY]
    row = schedule(rt)
    before = decisions.who(stored(rt, row))
    rt.channels.save(page(one_time_notifications=False))
    tried_later(rt)
    after = stored(rt, row)
    assert (after.kind, decisions.who(after)) == (MessageKind.TEXT, before)


def test_a_message_of_a_campaign_that_is_over_stays_among_those_that_failed() -> None:
    rt = opened(customers=1)
    rt.sender.outcomes = [BROKEN]
    plan(rt, expires_at=SOON)
    minute(rt)
    (old,) = rt.messages.all
    rt.now.at = SOON
    row = resend_message.run(
        conversation_id=old.conversation_id,
        message_id=old.message_id,
        idempotency_key="again",
        is_confirmed=True,
        rt=rt,
    )
    assert (row.state, row.failure) == (State.REFUSED, "notification_expired")
    assert stored(rt, old).resent_as is None
