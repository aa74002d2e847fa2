"""F26: SQS answers 200 and has not taken some entries of a batch, or none."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.session import get_session
from moto import mock_aws

from chalicelib import webhook
from chalicelib.adapters.queues import SqsQueue
from chalicelib.ports import IntakeRuntime
from tests import builders
from tests.entry_points.test_webhook import post, rest, status
from tests.fakes import FakeLog
from tests.intake import intake, page, page_message, to_bytes

MIDS = [f"m_{number}" for number in range(10)]
DELIVERY = to_bytes(page(*(page_message(mid) for mid in MIDS)))
_numbers = count()
CALL = "sqs.SendMessageBatch"


class Partial:
    """The wire to SQS: of each of the next calls it takes only some entries."""

    def __init__(self, sqs: Any) -> None:
        self.failing: list[int] = []  # how many, one number per call
        self._failed: list[dict[str, Any]] = []
        sqs.meta.events.register(f"provide-client-params.{CALL}", self._take_out)
        sqs.meta.events.register(f"before-call.{CALL}", self._answer_for_none)
        sqs.meta.events.register(f"after-call.{CALL}", self._tell)

    def _take_out(self, params: dict[str, Any], **_: Any) -> dict[str, Any]:
        entries, number = params["Entries"], self.failing.pop(0) if self.failing else 0
        fault = {"Code": "InternalError", "SenderFault": False}
        self._failed = [{"Id": each["Id"]} | fault for each in entries[:number]]
        self._takes_none = number == len(entries)
        return params | {"Entries": entries if self._takes_none else entries[number:]}

    def _answer_for_none(self, **_: Any) -> tuple[Any, dict[str, Any]] | None:
        return (SimpleNamespace(status_code=200), {}) if self._takes_none else None

    def _tell(self, parsed: dict[str, Any], **_: Any) -> None:
        parsed["Failed"] = self._failed


class Queue:
    """The inbound queue of the webhook, at the end of such a wire."""

    def __init__(self, sqs: Any, wire: Partial) -> None:
        self._sqs, self.wire = sqs, wire
        attributes = {"FifoQueue": "true"}
        made = sqs.create_queue(QueueName=f"inbound-{next(_numbers)}.fifo", Attributes=attributes)
        self._url = made["QueueUrl"]

    def runtime(self) -> IntakeRuntime:
        return intake(inbound=SqsQueue(self._url, lambda: self._sqs, FakeLog()))

    def mids(self) -> list[str]:
        return sorted(self._taken())

    def _taken(self) -> Iterator[str]:
        while messages := self._received():
            for message in messages:
                yield next(mid for mid in MIDS if f'"{mid}"' in message["Body"])
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])

    def _received(self) -> list[dict[str, Any]]:
        answer = self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10)
        found: list[dict[str, Any]] = answer.get("Messages", [])
        return found


@pytest.fixture(scope="module")
def sqs() -> Iterator[Any]:
    """One SQS of moto and one client: making either is slow."""
    with pytest.MonkeyPatch.context() as environment, mock_aws():
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
            environment.setenv(name, "testing")
        environment.delenv("AWS_ENDPOINT_URL", raising=False)
        yield get_session().create_client("sqs", region_name=builders.settings().region)


@pytest.fixture(scope="module")
def wire(sqs: Any) -> Partial:
    return Partial(sqs)


@pytest.fixture
def queue(sqs: Any, wire: Partial) -> Queue:
    return Queue(sqs, wire)


def delivered(queue: Queue) -> int:
    return status(webhook.answer(post(rest, DELIVERY), queue.runtime()))


@pytest.mark.parametrize("failing", range(11))
def test_f26_entries_that_were_refused_are_put_into_the_queue_by_a_second_call(
    queue: Queue, failing: int
) -> None:
    queue.wire.failing = [failing]
    assert (delivered(queue), queue.mids()) == (200, MIDS)


@pytest.mark.parametrize("failing", range(1, 11))
def test_f26_what_is_refused_twice_gets_503_and_the_redelivery_completes_it(
    queue: Queue, failing: int
) -> None:
    queue.wire.failing = [10, failing]
    assert (delivered(queue), delivered(queue), queue.mids()) == (503, 200, MIDS)
