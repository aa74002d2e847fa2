"""Consents and stops as values."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.messages import State
from chalicelib.core.opt_in import LONGEST, Stop, best, expiry, stopped_at
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
