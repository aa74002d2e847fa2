"""A strict stand-in for SQS FIFO and Lambda's poller on it: groups, receives, visibility, kills.

Stricter than the embedded AWS. Sources, read 2026-11-21:
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html (partial batches),
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from chalicelib.ports import QueueEntry
from tests.fakes import Clock

VISIBILITY = timedelta(minutes=6)
DEDUPLICATION = timedelta(minutes=5)
MAX_RECEIVES = 20
BATCH = 10

Handler = Callable[[list[dict[str, Any]]], Any]


@dataclass
class Waiting:
    """A message in the queue."""

    number: int
    entry: QueueEntry
    sent_at: datetime
    visible_at: datetime
    receives: int = 0
    message_id: str = field(default_factory=lambda: str(uuid.uuid4()))


class FakeEsm:
    """Put entries in, then `run`: batches go to the handler until the queue is empty. The clock
    jumps to the end of a visibility timeout when nothing else is to be done."""

    def __init__(self, handler: Handler, clock: Clock) -> None:
        self.handler, self.clock = handler, clock
        self.dead: list[QueueEntry] = []
        self.batches: list[list[dict[str, Any]]] = []
        self.out_of_order: list[
            str
        ] = []  # acknowledged although an earlier one of its group failed
        self._queue: list[Waiting] = []
        self._seen: dict[str, datetime] = {}
        self._number = 0

    def send(self, entries: Iterable[QueueEntry]) -> tuple[int, ...]:
        """As the port Queue: takes all. A deduplication id counts once in five minutes."""
        now = self.clock()
        for entry in entries:
            known = self._seen.get(entry.deduplication or "")
            if known is None or now - known >= DEDUPLICATION:
                self._add(entry, now)
        return ()

    def bring_again(self) -> None:
        """Everything is visible at once, as if its visibility timeout had run out."""
        for waiting in self._queue:
            waiting.visible_at = self.clock()

    def run(self, *, at_most: int = 1000) -> None:
        """Until the queue is empty."""
        for _ in range(at_most):
            if not self._queue:
                return
            self.poll()
        raise AssertionError(f"after {at_most} polls {len(self._queue)} messages are still queued")

    def poll(self) -> None:
        """One batch to the handler; a handler that dies has failed the whole batch."""
        batch = self._receive()
        if not batch:
            ends = [each.visible_at for each in self._queue]
            self.clock.at = max(self.clock.at, min(ends, default=self.clock.at))
            return
        self.hand_over(batch)

    def work_off(self) -> None:
        """All that is visible; the clock stays where it is."""
        while batch := self._receive():
            self.hand_over(batch)

    def hand_over(self, batch: list[Waiting]) -> None:
        """A batch to the handler; what failed stays."""
        records = [self._record(each) for each in batch]
        self.batches.append(records)
        try:
            failed = failures(self.handler(records), {each.message_id for each in batch})
        except (Exception, SystemExit):  # noqa: BLE001 - SystemExit plays the kill
            failed = {each.message_id for each in batch}
        self._note_order(batch, failed)
        self._queue = [one for one in self._queue if one not in batch or one.message_id in failed]

    def _add(self, entry: QueueEntry, now: datetime) -> None:
        self._number += 1
        self._seen[entry.deduplication or ""] = now
        self._queue.append(Waiting(self._number, entry, now, now))

    def _receive(self) -> list[Waiting]:
        """The next messages in order; a group with one in flight is held back as a whole."""
        now, held, batch = self.clock(), set(), []
        for waiting in list(self._queue):
            if waiting.visible_at > now or waiting.entry.group in held:
                held.add(waiting.entry.group)
            elif waiting.receives >= MAX_RECEIVES:
                self.dead.append(waiting.entry)
                self._queue.remove(waiting)
            elif len(batch) < BATCH:
                batch.append(waiting)
        for waiting in batch:
            waiting.receives += 1
            waiting.visible_at = now + VISIBILITY
        return batch

    def _note_order(self, batch: list[Waiting], failed: set[str]) -> None:
        broken: set[str | None] = set()
        for waiting in batch:
            if waiting.message_id in failed:
                broken.add(waiting.entry.group)
            elif waiting.entry.group in broken:
                self.out_of_order.append(waiting.message_id)

    def _record(self, waiting: Waiting) -> dict[str, Any]:
        """https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#sample-fifo-queues-message-event"""
        received = str(int(self.clock().timestamp() * 1000))
        return {
            "messageId": waiting.message_id,
            "receiptHandle": f"handle-{waiting.number}-{waiting.receives}",
            "body": waiting.entry.body,
            "attributes": {
                "ApproximateReceiveCount": str(waiting.receives),
                "SentTimestamp": str(int(waiting.sent_at.timestamp() * 1000)),
                "SequenceNumber": f"{18849496460467696128 + waiting.number}",
                "MessageGroupId": waiting.entry.group,
                "SenderId": "AIDAIO23YVJENQZJOL4VO",
                "MessageDeduplicationId": waiting.entry.deduplication,
                "ApproximateFirstReceiveTimestamp": received,
            },
            "messageAttributes": {},
            "md5OfBody": hashlib.md5(
                waiting.entry.body.encode(), usedforsecurity=False
            ).hexdigest(),
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:inbound.fifo",
            "awsRegion": "eu-central-1",
        }


def failures(answer: Any, batch: set[str]) -> set[str]:
    """The ids to deliver again. An answer that names a record badly has failed the whole batch;
    an empty one, or one without a list, is success."""
    if answer is None:
        return set()
    if not isinstance(answer, dict):
        return batch
    named = answer.get("batchItemFailures")
    if not named:
        return set()
    ids = [item.get("itemIdentifier") if isinstance(item, dict) else None for item in named]
    return set(ids) if all(each in batch for each in ids) else batch


def _md5(body: str) -> str:
    return hashlib.md5(body.encode(), usedforsecurity=False).hexdigest()
