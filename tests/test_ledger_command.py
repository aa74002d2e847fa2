"""The command that verifies the ledger says in words what it found."""

from __future__ import annotations

import pytest

from chalicelib.core import digests
from devtools import ledger
from devtools.verify_ledger import Difference, Verified
from tests import builders, fakes
from tests.builders import CHANNEL

LAST = digests.made(CHANNEL, "2026-11-21T12", "", (), 0)


def told(found: Verified, *, anchor: bool = False) -> list[str]:
    return list(ledger.lines(CHANNEL, found, anchor=anchor))


def test_a_channel_as_it_was_digested():
    assert told(Verified(4, 12, LAST, None)) == [f"{CHANNEL}: 4 hours, 12 rows: as it was digested"]


def test_the_hour_and_the_row_that_differ_are_named():
    changed = Difference(
        hour="2026-11-21T13", what="changed", conversation_id="conversation", message_id="hb-1"
    )
    assert told(Verified(1, 3, LAST, changed)) == [
        f"{CHANNEL}: 1 hours, 3 rows: DIFFERS: hour 2026-11-21T13, conversation conversation, "
        "message hb-1: changed"
    ]


def test_the_anchor_is_the_last_digest():
    line = told(Verified(1, 0, LAST, None), anchor=True)[-1]
    assert line == f"anchor {CHANNEL} 2026-11-21T12 {LAST.hash}"


def test_every_channel_is_verified():
    rt = fakes.runtime(builders.channel(), builders.channel(channel_id="2"))
    found = ledger.verify(rt.channels.all(), rt, {})
    assert {each: verified.hours for each, verified in found.items()} == {CHANNEL: 0, "2": 0}


def test_a_channel_that_is_not_there_is_refused():
    rt = fakes.runtime(builders.channel())
    with pytest.raises(ledger.UsageError, match="no channel 404"):
        ledger._channels("404", rt)


def test_hours_without_a_digest_are_told():
    line = told(Verified(1, 0, LAST, None, behind=30))[-1]
    assert line == (
        f"{CHANNEL}: BEHIND: 30 hours after 2026-11-21T12 have no digest: the schedule rested, or "
        "their digests were removed"
    )


def test_what_the_command_printed_on_many_days_is_read_as_anchors():
    kept = [*told(Verified(1, 0, LAST, None), anchor=True), "", f"anchor {CHANNEL} hour hash"]
    assert ledger.read(kept) == {CHANNEL: {("2026-11-21T12", LAST.hash), ("hour", "hash")}}


@pytest.mark.parametrize(
    ("kept", "complaint"),
    [
        ([f"anchor {CHANNEL} 2026-11-21T12"], "Line 1: expected `anchor channel hour hash`"),
        (["", "anchor"], "Line 2: expected"),
        ([], "has no anchor"),
    ],
)
def test_a_file_that_holds_no_anchors_is_refused(kept, complaint):
    with pytest.raises(ledger.UsageError, match=complaint):
        ledger.read(kept)


@pytest.fixture
def stage(monkeypatch, tmp_path):
    """A stage whose one channel has no digests; anchors are read from a file."""
    monkeypatch.setattr(ledger, "_open", lambda name: fakes.runtime(builders.channel()))

    def run(kept: str, *words: str) -> int:
        (tmp_path / "kept.txt").write_text(kept)
        anchors = ("--anchors", str(tmp_path / "kept.txt"))
        monkeypatch.setattr("sys.argv", ["ledger", "verify", *anchors, *words])
        return ledger.main()

    return run


def test_a_chain_that_was_removed_as_a_whole_differs_from_its_anchor(stage, capsys):
    assert stage(f"anchor {CHANNEL} 2026-11-21T12 hash\n") == 1
    assert "DIFFERS: hour 2026-11-21T12: anchor missing" in capsys.readouterr().out


def test_a_channel_that_was_removed_as_a_whole_is_told(stage, capsys):
    assert stage("anchor 2 2026-11-21T12 hash\n") == 1
    assert "2: DIFFERS: it has an anchor and is no channel any more" in capsys.readouterr().out


def test_anchors_of_other_channels_are_left_alone_where_one_is_verified(stage):
    assert stage("anchor 2 2026-11-21T12 hash\n", "--channel", CHANNEL) == 0


def test_anchors_that_cannot_be_read_are_told(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["ledger", "verify", "--anchors", "/no/such/file"])
    assert ledger.main() == 1
    assert "Not verified. " in capsys.readouterr().err
