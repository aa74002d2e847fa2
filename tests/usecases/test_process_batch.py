"""A batch of queue records: each by itself, its group in order, poison parked, nothing lost."""

from __future__ import annotations

from datetime import timedelta
from itertools import combinations
from typing import Any

import pytest

from chalicelib.core.channel import ChannelSettings
from chalicelib.core.messages import Message
from chalicelib.platforms import Accepted, GraphRequest
from chalicelib.ports import QueueEntry
from chalicelib.usecases import process_batch
from tests import fakes
from tests.builders import NOON
from tests.fake_esm import MAX_RECEIVES, FakeEsm, failures
from tests.usecases.journey import CHANNELS, Journey, page, text

CONTACTS = "0123456789"
SUBSETS = [set(some) for size in range(1, 11) for some in combinations(range(10), size)]


class Unreliable(fakes.FakeMessages):
    """Storage that raises `error` for the messages named, `times` times each."""

    def __init__(self, *bad: str, error: type[BaseException], times: int = 10_000) -> None:
        super().__init__()
        self.left = dict.fromkeys(bad, times)
        self._error = error

    def record(self, message: Message) -> bool:
        left = self.left.get(message.message_id, 0)
        if left:
            self.left[message.message_id] = left - 1
            raise self._error("canary")
        return super().record(message)


def broken(*bad: str, error: type[BaseException] = TimeoutError, times: int = 10_000) -> Journey:
    return Journey(messages=Unreliable(*bad, error=error, times=times))


def post(journey: Journey, contacts: str = CONTACTS) -> None:
    """Ten messages m0 to m9, the n-th from the n-th of these contacts."""
    items = [text(f"700{who}", mid=f"m{number}") for number, who in enumerate(contacts)]
    journey.post(page(*items))


def mids(rows: tuple[Message, ...]) -> list[str]:
    return sorted(row.message_id for row in rows if row.message_id.startswith("m"))


def returned(records: list[dict[str, Any]], bad: set[int]) -> list[int]:
    """Which of the records come again when storage fails for these."""
    messages = Unreliable(*(f"m{number}" for number in bad), error=TimeoutError)
    rt = fakes.runtime(*Journey().rt.channels.all(), messages=messages)
    answer = process_batch.run(records, rt)["batchItemFailures"]
    position = {record["messageId"]: number for number, record in enumerate(records)}
    return [position[each["itemIdentifier"]] for each in answer]


def batch(contacts: str) -> list[dict[str, Any]]:
    """The records that Lambda gets for ten messages of these contacts."""
    journey = Journey()
    post(journey, contacts)
    journey.esm.poll()
    (records,) = journey.esm.batches
    return records


def later_of_its_group(contacts: str, bad: set[int]) -> list[int]:
    """The failed records and those that follow one in their group."""
    return [
        number
        for number, who in enumerate(contacts)
        if any(other <= number and contacts[other] == who for other in bad)
    ]


@pytest.mark.parametrize("contacts", [CONTACTS, "0000000000", "0101010101", "0012201120"])
def test_f05_each_subset_of_failures_returns_exactly_itself_and_the_later_of_its_groups(
    contacts: str,
) -> None:
    records = batch(contacts)
    expected = [later_of_its_group(contacts, bad) for bad in SUBSETS]
    assert [returned(records, bad) for bad in SUBSETS] == expected


def test_f05_a_batch_without_failure_returns_an_empty_list() -> None:
    assert process_batch.run(batch(CONTACTS), Journey().rt) == {"batchItemFailures": []}


@pytest.mark.parametrize("contacts", [CONTACTS, "0000000000", "0101010101"])
def test_f05_after_a_passing_failure_all_is_stored_and_in_order(contacts: str) -> None:
    journey = broken("m3", "m7", times=2)
    post(journey, contacts)
    journey.esm.run()
    assert (len(mids(journey.rows)), journey.esm.out_of_order) == (10, [])


@pytest.mark.parametrize("error", [ConnectionError, OSError, TimeoutError])
def test_f05_whatever_is_raised_the_handler_does_not(error: type[Exception]) -> None:
    journey = broken("m0", error=error, times=1)
    post(journey)
    journey.esm.poll()
    journey.esm.run()
    assert len(mids(journey.rows)) == 10


@pytest.mark.parametrize("position", range(10))
def test_f06_poison_is_parked_and_its_neighbours_are_untouched(position: int) -> None:
    journey = broken(f"m{position}", error=KeyError)
    post(journey, "0000000000")
    journey.esm.run()
    others = [f"m{number}" for number in range(10) if number != position]
    assert (mids(journey.rows), journey.kept) == (others, ["failed_KeyError"])


@pytest.mark.parametrize("error", [RecursionError, TypeError, ZeroDivisionError, LookupError])
def test_f06_a_bug_is_parked_at_its_first_receive(error: type[Exception]) -> None:
    journey = broken("m0", error=error)
    post(journey)
    journey.esm.run()
    assert (len(journey.esm.batches), journey.kept) == (1, [f"failed_{error.__name__}"])


def test_f06_a_lasting_failure_is_parked_before_the_queue_gives_up() -> None:
    journey = broken("m4", error=TimeoutError)
    post(journey, "0000000000")
    journey.esm.run()
    assert (journey.kept, journey.esm.dead, len(mids(journey.rows))) == (
        ["failed_TimeoutError"],
        [],
        9,
    )


def test_f06_memory_that_runs_out_is_tried_again() -> None:
    journey = broken("m0", error=MemoryError, times=1)
    post(journey)
    journey.esm.run()
    assert (mids(journey.rows)[0], journey.kept) == ("m0", [])


def test_f06_what_was_parked_restores_everything_when_it_is_put_back() -> None:
    journey = broken("m4", error=KeyError, times=1)
    post(journey, "0000000000")
    journey.esm.run()
    (body,) = [body for body, _, _ in journey.rt.quarantine.kept]
    journey.esm.send([QueueEntry(body.decode(), "replay", "replay")])
    journey.esm.run()
    assert len(mids(journey.rows)) == 10


def test_f06_a_parked_record_is_counted() -> None:
    journey = broken("m0", error=KeyError)
    post(journey)
    journey.esm.run()
    assert journey.rt.log.counts["events_parked"] == 1


def test_f06_the_log_tells_the_kind_of_failure_and_no_content() -> None:
    journey = broken("m0", error=KeyError)
    post(journey)
    journey.esm.run()
    assert "canary" not in repr(journey.rt.log.lines)


def test_f06_what_the_quarantine_does_not_take_stays_in_the_queue() -> None:
    journey = Journey(messages=Unreliable("m0", error=KeyError), quarantine=Full())
    post(journey, "0")
    journey.esm.run()
    assert len(journey.esm.dead) == 1


def test_f06_a_body_that_is_not_ours_is_parked() -> None:
    journey = Journey()
    journey.esm.send([QueueEntry("not ours", "g", "d")])
    journey.esm.run()
    assert journey.kept == ["failed_DecodeError"]


def test_f07_a_worker_that_is_killed_gets_the_batch_again() -> None:
    journey = broken("m5", error=SystemExit, times=1)
    post(journey)
    journey.esm.run()
    assert (len(journey.esm.batches), len(mids(journey.rows)), len(journey.posts)) == (2, 10, 10)


class Full:
    """A quarantine that takes nothing."""

    def put(self, *_: object, **__: object) -> str:
        raise OSError


class TestTheQueueOfTheTests:
    """The simulator is as strict as Lambda is."""

    @pytest.mark.parametrize("answer", [None, {}, {"batchItemFailures": []}])
    def test_nothing_named_is_success(self, answer: object) -> None:
        assert failures(answer, {"a", "b"}) == set()

    @pytest.mark.parametrize(
        "answer",
        [
            "ok",
            {"batchItemFailures": [{"itemIdentifier": ""}]},
            {"batchItemFailures": [{"itemIdentifier": None}]},
            {"batchItemFailures": [{"itemIdentifier": "c"}]},
            {"batchItemFailures": [{"messageId": "a"}]},
            {"batchItemFailures": ["a"]},
        ],
    )
    def test_a_record_badly_named_has_failed_them_all(self, answer: object) -> None:
        assert failures(answer, {"a", "b"}) == {"a", "b"}

    def test_a_named_record_has_failed_alone(self) -> None:
        assert failures({"batchItemFailures": [{"itemIdentifier": "a"}]}, {"a", "b"}) == {"a"}

    def test_a_group_in_flight_is_held_back(self) -> None:
        esm = queue(lambda records: {"batchItemFailures": [first(records)]})
        esm.send([QueueEntry("1", "g", "1"), *entries(12, group="h")])
        esm.poll()
        esm.send([QueueEntry("2", "g", "2")])
        esm.poll()
        assert [record["body"] for record in esm.batches[1]] == ["h9", "h10", "h11"]

    def test_an_acknowledged_record_behind_a_failed_one_is_noticed(self) -> None:
        esm = queue(lambda records: {"batchItemFailures": [first(records)]})
        esm.send(entries(2, group="g"))
        esm.poll()
        assert len(esm.out_of_order) == 1

    def test_a_message_that_always_fails_is_dead_in_the_end(self) -> None:
        esm = queue(lambda records: {"batchItemFailures": [first(records)]})
        esm.send(entries(1, group="g"))
        esm.run()
        assert (len(esm.dead), len(esm.batches)) == (1, MAX_RECEIVES)

    def test_the_receives_are_told(self) -> None:
        esm = queue(lambda records: {"batchItemFailures": [first(records)]})
        esm.send(entries(1, group="g"))
        esm.run()
        told = [each[0]["attributes"]["ApproximateReceiveCount"] for each in esm.batches]
        assert told == [str(number) for number in range(1, MAX_RECEIVES + 1)]


def queue(handler: Any) -> FakeEsm:
    return FakeEsm(handler, fakes.Clock(Journey().clock.at))


def entries(number: int, *, group: str) -> list[QueueEntry]:
    return [QueueEntry(f"{group}{each}", group, f"{group}{each}") for each in range(number)]


def first(records: list[dict[str, Any]]) -> dict[str, str]:
    return {"itemIdentifier": records[0]["messageId"]}


class RefusedForGoodError(Exception):
    """As storage's errors look when AWS takes a request for malformed."""

    cause_response_code = "ValidationException"


def test_f06_what_aws_can_never_take_is_parked_at_its_first_receive() -> None:
    journey = broken("m0", error=RefusedForGoodError)
    post(journey)
    journey.esm.run()
    assert (len(journey.esm.batches), journey.kept) == (1, ["failed_RefusedForGoodError"])


class MetaHangs(fakes.FakeSender):
    """Every post takes ten seconds of the test's clock."""

    def __init__(self, clock: fakes.Clock) -> None:
        super().__init__()
        self._clock = clock

    def post(self, channel: ChannelSettings, request: GraphRequest) -> Accepted:
        self._clock.advance(seconds=10)
        return super().post(channel, request)


def test_records_that_there_is_no_time_for_come_again_untouched() -> None:
    """Else the function is stopped in the middle of a send, and nobody knows whether it arrived."""
    clock = fakes.Clock(NOON)
    rt = fakes.runtime(*CHANNELS, now=clock, sender=MetaHangs(clock))
    answer = process_batch.run(batch(CONTACTS), rt)
    assert clock.at <= NOON + process_batch.WORKING_TIME + timedelta(seconds=10)
    assert len(mids(rt.messages.all)) + len(answer["batchItemFailures"]) == len(CONTACTS)
    assert len(rt.sender.posts) == len(mids(rt.messages.all))
