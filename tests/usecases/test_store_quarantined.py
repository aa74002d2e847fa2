"""Quarantined bodies reach the archive as they came; a bad record holds back no other."""

from __future__ import annotations

from chalicelib.ports import Runtime
from chalicelib.usecases import store_quarantined
from chalicelib.usecases.queue_records import quarantine_entry
from tests import builders, fakes
from tests.fakes import FakeBacklog
from tests.intake import FakeFullArchive

RAW = b"\xff\x00{not json"
BODY = quarantine_entry(RAW, reason="unreadable", received_at=builders.NOON).body


def holding(*bodies: str, **ports: object) -> Runtime:
    """A runtime whose quarantine queue holds these."""
    return fakes.runtime(quarantine_backlog=FakeBacklog(*bodies), **ports)


def left(rt: Runtime) -> list[str]:
    return [record.body for record in rt.quarantine_backlog.left]


class SlowArchive:
    """Keeps a body within two minutes."""

    def __init__(self, clock: fakes.Clock) -> None:
        self._clock = clock

    def put(self, body: bytes, **_: object) -> str:
        self._clock.advance(minutes=2)
        return "kept"


def test_the_archive_gets_the_bytes_as_they_were_received() -> None:
    rt = holding(BODY)
    store_quarantined.run(rt)
    assert rt.quarantine.kept == [(RAW, "unreadable", builders.NOON)]


def test_what_is_stored_leaves_the_queue() -> None:
    rt = holding(*[BODY] * 5)
    assert store_quarantined.run(rt) == 5
    assert left(rt) == []


def test_f05_only_the_record_that_failed_stays_in_the_queue() -> None:
    rt = holding(BODY, "not ours", BODY)
    assert store_quarantined.run(rt) == 2
    assert left(rt) == ["not ours"]


def test_f05_the_neighbours_of_a_bad_record_are_stored() -> None:
    rt = holding("{}", BODY, BODY)
    store_quarantined.run(rt)
    assert [raw for raw, _, _ in rt.quarantine.kept] == [RAW, RAW]


def test_what_the_archive_does_not_take_stays_in_the_queue() -> None:
    rt = holding(BODY, quarantine=FakeFullArchive())
    assert store_quarantined.run(rt) == 0
    assert left(rt) == [BODY]


def test_f22_what_there_is_no_time_for_is_left_for_the_next_run() -> None:
    clock = fakes.Clock(builders.NOON)
    rt = holding(*[BODY] * 5, now=clock, quarantine=SlowArchive(clock))
    assert store_quarantined.run(rt) == 2
    assert len(left(rt)) == 3


def test_an_empty_queue_has_nothing_to_store() -> None:
    assert store_quarantined.run(holding()) == 0


def test_the_log_tells_the_kind_of_failure_and_no_content() -> None:
    rt = holding("canary text")
    store_quarantined.run(rt)
    assert rt.log.lines == [("quarantine_failed", {"error": "DecodeError"})]
