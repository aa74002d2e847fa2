"""Digests of the ledger: made once for each hour, and whoever changes a row afterwards is found."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.core import decisions, digests
from chalicelib.core.messages import MessageKind, Origin, State, Status
from chalicelib.core.messaging_policy import Basis, Permit, Question
from chalicelib.platforms import ErrorClass, SendError
from chalicelib.storage.tables import RETENTION
from chalicelib.usecases import (
    answer_message,
    digest_hour,
    erase_contact,
    send_due,
    send_message,
)
from devtools import verify_ledger
from tests import builders, fakes
from tests.builders import CHANNEL, CONVERSATION, NOON

SHOP = builders.channel()
KEY = (CONVERSATION, "one")


@pytest.fixture
def rt():
    """Three sends at noon, one of them refused; their hour was digested."""
    runtime = fakes.runtime(SHOP)
    ends = NOON + timedelta(hours=24)
    runtime.conversations.save(builders.conversation(window_opened_at=NOON, window_ends_at=ends))
    runtime.messages.record(builders.message())
    send_message.run(builders.outbound(key="one"), runtime)
    runtime.now.advance(minutes=10)
    send_message.run(builders.outbound(key="two", origin=Origin.CAMPAIGN, topic="mug"), runtime)
    send_message.run(builders.outbound(key="three"), runtime)
    at_quarter_past(runtime)
    return runtime


def at_quarter_past(rt, hours: int = 1) -> None:
    """Let hours pass, the schedule running in each."""
    for _ in range(hours):
        start = rt.now().replace(minute=0)
        rt.now.advance(hours=1, minutes=-(rt.now() - start).seconds // 60 + 15)
        digest_hour.run(rt)


def row_of(rt, message_id: str = "one"):
    return rt.messages.load(CONVERSATION, message_id)


def overwrite(rt, key=KEY, **facts) -> None:
    """As somebody would who may write to the table."""
    stored = rt.messages._facts[key]
    stored.ledger = facts.pop("ledger", stored.ledger)
    stored.row = replace(stored.row, **facts)


def found(rt, anchors=frozenset()) -> tuple[str, str | None, str] | None:
    difference = verify_ledger.run(SHOP, rt, anchors=anchors).difference
    return difference and (difference.hour, difference.message_id, difference.what)


def test_what_was_not_touched_fits_its_digests(rt):
    verified = verify_ledger.run(SHOP, rt)
    assert (verified.difference, verified.hours, verified.rows) == (None, 1, 3)


def test_an_hour_has_one_digest_however_often_the_schedule_runs(rt):
    before = tuple(rt.digests.all(CHANNEL))
    digest_hour.run(rt)
    assert tuple(rt.digests.all(CHANNEL)) == before


def test_each_digest_names_the_one_before(rt):
    at_quarter_past(rt, hours=3)
    chain = list(rt.digests.all(CHANNEL))
    assert [each.before for each in chain] == ["", *(each.hash for each in chain[:-1])]


def test_missed_hours_are_digested_by_the_next_run(rt):
    rt.now.advance(hours=5)
    assert digest_hour.run(rt) == 5


def test_after_a_long_outage_a_run_ends_and_the_next_goes_on(rt):
    rt.now.advance(hours=14)
    assert [digest_hour.run(rt) for _ in range(4)] == [6, 6, 2, 0]


def test_an_hour_is_not_digested_before_it_is_settled(rt):
    rt.now.advance(minutes=49)  # four minutes past
    assert digest_hour.run(rt) == 0


def test_a_changed_entry_is_found(rt):
    entry = decisions.dropped(NOON, "window_closed")
    overwrite(rt, ledger=frozenset({entry}))
    assert found(rt) == ("2026-11-21T12", "one", "changed")


def test_another_author_is_found(rt):
    overwrite(rt, author_name="Somebody else")
    assert found(rt) == ("2026-11-21T12", "one", "changed")


def test_a_removed_entry_is_found(rt):
    overwrite(rt, ledger=frozenset(sorted(row_of(rt).ledger)[:1]))
    assert found(rt) == ("2026-11-21T12", "one", "changed")


def test_a_removed_row_is_found(rt):
    del rt.messages._facts[KEY]
    assert found(rt) == ("2026-11-21T12", "one", "removed")


def test_an_entry_that_is_dated_back_is_found(rt):
    ledger = {*row_of(rt).ledger, decisions.dropped(NOON, "standby")}
    overwrite(rt, ledger=frozenset(ledger))
    assert found(rt) == ("2026-11-21T12", "one", "added to")


def test_an_added_row_is_found(rt):
    entry = decisions.dropped(NOON, "window_closed")
    rt.messages.refuse(builders.our_message(message_id="forged", ledger=(entry,)))
    assert found(rt) == ("2026-11-21T12", "forged", "added")


def test_a_digest_that_was_changed_is_found(rt):
    (key,) = rt.digests.kept
    rt.digests.kept[key] = replace(rt.digests.kept[key], rows=2)
    assert found(rt) == ("2026-11-21T12", None, "broken")


def test_a_digest_that_was_made_anew_breaks_the_chain(rt):
    at_quarter_past(rt)
    forged = digests.made(CHANNEL, "2026-11-21T12", "", (), 0)
    rt.digests.kept[CHANNEL, "2026-11-21T12"] = forged
    rt.messages._facts.clear()
    assert found(rt) == ("2026-11-21T13", None, "chain broken")


def test_a_digest_that_was_removed_breaks_the_chain(rt):
    at_quarter_past(rt, hours=2)
    del rt.digests.kept[CHANNEL, "2026-11-21T13"]
    assert found(rt) == ("2026-11-21T14", None, "chain broken")


def test_a_part_that_was_removed_is_found(rt):
    rt.digests.parts.clear()
    assert found(rt) == ("2026-11-21T12", None, "part missing")


def test_the_first_hour_that_differs_is_named(rt):
    send_message.run(builders.outbound(key="four"), rt)
    at_quarter_past(rt)
    overwrite(rt, (CONVERSATION, "four"), ledger=frozenset())
    overwrite(rt, (CONVERSATION, "three"), ledger=frozenset())
    assert found(rt) == ("2026-11-21T12", "three", "changed")


def test_what_the_platform_tells_later_is_no_difference(rt):
    rt.messages.status(CONVERSATION, "one", Status.READ, NOON + timedelta(minutes=1))
    assert found(rt) is None


def test_what_was_told_later_is_covered_a_day_later(rt):
    rt.messages.status(CONVERSATION, "one", Status.READ, rt.now())
    at_quarter_past(rt, hours=24)
    told = {entry for entry in row_of(rt).ledger if decisions.read(entry).what.islower()}
    overwrite(rt, ledger=frozenset({*row_of(rt).ledger} - told))
    assert found(rt) == ("2026-11-22T12", "one", "changed")


def test_a_retry_in_a_later_hour_is_no_difference(rt):
    rt.sender.outcomes = [SendError("retry_2", error_class=ErrorClass.RETRY)]
    send_message.run(builders.outbound(key="four"), rt)
    at_quarter_past(rt)
    send_due.run(rt)
    at_quarter_past(rt)
    assert (row_of(rt, "four").state, found(rt)) == (State.SENT, None)


def test_a_send_whose_worker_died_is_no_difference_when_it_is_settled(rt):
    asked = Question(platform="messenger", origin=Origin.AUTOMATION, kind=MessageKind.TEXT, at=NOON)
    entry = decisions.permitted(asked, Permit(Basis.STANDARD_WINDOW))
    rt.messages.claim(builders.our_message(message_id="died", ledger=(entry,)))
    rt.messages.settle(CONVERSATION, "died", State.SENT, entry=decisions.proved(rt.now(), "mid.9"))
    assert found(rt) is None


def test_rows_that_expired_were_removed_by_nobody(rt):
    rt.messages._facts.clear()
    rt.now.advance(days=RETENTION.days)
    assert verify_ledger.run(SHOP, rt).difference is None
    assert verify_ledger.KEPT < RETENTION


def anchor(rt) -> tuple[str, str]:
    """The last digest, as somebody keeps it elsewhere."""
    last = rt.digests.last(CHANNEL)
    return last.hour, last.hash


def test_a_chain_fits_all_the_anchors_that_were_taken_of_it(rt):
    first = anchor(rt)
    at_quarter_past(rt, hours=2)
    assert found(rt, {first, anchor(rt)}) is None


def test_a_chain_that_was_made_anew_differs_from_an_earlier_anchor(rt):
    kept = anchor(rt)
    at_quarter_past(rt)
    del rt.messages._facts[KEY]
    rt.digests.kept.clear()
    rt.now.advance(hours=-1)
    digest_hour.run(rt)
    assert found(rt) is None
    assert found(rt, {kept}) == ("2026-11-21T12", None, "anchor differs")


def test_a_chain_whose_end_was_cut_off_misses_an_anchor(rt):
    at_quarter_past(rt)
    kept = anchor(rt)
    del rt.digests.kept[CHANNEL, "2026-11-21T13"]
    assert found(rt) is None
    assert found(rt, {kept}) == ("2026-11-21T13", None, "anchor missing")


def test_a_chain_that_was_removed_as_a_whole_misses_its_anchors(rt):
    kept = anchor(rt)
    rt.digests.kept.clear()
    assert found(rt, {kept}) == ("2026-11-21T12", None, "anchor missing")


def test_the_first_digest_that_was_removed_breaks_the_chain(rt):
    at_quarter_past(rt)
    del rt.digests.kept[CHANNEL, "2026-11-21T12"]
    assert found(rt) == ("2026-11-21T13", None, "chain broken")


@pytest.mark.parametrize(("hours", "behind"), [(0, 0), (1, 0), (2, 2), (30, 30)])
def test_an_end_without_digests_is_told_once_two_runs_were_due(rt, hours, behind):
    rt.now.advance(hours=hours)
    assert verify_ledger.run(SHOP, rt).behind == behind


def test_an_entry_without_inputs_whose_contact_was_not_erased_is_found(rt):
    overwrite(rt, ledger=frozenset(map(decisions.erased, row_of(rt).ledger)))
    assert found(rt) == ("2026-11-21T12", "one", "changed")


def test_an_entry_that_lost_its_inputs_after_the_erasure_is_found(rt):
    erase_contact.run(CONVERSATION, rt)
    rt.now.advance(hours=1, minutes=-rt.now().minute + 1)
    answer_message.run(
        builders.message_received(message_id="mid.again", occurred_at=rt.now()), SHOP, rt
    )
    send_message.run(builders.outbound(key="later"), rt)
    at_quarter_past(rt)
    assert found(rt) is None
    key = (CONVERSATION, "later")
    overwrite(rt, key, ledger=frozenset(map(decisions.erased, row_of(rt, "later").ledger)))
    assert found(rt) == (rt.digests.last(CHANNEL).hour, "later", "changed")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("UTC", "Pacific/Kiritimati"),
        ("Pacific/Kiritimati", "Pacific/Pago_Pago"),
        ("Pacific/Pago_Pago", "Pacific/Kiritimati"),
    ],
)
def test_f20_what_was_sent_before_the_zone_changed_is_covered(before, after):
    rt = fakes.runtime(builders.channel(time_zone=before))
    ends = NOON + timedelta(hours=24)
    rt.conversations.save(builders.conversation(window_opened_at=NOON, window_ends_at=ends))
    send_message.run(builders.outbound(key="one"), rt)
    moved = builders.channel(time_zone=after)
    rt.channels.save(moved)
    at_quarter_past(rt)
    verified = verify_ledger.run(moved, rt)
    assert (verified.rows, verified.difference) == (1, None)
