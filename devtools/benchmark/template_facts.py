"""What the packaged template makes AWS do while nobody writes, and the sizes of its functions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct

HOURS = 730
_MINUTES_OF = {"minute": 1, "hour": 60, "day": 1440}
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_CRON = re.compile(r"cron\((\S+) (\S+) \* \* \? \*\)")
# An event source keeps five long polls of 20 seconds going; with a maximum concurrency it never
# gets down to two. That page speaks of standard queues; of FIFO queues AWS says nothing.
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html (read 2026-11-22)
POLLS_A_MONTH = 5 * 3 * 60 * HOURS
# Assumed: DynamoDB asks for the key of a table in use every five minutes.
KEY_LOOKS_A_MONTH = 12 * HOURS


class Function(Struct, frozen=True):
    """A function's size, and how often a month its schedule starts it."""

    memory_gb: float
    architecture: str
    scheduled: float


class Facts(Struct, frozen=True):
    """What a month is priced from."""

    functions: dict[str, Function]
    fifo_polls: float
    polls: float
    alarms: int
    tables_with_kms: int


def read(path: Path) -> Facts:
    """Raises ValueError for a schedule that cannot be counted."""
    resources = yaml.safe_load(path.read_text())["Resources"]
    functions = dict(_of_type(resources, "AWS::Serverless::Function"))
    polled = [each for function in functions.values() for each in _polled(function, resources)]
    return Facts(
        functions={name: _function(each) for name, each in functions.items()},
        fifo_polls=polled.count(True) * POLLS_A_MONTH,
        polls=polled.count(False) * POLLS_A_MONTH,
        alarms=sum(1 for _ in _of_type(resources, "AWS::CloudWatch::Alarm")),
        tables_with_kms=sum(
            each.get("SSESpecification", {}).get("SSEEnabled", False)
            for _, each in _of_type(resources, "AWS::DynamoDB::Table")
        ),
    )


def runs_a_month(schedule: str) -> float:
    """Of `rate(...)`, and of a `cron(...)` that names minutes and hours only."""
    if rate := _RATE.fullmatch(schedule):
        return HOURS * 60 / (int(rate[1]) * _MINUTES_OF[rate[2]])
    if cron := _CRON.fullmatch(schedule):
        return HOURS / 24 * _values(cron[1], 60) * _values(cron[2], 24)
    raise ValueError(f"{schedule}: expected rate(...) or cron(minutes hours * * ? *)")


def _values(field: str, all_of_them: int) -> int:
    return all_of_them if field == "*" else field.count(",") + 1


def _of_type(resources: Mapping[str, Any], type_: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, resource in resources.items():
        if resource["Type"] == type_:
            yield name, resource.get("Properties", {})


def _function(properties: Mapping[str, Any]) -> Function:
    events = [each for each in _events(properties) if each["Type"] == "Schedule"]
    return Function(
        memory_gb=properties["MemorySize"] / 1024,
        architecture=properties["Architectures"][0],
        scheduled=sum(runs_a_month(each["Properties"]["Schedule"]) for each in events),
    )


def _polled(properties: Mapping[str, Any], resources: Mapping[str, Any]) -> Iterator[bool]:
    """For each queue that the function is fed from: is it FIFO?"""
    for event in _events(properties):
        if event["Type"] == "SQS":
            queue = resources[event["Properties"]["Queue"]["Fn::GetAtt"][0]]
            yield bool(queue["Properties"].get("FifoQueue", False))


def _events(properties: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list((properties.get("Events") or {}).values())
