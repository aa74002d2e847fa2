"""The ledger in the rows: nothing is lost, nothing overwritten, and what failed is found."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.core import decisions
from chalicelib.core.messages import Author, Listing, State, Status
from tests.builders import CHANNEL, CONVERSATION, NOON, TODAY, message, our_message

OURS = our_message().message_id
HOUR = timedelta(hours=1)
FIRST = decisions.dropped(NOON, "window_closed")
SECOND = decisions.dropped(NOON + HOUR, "standby")
ANSWER = decisions.accepted(NOON + HOUR, "mid.1")
LISTING = Listing(CHANNEL, NOON, day=TODAY)


def ledger(stores) -> tuple[str, ...]:
    return stores.messages.load(CONVERSATION, OURS).ledger


def found(stores, since=NOON, until=NOON + HOUR) -> list[str]:
    facts = stores.messages.attempts(CHANNEL, [TODAY], since=since, until=until)
    return [fact.message_id for fact in facts]


def test_attempts_of_one_moment_come_in_the_order_of_their_conversations(stores):
    authors = {"c-1": Author.PERSON_API, "c-2": Author.CAMPAIGN, "c-3": Author.AUTOMATION}
    for each, author in authors.items():
        row = our_message(conversation_id=each, message_id=each, author=author, ledger=(FIRST,))
        stores.messages.refuse(row)
    assert found(stores) == ["c-1", "c-2", "c-3"]


def test_a_further_attempt_is_added_to_the_first(stores):
    stores.messages.claim(our_message(ledger=(FIRST,)))
    stores.messages.settle(CONVERSATION, OURS, State.PLANNED, due_at=NOON, listing=LISTING)
    stores.messages.claim(our_message(tries=1, ledger=(SECOND,)))
    assert ledger(stores) == (FIRST, SECOND)


def test_a_claim_that_came_second_leaves_no_entry(stores):
    stores.messages.claim(our_message(ledger=(FIRST,)))
    stores.messages.claim(our_message(ledger=(SECOND,)))
    assert ledger(stores) == (FIRST,)


@pytest.mark.parametrize("state", [State.SENT, State.FAILED, State.UNKNOWN, State.PLANNED])
def test_an_outcome_is_added(stores, state):
    stores.messages.claim(our_message(ledger=(FIRST,)))
    stores.messages.settle(CONVERSATION, OURS, state, listing=LISTING, entry=ANSWER)
    assert ledger(stores) == (FIRST, ANSWER)


def test_an_outcome_that_came_too_late_leaves_no_entry(stores):
    stores.messages.claim(our_message(ledger=(FIRST,)))
    stores.messages.settle(CONVERSATION, OURS, State.SENT, entry=ANSWER)
    stores.messages.settle(CONVERSATION, OURS, State.FAILED, listing=LISTING, entry=SECOND)
    assert ledger(stores) == (FIRST, ANSWER)


def test_a_note_is_kept_once(stores):
    stores.messages.refuse(our_message(ledger=(FIRST,)))
    stores.messages.note(CONVERSATION, OURS, SECOND)
    stores.messages.note(CONVERSATION, OURS, SECOND)
    assert ledger(stores) == (FIRST, SECOND)


def test_nothing_is_noted_of_a_message_that_is_not_there(stores):
    stores.messages.note(CONVERSATION, OURS, SECOND)
    assert stores.messages.load(CONVERSATION, OURS) is None


def test_an_earlier_date_of_a_status_does_not_take_the_later_one_out_of_the_ledger(stores):
    stores.messages.claim(our_message())
    for minutes in (5, 3):
        at = NOON + timedelta(minutes=minutes)
        stores.messages.status(CONVERSATION, OURS, Status.DELIVERED, at)
    times = [decisions.read(entry).at for entry in ledger(stores)]
    assert times == [NOON + timedelta(minutes=3), NOON + timedelta(minutes=5)]


def test_a_second_failure_for_another_reason_is_kept_beside_the_first(stores):
    stores.messages.claim(our_message())
    stores.messages.status(CONVERSATION, OURS, Status.FAILED, NOON, failure="policy_131049")
    later = NOON + HOUR
    stores.messages.status(CONVERSATION, OURS, Status.FAILED, later, failure="retry_131000")
    told = [decisions.read(entry).told for entry in ledger(stores)]
    assert [words.split()[1] for words in told] == ["policy_131049", "retry_131000"]


def test_a_status_told_again_adds_nothing(stores):
    stores.messages.claim(our_message())
    stores.messages.status(CONVERSATION, OURS, Status.READ, NOON)
    stores.messages.status(CONVERSATION, OURS, Status.READ, NOON + HOUR)
    assert len(ledger(stores)) == 1


def test_what_came_under_the_platforms_id_is_in_our_ledger(stores):
    stores.messages.status(CONVERSATION, "mid.1", Status.READ, NOON)
    stores.messages.claim(our_message(ledger=(FIRST,)))
    stores.messages.settle(CONVERSATION, OURS, State.SENT, platform_message_id="mid.1")
    (row,) = stores.messages.history(CONVERSATION)
    assert [decisions.read(entry).what for entry in row.ledger] == [
        decisions.What.REFUSED,
        decisions.What.READ,
    ]


def test_a_refused_message_is_found_by_its_hour(stores):
    stores.messages.refuse(our_message(ledger=(FIRST,)))
    assert (found(stores), found(stores, NOON + HOUR, NOON + 2 * HOUR)) == ([OURS], [])


@pytest.mark.parametrize("state", [State.SENT, State.FAILED, State.UNKNOWN, State.PLANNED])
def test_an_attempt_is_found_by_its_hour_whatever_became_of_it(stores, state):
    stores.messages.claim(our_message(ledger=(FIRST,)))
    stores.messages.settle(CONVERSATION, OURS, state, due_at=NOON, listing=LISTING)
    assert found(stores) == [OURS]


def test_what_went_wrong_and_was_sent_later_is_found_once_and_counted_once(stores):
    stores.messages.claim(our_message(ledger=(FIRST,)))
    stores.messages.settle(CONVERSATION, OURS, State.UNKNOWN, listing=LISTING)
    stores.messages.settle(CONVERSATION, OURS, State.SENT, platform_message_id="mid.1")
    assert (found(stores), len(stores.messages.of_day(CHANNEL, TODAY))) == ([OURS], 1)


def test_no_metric_counts_what_was_refused(stores):
    stores.messages.refuse(our_message(ledger=(FIRST,)))
    assert stores.messages.of_day(CHANNEL, TODAY) == ()


def test_a_refused_message_keeps_its_channel_and_day(stores):
    stores.messages.refuse(our_message(ledger=(FIRST,)))
    row = stores.messages.load(CONVERSATION, OURS)
    assert (row.channel_id, row.day) == (CHANNEL, TODAY)


def test_what_others_wrote_is_no_attempt(stores):
    stores.messages.record(message())
    stores.messages.record(message(message_id="mid.native", author=Author.PERSON_NATIVE))
    assert found(stores) == []


def test_rows_are_loaded_in_the_order_asked_for(stores):
    stores.messages.record(message())
    stores.messages.claim(our_message())
    keys = [(CONVERSATION, OURS), (CONVERSATION, "none"), (CONVERSATION, "mid.customer")]
    rows = stores.messages.load_all(keys)
    assert [row.message_id for row in rows] == [OURS, "mid.customer"]
