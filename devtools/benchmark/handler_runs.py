"""What one run of a handler takes: processor time, calls, units, log lines, bytes to Meta.

In process, on the tables of the embedded AWS, with warm caches. SQS and the Graph API are answered
where a connection would be opened.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import replace
from datetime import timedelta
from io import BytesIO, StringIO
from statistics import fmean, median
from typing import Any

import msgspec
from msgspec import Struct
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter

from chalicelib.adapters import http
from chalicelib.adapters.graph_api import GraphApi
from chalicelib.adapters.logging import JsonLog
from chalicelib.core.channel import ChannelSettings
from chalicelib.platforms import events_in
from chalicelib.ports import DayWanted, Runtime
from chalicelib.usecases import (
    process_batch,
    send_due,
    settle_unknown,
    start_daily_metrics,
    store_quarantined,
)
from chalicelib.usecases.queue_records import inbound_entry
from devtools.benchmark import bodies, webhook
from devtools.benchmark.metering import Meter
from devtools.benchmark.visit import Shop, Visit

ROUNDS = 40
IDLE_MINUTES = 10  # what is done every ten minutes is part of a mean run
PLATFORM = "whatsapp"
STAGE = "prod"
TOKEN = "EAA" + "x" * 200

Body = dict[str, Any]


class Run(Struct, frozen=True):
    """One run: its processor time is the median, the rest the mean. `counters`: how many different
    metrics the log lines carried."""

    cpu_ms: float
    dynamodb_calls: float
    write_units: float
    read_units: float
    log_bytes: float
    sent_bytes: float
    counters: int


def received() -> Run:
    """The webhook takes a delivery with one text."""
    [delivery] = bodies.deliveries(PLATFORM, batch=1, count=1)
    handle, request = webhook.handler_with_botocore(), webhook.request_of(delivery)
    probe = Probe(Meter())
    for _ in range(ROUNDS):
        probe.run(lambda: handle(request))
    return probe.result()


def answered(shop: Shop) -> Run:
    """The worker stores the first text of a customer and sends the instant reply."""
    return _worker(shop, Visit.text, greets=True)


def told_status(shop: Shop) -> Run:
    """The worker stores that a reply was delivered."""

    def status(visit: Visit) -> Body:
        visit.customer_writes()
        visit.person_answers()
        return visit.status("delivered")

    return _worker(shop, status, greets=False)


def scheduled(shop: Shop) -> dict[str, Run]:
    """By the function's name in the template: a run that finds nothing to do."""
    return {name: _repeated(shop, do) for name, do in SCHEDULED.items()}


class Probe:
    """Runs something again and again, and looks at what it takes."""

    def __init__(self, meter: Meter) -> None:
        self._meter, self._lines = meter, StringIO()
        self.graph = AnsweringGraph()
        self._cpu: list[float] = []
        self._units: list[tuple[float, float, int]] = []

    def run(self, do: Callable[[], object]) -> None:
        with self._meter.counting() as units, redirect_stdout(self._lines):
            began = time.process_time()
            do()
            self._cpu.append((time.process_time() - began) * 1000)
        self._units.append((units.write, units.read, units.calls))

    def result(self) -> Run:
        runs, text = len(self._cpu), self._lines.getvalue()
        write, read, calls = (fmean(each) for each in zip(*self._units, strict=True))
        return Run(
            cpu_ms=round(median(self._cpu), 2),
            dynamodb_calls=calls,
            write_units=write,
            read_units=read,
            log_bytes=len(text.encode()) / runs,
            sent_bytes=self.graph.sent_bytes / runs,
            counters=len(_counters(text)),
        )


class AnsweringGraph(HTTPAdapter):
    """Meta, who takes every message; counts the bytes that would have been sent."""

    sent_bytes = 0

    def send(self, request: PreparedRequest, *_: object, **__: object) -> Response:
        head = "".join(f"{name}: {value!s}\r\n" for name, value in request.headers.items())
        line = f"{request.method} {request.path_url} HTTP/1.1\r\nHost: graph.facebook.com\r\n"
        self.sent_bytes += len(f"{line}{head}\r\n") + len(request.body or b"")
        response = Response()
        response.status_code, response.request, response.url = 200, request, str(request.url)
        response.raw = BytesIO(b'{"messages":[{"id":"wamid.%d"}]}' % self.sent_bytes)
        return response


class _Known:
    """Secrets that are known already, as in a container that works."""

    def app_secrets(self) -> tuple[bytes, ...]:
        return (bodies.SECRET,)

    def verify_token(self) -> str | None:
        return None

    def refresh(self) -> bool:
        return False

    def access_token(self, channel: ChannelSettings) -> str | None:
        return TOKEN


class _NothingDue:
    """Takes every day. In most hours none is due; the benchmark's shop has days that never were."""

    def ask(self, days: Sequence[DayWanted]) -> tuple[int, ...]:
        return ()


def _worker(shop: Shop, body_of: Callable[[Visit], Body], *, greets: bool) -> Run:
    """Each customer's record comes alone; the first one warms the caches."""
    warming, probe = Probe(shop.meter), Probe(shop.meter)
    for each in [warming] + [probe] * ROUNDS:
        with shop.open_for(PLATFORM, greets=greets) as visit:
            record, rt = _record(body_of(visit), shop), _runtime(shop, each)
            each.run(lambda record=record, rt=rt: _processed(record, rt))  # type: ignore[misc]
    return probe.result()


def _processed(record: Mapping[str, Any], rt: Runtime) -> None:
    if process_batch.run([record], rt)["batchItemFailures"]:
        raise RuntimeError("the worker did not take the record")


def _record(body: Body, shop: Shop) -> dict[str, Any]:
    [event] = events_in(json.dumps(body).encode())
    entry = inbound_entry(event, shop.now)
    return {"messageId": "1", "body": entry.body, "attributes": {"MessageGroupId": entry.group}}


def _runtime(shop: Shop, probe: Probe) -> Runtime:
    log = JsonLog(STAGE, shop.rt.now)
    sender = GraphApi(shop.rt.settings, _Known(), log)
    sender._session = http.new_session()
    sender._session.mount("https://", probe.graph)
    return replace(shop.rt, sender=sender, log=log, day_requests=_NothingDue())


def _repeated(shop: Shop, do: Callable[[Runtime], object]) -> Run:
    do(_runtime(shop, Probe(shop.meter)))
    probe = Probe(shop.meter)
    rt = _runtime(shop, probe)
    began = shop.now
    for minute in range(IDLE_MINUTES):
        shop.now = began + timedelta(minutes=minute)
        probe.run(lambda: do(rt))
    shop.now = began
    return probe.result()


def _send_due(rt: Runtime) -> None:
    send_due.run(rt)
    settle_unknown.run(rt, until=rt.now() + settle_unknown.WORKING_TIME)


SCHEDULED: Mapping[str, Callable[[Runtime], object]] = {
    "SendDue": _send_due,
    "StartDailyMetrics": start_daily_metrics.run,
    "StoreQuarantined": store_quarantined.run,
}


def _counters(text: str) -> set[tuple[str, ...]]:
    lines = [msgspec.json.decode(line) for line in text.splitlines()]
    return {
        tuple(sorted(f"{name}={value}" for name, value in line.items() if name != "_aws"))
        for line in lines
        if "_aws" in line
    }
