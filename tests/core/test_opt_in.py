"""Consents and stops as values."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.messages import State
from chalicelib.core.opt_in import LONGEST, Consents, Request, Stop, as_of, best, expiry, stopped_at
from chalicelib.core.opt_in_stage import Stage, stage
from tests.builders import CONVERSATION, NOON, opt_in, our_message

LATER = NOON + timedelta(minutes=1)
MOMENTS = st.integers(0, 5).map(lambda minutes: NOON + timedelta(minutes=minutes))


def stop(at: datetime = NOON, **facts: object) -> Stop:
    return Stop(**({"conversation_id": CONVERSATION, "topic": None, "at": at} | facts))


def best_of(*opt_ins: object) -> str:
    found = best(opt_ins, topic="mug", attempt_id="hb-1", at=NOON)
    assert found is not None
    return found.opt_in_id


OLD = opt_in(opt_in_id="old", token=None)
NEW = opt_in(opt_in_id="new", opted_in_at=LATER)


def test_one_with_a_token_is_spent_first() -> None:
    assert best_of(OLD, NEW) == "new"


def test_of_the_same_kind_the_oldest_is_spent_first() -> None:
    assert best_of(NEW, opt_in(opt_in_id="old")) == "old"


@pytest.mark.parametrize(
    "fact",
    [{"topic": "cup"}, {"stopped_at": NOON}, {"used_by": "hb-2"}, {"expires_at": NOON}],
)
def test_a_usable_one_goes_before_any_other(fact: dict[str, object]) -> None:
    assert best_of(opt_in(opt_in_id="spoilt", **fact), OLD) == "old"


def test_the_one_that_the_attempt_has_stays_its_own() -> None:
    assert best_of(opt_in(opt_in_id="its", used_by="hb-1", opted_in_at=LATER), NEW) == "its"


def test_no_consent_lasts_longer_than_a_year() -> None:
    assert expiry(NOON, NOON + timedelta(days=400)) == NOON + LONGEST == expiry(NOON, None)


def test_of_several_keys_the_latest_stop_counts() -> None:
    stops = [stop(), stop(LATER, conversation_id="other")]
    assert stopped_at(stops, None) == LATER


def test_a_stop_of_a_topic_is_no_stop_of_all() -> None:
    assert stopped_at([stop(topic="mug")], None) is None


@given(MOMENTS, MOMENTS)
def test_a_resume_counts_only_after_the_stop(at: datetime, resumed_at: datetime) -> None:
    assert stop(at, resumed_at=resumed_at).is_on is (resumed_at <= at)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, Stage.ISSUED),
        ({"stopped_at": NOON}, Stage.STOPPED),
        ({"expires_at": NOON}, Stage.EXPIRED),
        ({"expires_at": NOON + timedelta(seconds=1)}, Stage.ISSUED),
        ({"used_by": "hb-1", "stopped_at": NOON}, Stage.CLAIMED),
    ],
)
def test_where_a_consent_stands(facts: dict[str, object], expected: Stage) -> None:
    assert stage(opt_in(**facts), None, NOON) is expected


def test_a_refused_message_has_failed() -> None:
    row = our_message(state=State.REFUSED, lease_until=None)
    assert stage(opt_in(used_by=row.message_id), row, NOON) is Stage.FAILED


def test_a_claim_whose_lease_ran_out_is_unknown() -> None:
    row = our_message()
    assert stage(opt_in(used_by=row.message_id), row, NOON + timedelta(hours=1)) is Stage.UNKNOWN


TOLD = Consents(
    (opt_in(),),
    (stop(NOON + timedelta(minutes=2), resumed_at=NOON + timedelta(minutes=4)),),
    (Request(conversation_id=CONVERSATION, topic="mug", at=LATER, attempt_id="hb-1"),),
)


@pytest.mark.parametrize(
    ("minutes", "is_stopped", "asked"), [(0, None, 0), (1, None, 1), (3, True, 1), (4, False, 1)]
)
def test_what_was_told_by_a_time_is_known_without_what_came_later(
    minutes: int, is_stopped: bool | None, asked: int
) -> None:
    then = as_of(TOLD, NOON + timedelta(minutes=minutes))
    stops = [each.is_on for each in then.stops]
    assert (stops, len(then.requests)) == ([] if is_stopped is None else [is_stopped], asked)


@given(MOMENTS)
def test_an_opt_in_is_stopped_until_the_stop_was_taken_back(at: datetime) -> None:
    (known,) = as_of(TOLD, at).opt_ins
    is_stopped = NOON + timedelta(minutes=2) <= at < NOON + timedelta(minutes=4)
    assert (known.stopped_at is not None) == is_stopped


def test_an_opt_in_is_none_before_it_was_given() -> None:
    assert as_of(TOLD, NOON - timedelta(days=400)).opt_ins == ()
