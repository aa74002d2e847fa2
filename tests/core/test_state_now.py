"""What the state of a message means at a moment."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.core.messages import State, Status, state_now
from tests.builders import NOON, message, our_message

LEASE = NOON + timedelta(seconds=61)
ALMOST = LEASE - timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("now", "state"), [(NOON, State.CLAIMED), (ALMOST, State.CLAIMED), (LEASE, State.UNKNOWN)]
)
def test_a_claim_is_unknown_from_the_end_of_its_lease(now, state):
    assert state_now(our_message(lease_until=LEASE), now) is state


def test_a_claim_without_a_lease_stays_claimed(rt):
    assert state_now(our_message(lease_until=None), rt.now()) is State.CLAIMED


@pytest.mark.parametrize("state", [State.CLAIMED, State.UNKNOWN])
@pytest.mark.parametrize("status", [Status.SENT, Status.DELIVERED, Status.READ, Status.PLAYED])
def test_a_status_proves_that_an_unsettled_message_was_sent(state, status):
    row = our_message(state=state, statuses={str(status): NOON})
    assert state_now(row, LEASE) is State.SENT


@pytest.mark.parametrize("state", [State.CLAIMED, State.UNKNOWN, State.SENT])
def test_a_failed_status_sticks(state):
    row = our_message(state=state, statuses={"failed": NOON, "sent": NOON, "read": NOON})
    assert state_now(row, LEASE) is State.FAILED


@pytest.mark.parametrize("state", [State.PLANNED, State.REFUSED, State.FAILED])
def test_what_was_not_sent_stays_what_it_is(state):
    row = our_message(state=state, statuses={"sent": NOON})
    assert state_now(row, LEASE) is state


def test_what_a_customer_sent_was_received():
    row = message(statuses={"failed": NOON})
    assert state_now(row, LEASE) is State.RECEIVED
