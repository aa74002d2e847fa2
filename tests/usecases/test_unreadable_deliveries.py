"""Deliveries that cannot be read, or are too large for a record: kept somewhere, byte for byte."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.usecases import receive_webhook
from chalicelib.usecases.queue_records import read_quarantined
from chalicelib.usecases.receive_webhook import MAX_QUARANTINE_BYTES, Outcome
from tests.builders import NOON
from tests.intake import (
    FakeDeafQueue,
    FakeFullArchive,
    deliver,
    intake,
    page,
    page_message,
    quarantined,
    queued,
    to_bytes,
)

HELLO = to_bytes(page(page_message("m_1")))
GARBAGE = b"{not json"

NASTY = [
    b"",
    b"{",
    b"nul",
    b"\xef\xbb\xbf{",
    b"[" * 100_000,
    b'{"a":' * 5_000,
    b"\x00",
    b"<xml/>",
    b'{"object":"page"',
    HELLO + b"}",
]
STRANGE = [
    b"NaN",
    b"9" * 5_000,
    b"1e999",
    b"[" * 900 + b"]" * 900,
    b'{"object":"page","object":"instagram"}',
    b'{"object":"page","entry":[{"messaging":[{"x":"\\ud800"}]}]}',
    b'{"object":"page","entry":[{"messaging":[{"x":NaN}]}]}',
    b'{"object":"page","entry":{"a":1}}',
    b'{"object":["page"],"entry":[1,null,"x",[[]]]}',
    b"\xef\xbb\xbf{}",
]


def noise(length: int) -> bytes:
    """Bytes that do not compress."""
    return random.Random(7).randbytes(length)  # noqa: S311 - reproducible, not secret


class TestWhatCannotBeRead:
    @pytest.mark.parametrize("raw", NASTY, ids=range(len(NASTY)))
    def test_f33_signed_garbage_is_quarantined(self, raw: bytes) -> None:
        rt = intake()
        assert (deliver(raw, rt), quarantined(rt)) == (Outcome.QUARANTINED, [raw])

    @pytest.mark.parametrize("raw", STRANGE, ids=range(len(STRANGE)))
    def test_f33_signed_strangeness_is_kept_somewhere(self, raw: bytes) -> None:
        rt = intake()
        assert deliver(raw, rt) in (Outcome.ACCEPTED, Outcome.QUARANTINED)
        assert len(rt.inbound.entries) + len(rt.quarantine_queue.entries) == 1

    @pytest.mark.parametrize("raw", NASTY + STRANGE, ids=range(len(NASTY + STRANGE)))
    def test_f33_unsigned_garbage_is_refused(self, raw: bytes) -> None:
        assert receive_webhook.run(raw, "sha256=" + "1" * 64, intake()) is Outcome.FORGED

    @given(raw=st.binary(max_size=300))
    def test_f33_whatever_is_signed_is_taken(self, raw: bytes) -> None:
        rt = intake()
        assert deliver(raw, rt) in (Outcome.ACCEPTED, Outcome.QUARANTINED)
        assert rt.inbound.entries or quarantined(rt) == [raw]

    @given(raw=st.binary(max_size=100), signature=st.text(max_size=80))
    def test_f33_whatever_is_unsigned_is_refused(self, raw: bytes, signature: str) -> None:
        assert receive_webhook.run(raw, signature, intake()) is Outcome.FORGED

    @given(
        json_value=st.recursive(
            st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        )
    )
    def test_f33_any_json_value_in_an_entry_is_taken(self, json_value: object) -> None:
        rt = intake()
        raw = to_bytes({"object": "page", "entry": [{"id": "1", "messaging": [json_value]}]})
        assert deliver(raw, rt) is Outcome.ACCEPTED

    @pytest.mark.parametrize("raw", [b"\xff\xfe{}", b'{"object":"\xc3\x28"}'])
    def test_f34_invalid_utf8_is_quarantined_byte_for_byte(self, raw: bytes) -> None:
        rt = intake()
        assert (deliver(raw, rt), quarantined(rt)) == (Outcome.QUARANTINED, [raw])

    def test_f06_a_bug_of_ours_is_quarantined_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(receive_webhook, "events_in", lambda raw: [][0])
        rt = intake()
        assert (deliver(HELLO, rt), quarantined(rt)) == (Outcome.QUARANTINED, [HELLO])

    def test_f06_a_bug_of_ours_is_logged_without_content(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(receive_webhook, "events_in", lambda raw: [][0])
        rt = intake()
        deliver(HELLO, rt)
        facts = {"error": "IndexError", "bytes": len(HELLO)}
        assert rt.log.lines == [("parse_failed", facts)]

    def test_the_reason_and_the_time_stand_beside_the_body(self) -> None:
        rt = intake()
        deliver(GARBAGE, rt)
        record, _ = read_quarantined(rt.quarantine_queue.entries[0].body)
        assert (record.reason, record.received_at) == ("unreadable", NOON)

    def test_f30_what_is_large_but_compresses_goes_to_the_queue(self) -> None:
        rt = intake()
        raw = GARBAGE * 300_000
        assert (deliver(raw, rt), quarantined(rt)) == (Outcome.QUARANTINED, [raw])

    def test_f30_what_no_queue_record_can_hold_goes_to_the_archive(self) -> None:
        rt = intake()
        raw = noise(MAX_QUARANTINE_BYTES)
        outcome = deliver(raw, rt)
        assert (outcome, rt.large.kept) == (Outcome.QUARANTINED, [(raw, "unreadable", NOON)])

    def test_f27_the_archive_takes_what_the_quarantine_queue_refuses(self) -> None:
        rt = intake(quarantine_queue=FakeDeafQueue())
        outcome = deliver(GARBAGE, rt)
        assert (outcome, rt.large.kept) == (Outcome.QUARANTINED, [(GARBAGE, "unreadable", NOON)])

    def test_f27_if_neither_takes_it_meta_must_come_again(self) -> None:
        rt = intake(quarantine_queue=FakeDeafQueue(), large=FakeFullArchive())
        assert deliver(GARBAGE, rt) is Outcome.UNAVAILABLE

    @pytest.mark.parametrize("section", ["messaging", "hologram"])
    def test_f30_an_item_no_record_can_hold_is_archived_and_the_others_queued(
        self, section: str
    ) -> None:
        rt = intake()
        huge = page_message("m_1", text="x" * 1_000_000)
        payload = page(page_message("m_0"), section="messaging")
        payload["entry"] += page(huge, section=section)["entry"]
        outcome = deliver(to_bytes(payload), rt)
        facts = outcome, len(rt.inbound.entries), rt.large.kept[0][1]
        assert facts == (Outcome.ACCEPTED, 1, "item_too_large")

    def test_f30_an_item_that_nothing_takes_must_come_again(self) -> None:
        rt = intake(large=FakeFullArchive())
        huge = page_message("m_1", text="x" * 1_000_000)
        assert deliver(to_bytes(page(huge)), rt) is Outcome.UNAVAILABLE

    @pytest.mark.parametrize("length", [65_535, 262_144, 400 * 1024, 890_000])
    def test_f30_an_item_below_the_limit_is_queued_whole(self, length: int) -> None:
        rt = intake()
        deliver(to_bytes(page(page_message("m_1", text="x" * length))), rt)
        assert len(queued(rt)[0]["item"]["body"]["message"]["text"]) == length
