"""What opens a messaging window, and for how long: the rules as data."""

from __future__ import annotations

from datetime import timedelta
from itertools import combinations

import pytest

from chalicelib.core.messaging_policy import RULES, Rule, window_length
from tests import builders

DAY = timedelta(hours=24)
OPENING = {
    "messenger": {
        "message",
        "postback",
        "quick_reply",
        "referral",
        "ad_referral",
        "reaction",
        "plugin_opt_in",
    },
    "instagram": {
        "message",
        "postback",
        "quick_reply",
        "referral",
        "ad_referral",
        "reaction",
        "story_reply",
        "story_mention",
    },
    "whatsapp": {"message", "postback", "quick_reply", "ad_referral", "call"},
}
NEVER_OPENING = [
    "read",
    "delivery",
    "edit",
    "delete",
    "unreact",
    "status",
    "echo",
    "one_time_notif_req",
    "notification_messages",
]


@pytest.mark.parametrize(
    ("platform", "action"),
    [(platform, action) for platform, actions in OPENING.items() for action in sorted(actions)],
)
def test_an_opening_action_opens_24_hours(platform: str, action: str):
    assert window_length(platform, action, builders.NOON) == DAY


@pytest.mark.parametrize("platform", OPENING)
@pytest.mark.parametrize("action", NEVER_OPENING)
def test_what_is_no_action_of_the_customer_opens_nothing(platform: str, action: str):
    assert window_length(platform, action, builders.NOON) is None


@pytest.mark.parametrize(
    ("platform", "action"),
    [
        ("messenger", "story_reply"),
        ("messenger", "story_mention"),
        ("instagram", "plugin_opt_in"),
        ("whatsapp", "reaction"),
        ("unknown", "message"),
    ],
)
def test_what_a_platform_does_not_say_to_open_opens_nothing(platform: str, action: str):
    assert window_length(platform, action, builders.NOON) is None


@pytest.mark.parametrize("platform", ["messenger", "instagram"])
@pytest.mark.parametrize("day", ["2026-09-27", "2026-09-28", "2026-11-21"])
def test_an_ad_opens_the_conservative_24_hours_also_since_meta_allows_more(platform, day):
    assert window_length(platform, "ad_referral", builders.at(day=day)) == DAY


SUCCESSIONS = [
    pair
    for pair in combinations(RULES, 2)
    if (pair[0].platform, pair[0].kind) == (pair[1].platform, pair[1].kind)
]


@pytest.mark.parametrize(("before", "after"), SUCCESSIONS)
def test_a_rule_ends_where_its_successor_begins(before: Rule, after: Rule):
    assert before.effective_to == after.effective_from


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.platform} {rule.kind}")
def test_every_rule_names_its_source_with_a_year_or_says_what_is_missing(rule: Rule):
    assert "202" in rule.source or "not confirmed" in rule.source
