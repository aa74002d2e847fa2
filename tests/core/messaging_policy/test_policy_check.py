"""Verdicts: who may be written to, by whom, with what, at which second."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.core.messages import MessageKind, Origin
from chalicelib.core.messaging_policy import Basis, Permit, Question, Refusal, check
from chalicelib.core.messaging_policy.reasons import REASONS
from chalicelib.core.opt_in import OptIn
from tests import builders

WROTE_AT = builders.NOON
HOUR, DAY, SECOND = timedelta(hours=1), timedelta(hours=24), timedelta(seconds=1)
PLATFORMS = ["messenger", "instagram", "whatsapp"]
META_SEND_API = ["messenger", "instagram"]
BEFORE_UTILITY = builders.at(day="2025-09-28")


def question(**facts: Any) -> Question:
    """An hour ago the customer wrote on Messenger; a person answers with a text."""
    defaults: dict[str, Any] = {
        "platform": "messenger",
        "origin": Origin.PERSON,
        "kind": MessageKind.TEXT,
        "at": WROTE_AT + HOUR,
        "window_opened_at": WROTE_AT,
        "window_ends_at": WROTE_AT + DAY,
        "last_customer_at": WROTE_AT,
    }
    return Question(**(defaults | facts))


def notification(**facts: Any) -> Question:
    """Three days after the customer opted in, the mug is back; the setting is on."""
    defaults: dict[str, Any] = {
        "origin": Origin.CAMPAIGN,
        "at": WROTE_AT + 3 * DAY,
        "opt_in": builders.opt_in(),
        "topic": "mug",
        "one_time_notifications": True,
    }
    return question(**(defaults | facts))


def template(**facts: Any) -> Question:
    defaults: dict[str, Any] = {
        "platform": "whatsapp",
        "kind": MessageKind.TEMPLATE,
        "template_approved": True,
        "opt_in": builders.opt_in(platform="whatsapp", token=None),
        "one_time_notifications": False,
    }
    return notification(**(defaults | facts))


def reason(asked: Question) -> str:
    """The reason of a refusal; "permitted" if there is none."""
    return getattr(check(asked), "reason", "permitted")


def basis(asked: Question) -> str:
    """The basis of a permit; "refused" if there is none."""
    return getattr(check(asked), "basis", "refused")


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("origin", Origin)
def test_in_the_window_everybody_may_write(platform: str, origin: Origin):
    assert basis(question(platform=platform, origin=origin)) == Basis.STANDARD_WINDOW


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize(
    ("after", "expected"), [(DAY - SECOND, "permitted"), (DAY, "window_closed")]
)
def test_the_window_is_open_at_23_59_59_and_closed_at_24_00_00(platform, after, expected):
    asked = question(platform=platform, origin=Origin.AUTOMATION, at=WROTE_AT + after)
    assert reason(asked) == expected


@pytest.mark.parametrize(
    ("before_end", "expected"),
    [(timedelta(minutes=5, seconds=1), "permitted"), (timedelta(minutes=5), "window_closed")],
)
def test_a_margin_closes_the_window_early(before_end: timedelta, expected: str):
    asked = question(at=WROTE_AT + DAY - before_end, margin=timedelta(minutes=5))
    assert reason(asked) == expected


@pytest.mark.parametrize("margin", [timedelta(0), timedelta(minutes=5)])
def test_the_deadline_is_the_moment_from_which_it_is_refused(margin: timedelta):
    permit = check(question(margin=margin))
    assert permit.deadline == WROTE_AT + DAY - margin
    assert reason(question(margin=margin, at=permit.deadline)) == "window_closed"
    assert reason(question(margin=margin, at=permit.deadline - SECOND)) == "permitted"


@pytest.mark.parametrize(
    ("asked", "end"),
    [
        ({"has_human_agent": True, "at": WROTE_AT + 2 * DAY}, WROTE_AT + 7 * DAY),
        ({"origin": Origin.CAMPAIGN, "topic": "mug", "opt_in": builders.opt_in()}, None),
    ],
)
def test_every_permission_ends_a_margin_early(asked: dict[str, Any], end: datetime | None):
    permit = check(question(margin=timedelta(minutes=5), one_time_notifications=True, **asked))
    assert permit.deadline == (end or builders.opt_in().expires_at) - timedelta(minutes=5)


@pytest.mark.parametrize("origin", Origin)
def test_an_unknown_window_is_closed(origin: Origin):
    assert reason(question(window_ends_at=None, origin=origin)) == "window_closed"


@pytest.mark.parametrize("platform", META_SEND_API)
def test_in_the_window_it_is_a_response_without_a_tag(platform: str):
    permit = check(question(platform=platform, has_human_agent=True))
    assert (permit.messaging_type, permit.tag) == ("RESPONSE", None)


def test_whatsapp_knows_no_messaging_type():
    assert check(question(platform="whatsapp")).messaging_type is None


@pytest.mark.parametrize("platform", META_SEND_API)
@pytest.mark.parametrize(
    ("after", "expected"),
    [(DAY, "permitted"), (7 * DAY - SECOND, "permitted"), (7 * DAY, "window_closed")],
)
def test_a_person_with_the_feature_may_answer_for_seven_days(platform, after, expected):
    asked = question(platform=platform, has_human_agent=True, at=WROTE_AT + after)
    assert reason(asked) == expected


def test_outside_the_window_a_person_carries_the_human_agent_tag():
    permit = check(question(has_human_agent=True, at=WROTE_AT + 2 * DAY))
    assert permit == Permit(
        Basis.HUMAN_AGENT,
        WROTE_AT + 7 * DAY,
        messaging_type="MESSAGE_TAG",
        tag="HUMAN_AGENT",
        rule="messenger.human_agent.2021-06-02",
    )


@pytest.mark.parametrize(
    "facts",
    [
        {"has_human_agent": False},
        {"platform": "whatsapp"},
        {"last_customer_at": None},
        {"origin": Origin.AUTOMATION},
        {"origin": Origin.CAMPAIGN},
        {"at": datetime.fromisoformat("2020-03-03T23:59Z"), "window_ends_at": None},
    ],
)
def test_without_the_feature_a_person_or_a_date_there_is_no_human_agent(facts: dict[str, Any]):
    asked = question(**({"has_human_agent": True, "at": WROTE_AT + 2 * DAY} | facts))
    assert reason(asked) == "window_closed"


@given(
    origin=st.sampled_from([Origin.AUTOMATION, Origin.CAMPAIGN]),
    kind=st.sampled_from(MessageKind),
    platform=st.sampled_from(PLATFORMS),
    hours=st.integers(0, 24 * 400),
    has_human_agent=st.booleans(),
    one_time_notifications=st.booleans(),
)
def test_no_automated_message_ever_carries_the_human_agent_tag(hours: int, **facts: Any):
    asked = notification(at=WROTE_AT + hours * HOUR, template_approved=True, **facts)
    assert getattr(check(asked), "tag", None) != "HUMAN_AGENT"


@given(
    origin=st.sampled_from(Origin),
    kind=st.sampled_from(MessageKind),
    platform=st.sampled_from([*PLATFORMS, "threads"]),
    hours=st.integers(0, 24 * 400),
    thread_owner=st.sampled_from([None, "us", "other"]),
    is_unreachable=st.booleans(),
    opt_in=st.sampled_from([None, builders.opt_in(), builders.opt_in(topic="lamp")]),
    topic=st.sampled_from([None, "mug"]),
)
def test_a_verdict_is_a_permit_in_time_or_a_refusal_with_a_sentence(hours: int, **facts: Any):
    asked = question(at=WROTE_AT + hours * HOUR, **facts)
    verdict = check(asked)
    is_in_time = isinstance(verdict, Permit) and asked.at < (verdict.deadline or asked.at)
    is_explained = isinstance(verdict, Refusal) and verdict.sentence == REASONS[verdict.reason]
    assert is_in_time or is_explained


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"is_channel_blocked": True}, "channel_blocked"),
        ({"is_unreachable": True}, "recipient_gone"),
        ({"thread_owner": "other"}, "standby"),
        ({"thread_owner": "somebody"}, "standby"),
        ({"thread_owner": "us"}, "permitted"),
        ({"platform": "threads"}, "not_available_on_platform"),
        ({"kind": MessageKind.POSTBACK}, "not_available_on_platform"),
        ({"kind": MessageKind.REFERRAL}, "not_available_on_platform"),
    ],
)
def test_what_stands_against_any_send(facts: dict[str, Any], expected: str):
    assert reason(question(**facts)) == expected


@pytest.mark.parametrize("fact", ["is_channel_blocked", "is_unreachable"])
def test_a_token_does_not_help_where_nothing_may_be_sent(fact: str):
    assert basis(notification(**{fact: True})) == "refused"


def test_a_notification_spends_its_token_outside_the_window():
    permit = check(notification())
    assert (permit.basis, permit.deadline) == (Basis.ONE_TIME_TOKEN, builders.opt_in().expires_at)


def test_a_notification_spends_its_token_also_in_the_window():
    assert basis(notification(at=WROTE_AT + HOUR)) == Basis.ONE_TIME_TOKEN


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"used_by": "hb-another"}, "opt_in_used"),
        ({"stopped_at": WROTE_AT + HOUR}, "opt_in_stopped"),
        ({"topic": "lamp"}, "other_topic"),
        ({"expires_at": WROTE_AT + 2 * DAY}, "opt_in_expired"),
        ({"token": None}, "no_token"),
    ],
)
def test_a_consent_that_does_not_hold_is_refused_with_its_reason(facts, expected):
    assert reason(notification(opt_in=builders.opt_in(**facts))) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"used_by": "hb-another"}, "opt_in_used"),
        ({"stopped_at": WROTE_AT}, "opt_in_stopped"),
        ({"topic": "lamp"}, "other_topic"),
    ],
)
@pytest.mark.parametrize("platform", META_SEND_API)
def test_an_open_window_does_not_mend_a_broken_consent(platform, facts, expected):
    opt_in = builders.opt_in(**facts)
    assert reason(notification(platform=platform, opt_in=opt_in, at=WROTE_AT + HOUR)) == expected


def test_the_attempt_that_spent_the_token_may_go_on():
    asked = notification(opt_in=builders.opt_in(used_by="hb-mine"), attempt_id="hb-mine")
    assert basis(asked) == Basis.ONE_TIME_TOKEN


@pytest.mark.parametrize("platform", ["messenger", "whatsapp"])
@pytest.mark.parametrize("at", [WROTE_AT + HOUR, WROTE_AT + 3 * DAY])
def test_a_notification_that_nobody_asked_for_is_refused(platform: str, at: datetime):
    assert reason(notification(platform=platform, opt_in=None, at=at)) == "no_opt_in"


@pytest.mark.parametrize(
    ("after", "expected"),
    [(365 * DAY - SECOND, "permitted"), (365 * DAY, "opt_in_expired")],
)
def test_a_token_lasts_a_year_whatever_the_platform_told_us(after: timedelta, expected: str):
    opt_in = builders.opt_in(expires_at=WROTE_AT + 1000 * DAY)
    assert reason(notification(opt_in=opt_in, at=WROTE_AT + after)) == expected


def test_behind_its_setting_the_token_is_refused():
    asked = notification(one_time_notifications=False)
    assert reason(asked) == "one_time_notifications_off"


@pytest.mark.parametrize(
    "facts", [{"one_time_notifications": False}, {"opt_in": builders.opt_in(token=None)}]
)
def test_without_a_usable_token_the_open_window_serves(facts: dict[str, Any]):
    assert basis(notification(at=WROTE_AT + HOUR, **facts)) == Basis.STANDARD_WINDOW


@pytest.mark.parametrize("opt_in", [None, builders.opt_in(platform="instagram", token=None)])
@pytest.mark.parametrize(
    ("after", "expected"), [(DAY - SECOND, "permitted"), (DAY, "window_closed")]
)
def test_instagram_takes_a_notification_in_the_window_only(
    opt_in: OptIn | None, after: timedelta, expected: str
):
    asked = notification(platform="instagram", opt_in=opt_in, at=WROTE_AT + after)
    assert reason(asked) == expected


def test_whatsapp_takes_a_text_notification_in_the_window_only():
    assert reason(notification(platform="whatsapp")) == "window_closed"


def test_an_approved_template_with_an_opt_in_is_permitted_at_any_time():
    permit = check(template())
    expires_at = builders.opt_in().expires_at
    assert (permit.basis, permit.deadline) == (Basis.APPROVED_TEMPLATE, expires_at)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"template_approved": False}, "template_not_approved"),
        ({"opt_in": None}, "no_opt_in"),
        ({"opt_in": None, "at": WROTE_AT + HOUR}, "no_opt_in"),
        ({"opt_in": None, "topic": None}, "no_opt_in"),
        ({"opt_in": builders.opt_in(used_by="hb-another")}, "opt_in_used"),
        ({"platform": "instagram"}, "not_available_on_platform"),
        ({"platform": "messenger", "at": BEFORE_UTILITY}, "not_available_on_platform"),
    ],
)
def test_a_template_is_refused_with_its_reason(facts: dict[str, Any], expected: str):
    assert reason(template(**facts)) == expected


def test_in_the_window_a_template_that_is_no_notification_needs_no_opt_in():
    asked = template(category="utility", opt_in=None, topic=None, at=WROTE_AT + HOUR)
    assert basis(asked) == Basis.STANDARD_WINDOW


def test_in_the_window_a_template_of_unknown_category_counts_as_marketing():
    asked = template(category=None, opt_in=None, topic=None, at=WROTE_AT + HOUR)
    assert reason(asked) == "no_opt_in"


@pytest.mark.parametrize("topic", [None, "mug"])
@pytest.mark.parametrize("opt_in", [None, builders.opt_in(), builders.opt_in(used_by="hb-another")])
def test_in_the_window_a_persons_template_rests_on_no_opt_in(
    topic: str | None, opt_in: OptIn | None
):
    facts: dict[str, Any] = {"origin": Origin.PERSON, "category": "utility"}
    asked = template(**facts, opt_in=opt_in, topic=topic, at=WROTE_AT + HOUR)
    assert basis(asked) == Basis.STANDARD_WINDOW


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, "permitted"),
        ({"opt_in": None}, "no_opt_in"),
        ({"opt_in": builders.opt_in(used_by="hb-another")}, "opt_in_used"),
        ({"template_approved": False}, "template_not_approved"),
        ({"template_approved": False, "at": WROTE_AT + HOUR}, "template_not_approved"),
        ({"platform": "instagram", "at": WROTE_AT + HOUR}, "not_available_on_platform"),
    ],
)
def test_outside_the_window_a_persons_template_needs_what_any_other_does(
    facts: dict[str, Any], expected: str
):
    assert reason(template(**({"origin": Origin.PERSON} | facts))) == expected


@pytest.mark.parametrize("at", [WROTE_AT + HOUR, WROTE_AT + 3 * DAY])
def test_a_template_on_messenger_is_a_utility_message(at: datetime):
    verdict = check(template(platform="messenger", origin=Origin.PERSON, at=at))
    assert isinstance(verdict, Permit)
    assert (verdict.messaging_type, verdict.tag) == ("UTILITY", None)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, "permitted"),
        ({"at": WROTE_AT + DAY}, "window_closed"),
        ({"one_time_notifications": False}, "one_time_notifications_off"),
        ({"platform": "instagram"}, "not_available_on_platform"),
        ({"platform": "whatsapp"}, "not_available_on_platform"),
        ({"at": datetime.fromisoformat("2020-03-03T23:59Z")}, "not_available_on_platform"),
    ],
)
def test_the_request_itself_needs_the_window_the_setting_and_messenger(facts, expected):
    asked = {"kind": MessageKind.OPT_IN_REQUEST, "one_time_notifications": True, "topic": "mug"}
    assert reason(question(**(asked | facts))) == expected


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_closed_window_says_what_would_be_allowed_instead(platform: str):
    refusal = check(question(platform=platform, at=WROTE_AT + 30 * DAY))
    assert refusal.instead


@pytest.mark.parametrize(
    ("margin", "expected"),
    [(timedelta(0), "2021-09-13T00:00"), (timedelta(minutes=5), "2021-09-12T23:55")],
)
def test_a_tagged_private_reply_ends_with_the_rule_of_its_tag(margin, expected):
    commented = builders.at("12:00", day="2021-09-12")
    asked = question(
        answers_comment=True,
        comment_at=commented,
        at=commented + HOUR,
        tag="HUMAN_AGENT",
        has_human_agent=True,
        margin=margin,
    )
    deadline = datetime.fromisoformat(f"{expected}+00:00")
    assert check(asked).deadline == deadline
    assert reason(replace(asked, at=deadline)) == "tag_retired"


@pytest.mark.parametrize(
    ("facts", "is_reply", "expected"),
    [
        ({"stopped_at": WROTE_AT}, False, "opt_in_stopped"),
        ({"stopped_at": WROTE_AT}, True, "permitted"),
        ({"stopped_at": WROTE_AT, "topic": "lamp"}, False, "permitted"),
        ({}, False, "permitted"),
    ],
)
def test_who_stopped_a_topic_is_asked_about_it_again_only_on_their_own_wish(
    facts, is_reply, expected
):
    asked = notification(
        kind=MessageKind.OPT_IN_REQUEST,
        origin=Origin.AUTOMATION,
        at=WROTE_AT + HOUR,
        opt_in=builders.opt_in(**facts),
        is_reply=is_reply,
    )
    assert reason(asked) == expected


@pytest.mark.parametrize(
    ("topic", "expected"), [("mug", "permitted"), ("lamp", "stopped_all"), (None, "stopped_all")]
)
def test_after_a_stop_of_all_consent_to_a_topic_permits_that_topic_alone(topic, expected):
    later = builders.opt_in(topic="mug", opted_in_at=WROTE_AT + HOUR)
    asked = question(
        kind=MessageKind.TEMPLATE,
        template_approved=True,
        topic=topic,
        opt_in=later,
        stopped_all_at=WROTE_AT,
        at=WROTE_AT + 2 * HOUR,
    )
    assert reason(asked) == expected


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-04-27T02:59:59+03:00", "permitted"),
        ("2026-04-27T03:00:00+03:00", "tag_retired"),
        ("2026-04-26T16:59:59-07:00", "permitted"),
        ("2026-04-26T17:00:00-07:00", "tag_retired"),
    ],
)
def test_a_rule_begins_and_ends_at_midnight_utc_whatever_zone_the_time_is_told_in(at, expected):
    asked = question(at=datetime.fromisoformat(at), tag="ACCOUNT_UPDATE")
    assert reason(asked) == expected


@pytest.mark.parametrize(
    ("category", "is_promotional", "expected"),
    [
        (None, True, "marketing_stopped"),
        (None, False, "permitted"),
        ("utility", False, "permitted"),
    ],
)
def test_on_messenger_a_template_of_unknown_category_is_marketing_if_it_promotes(
    category, is_promotional, expected
):
    asked = template(
        platform="messenger",
        opt_in=builders.opt_in(),
        category=category,
        is_promotional=is_promotional,
        marketing_stopped_at=WROTE_AT,
    )
    assert reason(asked) == expected


@pytest.mark.parametrize("kind", [MessageKind.TEMPLATE, MessageKind.LOCATION])
def test_a_private_reply_is_a_text(kind):
    asked = question(answers_comment=True, comment_at=WROTE_AT, kind=kind)
    assert reason(asked) == "not_available_on_platform"
