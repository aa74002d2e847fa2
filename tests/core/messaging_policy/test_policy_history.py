"""Windows over whole histories: only what the customer did, when it was done, opens them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core import steps
from chalicelib.core.conversation import Conversation
from chalicelib.core.messages import Author, MessageKind, Origin
from chalicelib.core.messaging_policy import Permit, Question, check, window_length
from tests import builders

START = builders.at(day="2026-09-26")  # over the change of windows after ads
DAY = timedelta(hours=24)
OPENING = ("message", "postback", "quick_reply", "referral", "reaction", "ad_referral")
OURS = (
    *(Author.PERSON_API, Author.PERSON_NATIVE, Author.PERSON_APP, Author.AUTOMATION),
    *(Author.PLATFORM_AUTOMATION, Author.OTHER_APP, Author.CAMPAIGN),
)
TIMES = st.builds(lambda hours: START + timedelta(hours=hours), st.integers(0, 24 * 5))
DAYS = st.integers(1, 7)


def _step(at: datetime, author: Author | None, opens: str | None, ad_days: int = 1) -> steps.Step:
    return steps.Step(at=at, day=str(at.date()), author=author, opens=opens, ad_days=ad_days)


BY_CUSTOMER = st.builds(_step, TIMES, st.just(Author.CUSTOMER), st.sampled_from(OPENING), DAYS)
BY_US = st.builds(_step, TIMES, st.sampled_from(OURS), st.none())
# Reads, deliveries, edits, deletions, opt-ins: whatever they may be called.
BY_NOBODY = st.builds(
    _step,
    TIMES,
    st.none(),
    st.sampled_from([None, "read", "delivery", "edit", "delete", "one_time_notif_req"]),
    DAYS,
)


def ends_after(history: Sequence[steps.Step]) -> datetime | None:
    return reduce(_moved, history, builders.conversation()).window_ends_at


def _moved(conversation: Conversation, step: steps.Step) -> Conversation:
    return steps.advance(conversation, step, native_automation=timedelta(seconds=5)).conversation


@given(st.lists(BY_CUSTOMER, max_size=6), st.lists(BY_US | BY_NOBODY, max_size=6), st.data())
def test_no_send_echo_or_status_moves_the_end_of_a_window(customers, others, data: st.DataObject):
    mixed = data.draw(st.permutations([*customers, *others]))
    assert ends_after(mixed) == ends_after(customers)


@given(st.lists(BY_CUSTOMER | BY_US, min_size=1, max_size=8), st.data())
def test_no_redelivery_or_replay_lengthens_a_window(history, data: st.DataObject):
    again = data.draw(st.lists(st.sampled_from(history), max_size=8))
    assert ends_after([*history, *again]) == ends_after(history)


@given(st.lists(BY_CUSTOMER, min_size=1, max_size=8), st.data())
def test_the_end_is_the_latest_of_what_each_action_opened_in_any_order(
    history, data: st.DataObject
):
    shuffled = data.draw(st.permutations(history))
    assert ends_after(shuffled) == max(_end(step) for step in history)


def _end(step: steps.Step) -> datetime:
    length = window_length("messenger", step.opens, step.at, ad_days=step.ad_days)
    return step.at + length


@pytest.mark.parametrize("hours", range(0, 72, 6))
def test_a_short_action_does_not_cut_a_long_window(hours: int):
    ad = _step(builders.NOON, Author.CUSTOMER, "ad_referral", 7)
    later = _step(builders.NOON + timedelta(hours=hours), Author.CUSTOMER, "message")
    assert ends_after([ad, later]) == builders.NOON + 7 * DAY


DATES = [
    builders.at(day=f"{year}-{month:02}-15") for year in range(2020, 2027) for month in (4, 10)
]
AGES = [timedelta(hours=1), 3 * DAY, 8 * DAY]


@pytest.mark.parametrize("at", DATES, ids=str)
@pytest.mark.parametrize(("age", "expected"), list(zip(AGES, [True, False, False], strict=True)))
def test_in_every_year_automations_answer_within_a_day(
    at: datetime, age: timedelta, expected: bool
):
    assert isinstance(check(_question(at, age, Origin.AUTOMATION)), Permit) is expected


@pytest.mark.parametrize("at", DATES, ids=str)
@pytest.mark.parametrize(("age", "expected"), list(zip(AGES, [True, True, False], strict=True)))
def test_in_every_year_persons_answer_within_a_week(at: datetime, age: timedelta, expected: bool):
    assert isinstance(check(_question(at, age, Origin.PERSON)), Permit) is expected


def _question(at: datetime, age: timedelta, origin: Origin) -> Question:
    return Question(
        platform="messenger",
        origin=origin,
        kind=MessageKind.TEXT,
        at=at,
        window_opened_at=at - age,
        window_ends_at=at - age + DAY,
        last_customer_at=at - age,
        has_human_agent=True,
    )
