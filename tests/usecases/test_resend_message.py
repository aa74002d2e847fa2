"""A send that went wrong is made again: once, if the policy permits it, and never blindly."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core.decisions import MOST_ATTEMPTS
from chalicelib.core.messages import Author, Listing, Message, MessageKind, State, Status
from chalicelib.platforms import ErrorClass, SendError
from chalicelib.ports import Runtime
from chalicelib.usecases import (
    list_sends,
    notify,
    read_conversation,
    resend_message,
    send_due,
    send_message,
)
from chalicelib.usecases.errors import Conflict, NotFound
from chalicelib.usecases.list_sends import SendView, Trouble
from tests import builders, fakes
from tests.builders import CHANNEL, CONVERSATION, NOON, outbound

OURS = outbound().key
MUG = {"topic": "mug", "title": "When the mug is back"}


def failing(error_class: ErrorClass, reason: str = "policy_368") -> SendError:
    return SendError(reason, error_class=error_class)


@pytest.fixture
def rt() -> Runtime:
    """A customer waits, and the window is open for a day."""
    runtime = fakes.runtime(builders.channel(one_time_notifications=True))
    runtime.conversations.save(
        builders.conversation(
            last_customer_at=NOON,
            window_opened_at=NOON,
            window_ends_at=NOON + timedelta(hours=24),
            wait_opened_at=NOON,
            wait_day=builders.TODAY,
        )
    )
    return runtime


def goes_wrong(rt: Runtime, error_class: ErrorClass = ErrorClass.POLICY, **facts: Any) -> None:
    rt.sender.outcomes = [failing(error_class, f"{error_class}_368")]
    send_message.run(outbound(**facts), rt)


def again(rt: Runtime, key: str = "k", *, confirmed: bool = False, of: str = OURS) -> Message:
    return resend_message.run(
        conversation_id=CONVERSATION,
        message_id=of,
        idempotency_key=key,
        is_confirmed=confirmed,
        rt=rt,
    )


def refused(rt: Runtime, **how: Any) -> str:
    with pytest.raises(Conflict) as caught:
        again(rt, **how)
    return caught.value.reason


def listed(rt: Runtime, trouble: Trouble = Trouble.FAILED) -> list[SendView]:
    return list(list_sends.run(CHANNEL, trouble, cursor=None, limit=9, rt=rt).items)


def row(rt: Runtime, message_id: str = OURS) -> Message:
    found = rt.messages.load(CONVERSATION, message_id)
    assert found is not None
    return found


def test_a_failed_send_is_listed_with_words_and_may_be_sent_again(rt: Runtime) -> None:
    goes_wrong(rt)
    (view,) = listed(rt)
    assert (view.state, view.reason, view.obstacle) == (State.FAILED, "policy_368", None)
    assert "restricted" in view.explanation.sentence


def test_a_failed_send_goes_out_again_under_a_new_id(rt: Runtime) -> None:
    goes_wrong(rt)
    new = again(rt)
    assert (new.state, row(rt, new.message_id).resend_of) == (State.SENT, OURS)
    assert (row(rt).resent_as, listed(rt)) == (new.message_id, [])
    assert [body["message"]["text"] for body in rt.sender.bodies] == [outbound().text] * 2


def test_a_person_s_answer_sent_again_closes_the_wait(rt: Runtime) -> None:
    goes_wrong(rt)
    rt.now.advance(minutes=10)
    again(rt)
    assert [wait.answered_at for wait in rt.waits.all] == [NOON + timedelta(minutes=10)]


def test_the_same_key_sends_it_again_once(rt: Runtime) -> None:
    goes_wrong(rt)
    first, second = again(rt), again(rt)
    assert (first.message_id, len(rt.sender.posts)) == (second.message_id, 2)


def test_of_two_keys_the_first_one_wins(rt: Runtime) -> None:
    goes_wrong(rt)
    again(rt)
    assert (refused(rt, key="another"), len(rt.sender.posts)) == ("already_resent", 2)


def test_f08_an_unknown_send_wants_to_be_confirmed(rt: Runtime) -> None:
    goes_wrong(rt, ErrorClass.AMBIGUOUS)
    assert (refused(rt), len(rt.sender.posts)) == ("confirmation_needed", 1)
    assert len(listed(rt, Trouble.UNKNOWN)) == 1


def test_f08_an_unknown_send_is_sent_again_once_it_is_confirmed(rt: Runtime) -> None:
    goes_wrong(rt, ErrorClass.AMBIGUOUS)
    assert again(rt, confirmed=True).state is State.SENT
    assert listed(rt, Trouble.UNKNOWN) == []


def test_f08_an_echo_of_the_first_attempt_settles_it_even_after_it_was_sent_again(
    rt: Runtime,
) -> None:
    goes_wrong(rt, ErrorClass.AMBIGUOUS)
    again(rt, confirmed=True)
    rt.messages.settle(CONVERSATION, OURS, State.SENT, platform_message_id="m_late")
    assert (row(rt).state, row(rt).platform_message_id) == (State.SENT, "m_late")


@pytest.mark.parametrize("confirmed", [True, False])
def test_what_proved_to_be_sent_is_not_sent_again(rt: Runtime, confirmed: bool) -> None:
    goes_wrong(rt, ErrorClass.AMBIGUOUS)
    rt.messages.settle(CONVERSATION, OURS, State.SENT, platform_message_id="m_1")
    assert refused(rt, confirmed=confirmed) == "already_sent"


def test_an_echo_that_comes_at_the_same_moment_wins(rt: Runtime) -> None:
    goes_wrong(rt, ErrorClass.AMBIGUOUS)
    rt.messages.mark_resent = _after(
        lambda: rt.messages.settle(CONVERSATION, OURS, State.SENT), rt.messages.mark_resent
    )
    assert (refused(rt, confirmed=True), len(rt.sender.posts)) == ("already_sent", 1)


def _after(first: Any, then: Any) -> Any:
    def call(*args: Any) -> Any:
        first()
        return then(*args)

    return call


def test_what_the_policy_refuses_now_stays_in_the_list_for_later(rt: Runtime) -> None:
    goes_wrong(rt)
    rt.now.advance(hours=24)
    new = again(rt)
    assert (new.state, new.failure) == (State.REFUSED, "window_closed")
    assert ([view.message.message_id for view in listed(rt)], row(rt).resent_as) == ([OURS], None)


def refused_later(rt: Runtime, key: str) -> State | None:
    rt.now.advance(minutes=1)
    return again(rt, key).state


def test_resends_that_are_refused_without_end_do_not_fill_the_row(rt: Runtime) -> None:
    goes_wrong(rt)
    rt.now.advance(days=9)
    refusals = [refused_later(rt, f"k-{number}") for number in range(2 * MOST_ATTEMPTS)]
    assert set(refusals) == {State.REFUSED}
    assert len(rt.messages.load_now(CONVERSATION, OURS).ledger) == MOST_ATTEMPTS


def test_a_second_attempt_that_fails_is_listed_in_place_of_the_first(rt: Runtime) -> None:
    goes_wrong(rt)
    rt.sender.outcomes = [failing(ErrorClass.POLICY)]
    new = again(rt)
    assert [view.message.message_id for view in listed(rt)] == [new.message_id]
    assert again(rt, of=new.message_id).state is State.SENT


def test_a_message_that_was_planned_is_still_to_come(rt: Runtime) -> None:
    goes_wrong(rt, ErrorClass.RETRY)
    assert refused(rt) == "still_planned"


def test_a_promised_send_that_is_refused_in_the_end_is_listed_and_may_be_sent_again(
    rt: Runtime,
) -> None:
    goes_wrong(rt, ErrorClass.RETRY)
    rt.now.advance(hours=25)
    send_due.run(rt)
    (view,) = listed(rt)
    assert (view.state, view.reason) == (State.REFUSED, "window_closed")
    assert again(rt).failure == "window_closed"


@pytest.mark.parametrize("message_id", ["hb-nobody", "mid.customer"])
def test_only_messages_of_ours_are_sent_again(rt: Runtime, message_id: str) -> None:
    rt.messages.record(builders.message())
    with pytest.raises(NotFound):
        again(rt, of=message_id)


def test_an_automatic_reply_stays_an_automatic_reply(rt: Runtime) -> None:
    rt.messages.claim(builders.our_message(message_id=OURS))
    rt.messages.settle(CONVERSATION, OURS, State.FAILED, listing=Listing(CHANNEL, NOON))
    new = row(rt, again(rt).message_id)
    assert (new.author, new.automation) == (Author.AUTOMATION, "away_message")


def a_notification(rt: Runtime, error_class: ErrorClass) -> str:
    """It goes wrong with the token that the customer gave for it."""
    rt.opt_ins.record(builders.opt_in())
    rt.sender.outcomes = [failing(error_class)]
    sent = notify.schedule(
        conversation_id=CONVERSATION,
        topic="mug",
        text="The mug is back",
        send_at=None,
        idempotency_key="n",
        rt=rt,
    )
    return sent.message_id


@pytest.mark.parametrize("confirmed", [True, False])
def test_f08_an_unknown_one_time_notification_is_never_sent_again(
    rt: Runtime, confirmed: bool
) -> None:
    sent = a_notification(rt, ErrorClass.AMBIGUOUS)
    assert refused(rt, of=sent, confirmed=confirmed) == "one_message_agreed"
    assert len(rt.sender.posts) == 1


def test_a_failed_notification_is_sent_again_with_the_token_that_it_did_not_use(
    rt: Runtime,
) -> None:
    sent = a_notification(rt, ErrorClass.BAD_REQUEST)
    assert again(rt, of=sent).state is State.SENT
    recipients = [body["recipient"] for body in rt.sender.bodies]
    assert recipients == [{"one_time_notif_token": "token-1"}] * 2


def test_the_consent_is_spent_for_everything_else(rt: Runtime) -> None:
    sent = a_notification(rt, ErrorClass.BAD_REQUEST)
    again(rt, of=sent)
    second = notify.schedule(
        conversation_id=CONVERSATION,
        topic="mug",
        text="Again",
        send_at=None,
        idempotency_key="m",
        rt=rt,
    )
    assert (second.state, second.failure) == (State.REFUSED, "opt_in_used")


def test_a_resend_that_must_wait_keeps_its_consent_and_its_origin(rt: Runtime) -> None:
    sent = a_notification(rt, ErrorClass.BAD_REQUEST)
    rt.sender.outcomes = [failing(ErrorClass.RETRY)]
    new = again(rt, of=sent)
    rt.now.advance(minutes=1)
    send_due.run(rt)
    stored = row(rt, new.message_id)
    assert (stored.state, stored.resend_of) == (State.SENT, sent)


def test_a_template_that_failed_after_it_was_sent_can_be_sent_again() -> None:
    channel = builders.channel(platform="whatsapp")
    known = builders.conversation(
        platform="whatsapp", window_ends_at=NOON + timedelta(hours=1), window_opened_at=NOON
    )
    rt = fakes.runtime(channel)
    rt.conversations.save(known)
    template = {"name": "mug", "language": {"code": "en"}}
    request = {"kind": MessageKind.TEMPLATE, "request": {"template": template}, "text": None}
    claimed = builders.our_message(conversation_id=known.conversation_id, **request)
    rt.messages.claim(claimed)
    key = (known.conversation_id, claimed.message_id)
    rt.messages.settle(*key, State.SENT, platform_message_id="wamid.1")
    rt.messages.status(*key, Status.FAILED, NOON, listing=Listing(CHANNEL, NOON))
    (view,) = list_sends.run(CHANNEL, Trouble.FAILED, cursor=None, limit=9, rt=rt).items
    assert (view.state, view.obstacle) == (State.FAILED, None)


def test_f08_who_reads_a_conversation_notices_a_send_whose_worker_died(rt: Runtime) -> None:
    rt.messages.claim(builders.our_message(message_id=OURS))
    rt.now.advance(minutes=5)
    read_conversation.messages(CONVERSATION, cursor=None, limit=9, rt=rt)
    (view,) = listed(rt, Trouble.UNKNOWN)
    assert view.reason == "ambiguous_worker_died"


def test_who_reads_a_conversation_leaves_a_send_in_flight_alone(rt: Runtime) -> None:
    rt.messages.claim(builders.our_message(message_id=OURS))
    read_conversation.messages(CONVERSATION, cursor=None, limit=9, rt=rt)
    assert (row(rt).state, listed(rt, Trouble.UNKNOWN)) == (State.CLAIMED, [])


def test_f08_a_repeated_request_notices_a_send_whose_worker_died(rt: Runtime) -> None:
    rt.messages.claim(builders.our_message(message_id=OURS))
    rt.now.advance(minutes=5)
    assert send_message.run(outbound(), rt).state is State.UNKNOWN
    assert (len(listed(rt, Trouble.UNKNOWN)), rt.sender.posts) == (1, [])
