"""What a month costs at list prices: one in which nobody writes, and one with a million messages.

Measured here: units, processor time, calls, log lines, bytes to Meta. Read from the packaged
template: pollers, schedules, alarms, memory. What is assumed stands below, with its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from math import ceil

from msgspec import Struct

from devtools import package
from devtools.benchmark import handler_runs, prices, template_facts
from devtools.benchmark.handler_runs import Run
from devtools.benchmark.prices import PriceList, Usage
from devtools.benchmark.results import Result
from devtools.benchmark.template_facts import Facts, Function
from devtools.benchmark.visit import Shop

MOST_IDLE = 0.10
MOST_IDLE_WITH_ALARMS = 2.0
MOST_A_MILLION = 4.0
MILLION = 1_000_000
UNIT = "USD"

# Assumed: within a region DynamoDB answers in single-digit milliseconds, SQS a little later; Meta,
# which publishes no figure, takes a fifth of a second.
DYNAMODB_MS = 5.0
SQS_MS = 10.0
GRAPH_MS = 200.0
# Of a scheduled run that finds nothing, beside DynamoDB: the quarantine is asked once, for a second
# (chalicelib/adapters/queues.py).
QUEUE_ASKED_BY = {"StoreQuarantined": 1000.0}
# A processor in parts of memory: 1,769 MB are one, and here one is taken to be as fast as there.
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html (read 2026-11-22)
GB_OF_A_PROCESSOR = 1769 / 1024
# A function that runs once an hour starts anew each time, and starting is billed since August 2025:
# https://aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase/ (a copy, read
# 2026-11-22). Its processor time as docs/performance.md has it.
COLD_START_MS = 450.0
COLD_RUNS_A_MONTH = template_facts.HOURS
# Of a new TLS connection for each message to Meta; of what we answer to a delivery.
HANDSHAKE_BYTES = 1500
ANSWER_BYTES = 400
# What Lambda itself writes about a run, as
# https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html shows it (read 2026-11-22).
_RUN_ID = "8f507cfc-1234-4697-b07a-ac58fc914c95"
LINES_OF_LAMBDA = len(
    f"START RequestId: {_RUN_ID} Version: $LATEST\nEND RequestId: {_RUN_ID}\n"
    f"REPORT RequestId: {_RUN_ID}\tDuration: 215.74 ms\tBilled Duration: 216 ms\t"
    "Memory Size: 512 MB\tMax Memory Used: 106 MB\t\n"
)


class Measured(Struct, frozen=True):
    """One run of each handler, and the units of the story that is priced."""

    received: Run
    answered: Run
    told_status: Run
    scheduled: dict[str, Run]
    write_units: float
    read_units: float


def measure(shop: Shop, units: Iterable[Result], say: Callable[[str], None]) -> Iterator[Result]:
    """From the units that were measured before, and runs of the handlers."""
    say("A month, priced")
    known = {each.name: each.value for each in units}
    measured = Measured(
        received=handler_runs.received(),
        answered=handler_runs.answered(shop),
        told_status=handler_runs.told_status(shop),
        scheduled=handler_runs.scheduled(shop),
        write_units=known["wcu_open_message"] + known["wcu_automatic_reply"],
        read_units=known["rcu_open_message"] + known["rcu_automatic_reply"],
    )
    yield from priced(measured, template_facts.read(package.build().template), prices.load())


def priced(measured: Measured, facts: Facts, listed: PriceList) -> Iterator[Result]:
    """Two goals for an idle month, one for a million; the rest are figures."""
    quiet, with_alarms = idle(measured, facts), idle(measured, facts) | {"alarm": facts.alarms}
    yield _dollars("idle_month_usd", listed.listed(quiet), MOST_IDLE)
    yield _dollars("idle_month_after_allowances_usd", listed.after_allowances(quiet), MOST_IDLE)
    name = "idle_month_with_alarms_usd"
    yield _dollars(name, listed.listed(with_alarms), MOST_IDLE_WITH_ALARMS)
    yield from _parts("idle_month", listed.listed(with_alarms))
    replies = replies_at_function_url(measured, facts)
    yield _dollars("million_replies_function_url_usd", listed.listed(replies), MOST_A_MILLION)
    yield from _parts("million_replies", listed.listed(replies))
    free = listed.after_allowances(replies)
    yield _dollars("million_replies_after_allowances_usd", free, None)
    gateway = replies | {"gateway_request": MILLION}
    yield _dollars("million_replies_api_gateway_usd", listed.listed(gateway), None)
    told = prices.together([replies, *[statuses(measured, facts)] * 3])
    yield _dollars("million_replies_three_statuses_usd", listed.listed(told), None)
    told_by_gateway = told | {"gateway_request": 4 * MILLION}
    name = "million_replies_three_statuses_api_gateway_usd"
    yield _dollars(name, listed.listed(told_by_gateway), None)


def idle(measured: Measured, facts: Facts) -> dict[str, float]:
    """A month in which nobody writes, without alarms."""
    runs = [
        _runs(function, measured.scheduled[name], function.scheduled, QUEUE_ASKED_BY.get(name, 0.0))
        for name, function in facts.functions.items()
        if function.scheduled
    ]
    asked = sum(
        facts.functions[name].scheduled for name in QUEUE_ASKED_BY if name in facts.functions
    )
    polls = {"sqs_fifo_request": facts.fifo_polls, "sqs_request": facts.polls + asked}
    keys = {"kms_request": facts.tables_with_kms * template_facts.KEY_LOOKS_A_MONTH}
    return prices.together([*runs, polls, keys])


def replies_at_function_url(measured: Measured, facts: Facts) -> dict[str, float]:
    """A million deliveries with one message each, alone in their batches, and the replies."""
    stored = {
        "dynamodb_write_unit": MILLION * measured.write_units,
        "dynamodb_read_unit": MILLION * measured.read_units,
        "custom_metric": measured.answered.counters + measured.received.counters,
    }
    worker = _runs(facts.functions["ProcessEvents"], measured.answered, MILLION, GRAPH_MS)
    sent = MILLION * (measured.answered.sent_bytes + HANDSHAKE_BYTES) / 1e9
    taken = _taken(measured, facts)
    return prices.together([taken, worker | stored, {"egress_gb": sent}])


def statuses(measured: Measured, facts: Facts) -> dict[str, float]:
    """A million more deliveries, each with one status of a reply."""
    worker = _runs(facts.functions["ProcessEvents"], measured.told_status, MILLION)
    return prices.together([_taken(measured, facts), worker])


def _taken(measured: Measured, facts: Facts) -> dict[str, float]:
    """What the webhook and its queue take of a million deliveries: sent, received, deleted."""
    queue = {"sqs_fifo_request": 3.0 * MILLION}
    answers = {"egress_gb": MILLION * ANSWER_BYTES / 1e9}
    webhook = _runs(facts.functions["Receive"], measured.received, MILLION, SQS_MS)
    return prices.together([webhook, queue, answers])


def _runs(function: Function, run: Run, times: float, wait_ms: float = 0.0) -> dict[str, float]:
    cold = COLD_START_MS if 0 < function.scheduled <= COLD_RUNS_A_MONTH else 0.0
    share = min(1.0, function.memory_gb / GB_OF_A_PROCESSOR)
    waited = run.dynamodb_calls * DYNAMODB_MS + wait_ms
    seconds = ceil((run.cpu_ms + cold) / share + waited) / 1000
    return {
        "lambda_request": times,
        f"lambda_gb_second_{function.architecture}": times * seconds * function.memory_gb,
        "dynamodb_write_unit": times * run.write_units,
        "dynamodb_read_unit": times * run.read_units,
        "log_gb": times * (run.log_bytes + LINES_OF_LAMBDA) / 1e9,
    }


def _parts(prefix: str, dollars: Usage) -> Iterator[Result]:
    for name, amount in dollars.items():
        yield Result(name=f"{prefix}_{name}", value=round(amount, 3), unit=UNIT, goal=None)


def _dollars(name: str, dollars: Usage, goal: float | None) -> Result:
    return Result(name=name, value=round(sum(dollars.values()), 3), unit=UNIT, goal=goal)
