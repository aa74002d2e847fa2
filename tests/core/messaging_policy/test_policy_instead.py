"""What a refusal offers instead: what these very facts permit, until when, and from when again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from msgspec.structs import replace

from chalicelib.core.messages import MessageKind, Origin
from chalicelib.core.messaging_policy import Basis, Permit, Question, Refusal, check
from tests import builders
from tests.core.messaging_policy.questions import questions

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
    assert (refusal.instead_basis, refusal.until) == (bases, builders.NOON + 7 * DAY)


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


def sends(asked: Question) -> Iterator[Question]:
    """What may really be sent to the same customer at that moment, as it would be asked then: a
    person has no margin and always answers, a template or a campaign never does."""
    plain = {"tag": None, "is_sponsored": False, "recurring_token": False, "is_promotional": False}
    margin = asked.margin if asked.origin is Origin.PERSON else timedelta()
    words = replace(asked, **plain, kind=MessageKind.TEXT, answers_comment=False)
    yield replace(words, origin=Origin.PERSON, margin=margin, is_reply=True)
    yield replace(words, origin=Origin.CAMPAIGN, is_reply=False)
    yield replace(
        words,
        kind=MessageKind.TEMPLATE,
        template_status="APPROVED",
        template_quality=None,
        category="utility",
        is_reply=False,
    )
    yield replace(asked, tag=None)


def permitted(asked: Question) -> dict[Basis, set[Any]]:
    """Each basis of those sends, with the ends of what it permits."""
    found: dict[Basis, set[Any]] = {}
    verdicts = [check(each) for each in sends(asked)]
    for permit in [each for each in verdicts if isinstance(each, Permit)]:
        found.setdefault(permit.basis, set()).add(permit.deadline)
    return found


@given(questions())
def test_what_is_offered_is_permitted_when_it_is_sent_at_that_moment(asked: Question):
    offered = getattr(check(asked), "instead_basis", ())
    assert set(offered) <= permitted(asked).keys()


@given(questions())
def test_the_end_that_is_told_is_that_of_what_is_offered_first(asked: Question):
    verdict = check(asked)
    offered = getattr(verdict, "instead_basis", ())
    assert not offered or verdict.until in permitted(asked)[offered[0]]


@pytest.mark.parametrize("origin", [Origin.AUTOMATION, Origin.CAMPAIGN])
@pytest.mark.parametrize("margin", [timedelta(minutes=5), timedelta(minutes=60)])
def test_in_the_margin_of_an_automation_a_person_may_still_answer(origin, margin):
    at = builders.NOON + DAY - timedelta(seconds=1)
    refusal = refused(at=at, origin=origin, margin=margin)
    assert (refusal.instead_basis, refusal.until) == (
        (Basis.STANDARD_WINDOW,),
        builders.NOON + DAY,
    )


def test_a_stop_hinders_the_token_that_is_offered_to_a_reply():
    refusal = refused(
        is_reply=True,
        one_time_notifications=True,
        topic="mug",
        opt_in=builders.opt_in(),
        stopped_all_at=AT,
    )
    assert refusal.instead_basis == ()


@pytest.mark.parametrize("what", ["is_sponsored", "recurring_token"])
def test_what_stands_against_the_message_alone_does_not_stand_against_a_person(what):
    at = builders.NOON + timedelta(hours=1)
    refusal = refused(at=at, origin=Origin.CAMPAIGN, **{what: True})
    assert refusal.instead_basis == (Basis.STANDARD_WINDOW,)


def test_words_that_do_not_promote_are_offered_in_place_of_promotion():
    refusal = refused(origin=Origin.PERSON, has_human_agent=True, is_promotional=True)
    assert (refusal.reason, refusal.instead_basis) == (
        "promotional_outside_window",
        (Basis.HUMAN_AGENT,),
    )


def test_a_token_for_one_message_is_offered_in_place_of_one_for_many():
    refusal = refused(
        origin=Origin.CAMPAIGN,
        recurring_token=True,
        one_time_notifications=True,
        topic="mug",
        opt_in=builders.opt_in(),
    )
    assert (refusal.reason, Basis.ONE_TIME_TOKEN in refusal.instead_basis) == (
        "recurring_retired",
        True,
    )


def test_another_template_is_offered_in_place_of_one_that_customers_dislike():
    refusal = refused(
        platform="whatsapp",
        origin=Origin.CAMPAIGN,
        kind=MessageKind.TEMPLATE,
        category="utility",
        template_status="APPROVED",
        template_quality="RED",
        marketing_opted_in_at=AT - DAY,
    )
    assert (refusal.reason, refusal.instead_basis) == (
        "template_low_quality",
        (Basis.APPROVED_TEMPLATE,),
    )


def test_a_comment_that_was_answered_does_not_stand_against_an_open_window():
    refusal = refused(
        at=builders.NOON + timedelta(hours=1), answers_comment=True, comment_answered=True
    )
    assert refusal.instead_basis == (Basis.STANDARD_WINDOW,)


@pytest.mark.parametrize("platform", ["messenger", "instagram"])
def test_a_comment_is_answered_without_the_tag_where_the_tag_is_too_much(platform):
    refusal = refused(
        platform=platform,
        origin=Origin.PERSON,
        answers_comment=True,
        comment_at=AT - DAY,
        tag="HUMAN_AGENT",
        has_human_agent=False,
        window_ends_at=None,
    )
    assert (refusal.reason, refusal.instead_basis, refusal.until) == (
        "tag_retired",
        (Basis.PRIVATE_REPLY,),
        AT + 6 * DAY,
    )
