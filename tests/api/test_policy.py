"""The messaging policy over HTTP: asked without sending, for conversations and for facts."""

from __future__ import annotations

from datetime import timedelta
from typing import get_args
from urllib.parse import quote

import pytest

from chalicelib.core.messaging_policy import PLATFORMS, RULES_VERSION, all_rules, rule_file
from chalicelib.core.policy_facts import OpeningAction
from chalicelib.core.policy_settings import PolicySettings
from tests import builders
from tests.builders import CHANNEL, CONVERSATION, NOON

CHECK = "/v1/policy/check"
DAY = timedelta(days=1)
FAR, LONG_AGO = "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"
JUNE = "2026-06-15T12:00:00Z"  # a template for service is free in the window, until 2026-10-01
AGREED, GIVEN = {"topic": "mug"}, "opt_in.opted_in_at"
WROTE = {"platform": "messenger", "last_customer_at": NOON.isoformat()}
PERSON = {"origin": "person", "has_human_agent": True}
PURCHASE = {"platform": "messenger", "origin": "automation", "tag": "POST_PURCHASE_UPDATE"}


@pytest.fixture(autouse=True)
def world(rt):
    rt.channels.save(builders.channel(version=1, has_human_agent=True))
    ends = NOON + DAY
    facts = {"window_opened_at": NOON, "window_ends_at": ends, "window_opened_by": "message"}
    rt.conversations.save(builders.conversation(last_customer_at=NOON, **facts))


def verdict(api, **body: object) -> dict:
    answer = api.post(CHECK, body)
    assert answer.status == 200, answer.body
    return answer.body


def of_conversation(api, **body: object) -> dict:
    return verdict(api, conversation_id=CONVERSATION, **body)


def test_a_permit_tells_its_basis_rule_and_deadline(api):
    told = of_conversation(api, origin="person")
    assert (told["verdict"], told["basis"]) == ("permitted", "standard_window")
    assert (told["deadline"], told["messaging_type"]) == ("2026-11-22T12:00:00Z", "RESPONSE")
    assert told["rule"]["id"].startswith("messenger.")
    assert {"effective_from", "effective_to", "source", "grade"} <= set(told["rule"])
    assert told["rules_version"] == RULES_VERSION


def test_nothing_is_sent_or_stored(api, rt):
    of_conversation(api, origin="automation")
    assert (rt.sender.posts, rt.messages.history(CONVERSATION)) == ([], ())


@pytest.mark.parametrize(
    ("origin", "days", "expected"),
    [
        ("automation", 0, "standard_window"),
        ("automation", 3, "window_closed"),
        ("person", 3, "human_agent"),
        ("person", 7, "window_closed"),
    ],
)
def test_a_conversation_is_asked_about_at_any_time(api, origin, days, expected):
    told = of_conversation(api, origin=origin, at=(NOON + days * DAY).isoformat())
    assert expected in (told["basis"], told["reason"])


def test_a_refusal_tells_what_would_be_allowed_instead_and_until_when(api):
    told = of_conversation(api, origin="automation", at=(NOON + 3 * DAY).isoformat())
    assert told["instead"]["bases"][0] == "human_agent"
    assert told["instead"]["until"] == "2026-11-28T12:00:00Z"  # a person has no margin


def test_the_margin_is_that_of_the_channel(api):
    at = NOON + DAY - timedelta(minutes=2)
    told = [of_conversation(api, origin=each, at=at.isoformat()) for each in SENDERS]
    assert [each["verdict"] for each in told] == ["permitted", "refused"]


SENDERS = ("person", "automation")


def test_a_told_fact_counts_in_place_of_what_is_known(api):
    told = of_conversation(api, origin="person", is_unreachable=True)
    assert told["reason"] == "recipient_gone"


def test_a_notification_is_asked_about_in_the_form_that_is_sent(api, rt):
    rt.opt_ins.record(builders.opt_in(token="t"))
    told = of_conversation(api, origin="campaign", topic="mug", one_time_notifications=True)
    assert (told["verdict"], told["basis"]) == ("permitted", "one_time_token")
    assert "t" not in told["facts"]["opt_in"].values()


def test_a_window_that_is_not_told_follows_from_the_last_message(api):
    told = verdict(api, **WROTE, origin="automation", at=(NOON + DAY).isoformat())
    assert (told["reason"], told["facts"]["window_ends_at"]) == (
        "window_closed",
        "2026-11-22T12:00:00Z",
    )


def test_what_happened_later_than_asked_about_opens_no_window(api):
    told = verdict(api, **WROTE, **PERSON, at=(NOON - timedelta(seconds=1)).isoformat())
    assert (told["reason"], told["facts"]) == ("window_closed", {"has_human_agent": True})


@pytest.mark.parametrize(
    ("days", "expected"), [(-2, "no_opt_in"), (1, "approved_template"), (3, "marketing_stopped")]
)
def test_consent_and_stops_count_from_when_they_were_given(api, days, expected):
    told = verdict(
        api,
        platform="whatsapp",
        origin="campaign",
        kind="template",
        category="marketing",
        template_status="APPROVED",
        marketing_opted_in_at=NOON.isoformat(),
        marketing_stopped_at=(NOON + 2 * DAY).isoformat(),
        at=(NOON + days * DAY).isoformat(),
    )
    assert expected in (told["basis"], told["reason"])


def test_an_opt_in_of_later_is_none(api):
    opt_in = {"opted_in_at": NOON.isoformat(), "has_token": True}
    asked = {"topic": "mug", "opt_in": opt_in, "at": (NOON - DAY).isoformat()}
    told = verdict(api, platform="messenger", origin="campaign", **asked)
    assert told["reason"] == "no_opt_in"


def test_the_window_of_the_last_message_counts_beside_that_of_an_older_action(api):
    opened = {"window_opened_by": "reaction", "window_opened_at": (NOON - 2 * DAY).isoformat()}
    told = verdict(api, **WROTE, **PERSON, **opened, at=NOON.isoformat())
    assert (told["basis"], told["deadline"]) == ("standard_window", "2026-11-22T12:00:00Z")


@pytest.mark.parametrize(("wrote", "expected"), [(-1, "human_agent"), (3, "standard_window")])
def test_beside_a_conversation_the_window_follows_from_the_message_that_is_told(
    api, wrote, expected
):
    told_at, at = NOON + wrote * DAY, NOON + max(wrote, 0) * DAY
    told = of_conversation(
        api, origin="person", last_customer_at=told_at.isoformat(), at=at.isoformat()
    )
    assert told["basis"] == expected


def test_beside_a_conversation_an_ad_opens_as_long_as_the_channel_chose(api, rt):
    settings = {"has_human_agent": True, "policy": PolicySettings(ad_window_days=7)}
    rt.channels.save(builders.channel(version=2, **settings))
    opened = {"window_opened_by": "ad_referral", "window_opened_at": NOON.isoformat()}
    told = of_conversation(api, origin="automation", **opened, at=(NOON + 3 * DAY).isoformat())
    assert (told["basis"], told["facts"]["window_ends_at"]) == (
        "standard_window",
        "2026-11-28T12:00:00Z",
    )


def test_the_actions_that_may_be_told_are_those_of_the_rules():
    actions = {action for rule in all_rules() for action in rule.actions}
    assert set(get_args(OpeningAction)) == actions


def test_what_is_not_known_refuses(api):
    told = verdict(api, platform="messenger", origin="person")
    assert told["reason"] == "window_closed"


@pytest.mark.parametrize(
    ("day", "expected"), [("2026-04-26", "post_purchase_update"), ("2026-04-27", "tag_retired")]
)
def test_a_rule_is_asked_about_for_two_dates(api, day, expected):
    told = verdict(api, **PURCHASE, at=f"{day}T12:00:00Z")
    assert expected in (told["basis"], told["reason"])
    assert told["rule"]["effective_to"] == "2026-04-27"


@pytest.mark.parametrize(
    ("at", "count"),
    [
        ("2026-02-09T23:59:59Z", 0),
        ("2026-02-10T00:00:00Z", 1),
        ("2026-04-26T23:59:59Z", 1),
        ("2026-04-27T00:00:00Z", 0),
    ],
)
def test_a_permit_by_a_rule_past_its_announced_end_warns(api, at, count):
    assert len(verdict(api, **PURCHASE, at=at)["warnings"]) == count


def test_what_is_permitted_on_whatsapp_has_a_class_of_price(api):
    told = verdict(
        api,
        platform="whatsapp",
        origin="person",
        kind="template",
        category="utility",
        template_status="APPROVED",
        region="TR",
        last_customer_at=JUNE,
        at=JUNE,
    )
    assert (told["verdict"], told["price"]["category"], told["price"]["price"]) == (
        "permitted",
        "utility",
        "free_window",
    )
    assert told["price"]["country"] == "TR"


def test_a_told_opt_in_is_consent_to_the_topic(api):
    opt_in = {"opted_in_at": NOON.isoformat(), "has_token": True}
    told = verdict(
        api,
        platform="messenger",
        origin="campaign",
        topic="mug",
        one_time_notifications=True,
        opt_in=opt_in,
        at=(NOON + 9 * DAY).isoformat(),
    )
    assert told["basis"] == "one_time_token"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "origin"),
        ({"origin": "robot"}, "origin"),
        ({"origin": "person"}, "platform"),
        ({"origin": "person", "platform": "telegram"}, "platform"),
        (
            {"origin": "person", "conversation_id": CONVERSATION, "platform": "messenger"},
            "platform",
        ),
        (WROTE | {"origin": "person", "at": "2026-11-21T12:00:00"}, "at"),
        (WROTE | {"origin": "person", "at": "9999-12-31T12:00:00Z"}, "at"),
        (
            WROTE | {"origin": "person", "opt_in": {"opted_in_at": "9999-12-31T12:00:00Z"}},
            "opt_in.opted_in_at",
        ),
        (WROTE | {"origin": "person", "colour": "blue"}, "colour"),
        (WROTE | {"origin": "person", "opt_in": {"topic": "mug"}}, "opt_in.opted_in_at"),
        (WROTE | {"origin": "person", "opt_in": AGREED | {"opted_in_at": FAR}}, GIVEN),
        (WROTE | {"origin": "person", "opt_in": AGREED | {"opted_in_at": LONG_AGO}}, GIVEN),
        (WROTE | {"origin": "campaign", "opt_in": {"opted_in_at": JUNE}}, "opt_in.topic"),
        (WROTE | {"origin": "person", "window_opened_by": "read"}, "window_opened_by"),
        (WROTE | {"origin": "person", "margin_minutes": 61}, "margin_minutes"),
        (WROTE | {"origin": "person", "region": "Turkey"}, "region"),
        (WROTE | {"origin": "person", "region": "DE\n"}, "region"),
    ],
)
def test_a_wrong_field_is_refused_by_its_name(api, body, field):
    answer = api.post(CHECK, body)
    assert (answer.status, answer.body["field"]) == (400, field)


def test_of_facts_alone_a_named_template_is_asked_about_as_one(api):
    named = {"template": {"name": "sale", "language": "tr"}, "template_status": "APPROVED"}
    told = verdict(api, platform="whatsapp", origin="campaign", **named)
    assert (told["kind"], told["reason"]) == ("template", "no_opt_in")


@pytest.mark.parametrize(
    ("word", "expected"), [("FLAGGED", "standard_window"), ("PAUSED", "template_paused")]
)
def test_a_told_status_means_what_a_notice_of_it_means(api, word, expected):
    template = {"kind": "template", "category": "utility", "template_status": word}
    told = verdict(api, **WROTE, origin="person", at=NOON.isoformat(), **template)
    assert expected in (told["basis"], told["reason"])


@pytest.mark.parametrize("to_whom", [{"platform": "messenger"}, {"conversation_id": CONVERSATION}])
def test_a_template_is_no_text(api, to_whom):
    named = {"template": {"name": "sale", "language": "tr"}, "kind": "text"}
    answer = api.post(CHECK, {"origin": "person"} | to_whom | named)
    assert (answer.status, answer.body["field"]) == (400, "kind")


def test_an_unknown_conversation_is_not_found(api):
    answer = api.post(CHECK, {"origin": "person", "conversation_id": "c" * 22})
    assert answer.status == 404


def test_the_rules_in_force_are_listed_with_their_sources(api):
    body = api.get("/v1/policy/rules?platform=messenger&at=2026-04-26T00:00:00Z").body
    later = api.get("/v1/policy/rules?platform=messenger&at=2026-04-27T00:00:00Z").body
    ids = {each["id"] for each in body["items"]} - {each["id"] for each in later["items"]}
    assert any("post_purchase" in each.lower() for each in ids)
    assert all(each["source"] for each in body["items"])
    assert body["checked_on"] == {"messenger": str(rule_file("messenger").checked_on)}


@pytest.mark.parametrize("at", [FAR, LONG_AGO])
def test_rules_of_a_time_that_none_can_be_reckoned_from_are_not_told(api, at):
    answer = api.get(f"/v1/policy/rules?at={quote(at)}")
    assert (answer.status, answer.body["field"]) == (400, "at")


def test_times_are_answered_in_utc(api):
    told = verdict(
        api,
        platform="messenger",
        origin="person",
        last_customer_at="2026-11-21T12:00:00+03:00",
        at="2026-11-21T17:00:00+05:45",
    )
    assert (told["at"], told["deadline"]) == ("2026-11-21T11:15:00Z", "2026-11-22T09:00:00Z")


def test_without_a_platform_the_rules_of_all_are_listed(api):
    assert set(api.get("/v1/policy/rules").body["checked_on"]) == set(PLATFORMS)


@pytest.mark.parametrize(("days", "count"), [(179, 0), (182, 1)])
def test_old_rules_warn(api, rt, days, count):
    rt.now.advance(hours=24 * days)
    told = verdict(api, **WROTE, origin="person")
    listed = api.get("/v1/policy/rules?platform=messenger").body
    assert (len(told["warnings"]), len(listed["warnings"])) == (count, count)


def test_a_key_of_another_channel_sees_no_conversation(api, rt):
    secret = api.post("/v1/keys", {"name": "n", "role": "read", "channels": ["555"]}).body["key"]
    asked = {"origin": "person", "conversation_id": CONVERSATION}
    assert api.by(secret).post(CHECK, asked).status == 404


def test_a_key_may_ask_about_facts_whatever_its_channels(api):
    secret = api.post("/v1/keys", {"name": "n", "role": "read", "channels": [CHANNEL]}).body["key"]
    assert api.by(secret).post(CHECK, WROTE | {"origin": "person"}).status == 200
