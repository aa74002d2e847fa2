"""SQS: entries out in batches, and which of them were refused; and a queue that is worked off."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from chalicelib.ports import Log, QueueEntry, QueueRecord

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
# (read 2026-11-21): ten entries and 1 MiB together. Bodies are ASCII, so a character is a byte.
MAX_ENTRIES = 10
MAX_BATCH_BYTES = 1_048_576


class SqsQueue:
    """A queue by its URL. `client` gives the SQS client when it is first needed."""

    def __init__(self, url: str, client: Callable[[], Any], log: Log) -> None:
        self._url, self._client, self._log = url, client, log

    def send(self, entries: Sequence[QueueEntry]) -> tuple[int, ...]:
        """Send all; returns the positions refused: all that are left if it cannot be reached."""
        from botocore.exceptions import BotoCoreError, ClientError

        refused: list[int] = []
        batches = list(_batches(entries))
        for number, batch in enumerate(batches):
            try:
                refused += self._post(batch, entries)
            except ClientError as error:
                refused += batch
                self._note(error.response.get("Error", {}).get("Code"), len(batch))
            except BotoCoreError as error:
                # Unreachable: the batches behind would only wait for the same timeout.
                left = [position for later in batches[number:] for position in later]
                self._note(type(error).__name__, len(left))
                return (*refused, *left)
        return tuple(refused)

    def _post(self, batch: Sequence[int], entries: Sequence[QueueEntry]) -> list[int]:
        answer = self._client().send_message_batch(
            QueueUrl=self._url, Entries=[_as_sqs(position, entries[position]) for position in batch]
        )
        failed = answer.get("Failed", ())
        for failure in failed:
            self._note(failure.get("Code"), 1)
        return [int(failure["Id"]) for failure in failed]

    def _note(self, code: object, entries: int) -> None:
        queue = self._url.rpartition("/")[2]
        self._log.warning("queue_refused", queue=queue, error=code, entries=entries)


class SqsBacklog:
    """A queue by its URL, for who works it off. `client` gives the SQS client when it is first
    needed. What AWS answers with an error is raised as botocore does."""

    def __init__(self, url: str, client: Callable[[], Any]) -> None:
        self._url, self._client = url, client

    def take(self) -> tuple[QueueRecord, ...]:
        """The next records. To wait a second is to ask all of SQS's servers: without, some are
        asked, and "none" may be wrong.
        https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html
        (read 2026-11-22)"""
        answer = self._client().receive_message(
            QueueUrl=self._url, MaxNumberOfMessages=MAX_ENTRIES, WaitTimeSeconds=1
        )
        return tuple(
            QueueRecord(each["Body"], each["ReceiptHandle"]) for each in answer.get("Messages", ())
        )

    def delete(self, record: QueueRecord) -> None:
        """It will not come again."""
        self._client().delete_message(QueueUrl=self._url, ReceiptHandle=record.receipt)


def _batches(entries: Sequence[QueueEntry]) -> Iterator[list[int]]:
    """Positions in order, cut so that each batch fits into one call."""
    batch: list[int] = []
    size = 0
    for position, entry in enumerate(entries):
        length = len(entry.body)
        if batch and (len(batch) == MAX_ENTRIES or size + length > MAX_BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(position)
        size += length
    if batch:
        yield batch


def _as_sqs(position: int, entry: QueueEntry) -> dict[str, str]:
    message = {"Id": str(position), "MessageBody": entry.body}
    if entry.group is not None:
        message["MessageGroupId"] = entry.group
    if entry.deduplication is not None:
        message["MessageDeduplicationId"] = entry.deduplication
    return message
