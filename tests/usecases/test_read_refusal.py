"""What the policy said of a refused message is found again in its ledger."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.core import decisions
from chalicelib.core.messages import Message, Origin
from chalicelib.core.messaging_policy import Basis
from chalicelib.ports import Runtime
from chalicelib.usecases import answer_message, read_refusal, send_message
from tests import builders, fakes
from tests.builders import NOON

SHOP = builders.channel(has_human_agent=True)


@pytest.fixture
def rt() -> Runtime:
    """A customer wrote at noon, three days ago."""
    runtime = fakes.runtime(SHOP)
    answer_message.run(builders.message_received(), SHOP, runtime)
    runtime.now.at = NOON + timedelta(days=3)
    return runtime


def refused(rt: Runtime) -> Message:
    return send_message.run(builders.outbound(origin=Origin.AUTOMATION), rt)


def test_a_person_may_still_answer_for_seven_days(rt: Runtime) -> None:
    refusal = read_refusal.run(refused(rt), rt)
    assert refusal is not None
    expected = ("window_closed", (Basis.HUMAN_AGENT,), NOON + timedelta(days=7))
    assert (refusal.reason, refusal.instead_basis, refusal.until) == expected


def test_of_an_erased_contact_nothing_is_told(rt: Runtime) -> None:
    row = refused(rt)
    erased = replace(row, ledger=tuple(map(decisions.erased, row.ledger)))
    assert read_refusal.run(erased, rt) is None


def test_what_was_not_refused_by_the_policy_has_no_refusal(rt: Runtime) -> None:
    row = replace(refused(rt), ledger=(), failure="superseded")
    assert read_refusal.run(row, rt) is None


def test_of_rules_that_say_something_else_by_now_nothing_is_told(rt: Runtime) -> None:
    assert read_refusal.run(replace(refused(rt), failure="tag_retired"), rt) is None
