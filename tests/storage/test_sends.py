"""Contract of Messages: what we send. Planned, claimed by one, settled."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from chalicelib.core.messages import Author, Listing, Message, MessageFact, State, Status
from tests import builders, fakes
from tests.builders import CHANNEL, CONVERSATION, NOON, TODAY, our_message

OURS = our_message()
LATER = NOON + timedelta(minutes=5)
PLANNED = our_message(state=State.PLANNED, lease_until=None, due_at=LATER, request={"topic": "mug"})


def settle(stores, state: State, **outcome) -> None:
    stores.messages.settle(CONVERSATION, OURS.message_id, state, **outcome)


def stored(stores) -> Message:
    (row,) = stores.messages.history(CONVERSATION)
    return row


def due(stores, at=LATER, channel=CHANNEL) -> tuple[tuple[str, str], ...]:
    return tuple(stores.messages.due(channel, before=at))


def test_the_first_claim_wins(stores):
    assert stores.messages.claim(OURS) is None
    assert stored(stores) == OURS


def test_the_second_claim_gets_the_row_in_the_way(stores):
    stores.messages.claim(OURS)
    assert stores.messages.claim(our_message(text="Something else")) == OURS


def test_a_claim_whose_lease_ran_out_is_not_taken_over(stores):
    stores.messages.claim(OURS)
    late = our_message(occurred_at=NOON + timedelta(days=1))
    assert stores.messages.claim(late) == OURS


@pytest.mark.parametrize("state", [State.SENT, State.FAILED, State.UNKNOWN])
def test_a_settled_message_is_not_claimed_again(stores, state):
    stores.messages.claim(OURS)
    settle(stores, state)
    assert stores.messages.claim(OURS).state is state


def test_a_planned_message_is_stored_once(stores):
    stores.messages.plan(PLANNED)
    again = our_message(state=State.PLANNED, text="Something else", due_at=NOON)
    assert stores.messages.plan(again) == PLANNED


def test_a_planned_message_is_claimed(stores):
    stores.messages.plan(PLANNED)
    assert stores.messages.claim(OURS) is None
    assert stored(stores) == OURS


def test_a_planned_message_is_due_at_its_time(stores):
    stores.messages.plan(PLANNED)
    assert due(stores, LATER - timedelta(microseconds=1)) == ()
    assert due(stores, LATER) == ((CONVERSATION, OURS.message_id),)


def test_due_messages_come_oldest_first(stores):
    for minutes in (3, 1, 4, 2):
        row = our_message(
            conversation_id=f"conversation-{minutes}",
            message_id=f"hb-{minutes}",
            state=State.PLANNED,
            due_at=NOON + timedelta(minutes=minutes),
        )
        stores.messages.plan(row)
    assert due(stores) == tuple((f"conversation-{n}", f"hb-{n}") for n in (1, 2, 3, 4))


def test_a_channel_is_told_of_its_own_messages(stores):
    stores.messages.plan(PLANNED)
    assert due(stores, channel="another") == ()


@pytest.mark.parametrize("leave", [lambda m: m.claim(OURS), lambda m: m.refuse(OURS)])
def test_a_message_that_is_no_longer_planned_is_not_due(stores, leave):
    stores.messages.plan(PLANNED)
    leave(stores.messages)
    assert due(stores) == ()


def test_a_retryable_failure_plans_again(stores):
    stores.messages.claim(our_message(request={"topic": "mug"}))
    settle(stores, State.PLANNED, failure="rate", due_at=LATER, listing=Listing(CHANNEL, NOON))
    row = stored(stores)
    assert (row.state, row.failure, row.due_at) == (State.PLANNED, "rate", LATER)
    assert (row.lease_until, row.request) == (None, {"topic": "mug"})
    assert due(stores) == ((CONVERSATION, OURS.message_id),)


def test_a_refused_message_is_kept_with_its_reason(stores):
    refused = our_message(lease_until=None, failure="window_closed")
    row = stores.messages.refuse(refused)
    assert (row.state, row.failure) == (State.REFUSED, "window_closed")
    assert stored(stores) == row


def test_a_planned_message_may_be_refused(stores):
    stores.messages.plan(PLANNED)
    assert stores.messages.refuse(our_message(failure="opt_in_expired")).state is State.REFUSED


def test_a_claimed_message_is_not_refused(stores):
    stores.messages.claim(OURS)
    assert stores.messages.refuse(our_message(failure="window_closed")) == OURS


def test_a_sent_message_knows_the_platforms_id(stores):
    stores.messages.claim(OURS)
    settle(stores, State.SENT, platform_message_id="mid.ours")
    row = stored(stores)
    assert (row.state, row.platform_message_id) == (State.SENT, "mid.ours")
    assert (row.lease_until, row.request) == (None, None)


@pytest.mark.parametrize("state", [State.FAILED, State.UNKNOWN, State.PLANNED])
def test_sent_sticks(stores, state):
    stores.messages.claim(OURS)
    settle(stores, State.SENT, platform_message_id="mid.ours")
    settle(stores, state, failure="late", due_at=LATER)
    assert (stored(stores).state, stored(stores).failure, due(stores)) == (State.SENT, None, ())


@pytest.mark.parametrize("state", [State.FAILED, State.UNKNOWN, State.PLANNED])
def test_an_echo_proves_that_it_was_sent_after_all(stores, state):
    stores.messages.claim(OURS)
    settle(stores, state, failure="ambiguous", due_at=LATER if state is State.PLANNED else None)
    settle(stores, State.SENT, platform_message_id="mid.ours")
    assert (stored(stores).state, stored(stores).failure, due(stores)) == (State.SENT, None, ())


def test_a_second_settlement_keeps_the_platforms_id(stores):
    stores.messages.claim(OURS)
    settle(stores, State.SENT, platform_message_id="mid.ours")
    settle(stores, State.SENT)
    assert stored(stores).platform_message_id == "mid.ours"


def test_settling_what_was_never_claimed_leaves_nothing(stores):
    settle(stores, State.SENT, platform_message_id="mid.ours")
    assert stores.messages.history(CONVERSATION) == ()


def test_only_what_was_sent_is_of_the_day(stores):
    stores.messages.claim(OURS)
    assert stores.messages.of_day(CHANNEL, TODAY) == ()
    settle(stores, State.SENT)
    fact = MessageFact(OURS.occurred_at, CONVERSATION, OURS.message_id, Author.AUTOMATION)
    assert stores.messages.of_day(CHANNEL, TODAY) == (fact,)


@pytest.mark.parametrize("state", [State.FAILED, State.UNKNOWN, State.PLANNED])
def test_what_was_not_sent_is_not_of_the_day(stores, state):
    stores.messages.claim(OURS)
    settle(stores, state, due_at=LATER if state is State.PLANNED else None)
    assert stores.messages.of_day(CHANNEL, TODAY) == ()


def test_facts_under_the_platforms_id_show_in_our_row(stores):
    stores.messages.claim(OURS)
    settle(stores, State.SENT, platform_message_id="mid.ours")
    stores.messages.status(CONVERSATION, "mid.ours", Status.DELIVERED, LATER)
    stores.messages.react(CONVERSATION, "mid.ours", emoji="👍", is_by_business=False, at=LATER)
    row = stored(stores)
    assert (row.statuses, row.customer_reaction) == ({"delivered": LATER}, "👍")


def test_a_single_row_comes_without_what_is_under_the_platforms_id(stores):
    stores.messages.claim(OURS)
    settle(stores, State.SENT, platform_message_id="mid.ours")
    stores.messages.status(CONVERSATION, "mid.ours", Status.DELIVERED, LATER)
    assert stores.messages.load(CONVERSATION, OURS.message_id).statuses == {}


def test_facts_under_the_platforms_id_may_come_before_the_answer(stores):
    stores.messages.claim(OURS)
    stores.messages.status(CONVERSATION, "mid.ours", Status.READ, LATER)
    settle(stores, State.SENT, platform_message_id="mid.ours")
    assert stored(stores).statuses == {"read": LATER}


def test_a_status_under_either_id_counts_once_with_its_earliest_date(stores):
    stores.messages.claim(OURS)
    settle(stores, State.SENT, platform_message_id="mid.ours")
    stores.messages.status(CONVERSATION, OURS.message_id, Status.READ, LATER)
    stores.messages.status(CONVERSATION, "mid.ours", Status.READ, NOON)
    assert stored(stores).statuses == {"read": NOON}


def test_ours_unsent_in_the_native_inbox_loses_its_content(stores):
    stores.messages.claim(OURS)
    settle(stores, State.SENT, platform_message_id="mid.ours")
    stores.messages.delete(CONVERSATION, "mid.ours", LATER)
    assert (stored(stores).text, stored(stores).deleted_at) == (None, LATER)


def test_what_a_row_of_ours_says_is_gone_after_its_deletion(dynamodb):
    dynamodb.messages.claim(OURS)
    settle(dynamodb, State.SENT, platform_message_id="mid.ours")
    dynamodb.messages.delete(CONVERSATION, "mid.ours", LATER)
    assert dynamodb.messages._item.get(CONVERSATION, OURS.message_id).text is None


def test_a_row_recorded_under_the_platforms_id_of_ours_is_shown_once(stores):
    stores.messages.record(builders.message(message_id="mid.ours", author=Author.PERSON_NATIVE))
    stores.messages.claim(OURS)
    settle(stores, State.SENT, platform_message_id="mid.ours")
    assert [row.message_id for row in stores.messages.history(CONVERSATION)] == [OURS.message_id]


def test_f41_ten_simultaneous_claims_have_one_winner():
    messages = fakes.FakeMessages()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(messages.claim, [OURS] * 10))
    assert answers.count(None) == 1


def test_a_postponed_message_is_due_later(stores):
    stores.messages.plan(PLANNED)
    stores.messages.postpone(PLANNED, LATER + timedelta(minutes=1))
    assert due(stores) == ()


def test_only_a_planned_message_is_postponed(stores):
    stores.messages.claim(OURS)
    stores.messages.postpone(PLANNED, LATER)
    assert due(stores) == ()


def test_settling_returns_the_row_as_it_stands(stores):
    stores.messages.claim(OURS)
    row = stores.messages.settle(
        CONVERSATION, OURS.message_id, State.SENT, platform_message_id="mid.1"
    )
    assert (row.state, row.platform_message_id) == (State.SENT, "mid.1")


def test_settling_what_is_not_there_stores_nothing(stores):
    settled = stores.messages.settle(CONVERSATION, "hb-nobody", State.SENT)
    assert (settled, stores.messages.history(CONVERSATION)) == (None, ())


def test_a_raw_event_beside_the_messages_is_no_message(stores):
    stores.messages.keep_raw(CONVERSATION, "messenger:opt_in:1", b"{}", LATER)
    assert stores.messages.history(CONVERSATION) == ()
