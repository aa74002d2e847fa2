"""Quarantined bodies reach the archive as they came; a bad record holds back no other."""

from __future__ import annotations

from typing import Any

from chalicelib.usecases import store_quarantined
from chalicelib.usecases.queue_records import quarantine_entry
from tests import builders, fakes
from tests.intake import FakeFullArchive

RAW = b"\xff\x00{not json"


def record(message_id: str = "r1", raw: bytes = RAW) -> dict[str, Any]:
    entry = quarantine_entry(raw, reason="unreadable", received_at=builders.NOON)
    return {"messageId": message_id, "body": entry.body}


def test_the_archive_gets_the_bytes_as_they_were_received() -> None:
    rt = fakes.runtime()
    store_quarantined.run([record()], rt)
    assert rt.quarantine.kept == [(RAW, "unreadable", builders.NOON)]


def test_all_stored_names_no_failure() -> None:
    answer = store_quarantined.run([record("r1"), record("r2")], fakes.runtime())
    assert answer == {"batchItemFailures": []}


def test_f05_only_the_record_that_failed_comes_again() -> None:
    records = [record("r1"), {"messageId": "r2", "body": "not ours"}, record("r3")]
    answer = store_quarantined.run(records, fakes.runtime())
    assert answer == {"batchItemFailures": [{"itemIdentifier": "r2"}]}


def test_f05_the_neighbours_of_a_bad_record_are_stored() -> None:
    rt = fakes.runtime()
    store_quarantined.run([{"messageId": "r1", "body": "{}"}, record("r2")], rt)
    assert [raw for raw, _, _ in rt.quarantine.kept] == [RAW]


def test_what_the_archive_does_not_take_comes_again() -> None:
    answer = store_quarantined.run([record("r1")], fakes.runtime(quarantine=FakeFullArchive()))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "r1"}]}


def test_the_log_tells_the_kind_of_failure_and_no_content() -> None:
    rt = fakes.runtime()
    store_quarantined.run([{"messageId": "r1", "body": "canary text"}], rt)
    assert rt.log.lines == [("quarantine_failed", {"error": "DecodeError"})]
