"""What opens a messaging window, and for how long: the rules as data."""

from __future__ import annotations

from datetime import date, timedelta
from functools import reduce
from itertools import combinations
from pathlib import Path

import msgspec
import pytest

from chalicelib.core import messaging_policy
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.marketing_waits import USER_LIMIT, MarketingWait, wait_after
from chalicelib.core.messaging_policy import (
    PLATFORMS,
    Rule,
    all_rules,
    is_stale,
    rule_file,
    window_length,
)
from chalicelib.core.messaging_policy._rules import RuleFile
from chalicelib.core.policy_settings import PolicySettings
from tests import builders

DAY = timedelta(hours=24)
RULES = all_rules()
FOLDER = Path(messaging_policy.__file__).parent
OPENING = {
    "messenger": {
        *("message", "postback", "quick_reply", "plugin_opt_in"),
        *("referral", "ad_referral", "reaction"),
    },
    "instagram": {
        *("message", "postback", "quick_reply", "referral", "ad_referral", "reaction"),
        *("story_reply", "story_mention"),
    },
    "whatsapp": {"message", "postback", "quick_reply", "ad_referral", "call"},
}
NEVER_OPENING = [
    *("read", "delivery", "edit", "delete", "unreact", "status", "echo"),
    *("one_time_notif_req", "notification_messages", "comment"),
]
AD_CHANGE = builders.at("00:00", day="2026-09-28")
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("platform", "action"),
    [(platform, action) for platform, actions in OPENING.items() for action in sorted(actions)],
)
def test_an_opening_action_opens_24_hours(platform: str, action: str):
    assert window_length(platform, action, builders.NOON) == DAY


@pytest.mark.parametrize("platform", OPENING)
def test_nothing_else_opens_a_window(platform: str):
    rules = rule_file(platform).rules
    assert {action for rule in rules for action in rule.actions} == OPENING[platform]


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
@pytest.mark.parametrize("at", [AD_CHANGE - SECOND, AD_CHANGE, builders.NOON])
def test_an_ad_opens_the_safe_24_hours_also_since_meta_allows_more(platform, at):
    assert window_length(platform, "ad_referral", at) == DAY


@pytest.mark.parametrize("platform", ["messenger", "instagram"])
@pytest.mark.parametrize(
    ("at", "days", "expected"),
    [
        (AD_CHANGE - SECOND, 7, DAY),
        (AD_CHANGE, 7, 7 * DAY),
        (AD_CHANGE, 3, 3 * DAY),
        (AD_CHANGE, 8, 7 * DAY),
        (AD_CHANGE, 0, DAY),
    ],
)
def test_a_channel_may_choose_up_to_7_days_for_ads_since_the_change(platform, at, days, expected):
    assert window_length(platform, "ad_referral", at, ad_days=days) == expected


@pytest.mark.parametrize(
    ("platform", "action"), [("messenger", "message"), ("whatsapp", "ad_referral")]
)
def test_the_choice_for_ads_leaves_other_windows_alone(platform: str, action: str):
    assert window_length(platform, action, builders.NOON, ad_days=7) == DAY


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (builders.at("23:59:59", day="2021-06-01"), None),
        (builders.at("00:00", day="2021-06-02"), DAY),
    ],
)
def test_instagram_begins_with_its_interface(at, expected):
    assert window_length("instagram", "message", at) == expected


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_data_file_names_its_platform_and_reads_strictly(platform: str):
    content = (FOLDER / f"{platform}.json").read_bytes()
    assert msgspec.json.decode(content, type=RuleFile, strict=True).platform == platform


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_rule_of_a_file_has_an_id_of_its_platform_and_its_first_day(platform: str):
    ids = [rule.id for rule in rule_file(platform).rules]
    assert {each.partition(".")[0] for each in ids} == {platform}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_an_id_that_ends_in_a_date_names_the_first_day(rule: Rule):
    last = rule.id.rpartition(".")[2]
    assert not last[:2].isdigit() or str(rule.effective_from).startswith(last)


def test_no_two_rules_have_one_id():
    assert len({rule.id for rule in RULES}) == len(RULES)


def _topics(rule: Rule) -> set[tuple[str, str]]:
    return {(rule.kind, action) for action in rule.actions or ("",)}


SIBLINGS = [
    pair
    for pair in combinations(RULES, 2)
    if pair[0].platform == pair[1].platform
    and _topics(pair[0]) & _topics(pair[1])
    and set(pair[0].regions or ("",)) & set(pair[1].regions or ("",))
    and pair[0].kind != "record"
]


@pytest.mark.parametrize(("one", "other"), SIBLINGS, ids=lambda rule: rule.id)
def test_a_rule_ends_before_its_successor_begins(one: Rule, other: Rule):
    first, second = sorted((one, other), key=lambda rule: rule.effective_from or date.min)
    assert first.effective_to is not None
    assert first.effective_to <= (second.effective_from or date.min)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_ends_after_it_began(rule: Rule):
    assert (rule.effective_from or date.min) < (rule.effective_to or date.max)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_an_end_that_was_announced_first_is_no_later_than_the_end(rule: Rule):
    ends = rule.effective_to or date.max
    assert (rule.announced_to or ends) <= ends


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_names_its_source_with_a_year_or_says_what_is_missing(rule: Rule):
    assert "20" in rule.source or rule.grade != "confirmed"


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES if rule.grade == "contested"], ids=lambda rule: rule.id
)
def test_where_sources_differ_the_rule_says_how_or_names_both(rule: Rule):
    assert rule.note or ";" in rule.source or "lists it" in rule.source


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.setting], ids=lambda rule: rule.id)
def test_a_setting_that_a_rule_names_exists(rule: Rule):
    assert rule.setting in {
        *ChannelSettings.__struct_fields__,
        *PolicySettings.__struct_fields__,
    }


@pytest.mark.parametrize("name", ["EU", "EEA"])
def test_a_group_lists_countries_once(name: str):
    countries = rule_file("messenger").groups[name]
    assert len(set(countries)) == len(countries) == {"EU": 27, "EEA": 30}[name]


@pytest.mark.parametrize(
    ("after", "expected"), [(180 * DAY, False), (181 * DAY, True), (-400 * DAY, False)]
)
def test_rules_are_stale_when_nobody_looked_for_180_days(after: timedelta, expected: bool):
    assert is_stale(builders.at("00:00") + after) is expected


@pytest.mark.parametrize("platform", PLATFORMS)
def test_rules_of_a_platform_are_stale_by_themselves(platform: str):
    assert is_stale(builders.NOON + 200 * DAY, platform)


@pytest.mark.parametrize(("times", "hours"), list(enumerate((24, 48, 96, 168, 168))))
def test_waits_for_marketing_are_those_of_the_rule(times: int, hours: int):
    rule = next(rule for rule in RULES if rule.id == "whatsapp.marketing_wait.2026-04-30")
    wait = reduce(_held_back_again, range(times), wait_after(None, USER_LIMIT, builders.NOON))
    assert wait.until - wait.since == timedelta(hours=hours)
    assert hours in rule.wait_hours


def _held_back_again(wait: MarketingWait, _: int) -> MarketingWait:
    return wait_after(wait, USER_LIMIT, wait.until)
