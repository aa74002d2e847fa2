"""F25: a hundred times the deliveries of an ordinary moment, from eight threads at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any

import pytest

from chalicelib import webhook
from chalicelib.usecases import process_batch
from tests.fake_esm import FakeEsm
from tests.intake import intake, sign, to_bytes
from tests.usecases.journey import Journey, page, seconds, text

THREADS = 8


class Front:
    """The webhook's function as Lambda runs it, a container for each thread over one queue."""

    def __init__(self, journey: Journey) -> None:
        self._lock, self._esm = Lock(), journey.esm
        self._runtime = intake(now=journey.clock, inbound=self)

    def send(self, entries: Any) -> tuple[int, ...]:
        with self._lock:
            return self._esm.send(entries)

    def post(self, payload: Any) -> int:
        return status(to_bytes(payload), self._runtime)


def status(raw: bytes, runtime: Any) -> int:
    event = {
        "httpMethod": "POST",
        "path": "/webhooks/meta",
        "headers": {"X-Hub-Signature-256": sign(raw)},
        "body": raw.decode(),
    }
    return int(webhook.answer(event, runtime)["statusCode"])


def burst(deliveries: int, contacts: int) -> list[dict[str, Any]]:
    return [
        page(text(str(7000 + n % contacts), mid=f"m_{n}", at=seconds(n * 0.002)))
        for n in range(deliveries)
    ]


def worked_off_by_all(esm: FakeEsm, journey: Journey) -> None:
    """Eight workers at once, each with a batch of other conversations, as a FIFO queue gives it."""
    records: list[list[dict[str, Any]]] = []
    esm.handler = lambda batch: records.append(batch)
    esm.run()
    groups: dict[str, list[dict[str, Any]]] = {}
    for record in (each for batch in records for each in batch):
        groups.setdefault(record["attributes"]["MessageGroupId"], []).append(record)
    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(
            pool.map(lambda batch: process_batch.run(batch, journey.rt), groups.values())
        )
    assert not any(answer["batchItemFailures"] for answer in answers)


@pytest.mark.parametrize(("deliveries", "contacts"), [(300, 300), (500, 60), (500, 1)])
def test_f25_of_a_burst_none_is_lost(deliveries: int, contacts: int) -> None:
    journey = Journey()
    front = Front(journey)
    with ThreadPoolExecutor(THREADS) as pool:
        answers = set(pool.map(front.post, burst(deliveries, contacts)))
    worked_off_by_all(journey.esm, journey)
    theirs = {row.message_id for row in journey.rows if row.message_id.startswith("m_")}
    assert (answers, len(theirs)) == ({200}, deliveries)


def test_f25_a_burst_gets_a_reply_for_everybody_and_none_twice() -> None:
    journey = Journey()
    front = Front(journey)
    for payload in burst(500, 60):
        front.post(payload)
    worked_off_by_all(journey.esm, journey)
    sent_to = [post["recipient"]["id"] for post in journey.posts]
    planned = [row for row in journey.rows if row.due_at]
    assert (len(sent_to) + len(planned), len(set(sent_to))) == (60, len(sent_to))
