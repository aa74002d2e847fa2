"""What a channel shows before anybody writes, on the deployed template: applied and compared.

The stand-in keeps it and judges it by the platform's rules.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.e2e.shop import NUMBER, PAGE, PROFESSIONAL, Shop

pytestmark = pytest.mark.e2e

MENU = [{"items": [{"title": "Shop", "url": "https://shop.example"}]}]
COMMANDS = [{"commands": [{"name": "hours", "description": "When we are open"}]}]


@dataclass(frozen=True)
class Case:
    """A platform's profile, wanted and as it calls it; `other` is a field beside the questions."""

    channel_id: str
    wanted: dict[str, Any]
    shown: str
    questions: str
    other: str


def asks(*questions: str, **more: str) -> list[dict[str, Any]]:
    return [{"questions": [{"question": each} | more for each in questions]}]


CASES = {
    "messenger": Case(
        PAGE,
        {
            "get_started": "start",
            "ice_breakers": asks("Open?", payload="start"),
            "persistent_menu": MENU,
        },
        "messenger_profile",
        "ice_breakers",
        "persistent_menu",
    ),
    "instagram": Case(
        PROFESSIONAL,
        {"ice_breakers": asks("Open?", payload="start"), "persistent_menu": MENU},
        "messenger_profile",
        "ice_breakers",
        "persistent_menu",
    ),
    "whatsapp": Case(
        NUMBER,
        {"ice_breakers": asks("Open?"), "commands": COMMANDS},
        "conversational_automation",
        "prompts",
        "commands",
    ),
}


@pytest.fixture(params=CASES.values(), ids=CASES)
def case(shop: Shop, request: pytest.FixtureRequest) -> Iterator[Case]:
    """The platform shows nothing before and after."""
    case: Case = request.param
    put(shop, case.channel_id, {})
    yield case
    put(shop, case.channel_id, {})
    shop.put(case.channel_id, profile=None)


def put(shop: Shop, channel_id: str, wanted: dict[str, Any]) -> dict[str, Any]:
    path, headers = f"/v1/channels/{channel_id}/profile", key_of(shop)
    headers["If-Match"] = shop.http("GET", path, headers=headers).headers["ETag"]
    answer = shop.http("PUT", path, json=wanted, headers=headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def compared(shop: Shop, case: Case) -> tuple[str, list[tuple[str, str]]]:
    """What GET says: the state, and what differs."""
    told = shop.get(f"/v1/channels/{case.channel_id}/profile")
    return told["state"], [(each["field"], each["state"]) for each in told["drift"]]


def key_of(shop: Shop) -> dict[str, str]:
    return {"Authorization": f"Bearer {shop.stack.api_key}"}


def changes(shop: Shop, case: Case) -> list[tuple[str, set[str]]]:
    """Every change at the platform so far: how, and of which fields."""
    return [
        (call["method"], set(call["body"].get("fields", call["body"])))
        for call in shop.graph_calls("POST", "DELETE")
        if call["channel_id"] == case.channel_id and call["path"].endswith(case.shown)
    ]


def somebody_changes(shop: Shop, case: Case, **fields: Any) -> None:
    """In Meta's own tools, past us."""
    parameter = shop.get(f"/v1/channels/{case.channel_id}")["token_parameter"]
    found = shop.aws("ssm").get_parameter(Name=parameter, WithDecryption=True)
    token = found["Parameter"]["Value"]
    proof = hmac.digest(shop.stack.app_secret.encode(), token.encode(), hashlib.sha256).hex()
    platform = {"platform": "instagram"} if case.channel_id == PROFESSIONAL else {}
    answer = shop.http_at(
        f"{shop.stack.graph_url}/v25.0/{case.channel_id}/{case.shown}",
        params={"appsecret_proof": proof} | platform,
        headers={"Authorization": f"Bearer {token}"},
        json=fields,
    )
    assert answer.status_code == 200, answer.text


def questions_of_another(case: Case) -> list[Any]:
    """As the platform wants them."""
    if case.channel_id == NUMBER:
        return ["How much?"]
    asked = {"question": "How much?", "payload": "start"}
    return [{"locale": "default", "call_to_actions": [asked]}]


def test_what_is_put_is_what_the_platform_shows(shop: Shop, case: Case) -> None:
    before = len(changes(shop, case))
    answer = put(shop, case.channel_id, case.wanted)
    assert (answer["state"], answer["refused"]) == ("same", [])
    assert compared(shop, case) == ("same", [])
    put(shop, case.channel_id, case.wanted)
    assert len(changes(shop, case)) == before + 1


def test_only_the_difference_is_applied(shop: Shop, case: Case) -> None:
    put(shop, case.channel_id, case.wanted)
    before = len(changes(shop, case))
    (asked,) = case.wanted["ice_breakers"][0]["questions"]
    other = {"ice_breakers": [{"questions": [asked | {"question": "How much?"}]}]}
    answer = put(shop, case.channel_id, case.wanted | other)
    assert (answer["state"], changes(shop, case)[before:]) == (
        "same",
        [("POST", {case.questions})],
    )


def test_what_is_not_named_any_more_is_taken_away(shop: Shop, case: Case) -> None:
    put(shop, case.channel_id, case.wanted)
    left = {name: value for name, value in case.wanted.items() if name != case.other}
    answer = put(shop, case.channel_id, left)
    assert (answer["state"], case.other in answer["actual"]) == ("same", False)


def test_what_somebody_changed_at_the_platform_is_told_until_it_is_put_again(
    shop: Shop, case: Case
) -> None:
    put(shop, case.channel_id, case.wanted)
    somebody_changes(shop, case, **{case.questions: questions_of_another(case)})
    assert compared(shop, case) == ("drift", [("ice_breakers", "differs")])
    assert put(shop, case.channel_id, case.wanted)["state"] == "same"
    assert compared(shop, case) == ("same", [])
