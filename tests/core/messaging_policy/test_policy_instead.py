"""What a refusal offers instead: what these very facts permit, until when, and from when again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from chalicelib.core.messages import MessageKind, Origin
from chalicelib.core.messaging_policy import Basis, Question, Refusal, check
from tests import builders

DAY = timedelta(hours=24)
AT = builders.NOON + 3 * DAY


def refused(**facts: Any) -> Refusal:
    """Three days after the customer wrote, an automation would like to."""
    defaults: dict[str, Any] = {
        "platform": "messenger",
        "origin": Origin.AUTOMATION,
        "kind": MessageKind.TEXT,
        "at": AT,
        "window_opened_at": builders.NOON,
        "window_ends_at": builders.NOON + DAY,
        "last_customer_at": builders.NOON,
    }
    verdict = check(Question(**(defaults | facts)))
    assert isinstance(verdict, Refusal)
    return verdict


def test_an_automation_on_day_three_leaves_it_to_a_person_until_day_seven():
    refusal = refused(has_human_agent=True)
    assert (refusal.instead_basis, refusal.until) == (
        (Basis.HUMAN_AGENT,),
        builders.NOON + 7 * DAY,
    )


def test_where_nothing_is_permitted_nothing_is_offered():
    refusal = refused()
    assert (refusal.instead_basis, refusal.until) == ((), None)


def test_a_token_and_a_template_are_offered_where_the_customer_agreed():
    refusal = refused(
        has_human_agent=True,
        one_time_notifications=True,
        topic="mug",
        opt_in=builders.opt_in(),
    )
    bases = (Basis.HUMAN_AGENT, Basis.APPROVED_TEMPLATE, Basis.ONE_TIME_TOKEN)
    assert refusal.instead_basis == bases


def test_nothing_is_offered_to_who_is_gone():
    assert refused(is_unreachable=True, has_human_agent=True).instead_basis == ()


def test_a_retired_tag_in_the_window_is_answered_with_the_window():
    refusal = refused(at=builders.NOON + timedelta(hours=1), tag="ACCOUNT_UPDATE")
    assert (refusal.instead_basis, refusal.until) == (
        (Basis.STANDARD_WINDOW,),
        builders.NOON + DAY,
    )


def test_marketing_held_back_says_from_when_it_may_be_tried_again():
    refusal = refused(
        platform="whatsapp",
        origin=Origin.CAMPAIGN,
        kind=MessageKind.TEMPLATE,
        category="marketing",
        template_status="APPROVED",
        marketing_opted_in_at=builders.NOON,
        marketing_not_before=AT + DAY,
    )
    assert (refusal.reason, refusal.not_before) == ("marketing_wait", AT + DAY)
    assert refusal.instead_basis == (Basis.APPROVED_TEMPLATE,)
