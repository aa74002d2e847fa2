"""What may still be done in a conversation: agrees with the policy at any moment."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.core.channel import NotificationTopic
from chalicelib.core.closing import (
    Allowed,
    Closing,
    Facts,
    Template,
    by_consent,
    by_words,
    urgency,
)
from chalicelib.core.opt_in import MARKETING, Consents, Stop
from chalicelib.core.policy_settings import PolicySettings
from tests import builders
from tests.builders import NOON

DAY = timedelta(days=1)
JUNE = builders.at("12:00", day="2026-06-15")  # answers in the window are free, until 2026-10-01
MUG = NotificationTopic(topic="mug", title="The mug", template_name="back", template_language="en")
NUMBER = builders.channel(platform="whatsapp", notification_topics=(MUG,))
BACK = Template("mug", {"template_approved": True})  # of a category that nobody told


def wrote(at: datetime, platform: str = "messenger"):
    return builders.conversation(
        platform=platform,
        last_customer_at=at,
        window_opened_at=at,
        window_opened_by="message",
        window_ends_at=at + DAY,
    )


def facts(**settings) -> Facts:
    return Facts(builders.channel(**settings), is_blocked=False)


@pytest.mark.parametrize(("day", "price"), [(JUNE, "free_window"), (NOON, "regular")])
def test_an_answer_on_whatsapp_has_the_price_of_its_day(day, price):
    found = by_words(wrote(day, "whatsapp"), Facts(NUMBER, is_blocked=False), day)
    assert found == Closing(Allowed.REPLY, day + DAY, price)


def test_a_template_that_the_customer_agreed_to_is_left_on_whatsapp():
    opt_in = builders.opt_in(platform="whatsapp", token=None)
    consents = Consents(opt_ins=(opt_in,))
    known = Facts(NUMBER, is_blocked=False)
    found = by_consent(wrote(NOON - 2 * DAY, "whatsapp"), consents, [BACK], known, NOON + DAY)
    assert (found.allowed, found.price) == (Allowed.NOTIFICATION, "regular")


@pytest.mark.parametrize(
    ("is_refused", "allowed"), [(False, Allowed.NOTIFICATION), (True, Allowed.NOTHING)]
)
def test_by_rules_that_are_old_no_marketing_is_left_where_the_channel_refuses_it(
    is_refused, allowed
):
    policy = PolicySettings(refuse_marketing_when_stale=is_refused)
    known = Facts(replace(NUMBER, policy=policy), is_blocked=False)
    at = NOON + 250 * DAY
    opt_in = builders.opt_in(platform="whatsapp", token=None, expires_at=at + DAY)
    found = by_consent(wrote(NOON, "whatsapp"), Consents(opt_ins=(opt_in,)), [BACK], known, at)
    assert found.allowed is allowed


@pytest.mark.parametrize(
    ("topic", "facts", "allowed"),
    [
        ("mug", {}, Allowed.NOTIFICATION),
        ("mug", {"category": "marketing"}, Allowed.NOTIFICATION),
        ("mug", {"category": "marketing", "region": "US"}, Allowed.NOTHING),
        ("mug", {"category": "utility", "region": "US"}, Allowed.NOTIFICATION),
        ("mug", {"category": "marketing", "marketing_not_before": NOON + 2 * DAY}, Allowed.NOTHING),
        ("mug", {"template_status": "PAUSED"}, Allowed.NOTHING),
        ("lamp", {}, Allowed.NOTHING),
        (None, {}, Allowed.NOTHING),
        (None, {"marketing_opted_in_at": NOON - DAY}, Allowed.NOTIFICATION),
    ],
)
def test_what_is_known_of_a_template_counts(topic, facts, allowed):
    template = Template(topic, {"template_approved": True} | facts)
    consents = Consents(opt_ins=(builders.opt_in(platform="whatsapp", token=None),))
    row, known = wrote(NOON - 2 * DAY, "whatsapp"), Facts(NUMBER, is_blocked=False)
    assert by_consent(row, consents, [template], known, NOON + DAY).allowed is allowed


@pytest.mark.parametrize(
    ("topic", "category", "allowed"),
    [
        (None, "utility", Allowed.NOTHING),
        (MARKETING, "utility", Allowed.NOTIFICATION),
        (MARKETING, "marketing", Allowed.NOTHING),
        ("lamp", "marketing", Allowed.NOTIFICATION),
    ],
)
def test_what_the_customer_stopped_is_not_left(topic, category, allowed):
    template = Template("mug", {"template_approved": True, "category": category})
    opt_in = builders.opt_in(platform="whatsapp", token=None)
    stop = Stop(conversation_id=opt_in.conversation_id, topic=topic, at=NOON)
    consents = Consents(opt_ins=(opt_in,), stops=(stop,))
    row, known = wrote(NOON - 2 * DAY, "whatsapp"), Facts(NUMBER, is_blocked=False)
    assert by_consent(row, consents, [template], known, NOON + DAY).allowed is allowed


def test_a_blocked_channel_may_do_nothing():
    blocked = Facts(builders.channel(has_human_agent=True), is_blocked=True)
    assert by_words(wrote(NOON), blocked, NOON) is None


@given(st.integers(0, 8 * 24 * 3600), st.booleans())
def test_what_is_allowed_only_shrinks_until_the_customer_writes_again(seconds, has_human_agent):
    known, at = facts(has_human_agent=has_human_agent), NOON + timedelta(seconds=seconds)
    earlier, later = (by_words(wrote(NOON), known, each) for each in (at, at + timedelta(hours=1)))
    assert urgency(earlier)[0] <= urgency(later)[0]


@given(st.integers(0, 8 * 24 * 3600))
def test_what_is_allowed_ends_when_it_says(seconds):
    known, at = facts(has_human_agent=True), NOON + timedelta(seconds=seconds)
    found = by_words(wrote(NOON), known, at) or Closing(Allowed.NOTHING, at)
    after = by_words(wrote(NOON), known, found.until)
    before = by_words(wrote(NOON), known, found.until - timedelta(microseconds=1))
    assert found.until >= at
    assert urgency(before) <= urgency(after)
    assert (after and after.allowed) != found.allowed


def test_replies_come_first_and_the_rest_last():
    listed = [
        None,
        Closing(Allowed.TAGGED_REPLY, NOON),
        Closing(Allowed.REPLY, NOON + DAY),
        Closing(Allowed.REPLY, NOON),
    ]
    assert sorted(listed, key=urgency) == listed[::-1]
