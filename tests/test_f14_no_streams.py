"""F14: nothing depends on the stream of a table. What has to happen later is a row with a due time,
found by an index, however long nobody looked."""

from __future__ import annotations

import re

import pytest

from chalicelib.usecases import send_due
from devtools.package import ROOT
from tests.usecases.test_no_send_after_a_stop import World

WRITTEN = [
    *(ROOT / "infra").glob("*.yaml"),
    *(ROOT / ".chalice" / "policies").glob("*.json"),
    *ROOT.glob("app.py"),
]
STREAMS = re.compile(
    r"Stream(Specification|Arn|ViewType)|dynamodb:\w*(Stream|Record|Shard)|kinesis"
)


@pytest.mark.parametrize("words", ["StreamSpecification: {}", "dynamodb:GetRecords", "kinesis:Put"])
def test_f14_a_stream_would_be_seen(words: str) -> None:
    assert STREAMS.search(words)


def test_f14_no_table_has_a_stream_and_no_function_reads_one() -> None:
    named = {path.name: STREAMS.findall(path.read_text()) for path in WRITTEN}
    assert len(named) > 2
    assert [name for name, found in named.items() if found] == []


def test_f14_what_nobody_looked_at_for_25_hours_is_sent_then() -> None:
    world = World().live(["agree", "plan"])
    world.rt.now.advance(hours=25)
    send_due.run(world.rt)
    assert [len(each) for each in world.attempts.values()] == [1]
