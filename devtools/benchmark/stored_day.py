"""The made-up day in the tables of the embedded AWS, computed through the real store.

Runs with the functions' variables: `python -m devtools.benchmark.stored_day fill | compute N`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

from msgspec.structs import replace

from chalicelib import config
from chalicelib.adapters import aws
from chalicelib.core.conversation import Wait
from chalicelib.core.messages import Author, Message, MessageFact
from chalicelib.storage import Storage, open_storage
from chalicelib.usecases import compute_daily_metrics
from devtools.benchmark import made_up_day, units
from devtools.benchmark.made_up_day import CHANNEL_ID, DAY
from devtools.benchmark.results import Result
from devtools.local_aws.stack import Stack
from devtools.package import ROOT

SIZE = 1_000  # 10,000 take minutes to fill in
AT_ONCE = 8


def measure(running: Stack) -> Iterator[Result]:
    """A figure: the time of a wait where its rows are read and decoded as well."""
    variables = units._environment(running)
    _in_a_process("fill", variables)
    seconds = float(_in_a_process("compute", variables))
    name = f"daily_stored_{SIZE}_cpu_each"
    yield Result(name=name, value=round(seconds * 1e6 / SIZE, 1), unit="us/wait", goal=None)


def fill(size: int) -> None:
    """Write the day's rows, as the worker would have."""
    stores, made_up = _stores(), made_up_day.runtime(size)
    open_waits = made_up.conversations.open_waits(CHANNEL_ID, DAY)
    facts = made_up.messages.of_day(CHANNEL_ID, DAY)
    rows = made_up.conversations.load_leading({fact.conversation_id for fact in facts})
    waiting: dict[str, Wait] = {wait.conversation_id: wait for wait in open_waits}
    with ThreadPoolExecutor(AT_ONCE) as writers:
        list(writers.map(stores.messages.record, map(_message, facts)))
        list(writers.map(stores.waits.record, made_up.waits.of_day(CHANNEL_ID, DAY)))
        list(writers.map(lambda key: _save(stores, rows[key], waiting.get(key)), rows))


def compute(size: int) -> float:
    """Seconds of processor time, once the client is made."""
    rt = _runtime(size)
    rt.readings.runs(CHANNEL_ID)
    began = time.process_time()
    found = compute_daily_metrics.run(CHANNEL_ID, DAY, rt)
    seconds = time.process_time() - began
    if not any(reading.n == size for reading in found):
        raise RuntimeError("the day was not computed from all its waits")
    return seconds


def _runtime(size: int) -> Any:
    stores, made_up = _stores(), made_up_day.runtime(size)
    return SimpleNamespace(
        now=made_up.now,
        channels=made_up.channels,
        readings=stores.readings,
        messages=stores.messages,
        waits=stores.waits,
        conversations=stores.conversations,
    )


def _stores() -> Storage:
    return open_storage(config.load(), time.monotonic, aws.session)


def _save(stores: Storage, row: Any, wait: Wait | None) -> None:
    if wait:
        row = replace(row, wait_opened_at=wait.opened_at, wait_day=wait.day)
    stores.conversations.save(replace(row, version=0))


def _message(fact: MessageFact) -> Message:
    """Somebody else wrote it: what a person answers through our API is claimed and sent instead."""
    is_customers = fact.author is Author.CUSTOMER
    return Message(
        conversation_id=fact.conversation_id,
        message_id=fact.message_id,
        channel_id=CHANNEL_ID,
        author=fact.author if is_customers else Author.PERSON_NATIVE,
        occurred_at=fact.occurred_at,
        day=DAY,
        text="Merhaba, mavi kupa tekrar geldi mi?",
    )


def _in_a_process(word: str, variables: dict[str, str]) -> bytes:
    command = [sys.executable, "-m", "devtools.benchmark.stored_day", word, str(SIZE)]
    env = os.environ | variables
    return subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE).stdout


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["fill", size]:
            fill(int(size))
        case ["compute", size]:
            print(compute(int(size)))
