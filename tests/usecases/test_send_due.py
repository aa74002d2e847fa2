"""The minute schedule: everything that is due, channels in turn, however often and late it runs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace as replace_port
from datetime import datetime, timedelta

import pytest

from chalicelib.core.channel import ChannelSettings
from chalicelib.core.messages import Author, Message, State
from chalicelib.core.pacing import Pacer
from chalicelib.platforms import Accepted, ErrorClass, GraphRequest, SendError
from chalicelib.ports import Runtime
from chalicelib.usecases import send_due
from tests import builders, fakes
from tests.builders import NOON

SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
BUSY = builders.channel(channel_id="busy", platform="whatsapp", sends_per_second=20)
CALM = builders.channel(channel_id="calm")
ANSWER_TAKES = timedelta(milliseconds=200)


class MetaTakesTime(fakes.FakeSender):
    """Every post takes its time on the test's clock."""

    def __init__(self, clock: fakes.Clock) -> None:
        super().__init__()
        self._clock, self.takes = clock, ANSWER_TAKES

    def post(self, channel: ChannelSettings, request: GraphRequest) -> Accepted:
        self._clock.at += self.takes
        return super().post(channel, request)

    @property
    def channels(self) -> list[str]:
        return [channel.channel_id for channel, _ in self.posts]


def shops() -> Runtime:
    clock = fakes.Clock(NOON)
    return fakes.runtime(BUSY, CALM, now=clock, sender=MetaTakesTime(clock))


@pytest.fixture
def rt() -> Runtime:
    return shops()


def planned(
    rt: Runtime,
    channel: ChannelSettings,
    number: int,
    *,
    due_at: datetime = NOON,
    contact: int | None = None,
    window_ends_at: datetime = NOON + DAY,
    author: Author = Author.AUTOMATION,
) -> Message:
    """A message to somebody who wrote at noon, planned for its time."""
    conversation = builders.conversation(
        platform=channel.platform,
        channel_id=channel.channel_id,
        contact_id=f"contact-{number if contact is None else contact}",
        last_customer_at=NOON,
        window_opened_at=NOON,
        window_ends_at=window_ends_at,
        window_opened_by="message",
    )
    rt.conversations.save(conversation)
    row = builders.message(
        conversation_id=conversation.conversation_id,
        message_id=f"hb-{channel.channel_id}-{number:04}",
        channel_id=channel.channel_id,
        author=author,
        state=State.PLANNED,
        due_at=due_at,
        text="Hello",
    )
    return rt.messages.plan(row)


def many(rt: Runtime, channel: ChannelSettings, number: int, **facts) -> list[Message]:
    return [planned(rt, channel, each, **facts) for each in range(number)]


def run_for(rt: Runtime, minutes: int) -> None:
    """The schedule, minute by minute; a run that takes longer delays the next."""
    for minute in range(minutes):
        rt.now.at = max(rt.now.at, NOON + minute * MINUTE)
        send_due.run(rt)


def run_at(rt: Runtime, minute: int) -> int:
    rt.now.at = NOON + minute * MINUTE
    return send_due.run(rt)


def states(rt: Runtime) -> dict[str, State]:
    return {row.message_id: row.state for row in rt.messages.all}


def now(rt: Runtime, row: Message) -> Message:
    found = rt.messages.load(row.conversation_id, row.message_id)
    assert found is not None
    return found


def too_fast(**facts: float) -> SendError:
    return SendError("rate_613", error_class=ErrorClass.RATE, code=613, **facts)


def test_all_that_is_due_goes_in_one_run(rt: Runtime) -> None:
    many(rt, CALM, 150)
    assert send_due.run(rt) == 150
    assert set(states(rt).values()) == {State.SENT}


def test_what_is_not_due_yet_waits(rt: Runtime) -> None:
    planned(rt, CALM, 1, due_at=NOON + MINUTE)
    assert (send_due.run(rt), rt.sender.posts) == (0, [])


def test_channels_take_turns(rt: Runtime) -> None:
    many(rt, BUSY, 3)
    many(rt, CALM, 3)
    send_due.run(rt)
    assert rt.sender.channels == ["busy", "calm"] * 3


def test_a_run_ends_in_time_and_the_next_goes_on(rt: Runtime) -> None:
    many(rt, CALM, 250)
    first = send_due.run(rt)
    assert rt.now() <= NOON + send_due.WORKING_TIME + ANSWER_TAKES
    assert first + send_due.run(rt) == 250


def test_a_run_ends_in_time_however_many_channels_wait_for_their_first_turn() -> None:
    """Else the function is stopped in the middle of a send, and nobody knows whether it arrived."""
    channels = [builders.channel(channel_id=f"shop-{number}") for number in range(100)]
    rt = fakes.runtime(*channels, now=(clock := fakes.Clock(NOON)), sender=MetaTakesTime(clock))
    rt.sender.takes = 10 * SECOND
    for channel in channels:
        planned(rt, channel, 1)
    send_due.run(rt)
    assert rt.now() <= NOON + send_due.WORKING_TIME + 10 * SECOND


def test_channels_whose_turn_did_not_come_are_the_first_of_another_run() -> None:
    channels = [builders.channel(channel_id=f"shop-{number:02}") for number in range(12)]
    rt = fakes.runtime(*channels, now=(clock := fakes.Clock(NOON)), sender=MetaTakesTime(clock))
    rt.sender.takes = 10 * SECOND
    for channel in channels:
        many(rt, channel, 9)
    run_for(rt, minutes=20)
    assert set(rt.sender.channels) == {channel.channel_id for channel in channels}


def test_one_message_that_raises_does_not_hold_up_the_others(rt: Runtime) -> None:
    many(rt, CALM, 3)
    rt.sender.outcomes = [ZeroDivisionError()]
    send_due.run(rt)
    assert list(states(rt).values()).count(State.SENT) == 2
    assert rt.log.events.count("due_send_failed") == 1


def test_f15_a_channel_that_keeps_failing_is_left_for_the_next_minute(rt: Runtime) -> None:
    many(rt, BUSY, 10)
    many(rt, CALM, 10)
    outage = SendError("retry_2", error_class=ErrorClass.RETRY, code=2)
    rt.sender.outcomes = [outage, Accepted("mid.calm")] * send_due.PATIENCE
    send_due.run(rt)
    assert rt.sender.channels.count("busy") == send_due.PATIENCE
    assert rt.sender.channels.count("calm") == 10


def test_a_stopped_channel_s_messages_are_not_touched_until_it_may_send(rt: Runtime) -> None:
    rows = many(rt, CALM, 5)
    rt.channels.stop_sending("calm", reason="token", at=NOON)
    assert (run_at(rt, 0), rt.messages.all) == (0, tuple(rows))
    rt.channels.resume_sending("calm")
    assert run_at(rt, 1) == 5


def test_f16_one_refusal_for_the_rate_is_all_that_meta_hears_of_a_run(rt: Runtime) -> None:
    others = many(rt, BUSY, 40)
    refused = planned(rt, BUSY, 99, due_at=NOON - SECOND)
    rt.sender.outcomes = [too_fast(retry_after_seconds=90)]
    send_due.run(rt)
    assert len(rt.sender.posts) == 1
    assert [now(rt, row) for row in others] == others
    assert now(rt, refused).due_at == rt.now() + 90 * SECOND


def test_f16_a_run_waits_a_moment_for_the_next_tokens_of_its_only_channel(rt: Runtime) -> None:
    """Meta answers faster than the channel may send: 7.5 a second by leases."""
    rt.sender.takes = timedelta()
    many(rt, BUSY, 400)
    assert 200 <= send_due.run(rt) <= 7.5 * 40 + 20


def test_f16_a_run_does_not_wait_for_a_channel_that_pauses(rt: Runtime) -> None:
    many(rt, BUSY, 40)
    rt.rates.pause("busy", NOON + 5 * SECOND)
    send_due.run(rt)
    assert rt.now() == NOON


def test_f16_after_the_pause_all_of_them_go(rt: Runtime) -> None:
    many(rt, BUSY, 40)
    rt.sender.outcomes = [too_fast(retry_after_seconds=90)]
    run_for(rt, 4)
    assert set(states(rt).values()) == {State.SENT}


def test_f16_another_container_s_pause_is_heard_before_anything_is_posted(rt: Runtime) -> None:
    many(rt, BUSY, 3)
    rt.rates.pause("busy", NOON + MINUTE)
    assert (send_due.run(rt), rt.sender.posts) == (0, [])


def test_f16_messages_beyond_what_one_person_may_get_make_room_for_others(rt: Runtime) -> None:
    many(rt, BUSY, 60, contact=1, author=Author.CAMPAIGN)
    other = planned(rt, BUSY, 99, contact=2, author=Author.PERSON_API, due_at=NOON + SECOND)
    run_for(rt, 10)
    assert now(rt, other).occurred_at <= NOON + 3 * MINUTE
    assert rt.log.counts["sends_not_accepted"] == 0


def test_f16_a_campaign_to_one_person_goes_at_the_platform_s_pace(rt: Runtime) -> None:
    rows = many(rt, BUSY, 60, contact=1, author=Author.CAMPAIGN)
    run_for(rt, 10)
    times = sorted(now(rt, row).occurred_at for row in rows)
    assert set(states(rt).values()) == {State.SENT}
    assert times[59] - times[0] >= (60 - 45) * 6 * SECOND


@pytest.mark.parametrize("minutes_left", [4, 1])
def test_f16_what_can_go_only_after_its_permit_ends_has_failed(
    rt: Runtime, minutes_left: int
) -> None:
    ends_at = NOON + minutes_left * MINUTE + 5 * MINUTE  # automations keep five minutes
    row = planned(rt, CALM, 1, window_ends_at=ends_at)
    rt.rates.pause("calm", NOON + DAY / 24)
    rt.pacer.lane(_limit_of_calm(rt)).pause(NOON + DAY / 24)
    send_due.run(rt)
    assert (now(rt, row).state, now(rt, row).failure) == (State.FAILED, "too_late_to_retry")


def _limit_of_calm(rt: Runtime):
    from chalicelib.core.rate_limits import limit_of

    return limit_of("messenger", "calm", at=NOON, workers=rt.settings.worker_concurrency)


def latencies(rt: Runtime, rows: list[Message]) -> list[timedelta]:
    """From the time a message was due to the time it went."""
    found = [now(rt, row) for row in rows]
    assert {row.state for row in found} == {State.SENT}
    return [after.occurred_at - before.due_at for before, after in zip(rows, found, strict=True)]


def four_minutes(flood: int) -> tuple[list[timedelta], Runtime]:
    """A calm channel with a message each ten seconds, beside a flooding one; its latencies."""
    rt = shops()
    rows = [planned(rt, CALM, n, due_at=NOON + n * 10 * SECOND) for n in range(24)]
    many(rt, BUSY, flood)
    run_for(rt, 5)
    return latencies(rt, rows), rt


def test_f16_a_flooding_channel_leaves_the_latency_of_another_alone() -> None:
    """It has planned ten times what it may send in that time."""
    undisturbed, _ = four_minutes(flood=0)
    disturbed, rt = four_minutes(flood=8_000)
    later = [after - before for before, after in zip(undisturbed, disturbed, strict=True)]
    assert max(later) <= 6 * SECOND
    assert rt.sender.channels.count("busy") > 700


class TestF21:
    """The scheduler fires twice: one effect."""

    def test_f21_one_after_the_other(self, rt: Runtime) -> None:
        many(rt, CALM, 20)
        assert (send_due.run(rt), send_due.run(rt), len(rt.sender.posts)) == (20, 0, 20)

    @pytest.mark.parametrize("attempt", range(5))
    def test_f21_eight_at_the_same_time(self, attempt: int) -> None:
        rt = fakes.runtime(CALM)
        many(rt, CALM, 30)
        containers = [replace_port(rt, pacer=Pacer()) for _ in range(8)]
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(send_due.run, containers))
        recipients = [body["recipient"]["id"] for body in rt.sender.bodies]
        assert sorted(recipients) == sorted(f"contact-{n}" for n in range(30))
        assert set(states(rt).values()) == {State.SENT}

    def test_f21_while_the_first_still_sends(self, rt: Runtime) -> None:
        many(rt, CALM, 3)
        rt.sender.outcomes = [SystemExit()]
        with pytest.raises(SystemExit):
            send_due.run(rt)
        send_due.run(rt)
        assert len(rt.sender.posts) == 3


class TestF22:
    """The scheduler misses runs: the next one does what they would have done."""

    def due_within_two_hours(self, rt: Runtime) -> None:
        """A message every six minutes, on both channels."""
        for n in range(20):
            planned(rt, (BUSY, CALM)[n % 2], n, due_at=NOON + 6 * n * MINUTE)

    @pytest.mark.parametrize("missed", range(1, 73))
    def test_f22_after_missed_runs_one_run_is_as_good_as_all(self, missed: int) -> None:
        never_missed, late = shops(), shops()
        self.due_within_two_hours(never_missed)
        self.due_within_two_hours(late)
        run_for(never_missed, missed + 1)
        run_at(late, missed)
        assert states(late) == states(never_missed)
        assert len(late.sender.posts) == len(never_missed.sender.posts)

    def test_f22_what_is_no_longer_permitted_is_not_sent_late(self, rt: Runtime) -> None:
        gone = planned(rt, CALM, 1, window_ends_at=NOON + 30 * MINUTE)
        good = planned(rt, CALM, 2)
        run_at(rt, 40)
        assert (now(rt, gone).state, now(rt, gone).failure) == (State.REFUSED, "window_closed")
        assert now(rt, good).state is State.SENT

    def test_f22_days_without_a_run_are_made_up_in_bounded_runs(self, rt: Runtime) -> None:
        many(rt, CALM, 900, window_ends_at=NOON + 9 * DAY)
        runs = [run_at(rt, 3 * 24 * 60 + minute) for minute in range(6)]
        assert (sum(runs), max(runs) < 300) == (900, True)
