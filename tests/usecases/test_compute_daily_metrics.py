"""One channel's day, from stored facts to stored readings."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.catalogue import METRICS
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.day_activity import Run
from chalicelib.core.messages import Author, Message
from chalicelib.core.metrics import Reading
from chalicelib.core.waits import derive
from chalicelib.ports import Runtime
from chalicelib.usecases import compute_asked_day, compute_daily_metrics
from chalicelib.usecases.ask_for_metrics import DaysRefusedError
from chalicelib.usecases.compute_asked_day import NotComputedError
from tests import builders, fakes

BERLIN = builders.channel(time_zone="Europe/Berlin")
DAY = "2026-11-20"
NEXT_NIGHT = builders.at("23:10", day=DAY)  # ten past midnight in Berlin
HOUR = timedelta(hours=1)


def shop(*channels: ChannelSettings, now: datetime = NEXT_NIGHT + timedelta(days=2)) -> Runtime:
    return fakes.runtime(*(channels or (BERLIN,)), now=now)


def says(
    rt: Runtime,
    author: Author,
    at: datetime,
    *,
    contact: str = "ayse",
    channel: ChannelSettings = BERLIN,
) -> None:
    """Store a message as an event would: its row, the conversation's, and the wait that it ends."""
    conversation = builders.conversation(contact_id=contact, channel_id=channel.channel_id)
    rt.messages.record(
        Message(
            conversation_id=conversation.conversation_id,
            message_id=f"{contact} {author} {at.isoformat()}",
            channel_id=channel.channel_id,
            author=author,
            occurred_at=at,
            day=channel.local_day(at),
        )
    )
    facts = facts_of(rt, conversation.conversation_id, channel, at)
    derived = derive(facts, channel_id=channel.channel_id, day_of=channel.local_day)
    tuple(map(rt.waits.record, derived.closed))
    stored = rt.conversations.load(conversation.conversation_id)
    rt.conversations.save(
        msgspec.structs.replace(
            conversation,
            version=stored.version if stored else 0,
            first_contact_at=min(
                (fact.occurred_at for fact in facts if fact.author is Author.CUSTOMER), default=None
            ),
            wait_opened_at=derived.open and derived.open.opened_at,
            wait_day=derived.open and derived.open.day,
        )
    )


def facts_of(rt: Runtime, conversation_id: str, channel: ChannelSettings, at: datetime) -> list:
    days = {channel.local_day(at - number * 24 * HOUR) for number in range(20)}
    facts = (f for day in days for f in rt.messages.of_day(channel.channel_id, day))
    return [fact for fact in facts if fact.conversation_id == conversation_id]


def readings(rt: Runtime, *, day: str = DAY) -> dict[str, Reading]:
    computed = compute_daily_metrics.run(builders.CHANNEL, day, rt)
    return {reading.metric: reading for reading in computed}


def value(rt: Runtime, metric: str, *, day: str = DAY) -> Any:
    return readings(rt, day=day)[metric].value


def on_the_day(clock: str) -> datetime:
    return builders.at(clock, day=DAY)


def test_a_day_is_counted_from_its_messages_and_waits():
    rt = shop()
    says(rt, Author.CUSTOMER, on_the_day("09:00"))
    says(rt, Author.AUTOMATION, on_the_day("09:01"))
    says(rt, Author.PERSON_API, on_the_day("09:10"))
    says(rt, Author.CUSTOMER, on_the_day("10:00"), contact="mehmet")
    computed = readings(rt)
    assert {name: reading.value for name, reading in computed.items()} == {
        "charged_messages": None,
        "conversations_started": 2,
        "feedback": None,
        "messages": {
            "in": 2,
            "out": 2,
            "by_author": {"automation": 1, "customer": 2, "person_api": 1},
        },
        "new_contacts": 2,
        "page_response_rate": 0.5,
        "page_response_time": 600,
        "returning_contacts": None,
        "response_rate": 0.5,
        "response_time": computed["response_time"].value,
    }
    assert computed["response_time"].value["median"] == 600


def test_what_was_computed_is_stored_with_its_run():
    rt = shop()
    says(rt, Author.CUSTOMER, on_the_day("09:00"))
    computed = compute_daily_metrics.run(builders.CHANNEL, DAY, rt)
    assert rt.readings.of_days(builders.CHANNEL, DAY, DAY) == computed
    assert rt.readings.runs(builders.CHANNEL) == {DAY: Run(rt.now(), is_final=False)}


def test_a_day_on_which_nothing_happened_has_readings_without_a_value():
    computed = readings(shop())
    assert {reading.value for reading in computed.values()} == {None}
    assert len(computed) == len(METRICS)


def test_f21_a_rerun_writes_the_same():
    rt = shop()
    says(rt, Author.CUSTOMER, on_the_day("09:00"))
    says(rt, Author.PERSON_NATIVE, on_the_day("09:10"))
    first = compute_daily_metrics.run(builders.CHANNEL, DAY, rt)
    rt.now.advance(hours=5)
    compute_daily_metrics.run(builders.CHANNEL, DAY, rt)
    assert rt.readings.of_days(builders.CHANNEL, DAY, DAY) == first


def test_a_final_day_is_the_same_for_ever_also_when_somebody_answers_at_last():
    rt = shop(now=NEXT_NIGHT + timedelta(days=9))
    says(rt, Author.CUSTOMER, on_the_day("09:00"))
    first = compute_daily_metrics.run(builders.CHANNEL, DAY, rt)
    says(rt, Author.PERSON_API, NEXT_NIGHT + timedelta(days=10))
    rt.now.advance(days=30)
    assert compute_daily_metrics.run(builders.CHANNEL, DAY, rt) == first


@pytest.mark.parametrize(("days", "is_final"), [(6, False), (7, True)])
def test_a_day_is_provisional_for_seven_days(days: int, is_final: bool):
    rt = shop(now=NEXT_NIGHT + timedelta(days=days))
    assert {reading.is_final for reading in readings(rt).values()} == {is_final}


def test_the_unanswered_of_last_night_are_pending_and_count_the_next():
    rt = shop(now=NEXT_NIGHT)
    says(rt, Author.CUSTOMER, on_the_day("20:00"))
    pending = readings(rt)["response_rate"]
    rt.now.advance(days=1)
    counted = readings(rt)["response_rate"]
    assert (pending.value, pending.pending) == (None, 1)
    assert (counted.value, counted.pending) == (0.0, 0)


def test_bot_then_person_counts_from_the_customer_to_the_person():
    rt = shop()
    says(rt, Author.CUSTOMER, on_the_day("09:00"))
    says(rt, Author.AUTOMATION, on_the_day("09:00:01"))
    says(rt, Author.PERSON_API, on_the_day("09:30"))
    assert value(rt, "response_time")["median"] == 1800


def test_a_bot_alone_answers_nobody():
    rt = shop()
    says(rt, Author.CUSTOMER, on_the_day("09:00"))
    says(rt, Author.AUTOMATION, on_the_day("09:00:01"))
    assert value(rt, "response_rate") == 0.0


def test_a_native_echo_alone_is_an_answer():
    rt = shop()
    says(rt, Author.CUSTOMER, on_the_day("09:00"))
    says(rt, Author.PERSON_NATIVE, on_the_day("09:02"))
    assert value(rt, "response_rate") == 1.0


def test_an_agent_who_writes_first_answers_nobody_and_starts_nothing():
    rt = shop()
    says(rt, Author.PERSON_API, on_the_day("09:00"))
    says(rt, Author.CUSTOMER, on_the_day("09:30"))
    computed = readings(rt)
    assert computed["response_time"].value is None
    assert computed["conversations_started"].value is None
    assert computed["new_contacts"].value == 1


def test_a_reopened_thread_is_a_new_wait_on_its_own_day():
    rt = shop()
    says(rt, Author.CUSTOMER, on_the_day("09:00") - timedelta(days=3))
    says(rt, Author.PERSON_API, on_the_day("10:00") - timedelta(days=3))
    says(rt, Author.CUSTOMER, on_the_day("09:00"))
    says(rt, Author.PERSON_API, on_the_day("09:05"))
    computed = readings(rt)
    assert computed["response_time"].value["mean"] == 300
    assert computed["conversations_started"].value == 1
    assert (computed["new_contacts"].value, computed["returning_contacts"].value) == (None, 1)


def test_two_customers_in_the_same_second_are_two():
    rt = shop()
    says(rt, Author.CUSTOMER, on_the_day("09:00"), contact="ayse")
    says(rt, Author.CUSTOMER, on_the_day("09:00"), contact="mehmet")
    computed = readings(rt)
    assert computed["response_rate"].n == 2
    assert computed["conversations_started"].value == 2


@pytest.mark.parametrize(
    ("silence", "started"), [(24 * HOUR - timedelta(seconds=1), None), (24 * HOUR, 1)]
)
def test_exactly_24_hours_of_silence_over_midnight_start_a_conversation(silence, started):
    rt = shop()
    says(rt, Author.CUSTOMER, on_the_day("09:00") - silence)
    says(rt, Author.CUSTOMER, on_the_day("09:00"))
    assert value(rt, "conversations_started") == started


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        ("2026-03-29", "2026-03-28T23:00Z", "2026-03-29T21:59:59Z"),  # 23 hours
        ("2026-10-25", "2026-10-24T22:00Z", "2026-10-25T22:59:59Z"),  # 25 hours
    ],
)
def test_f20_a_day_has_all_its_hours_when_clocks_change(day: str, first: str, last: str):
    rt = shop(now=datetime.fromisoformat(last) + timedelta(days=2))
    edges = [datetime.fromisoformat(first), datetime.fromisoformat(last)]
    outside = [edges[0] - timedelta(seconds=1), edges[1] + timedelta(seconds=1)]
    says(rt, Author.CUSTOMER, edges[0], contact="first")
    says(rt, Author.CUSTOMER, edges[1], contact="last")
    says(rt, Author.CUSTOMER, outside[0], contact="before")
    says(rt, Author.CUSTOMER, outside[1], contact="after")
    assert value(rt, "messages", day=day)["in"] == 2


def test_f20_silence_is_measured_also_across_a_short_day():
    rt = shop(now=builders.at(day="2026-04-02"))
    # Berlin's 2026-03-29 has 23 hours: half past midnight of the 30th looks back into the 28th.
    says(rt, Author.CUSTOMER, datetime.fromisoformat("2026-03-28T22:45Z"))
    says(rt, Author.CUSTOMER, datetime.fromisoformat("2026-03-29T22:30Z"))
    assert value(rt, "conversations_started", day="2026-03-30") is None


def test_a_day_that_is_not_over_is_computed_as_far_as_it_is():
    rt = shop(now=on_the_day("12:00"))
    says(rt, Author.CUSTOMER, on_the_day("09:00"))
    assert value(rt, "new_contacts") == 1
    assert rt.readings.runs(builders.CHANNEL) == {DAY: Run(rt.now(), is_final=False)}
    assert rt.readings.cut(builders.CHANNEL, DAY) is None


def test_a_day_to_come_has_no_readings():
    assert readings(shop(now=on_the_day("12:00")), day="2026-11-22") == {}


def test_an_unknown_channel_has_no_readings():
    rt = shop()
    assert compute_daily_metrics.run("unknown", DAY, rt) == ()
    assert rt.log.events == ["metrics_channel_unknown"]


def test_another_channels_day_is_not_counted():
    rt = shop(BERLIN, builders.channel(channel_id="other"))
    says(rt, Author.CUSTOMER, on_the_day("09:00"), channel=builders.channel(channel_id="other"))
    assert value(rt, "messages") is None


def wanted(rt: Runtime) -> list[str]:
    return [each.day for each in rt.day_requests.days]


def test_a_recomputation_asks_for_every_day_of_the_period():
    rt = shop()
    assert compute_daily_metrics.recompute(builders.CHANNEL, "2026-11-18", DAY, rt) == 3
    assert wanted(rt) == ["2026-11-18", "2026-11-19", DAY]


def test_a_recomputation_leaves_out_days_to_come():
    rt = shop(now=on_the_day("12:00"))
    compute_daily_metrics.recompute(builders.CHANNEL, "2026-11-19", "2027-01-01", rt)
    assert wanted(rt) == ["2026-11-19", DAY]


def test_a_recomputation_of_an_unknown_channel_asks_for_nothing():
    rt = shop()
    assert compute_daily_metrics.recompute("unknown", DAY, DAY, rt) == 0


def test_f26_a_recomputation_that_is_refused_in_part_is_an_error():
    rt = shop()
    rt.day_requests.refusing.append((0,))
    with pytest.raises(DaysRefusedError):
        compute_daily_metrics.recompute(builders.CHANNEL, DAY, DAY, rt)


def test_a_request_computes_its_day():
    rt = shop()
    compute_asked_day.run({"channel_id": builders.CHANNEL, "day": DAY}, rt)
    assert list(rt.readings.runs(builders.CHANNEL)) == [DAY]


@pytest.mark.parametrize(
    ("request_", "kind"),
    [
        (None, "ValidationError"),
        ({"day": DAY}, "ValidationError"),
        ({"channel_id": builders.CHANNEL, "day": "soon"}, "ValueError"),
    ],
)
def test_a_day_that_is_not_computed_is_told_by_the_kind_of_error_alone(request_: Any, kind: str):
    rt = shop()
    with pytest.raises(NotComputedError, match=f"^{kind}$") as failed:
        compute_asked_day.run(request_, rt)
    assert failed.value.__suppress_context__
    assert rt.log.lines == [("metrics_failed", {"error": kind})]
