"""Notifications at their edges: asked for after a stop, tried for days, in one form, made again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

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
LOST = SendError("ambiguous_no_answer", error_class=ErrorClass.AMBIGUOUS)
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


def ask(rt: Runtime, key: str = "ask") -> Message:
    return notify.request(conversation_id=CONVERSATION, topic="mug", idempotency_key=key, rt=rt)


def stored(rt: Runtime, row: Message) -> Message:
    found = rt.messages.load(row.conversation_id, row.message_id)
    assert found is not None
    return found


def test_nobody_is_asked_about_a_topic_that_they_stopped() -> None:
    rt = agreed()
    rt.opt_ins.stop(CONVERSATION, "mug", NOON + timedelta(seconds=1))
    assert (ask(rt).failure, rt.sender.posts) == ("opt_in_stopped", [])


def test_who_stopped_another_topic_may_be_asked() -> None:
    rt = wrote(page())
    rt.opt_ins.stop(CONVERSATION, "cup", NOON + timedelta(seconds=1))
    assert ask(rt).state is State.SENT


def test_nobody_is_asked_twice_about_a_topic_while_the_request_is_open() -> None:
    rt = wrote(page())
    assert ask(rt).state is State.SENT
    assert (ask(rt, key="again").failure, len(rt.sender.posts)) == ("already_asked", 1)


def test_who_has_agreed_and_was_not_told_yet_is_not_asked() -> None:
    assert ask(agreed()).failure == "already_asked"


def test_who_was_told_may_be_asked_again() -> None:
    rt = wrote(page())
    ask(rt)
    rt.now.advance(minutes=1)
    rt.opt_ins.record(builders.opt_in(token="token-1", opted_in_at=rt.now()))
    assert schedule(rt).state is State.SENT
    assert ask(rt, key="again").state is State.SENT


def test_a_request_that_meta_did_not_take_is_no_request() -> None:
    rt = wrote(page())
    rt.sender.outcomes.append(BROKEN)
    assert ask(rt).state is State.FAILED
    assert ask(rt, key="again").state is State.SENT


def test_a_request_that_perhaps_arrived_is_one() -> None:
    rt = wrote(page())
    rt.sender.outcomes.append(LOST)
    assert ask(rt).state is State.UNKNOWN
    assert ask(rt, key="again").failure == "already_asked"


def test_a_keyword_does_not_ask_twice_either() -> None:
    topic = replace(MUG, keywords=("mug",))
    settings = page(notification_topics=(topic,))
    rt = wrote(settings)
    asked(rt, settings, "m-2")
    asked(rt, settings, "m-3")
    rows = rt.messages.history(CONVERSATION)
    assert [row.failure for row in rows if row.kind is MessageKind.OPT_IN_REQUEST] == [
        None,
        "already_asked",
    ]


def asked(rt: Runtime, settings: ChannelSettings, mid: str) -> None:
    rt.now.advance(minutes=1)
    event = builders.message_received(
        text="mug", message_id=mid, event_id=f"messenger:{mid}", occurred_at=rt.now()
    )
    answer_message.run(event, settings, rt)


@pytest.mark.parametrize("text", ["Two\nlines", "x" * 1025])
def test_a_text_that_does_not_fit_the_template_is_refused_at_once(text: str) -> None:
    with pytest.raises(InvalidInput, match="text"):
        schedule(wrote(page(platform="whatsapp")), text)


def test_a_token_may_bring_what_no_template_would() -> None:
    assert schedule(agreed(), "Two\nlines").state is State.SENT


def test_placeholders_which_nothing_would_fill_are_refused_at_once() -> None:
    with pytest.raises(InvalidInput) as refused:
        schedule(agreed(), "Hi {first_name}, it is back")
    assert refused.value.field == "text"


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
