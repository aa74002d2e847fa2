"""Contract of Messages: the sends that went wrong are found by channel, without scanning."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.core.messages import Listing, Message, State, Status
from tests.builders import CHANNEL, CONVERSATION, NOON, our_message

OURS = our_message()
AGAIN = our_message(tries=1)
MINUTE = timedelta(minutes=1)
LEASE = OURS.lease_until
WRONG = [State.FAILED, State.UNKNOWN]


def listed(stores, state: State, channel_id: str = CHANNEL) -> list[str]:
    page = stores.messages.gone_wrong(channel_id, state, cursor=None, limit=50)
    return [row.message_id for row in page.items]


def lists(stores) -> dict[State, list[str]]:
    return {state: listed(stores, state) for state in WRONG if listed(stores, state)}


def settle(stores, state: State, row: Message = OURS, *, at=NOON, look_at=None, **outcome) -> None:
    listing = Listing(CHANNEL, at, look_at)
    stores.messages.settle(row.conversation_id, row.message_id, state, listing=listing, **outcome)


def gone_wrong(stores, state: State, message_id: str = OURS.message_id, **when) -> None:
    row = our_message(message_id=message_id)
    stores.messages.claim(row)
    settle(stores, state, row, **when)


def looked_for(stores, at, limit=10) -> tuple[str, ...]:
    keys = stores.messages.to_look_for(CHANNEL, before=at, limit=limit)
    return tuple(message_id for _, message_id in keys)


def fail_late(stores, at=NOON) -> None:
    listing = Listing(CHANNEL, at)
    stores.messages.status(
        CONVERSATION, OURS.message_id, Status.FAILED, at, failure="window_131047", listing=listing
    )


@pytest.mark.parametrize("state", WRONG)
def test_what_went_wrong_is_in_the_list_of_its_state(stores, state):
    gone_wrong(stores, state)
    assert lists(stores) == {state: [OURS.message_id]}


def test_a_listed_row_comes_whole(stores):
    stores.messages.claim(our_message(request={"topic": "mug"}))
    settle(stores, State.FAILED, failure="policy_368")
    (row,) = stores.messages.gone_wrong(CHANNEL, State.FAILED, cursor=None, limit=5).items
    assert (row.state, row.failure, row.due_at) == (State.FAILED, "policy_368", None)
    assert (row.text, row.request) == (OURS.text, {"topic": "mug"})


def test_another_channel_has_a_list_of_its_own(stores):
    gone_wrong(stores, State.FAILED)
    assert listed(stores, State.FAILED, "another-channel") == []


def test_the_latest_comes_first_page_by_page(stores):
    for minute in (2, 0, 3, 1):
        gone_wrong(stores, State.FAILED, f"hb-{minute}", at=NOON + minute * MINUTE)
    first = stores.messages.gone_wrong(CHANNEL, State.FAILED, cursor=None, limit=3)
    rest = stores.messages.gone_wrong(CHANNEL, State.FAILED, cursor=first.next_cursor, limit=3)
    assert [row.message_id for row in first.items] == ["hb-3", "hb-2", "hb-1"]
    assert ([row.message_id for row in rest.items], rest.next_cursor) == (["hb-0"], None)


def test_a_full_last_page_says_that_it_is_the_last(stores):
    gone_wrong(stores, State.FAILED)
    page = stores.messages.gone_wrong(CHANNEL, State.FAILED, cursor=None, limit=1)
    assert (len(page.items), page.next_cursor) == (1, None)


def test_a_cursor_of_somebody_else_is_refused(stores):
    with pytest.raises(ValueError, match=r".*"):
        stores.messages.gone_wrong(CHANNEL, State.FAILED, cursor="abc", limit=1)


@pytest.mark.parametrize("state", WRONG)
def test_what_proves_to_be_sent_leaves_its_list(stores, state):
    gone_wrong(stores, state)
    settle(stores, State.SENT, platform_message_id="mid.ours")
    assert lists(stores) == {}


def test_an_unknown_send_that_failed_changes_lists(stores):
    gone_wrong(stores, State.UNKNOWN, look_at=NOON)
    settle(stores, State.FAILED, failure="not_delivered")
    assert lists(stores) == {State.FAILED: [OURS.message_id]}
    assert looked_for(stores, NOON) == ()


def test_a_send_in_the_lists_is_not_due(stores):
    gone_wrong(stores, State.UNKNOWN, look_at=NOON)
    assert tuple(stores.messages.due(CHANNEL, before=NOON + MINUTE)) == ()


def test_what_is_planned_again_is_in_no_list(stores):
    stores.messages.claim(AGAIN)
    settle(stores, State.PLANNED, due_at=NOON)
    assert lists(stores) == {}


def test_unknown_sends_are_looked_for_when_their_time_has_come_the_longest_first(stores):
    for minute in (3, 1, 2):
        gone_wrong(stores, State.UNKNOWN, f"hb-{minute}", look_at=NOON + minute * MINUTE)
    assert looked_for(stores, NOON + 2 * MINUTE) == ("hb-1", "hb-2")
    assert looked_for(stores, NOON + 9 * MINUTE, limit=1) == ("hb-1",)


def test_an_unknown_send_that_nobody_looks_for_is_listed_all_the_same(stores):
    gone_wrong(stores, State.UNKNOWN, look_at=None)
    assert looked_for(stores, NOON + timedelta(days=9999)) == ()
    assert listed(stores, State.UNKNOWN) == [OURS.message_id]


def test_f08_a_claim_that_nobody_would_bring_again_is_looked_for_from_the_end_of_its_lease(stores):
    stores.messages.claim(AGAIN)
    assert looked_for(stores, LEASE - timedelta(microseconds=1)) == ()
    assert looked_for(stores, LEASE) == (OURS.message_id,)


def test_a_first_claim_is_in_no_list(stores):
    stores.messages.claim(OURS)
    assert lists(stores) == {}


@pytest.mark.parametrize("tries", [0, 1])
def test_a_refusal_is_listed_if_the_send_was_promised_before(stores, tries):
    stores.messages.refuse(our_message(tries=tries, failure="window_closed"))
    assert listed(stores, State.FAILED) == [OURS.message_id] * tries


def test_a_late_failure_is_listed_with_its_reason(stores):
    stores.messages.claim(OURS)
    settle(stores, State.SENT, platform_message_id="wamid.1")
    fail_late(stores)
    (row,) = stores.messages.gone_wrong(CHANNEL, State.FAILED, cursor=None, limit=5).items
    assert (row.state, row.failure) == (State.SENT, "window_131047")


def test_a_late_failure_that_overtakes_the_answer_stays_listed(stores):
    stores.messages.claim(OURS)
    fail_late(stores)
    settle(stores, State.SENT, platform_message_id="wamid.1")
    row = stores.messages.load(CONVERSATION, OURS.message_id)
    assert (row.state, row.platform_message_id) == (State.SENT, "wamid.1")
    assert listed(stores, State.FAILED) == [OURS.message_id]


@pytest.mark.parametrize("state", WRONG)
def test_a_send_that_is_made_again_leaves_its_list(stores, state):
    gone_wrong(stores, state)
    row = stores.messages.mark_resent(CONVERSATION, OURS.message_id, "hb-second")
    assert (row.resent_as, lists(stores)) == ("hb-second", {})


def test_the_first_attempt_that_makes_it_again_wins(stores):
    gone_wrong(stores, State.FAILED)
    for attempt in ("hb-second", "hb-third", "hb-second"):
        row = stores.messages.mark_resent(CONVERSATION, OURS.message_id, attempt)
    assert row.resent_as == "hb-second"


def test_what_proved_to_be_sent_is_not_made_again(stores):
    gone_wrong(stores, State.UNKNOWN)
    settle(stores, State.SENT)
    row = stores.messages.mark_resent(CONVERSATION, OURS.message_id, "hb-second")
    assert row.resent_as is None


def test_what_failed_late_is_made_again(stores):
    stores.messages.claim(OURS)
    settle(stores, State.SENT)
    fail_late(stores)
    row = stores.messages.mark_resent(CONVERSATION, OURS.message_id, "hb-second")
    assert row.resent_as == "hb-second"


def test_marking_what_is_not_there_leaves_nothing(stores):
    assert stores.messages.mark_resent(CONVERSATION, "hb-nobody", "hb-second") is None
    assert stores.messages.history(CONVERSATION) == ()


def test_a_row_knows_which_attempt_it_makes_again(stores):
    again = our_message(resend_of="hb-first")
    stores.messages.claim(again)
    assert stores.messages.load(CONVERSATION, OURS.message_id) == again
