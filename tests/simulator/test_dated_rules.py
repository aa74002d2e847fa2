"""The stand-in's own rules by date, standing and consent: what it refuses at once, and what fails
later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from devtools.simulator.rules_marketing import is_american
from tests.simulator.conftest import (
    ACCEPTED,
    CHANNELS,
    NUMBER,
    PAGE,
    PROFESSIONAL,
    PSID,
    Meta,
    code_of,
    text_to,
)

OFFERS = {"channel_id": NUMBER, "name": "offers", "category": "MARKETING"}
HUMAN_AGENT = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
CONTROLLED = (2018300, None)


def goes_to(meta: Meta, day: str) -> datetime:
    """The clock stands at that day, six in the morning UTC."""
    at = datetime.fromisoformat(f"{day}T06:00").replace(tzinfo=UTC)
    meta.moves_on(seconds=(at - datetime.now(UTC)).total_seconds())
    return at


def changed(meta: Meta, channel_id: str, **facts: Any) -> None:
    (known,) = [each for each in CHANNELS if each["channel_id"] == channel_id]
    meta.control("POST", "/_channels", [known | facts])


def tagged(tag: str) -> dict[str, Any]:
    return text_to(PAGE, messaging_type="MESSAGE_TAG", tag=tag)


def offers(to: str = "905551112233") -> dict[str, Any]:
    template = {"name": "offers", "language": {"code": "en_US"}}
    body = {"messaging_product": "whatsapp", "to": f"+{to}", "type": "template"}
    return body | {"template": template}


def failure(meta: Meta, *bodies: dict[str, Any]) -> int | None:
    """The code of the failed status of the last of these; None: it was delivered."""
    meta.control("POST", "/_templates", [OFFERS])
    for body in bodies:
        assert code_of(meta.sends(NUMBER, body)) == ACCEPTED
    mid = meta.control("GET", "/_log")[-1]["message_id"]
    told = [
        each["entry"][0]["changes"][0]["value"]["statuses"][0] for each in meta.delivered("status")
    ]
    errors = [each.get("errors", []) for each in told if each["id"] == mid]
    return next((error["code"] for each in errors for error in each), None)


@pytest.mark.parametrize(
    "tag", ["CONFIRMED_EVENT_UPDATE", "ACCOUNT_UPDATE", "POST_PURCHASE_UPDATE"]
)
@pytest.mark.parametrize(("day", "code"), [("2026-04-26", ACCEPTED), ("2026-04-27", (100, None))])
def test_three_tags_ended_on_a_day(meta: Meta, tag: str, day: str, code: Any) -> None:
    at = goes_to(meta, day)
    meta.writes(PAGE, at=(at - timedelta(days=30)).isoformat())
    assert code_of(meta.sends(PAGE, tagged(tag))) == code


def test_a_human_agent_answers_after_the_window_only(meta: Meta) -> None:
    meta.writes(PAGE)
    assert code_of(meta.sends(PAGE, text_to(PAGE, **HUMAN_AGENT))) == (100, None)


def test_recurring_notifications_have_ended(meta: Meta) -> None:
    body = {"recipient": {"notification_messages_token": "t"}, "message": {"text": "News"}}
    assert code_of(meta.sends(PAGE, body)) == (100, None)


@pytest.mark.parametrize(("day", "code"), [("2025-09-28", (100, None)), ("2025-09-29", ACCEPTED)])
def test_utility_templates_began_on_a_day(meta: Meta, day: str, code: Any) -> None:
    at = goes_to(meta, day)
    meta.control("POST", "/_templates", [{"channel_id": PAGE, "name": "mug_is_back"}])
    meta.writes(PAGE, at=(at - timedelta(days=30)).isoformat())
    template = {"name": "mug_is_back", "language": {"code": "en_US"}}
    body = {"recipient": {"id": PSID}, "messaging_type": "UTILITY"}
    assert code_of(meta.sends(PAGE, body | {"message": {"template": template}})) == code


@pytest.mark.parametrize(
    ("days", "age", "code"),
    [(1, 2, (10, 2018278)), (7, 6, ACCEPTED), (7, 7, (10, 2018278)), (30, 7, (10, 2018278))],
)
def test_an_ad_opens_the_window_for_up_to_seven_days(
    meta: Meta, days: int, age: int, code: Any
) -> None:
    changed(meta, PAGE, ad_window_days=days)
    meta.writes(PAGE, raw={"referral": {"source": "ADS", "ad_id": "1"}})
    meta.moves_on(days=age)
    assert code_of(meta.sends(PAGE, text_to(PAGE))) == code


def test_a_plugin_opens_the_window(meta: Meta) -> None:
    meta.acts("plugin", PAGE, ref="checkout")
    assert code_of(meta.sends(PAGE, text_to(PAGE))) == ACCEPTED


@pytest.mark.parametrize("channel_id", [PAGE, PROFESSIONAL, NUMBER])
def test_a_blocked_channel_sends_nothing(meta: Meta, channel_id: str) -> None:
    changed(meta, channel_id, is_blocked=True)
    meta.writes(channel_id)
    assert code_of(meta.sends(channel_id, text_to(channel_id))) == (368, None)


@pytest.mark.parametrize(("app_ids", "code"), [([4711], CONTROLLED), ([4711, None], ACCEPTED)])
def test_who_has_the_thread_writes(meta: Meta, app_ids: list[Any], code: Any) -> None:
    meta.writes(PAGE)
    who = {"channel_id": PAGE, "contact_id": PSID}
    for app_id in app_ids:
        meta.control("POST", "/_native/thread", {**who, "app_id": app_id})
    assert code_of(meta.sends(PAGE, text_to(PAGE))) == code


@pytest.mark.parametrize(("app_id", "section"), [(4711, "standby"), (None, "messaging")])
def test_who_has_not_got_the_thread_hears_of_it_in_standby(
    meta: Meta, app_id: int | None, section: str
) -> None:
    who = {"channel_id": PAGE, "contact_id": PSID, "app_id": app_id}
    meta.control("POST", "/_native/thread", who)
    meta.writes(PAGE)
    assert section in meta.delivered("message")[0]["entry"][0]


@pytest.mark.parametrize(
    ("actions", "code"),
    [(["pass"], CONTROLLED), (["pass", "take"], ACCEPTED)],
)
def test_a_thread_is_given_away_and_taken(meta: Meta, actions: list[str], code: Any) -> None:
    meta.writes(PAGE)
    body = {"recipient": {"id": PSID}, "target_app_id": "4711"}
    for action in actions:
        meta.sends(PAGE, body, path=f"/v25.0/{PAGE}/{action}_thread_control")
    assert code_of(meta.sends(PAGE, text_to(PAGE))) == code


@pytest.mark.parametrize(
    ("wishes", "code"), [(["stop"], 131050), (["stop", "resume"], None), ([], None)]
)
def test_marketing_does_not_reach_who_stopped_it(
    meta: Meta, wishes: list[str], code: int | None
) -> None:
    for wish in wishes:
        meta.acts("preference", NUMBER, text=wish)
    assert failure(meta, offers()) == code


@pytest.mark.parametrize(("day", "code"), [("2025-03-31", None), ("2025-04-01", 131049)])
def test_marketing_to_american_numbers_paused_on_a_day(
    meta: Meta, day: str, code: int | None
) -> None:
    goes_to(meta, day)
    assert failure(meta, offers("14155550100")) == code


@pytest.mark.parametrize(
    ("phone", "is_so"),
    [("14155550100", True), ("14165550100", False), ("905551112233", False), ("1415", False)],
)
def test_a_number_of_the_united_states_is_known_by_its_area(phone: str, is_so: bool) -> None:
    assert is_american(phone) is is_so


@pytest.mark.parametrize(("cap", "code"), [(1, 131049), (2, None), (None, None)])
def test_a_customer_gets_so_much_marketing_a_day(
    meta: Meta, cap: int | None, code: int | None
) -> None:
    changed(meta, NUMBER, marketing_cap=cap)
    assert failure(meta, offers(), offers()) == code


@pytest.mark.parametrize(("limit", "code"), [(1, 131048), (2, None)])
def test_a_portfolio_begins_so_many_conversations_a_day(
    meta: Meta, limit: int, code: int | None
) -> None:
    changed(meta, NUMBER, portfolio_limit=limit)
    assert failure(meta, offers(), offers("905550000001")) == code


@pytest.mark.parametrize(
    ("day", "sent", "kind"),
    [
        ("2026-11-02", 999, "free_customer_service"),
        ("2026-11-02", 1000, "regular"),
        ("2026-09-30", 1000, "free_customer_service"),
    ],
)
def test_replies_cost_money_beyond_a_thousand_a_month(
    meta: Meta, day: str, sent: int, kind: str
) -> None:
    at = goes_to(meta, day)
    changed(meta, NUMBER, service_messages={f"{at:%Y-%m}": sent})
    meta.writes(NUMBER)
    meta.sends(NUMBER, text_to(NUMBER))
    (value,) = [each["value"] for each in meta.delivered("status")[0]["entry"][0]["changes"]]
    assert value["statuses"][0]["pricing"]["type"] == kind


@pytest.mark.parametrize(
    ("day", "kind"), [("2026-09-30", "free_customer_service"), ("2026-10-01", "regular")]
)
def test_utility_templates_in_the_window_cost_money_since_a_day(
    meta: Meta, day: str, kind: str
) -> None:
    goes_to(meta, day)
    meta.control("POST", "/_templates", [OFFERS | {"category": "UTILITY"}])
    meta.writes(NUMBER)
    meta.sends(NUMBER, offers())
    (value,) = [each["value"] for each in meta.delivered("status")[0]["entry"][0]["changes"]]
    assert value["statuses"][0]["pricing"]["type"] == kind
