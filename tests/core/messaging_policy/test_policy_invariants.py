"""What holds for every question, whatever its facts: the promises of the policy."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.core.messages import MessageKind, Origin
from chalicelib.core.messaging_policy import Basis, Permit, Question, all_rules, check
from chalicelib.core.messaging_policy.reasons import REASONS
from chalicelib.core.opt_in import OptIn
from tests.core.messaging_policy.questions import AGES, MOMENTS, questions

DAY, SECOND = timedelta(hours=24), timedelta(seconds=1)
RETIRED = {"CONFIRMED_EVENT_UPDATE", "ACCOUNT_UPDATE", "POST_PURCHASE_UPDATE"}
RETIRED_ON = datetime(2026, 4, 27, tzinfo=UTC)
US_PAUSE = datetime(2025, 4, 1, tzinfo=UTC)
MANY = settings(max_examples=20_000, database=None, deadline=None, phases=[Phase.generate])
MAY_PROMOTE = {
    None,
    Basis.STANDARD_WINDOW,
    Basis.ONE_TIME_TOKEN,
    Basis.RECURRING_NOTIFICATION,
    Basis.PRIVATE_REPLY,
}
PERSON = {"origin": Origin.PERSON, "kind": MessageKind.TEXT, "has_human_agent": True, "tag": None}
TOKEN = {"platform": "messenger", "kind": MessageKind.TEXT, "origin": Origin.CAMPAIGN}
MARKETING = {"platform": "whatsapp", "kind": MessageKind.TEMPLATE, "category": "marketing"}
IDS = {rule.id for rule in all_rules()}
CHANGES = {
    datetime.combine(day, time(), UTC)
    for rule in all_rules()
    for day in (rule.effective_from, rule.effective_to)
    if day
}
WORDS = st.sampled_from([MessageKind.TEXT, MessageKind.LOCATION])


def is_permitted(question: Question) -> bool:
    return isinstance(check(question), Permit)


@given(
    at=MOMENTS,
    length=st.sampled_from([DAY, 7 * DAY]),
    after=st.sampled_from([timedelta(), DAY, 7 * DAY]),
    shift=st.sampled_from([-SECOND, timedelta(), SECOND]),
    platform=st.sampled_from(["messenger", "instagram", "whatsapp"]),
)
def test_1_words_of_an_automation_pass_exactly_while_the_window_is_open(
    at: datetime, length: timedelta, after: timedelta, shift: timedelta, platform: str
):
    question = Question(
        platform=platform,
        origin=Origin.AUTOMATION,
        kind=MessageKind.TEXT,
        at=at + after + shift,
        window_opened_at=at,
        window_ends_at=at + length,
    )
    assert is_permitted(question) == (question.at < at + length)


@given(questions(has_human_agent=True), st.sampled_from([Origin.AUTOMATION, Origin.CAMPAIGN]))
def test_2_no_automated_message_carries_the_human_agent_tag(question: Question, origin: Origin):
    assert getattr(check(replace(question, origin=origin)), "tag", None) != "HUMAN_AGENT"


@given(questions(**PERSON))
def test_2_a_person_carries_it_only_when_the_window_is_over(question: Question):
    is_open = question.window_ends_at is not None and question.at < question.window_ends_at
    assert not is_open or getattr(check(question), "basis", None) is not Basis.HUMAN_AGENT


@given(questions(kind=MessageKind.TEXT), st.sampled_from(sorted(RETIRED)))
def test_3_retired_tags_pass_before_their_end_at_most(question: Question, tag: str):
    verdict = check(replace(question, tag=tag))
    assert getattr(verdict, "tag", None) not in RETIRED or question.at < RETIRED_ON


@given(questions(kind=MessageKind.TEXT), st.sampled_from(sorted(RETIRED)))
def test_3_from_their_end_on_asking_for_one_is_refused(question: Question, tag: str):
    later = replace(question, tag=tag, at=max(question.at, RETIRED_ON), answers_comment=False)
    assert getattr(check(later), "basis", None) in (None, Basis.RECURRING_NOTIFICATION)


@given(questions(**TOKEN, topic="mug", tag=None))
def test_4_a_token_is_spent_once_within_a_year_on_its_topic(question: Question):
    is_spent = getattr(check(question), "basis", None) is Basis.ONE_TIME_TOKEN
    assert not is_spent or _is_good(question.opt_in, question)


def _is_good(opt_in: OptIn, question: Question) -> bool:
    return (
        opt_in.token is not None
        and opt_in.topic == question.topic
        and opt_in.used_by in (None, question.attempt_id)
        and opt_in.stopped_at is None
        and question.at < opt_in.opted_in_at + 365 * DAY
    )


@given(questions(**MARKETING, tag=None))
def test_5_marketing_needs_consent_no_stop_no_united_states_and_no_wait(question: Question):
    assert not is_permitted(question) or _may_get_marketing(question)


def _may_get_marketing(question: Question) -> bool:
    has_consent = question.opt_in is not None or question.marketing_opted_in_at is not None
    is_american = question.region == "US" or (question.region is None and question.is_us_number)
    wait = question.marketing_not_before
    return (
        has_consent
        and question.marketing_stopped_at is None
        and not (is_american and question.at >= US_PAUSE)
        and (wait is None or question.at >= wait)
    )


@given(questions(platform="whatsapp"), WORDS)
def test_6_on_whatsapp_words_pass_in_the_service_window_only(question: Question, kind: MessageKind):
    is_open = question.window_ends_at is not None and question.at < question.window_ends_at
    assert is_open or not is_permitted(replace(question, kind=kind))


@given(questions(), st.sampled_from(["owner", "blocked", "gone"]))
def test_7_nothing_passes_in_standby_when_blocked_or_to_who_is_gone(question: Question, fact: str):
    hindered = {
        "owner": replace(question, thread_owner="other"),
        "blocked": replace(question, is_channel_blocked=True),
        "gone": replace(question, is_unreachable=True),
    }
    assert not is_permitted(hindered[fact])


@given(questions())
def test_a_verdict_depends_on_its_question_alone(question: Question):
    check(replace(question, at=question.at + 3 * DAY, platform="instagram"))
    assert check(question) == check(replace(question))


@given(questions())
def test_a_verdict_names_its_rule_and_a_deadline_in_the_future(question: Question):
    verdict = check(question)
    assert verdict.rule in IDS | {"", None}
    assert getattr(verdict, "deadline", None) is None or question.at < verdict.deadline


@given(questions())
def test_a_permit_lasts_to_its_deadline(question: Question):
    verdict = check(question)
    deadline = getattr(verdict, "deadline", None)
    assert deadline is None or check(replace(question, at=deadline)) != verdict


@given(questions(refuse_marketing_when_stale=False))
def test_what_is_permitted_is_permitted_until_its_deadline_if_no_rule_changes_before(
    question: Question,
):
    verdict = check(question)
    deadline = getattr(verdict, "deadline", None) or question.at + SECOND
    last = replace(question, at=deadline - timedelta(microseconds=1))
    is_quiet = not any(question.at < day < deadline for day in CHANGES)
    assert not is_permitted(question) or not is_quiet or check(last) == verdict


@given(questions())
def test_a_refusal_has_a_known_code_and_its_sentence(question: Question):
    verdict = check(question)
    is_permit = isinstance(verdict, Permit)
    assert is_permit or verdict.sentence == REASONS[verdict.reason]


@given(questions())
def test_what_is_allowed_instead_lasts_beyond_the_moment_of_asking(question: Question):
    verdict = check(question)
    until = getattr(verdict, "until", None)
    assert until is None or (question.at < until and verdict.instead_basis)


@given(questions())
def test_what_may_be_tried_later_says_when(question: Question):
    verdict = check(question)
    assert getattr(verdict, "not_before", None) is None or question.at < verdict.not_before


@given(questions(is_reply=False, marketing_opted_in_at=None), AGES)
def test_after_a_stop_nothing_but_persons_words_and_later_consent_passes(
    question: Question, age: timedelta
):
    stopped = replace(question, stopped_all_at=question.at - age)
    has_later = question.opt_in is not None and question.opt_in.opted_in_at > question.at - age
    is_persons = question.origin is Origin.PERSON and question.kind in ("text", "location")
    assert has_later or is_persons or not is_permitted(stopped)


@given(questions(is_promotional=True), WORDS)
def test_promotion_passes_only_in_the_window_or_by_consent_or_to_a_comment(
    question: Question, kind: MessageKind
):
    verdict = check(replace(question, kind=kind))
    assert getattr(verdict, "basis", None) in MAY_PROMOTE


@pytest.mark.parametrize(
    ("basis", "facts"),
    [
        (Basis.STANDARD_WINDOW, {}),
        (Basis.HUMAN_AGENT, PERSON),
        (Basis.ONE_TIME_TOKEN, TOKEN | {"topic": "mug", "tag": None}),
        (Basis.APPROVED_TEMPLATE, MARKETING | {"tag": None}),
    ],
)
def test_the_questions_asked_here_reach_every_common_basis(basis: Basis, facts: dict[str, Any]):
    asked = questions(**facts)
    assert find(asked, lambda question: _basis(question) is basis, settings=MANY)


def _basis(question: Question) -> Basis | None:
    return getattr(check(question), "basis", None)


@pytest.mark.parametrize("origin", Origin)
def test_an_unknown_platform_takes_nothing(origin: Origin):
    question = Question(platform="threads", origin=origin, kind=MessageKind.TEXT, at=RETIRED_ON)
    assert check(question).reason == "not_available_on_platform"
