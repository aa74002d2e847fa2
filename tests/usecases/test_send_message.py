"""Sending: verdict, claim, post, settle. One path, at most once, nothing lost silently."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.core.messages import Origin, State, state_now
from chalicelib.platforms import Accepted, ErrorClass, SendError
from chalicelib.ports import Runtime
from chalicelib.usecases import not_accepted, send_due, send_message
from tests import builders, fakes

CHANNEL = builders.channel()
WINDOW = builders.NOON + timedelta(hours=23)


@pytest.fixture
def rt() -> Runtime:
    """A customer wrote an hour ago: the window is open for 23 hours more."""
    runtime = fakes.runtime(CHANNEL)
    runtime.conversations.save(
        builders.conversation(
            last_customer_at=builders.NOON - timedelta(hours=1),
            window_opened_at=builders.NOON - timedelta(hours=1),
            window_ends_at=WINDOW,
            window_opened_by="message",
            wait_opened_at=builders.NOON - timedelta(hours=1),
            wait_day=builders.TODAY,
        )
    )
    return runtime


def refused_by_meta(error_class: ErrorClass, **facts: float) -> SendError:
    return SendError("meta_said_no", error_class=error_class, **facts)  # type: ignore[arg-type]


def stored_state(rt: Runtime) -> State:
    row = rt.messages.load(builders.CONVERSATION, builders.outbound().key)
    assert row is not None
    return state_now(row, rt.now())


def test_a_permitted_message_goes_out_once(rt: Runtime) -> None:
    send_message.run(builders.outbound(), rt)
    send_message.run(builders.outbound(), rt)
    assert len(rt.sender.posts) == 1


def test_the_row_says_on_which_basis_it_was_sent(rt: Runtime) -> None:
    send_message.run(builders.outbound(), rt)
    row = rt.messages.load(builders.CONVERSATION, builders.outbound().key)
    assert row is not None
    assert (row.state, row.basis, row.platform_message_id) == (
        State.SENT,
        "standard_window",
        "mid.1",
    )


def test_a_person_s_answer_closes_the_wait(rt: Runtime) -> None:
    send_message.run(builders.outbound(), rt)
    (wait,) = rt.waits.of_day(CHANNEL.channel_id, builders.TODAY)
    assert wait.answered_at == builders.NOON


def test_an_automated_reply_leaves_the_wait_open(rt: Runtime) -> None:
    send_message.run(builders.outbound(origin=Origin.AUTOMATION), rt)
    assert rt.waits.of_day(CHANNEL.channel_id, builders.TODAY) == ()


def test_outside_the_window_nothing_is_posted_and_the_reason_is_kept(rt: Runtime) -> None:
    rt.now.advance(hours=23)
    row = send_message.run(builders.outbound(), rt)
    assert (row.state, row.failure, rt.sender.posts) == (State.REFUSED, "window_closed", [])


def test_a_second_before_the_window_ends_a_person_may_still_write(rt: Runtime) -> None:
    rt.now.advance(hours=22, minutes=59, seconds=59)
    assert send_message.run(builders.outbound(), rt).state is State.SENT


def test_an_automation_keeps_five_minutes_from_the_end_of_the_window(rt: Runtime) -> None:
    rt.now.advance(hours=22, minutes=56)
    assert send_message.run(builders.outbound(origin=Origin.AUTOMATION), rt).state is State.REFUSED


@pytest.mark.parametrize(
    ("error_class", "state"),
    [
        (ErrorClass.RETRY, State.PLANNED),
        (ErrorClass.FETCH, State.PLANNED),
        (ErrorClass.RATE, State.PLANNED),
        (ErrorClass.TOKEN, State.PLANNED),
        (ErrorClass.AMBIGUOUS, State.UNKNOWN),
        (ErrorClass.WINDOW, State.FAILED),
        (ErrorClass.POLICY, State.FAILED),
        (ErrorClass.RECIPIENT_GONE, State.FAILED),
        (ErrorClass.BAD_REQUEST, State.FAILED),
    ],
)
def test_what_meta_refuses_ends_in_the_state_of_its_class(
    rt: Runtime, error_class: ErrorClass, state: State
) -> None:
    rt.sender.outcomes = [refused_by_meta(error_class)]
    send_message.run(builders.outbound(), rt)
    assert stored_state(rt) is state


def test_a_retryable_failure_goes_out_with_the_minute_schedule(rt: Runtime) -> None:
    rt.sender.outcomes = [refused_by_meta(ErrorClass.RETRY)]
    send_message.run(builders.outbound(), rt)
    rt.now.advance(minutes=1)
    send_due.run(rt)
    assert (stored_state(rt), len(rt.sender.posts)) == (State.SENT, 2)


def test_an_attachment_that_cannot_be_fetched_is_tried_once_more_and_then_never(
    rt: Runtime,
) -> None:
    rt.sender.outcomes = [refused_by_meta(ErrorClass.FETCH), refused_by_meta(ErrorClass.FETCH)]
    send_message.run(builders.outbound(), rt)
    rt.now.advance(minutes=1)
    send_due.run(rt)
    assert (stored_state(rt), len(rt.sender.posts)) == (State.FAILED, 2)


def test_a_retry_is_not_made_before_the_platform_wants_it(rt: Runtime) -> None:
    rt.sender.outcomes = [refused_by_meta(ErrorClass.RATE, retry_after_seconds=600)]
    send_message.run(builders.outbound(), rt)
    rt.now.advance(minutes=9)
    send_due.run(rt)
    assert len(rt.sender.posts) == 1


def test_a_retry_that_comes_too_late_is_refused_and_says_so(rt: Runtime) -> None:
    rt.sender.outcomes = [refused_by_meta(ErrorClass.RETRY)]
    send_message.run(builders.outbound(), rt)
    rt.now.advance(hours=24)
    send_due.run(rt)
    assert (stored_state(rt), len(rt.sender.posts)) == (State.REFUSED, 1)


def test_an_unknown_send_is_never_repeated(rt: Runtime) -> None:
    rt.sender.outcomes = [refused_by_meta(ErrorClass.AMBIGUOUS)]
    send_message.run(builders.outbound(), rt)
    rt.now.advance(hours=2)
    send_message.run(builders.outbound(), rt)
    send_due.run(rt)
    assert (stored_state(rt), len(rt.sender.posts)) == (State.UNKNOWN, 1)


def test_f07_a_claim_whose_worker_died_is_unknown_and_not_sent_again(rt: Runtime) -> None:
    dying = replace_sender(rt, KilledSender())
    with pytest.raises(SystemExit):
        send_message.run(builders.outbound(), dying)
    rt.now.advance(minutes=2)
    send_message.run(builders.outbound(), rt)
    assert (stored_state(rt), rt.sender.posts) == (State.UNKNOWN, [])


def test_a_dead_token_holds_later_messages_of_the_channel_without_posting(rt: Runtime) -> None:
    rt.sender.outcomes = [refused_by_meta(ErrorClass.TOKEN)]
    send_message.run(builders.outbound(), rt)
    second = send_message.run(builders.outbound(key="hb-second"), rt)
    assert (second.state, len(rt.sender.posts)) == (State.PLANNED, 1)


def test_held_messages_go_out_once_sending_is_resumed(rt: Runtime) -> None:
    rt.channels.stop_sending(CHANNEL.channel_id, reason="token", at=builders.NOON)
    send_message.run(builders.outbound(), rt)
    rt.channels.resume_sending(CHANNEL.channel_id)
    rt.now.advance(minutes=6)
    send_due.run(rt)
    assert stored_state(rt) is State.SENT


def test_another_app_s_thread_is_left_alone(rt: Runtime) -> None:
    row = rt.conversations.load(builders.CONVERSATION)
    assert row is not None
    rt.conversations.save(replace(row, thread_owner="other"))
    assert send_message.run(builders.outbound(), rt).failure == "standby"


class KilledSender:
    def post(self, *_: object) -> Accepted:
        raise SystemExit


def replace_sender(rt: Runtime, sender: object) -> Runtime:
    from dataclasses import replace as replace_port

    return replace_port(rt, sender=sender)  # type: ignore[arg-type]


@pytest.mark.parametrize("error_class", [ErrorClass.BAD_REQUEST, ErrorClass.AMBIGUOUS])
def test_a_retry_that_fails_for_good_is_due_no_more(rt: Runtime, error_class: ErrorClass) -> None:
    rt.sender.outcomes = [refused_by_meta(ErrorClass.RETRY), refused_by_meta(error_class)]
    send_message.run(builders.outbound(), rt)
    rt.now.advance(minutes=1)
    send_due.run(rt)
    row = rt.messages.load(builders.CONVERSATION, builders.outbound().key)
    assert row is not None
    assert row.due_at is None


@pytest.fixture
def busy(rt: Runtime) -> Runtime:
    """Meta has just refused a message: the channel was too fast and shall wait a minute."""
    rt.sender.outcomes = [refused_by_meta(ErrorClass.RATE, code=613, retry_after_seconds=60)]
    send_message.run(builders.outbound(key="hb-too-fast"), rt)
    rt.sender.posts.clear()
    return rt


def test_f16_who_has_to_wait_is_planned_for_the_end_of_the_pause(busy: Runtime) -> None:
    row = send_message.run(builders.outbound(), busy)
    assert (row.state, row.due_at) == (State.PLANNED, busy.now() + timedelta(minutes=1))
    assert busy.sender.posts == []


def test_f16_the_wait_is_no_try_and_tries_nothing_of_the_contact_s(busy: Runtime) -> None:
    before = busy.conversations.load(builders.CONVERSATION)
    row = send_message.run(builders.outbound(), busy)
    assert (row.tries, busy.conversations.load(builders.CONVERSATION)) == (0, before)


def test_f16_what_had_to_wait_goes_out_once_it_may(busy: Runtime) -> None:
    send_message.run(builders.outbound(), busy)
    busy.now.advance(minutes=1)
    send_due.run(busy)
    assert stored_state(busy) is State.SENT


def test_f16_asking_again_for_a_message_that_waits_changes_nothing(busy: Runtime) -> None:
    first = send_message.run(builders.outbound(), busy)
    busy.now.advance(seconds=10)
    assert send_message.run(builders.outbound(), busy) == first


def test_f16_what_would_wait_beyond_its_window_has_failed(rt: Runtime) -> None:
    rt.now.at = WINDOW - timedelta(seconds=30)
    rt.sender.outcomes = [refused_by_meta(ErrorClass.RATE, code=613, retry_after_seconds=60)]
    send_message.run(builders.outbound(key="hb-too-fast"), rt)
    row = send_message.run(builders.outbound(), rt)
    assert (row.state, row.failure) == (State.FAILED, "too_late_to_retry")
    assert (stored_state(rt), len(rt.sender.posts)) == (State.FAILED, 1)


def test_f16_of_eleven_messages_at_once_to_a_slow_number_some_wait(rt: Runtime) -> None:
    slow = fakes.runtime(
        builders.channel(sends_per_second=10), now=rt.now, conversations=rt.conversations
    )
    rows = [send_message.run(builders.outbound(key=f"hb-{n}"), slow) for n in range(11)]
    waiting = [row for row in rows if row.state is State.PLANNED]
    assert len(slow.sender.posts) + len(waiting) == 11
    assert 0 < len(slow.sender.posts) <= 10
    assert all(row.due_at > rt.now() for row in waiting if row.due_at)


class TestOneContact:
    """WhatsApp takes a message every six seconds to one person, after a burst."""

    @pytest.fixture
    def number(self) -> Runtime:
        channel = builders.channel(platform="whatsapp", sends_per_second=1000)
        runtime = fakes.runtime(channel)
        facts = {"window_opened_at": builders.NOON, "window_ends_at": WINDOW}
        runtime.conversations.save(
            builders.conversation(platform="whatsapp", window_opened_by="message", **facts)
        )
        return runtime

    def send(self, rt: Runtime, number: int, origin: Origin = Origin.PERSON) -> list[State]:
        return [
            send_message.run(
                builders.outbound(platform="whatsapp", key=f"hb-{origin}-{n}", origin=origin), rt
            ).state
            for n in range(number)
        ]

    def test_f16_the_burst_goes_and_the_next_one_waits(self, number: Runtime) -> None:
        assert self.send(number, 36) == [State.SENT] * 35 + [State.PLANNED]

    def test_f16_automations_have_a_part_of_the_burst_to_themselves(self, number: Runtime) -> None:
        self.send(number, 36)
        assert self.send(number, 10, Origin.AUTOMATION) == [State.SENT] * 10

    def test_f16_a_message_tried_again_is_counted_once(self, number: Runtime) -> None:
        number.sender.outcomes = [refused_by_meta(ErrorClass.RETRY)]
        self.send(number, 1)
        counted = number.conversations.rows
        before = [row.pair_full_at for row in counted.values()]
        number.now.advance(minutes=1)
        send_due.run(number)
        assert [row.pair_full_at for row in number.conversations.rows.values()] == before

    @pytest.mark.parametrize(("tries", "seconds"), [(0, 30), (4, 480), (5, 1024), (9, 1800)])
    def test_f16_a_refusal_for_one_contact_s_sake_waits_as_the_page_says(
        self, tries: int, seconds: int
    ) -> None:
        error = refused_by_meta(ErrorClass.RATE, code=131056)
        row = not_accepted.outcome(error, builders.our_message(tries=tries), builders.NOON)
        assert row.due_at == builders.NOON + timedelta(seconds=seconds)


class Died(BaseException):
    """The worker, in the middle of a post."""


def test_f08_what_a_dead_worker_left_is_looked_for_though_the_channel_has_to_wait_by_now(
    rt: Runtime,
) -> None:
    rt.sender.outcomes = [Died()]
    with pytest.raises(Died):
        send_message.run(builders.outbound(), rt)
    rt.channels.stop_sending(CHANNEL.channel_id, reason="token", at=rt.now())
    rt.now.advance(minutes=2)
    row = send_message.run(builders.outbound(), rt)
    found = rt.messages.to_look_for(
        CHANNEL.channel_id, before=rt.now() + timedelta(hours=1), limit=9
    )
    assert (row.state, len(found)) == (State.UNKNOWN, 1)
