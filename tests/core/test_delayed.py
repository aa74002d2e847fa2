"""What makes a delayed message unwanted."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.delayed import ANY_MESSAGE, Cancel, Unless, still_wanted
from chalicelib.core.messages import OutboundMessage
from chalicelib.core.outbound import message_of, row_of
from tests.builders import NOON, TODAY, conversation, outbound

SECOND = timedelta(seconds=1)
COLUMNS = {
    Cancel.CUSTOMER_WROTE: "last_customer_at",
    Cancel.PERSON_ANSWERED: "last_person_at",
    Cancel.OTHER_APP_WROTE: "last_other_app_at",
}


def is_wanted(cancels: tuple[Cancel, ...], **happened: datetime) -> bool:
    return still_wanted(conversation(**happened), Unless(NOON, cancels))


def test_a_message_without_conditions_is_always_wanted() -> None:
    assert still_wanted(conversation(last_customer_at=NOON), None)


@pytest.mark.parametrize("cancel", Cancel)
def test_what_happened_a_second_later_makes_it_unwanted(cancel: Cancel) -> None:
    assert not is_wanted((cancel,), **{COLUMNS[cancel]: NOON + SECOND})


@pytest.mark.parametrize("cancel", Cancel)
def test_what_happened_at_that_moment_does_not(cancel: Cancel) -> None:
    assert is_wanted((cancel,), **{COLUMNS[cancel]: NOON})


@pytest.mark.parametrize("cancel", Cancel)
def test_what_was_not_named_does_not_count(cancel: Cancel) -> None:
    others = tuple(one for one in ANY_MESSAGE if one is not cancel)
    assert is_wanted(others, **{COLUMNS[cancel]: NOON + SECOND})


@given(st.sets(st.sampled_from(Cancel)), st.sets(st.sampled_from(Cancel)))
def test_it_is_dropped_if_any_of_its_conditions_came_true(
    named: set[Cancel], happened: set[Cancel]
) -> None:
    facts = {COLUMNS[one]: NOON + SECOND for one in happened}
    assert is_wanted(tuple(named), **facts) is not bool(named & happened)


def test_a_planned_row_remembers_the_conditions() -> None:
    unless = Unless(NOON, ANY_MESSAGE)
    planned: OutboundMessage = outbound(unless=unless, comment_id="c1", comment_at=NOON)
    row = row_of(planned, at=NOON, day=TODAY)
    assert message_of(row, conversation()) == planned
