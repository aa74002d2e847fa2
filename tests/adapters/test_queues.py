"""The SQS queue: batches that fit, positions of what was refused; and what is worked off."""

from __future__ import annotations

from itertools import chain, count
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from botocore.session import get_session
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.queues import MAX_BATCH_BYTES, SqsBacklog, SqsQueue
from chalicelib.ports import QueueEntry
from tests.fakes import FakeLog

URL = "https://sqs.eu-west-1.amazonaws.com/1/inbound.fifo"
UNREACHABLE = EndpointConnectionError(endpoint_url=URL)
SLOW = ReadTimeoutError(endpoint_url=URL)
_numbers = count()
THROTTLED = ClientError({"Error": {"Code": "RequestThrottled"}}, "SendMessageBatch")


class FakeSqs:
    """Takes everything; `outcomes` come first, one per call: ids to refuse, or an error."""

    def __init__(self, *outcomes: list[str] | Exception) -> None:
        self.calls: list[list[dict[str, str]]] = []
        self._outcomes = list(outcomes)

    def send_message_batch(self, **request: Any) -> dict[str, Any]:
        self.calls.append(request["Entries"])
        outcome = self._outcomes.pop(0) if self._outcomes else []
        if isinstance(outcome, Exception):
            raise outcome
        return {"Failed": [{"Id": id_, "Code": "InternalError"} for id_ in outcome]}


def queue(sqs: object, log: FakeLog | None = None) -> SqsQueue:
    return SqsQueue(URL, lambda: sqs, log or FakeLog())


def entries(number: int, *, length: int = 2) -> list[QueueEntry]:
    return [QueueEntry(body="x" * length) for _ in range(number)]


@pytest.fixture
def fifo(aws: None) -> tuple[Any, str]:
    sqs = get_session().create_client("sqs")
    attributes = {"FifoQueue": "true"}
    return sqs, sqs.create_queue(QueueName="inbound.fifo", Attributes=attributes)["QueueUrl"]


def backlog(length: int, *, hidden: int) -> SqsBacklog:
    """Of a queue that holds so many messages and hides what was taken for so many seconds."""
    sqs = get_session().create_client("sqs")
    attributes = {"VisibilityTimeout": str(hidden)}
    url = sqs.create_queue(QueueName=f"quarantine-{next(_numbers)}", Attributes=attributes)[
        "QueueUrl"
    ]
    SqsQueue(url, lambda: sqs, FakeLog()).send([QueueEntry(f"{n}") for n in range(length)])
    return SqsBacklog(url, lambda: sqs)


def test_a_backlog_gives_what_it_holds_ten_at_a_time(aws: None) -> None:
    quarantine = backlog(12, hidden=60)
    taken = [quarantine.take(), quarantine.take(), quarantine.take()]
    assert [len(each) for each in taken] == [10, 2, 0]
    assert {record.body for record in chain(*taken)} == {f"{n}" for n in range(12)}


def test_what_is_not_deleted_from_a_backlog_comes_again(aws: None) -> None:
    quarantine = backlog(1, hidden=0)
    assert [len(quarantine.take()), len(quarantine.take())] == [1, 1]


def test_what_is_deleted_from_a_backlog_comes_no_more(aws: None) -> None:
    quarantine = backlog(1, hidden=0)
    quarantine.delete(quarantine.take()[0])
    assert quarantine.take() == ()


def test_group_and_deduplication_travel_with_the_body(fifo: tuple[Any, str]) -> None:
    sqs, url = fifo
    SqsQueue(url, lambda: sqs, FakeLog()).send([QueueEntry('{"v":1}', "g" * 64, "d" * 64)])
    received = sqs.receive_message(QueueUrl=url, AttributeNames=["All"])["Messages"][0]
    ids = (received["Attributes"][n] for n in ("MessageGroupId", "MessageDeduplicationId"))
    assert (received["Body"], *ids) == ('{"v":1}', "g" * 64, "d" * 64)


def test_f01_the_queue_takes_a_repeated_event_once(fifo: tuple[Any, str]) -> None:
    sqs, url = fifo
    SqsQueue(url, lambda: sqs, FakeLog()).send([QueueEntry("{}", "g", "same")] * 3)
    assert len(sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]) == 1


@pytest.mark.parametrize("failing", range(11))
def test_f26_the_failed_entries_of_a_batch_are_the_refused_positions(failing: int) -> None:
    sqs = FakeSqs([str(position) for position in range(failing)])
    assert queue(sqs).send(entries(10)) == tuple(range(failing))


def test_f26_positions_count_over_all_batches() -> None:
    assert queue(FakeSqs([], ["10", "12"])).send(entries(15)) == (10, 12)


def test_f26_a_refused_call_refuses_its_batch_and_no_other() -> None:
    assert queue(FakeSqs(THROTTLED)).send(entries(12)) == tuple(range(10))


@pytest.mark.parametrize("error", [UNREACHABLE, SLOW])
def test_f27_an_unreachable_queue_refuses_everything(error: Exception) -> None:
    assert queue(FakeSqs(error)).send(entries(25)) == tuple(range(25))


def test_f27_after_a_connection_error_no_further_batch_waits_for_its_timeout() -> None:
    sqs = FakeSqs([], UNREACHABLE)
    queue(sqs).send(entries(100))
    assert len(sqs.calls) == 2


def test_a_refusal_is_logged_by_its_code() -> None:
    log = FakeLog()
    queue(FakeSqs(THROTTLED), log).send(entries(3))
    facts = {"queue": "inbound.fifo", "error": "RequestThrottled", "entries": 3}
    assert log.lines == [("queue_refused", facts)]


def test_a_standard_queue_gets_neither_group_nor_deduplication() -> None:
    sqs = FakeSqs()
    queue(sqs).send(entries(1))
    assert sqs.calls == [[{"Id": "0", "MessageBody": "xx"}]]


def test_nothing_to_send_calls_nobody() -> None:
    sqs = FakeSqs()
    queue(sqs).send([])
    assert sqs.calls == []


def test_f03_a_thousand_events_take_a_hundred_calls() -> None:
    sqs = FakeSqs()
    queue(sqs).send(entries(1000))
    assert len(sqs.calls) == 100


def test_f30_two_large_entries_do_not_share_a_batch() -> None:
    sqs = FakeSqs()
    queue(sqs).send(entries(3, length=MAX_BATCH_BYTES // 2 + 1))
    assert [len(call) for call in sqs.calls] == [1, 1, 1]


@given(st.lists(st.integers(1, 900_000), max_size=40))
def test_f30_every_batch_fits_and_nothing_is_lost_or_reordered(lengths: list[int]) -> None:
    sqs = FakeSqs()
    queue(sqs).send([QueueEntry(body="x" * length) for length in lengths])
    sizes = [[len(entry["MessageBody"]) for entry in call] for call in sqs.calls]
    assert list(chain.from_iterable(sizes)) == lengths
    assert all(len(batch) <= 10 and sum(batch) <= MAX_BATCH_BYTES for batch in sizes)
