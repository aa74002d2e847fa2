"""The stand-in knows whose a token is, what it may do, and who is subscribed to what."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.conftest import CHANNELS, NUMBER, PAGE, PROFESSIONAL, TOKENS, Meta, code_of

APP = "987654321"
AS_APP = f"{APP}|any-secret-as-none-is-set"


def asks(
    meta: Meta, path: str, token: str = TOKENS[PAGE], method: str = "GET", body: Any = None
) -> tuple[int, Any]:
    answer = meta.simulator.answer(
        method, f"/v25.0{path}", {"authorization": f"Bearer {token}"}, body
    )
    return answer.status, answer.body


def has(meta: Meta, channel_id: str, **facts: Any) -> None:
    (known,) = (each for each in CHANNELS if each["channel_id"] == channel_id)
    meta.control("POST", "/_channels", [known | facts])


def test_a_token_may_ask_about_itself(meta: Meta) -> None:
    told = asks(meta, f"/debug_token?input_token={TOKENS[PAGE]}")[1]["data"]
    assert (told["is_valid"], told["app_id"], told["profile_id"]) == (True, APP, PAGE)
    assert "pages_messaging" in told["scopes"]


def test_the_app_may_ask_about_any_token_of_its_own(meta: Meta) -> None:
    assert asks(meta, f"/debug_token?input_token={TOKENS[PAGE]}", AS_APP)[0] == 200
    has(meta, PAGE, app_id="5")
    assert code_of(asks(meta, f"/debug_token?input_token={TOKENS[PAGE]}", AS_APP)) == (100, None)


def test_an_unknown_token_is_told_as_invalid_to_the_app(meta: Meta) -> None:
    assert not asks(meta, "/debug_token?input_token=unknown", AS_APP)[1]["data"]["is_valid"]


def test_an_app_that_nobody_knows_is_refused(meta: Meta) -> None:
    assert code_of(asks(meta, "/debug_token?input_token=x", "5|secret"))[0] == 190


def test_a_token_that_has_expired_is_taken_nowhere(meta: Meta) -> None:
    has(meta, PAGE, token_expires_at=1)
    assert code_of(asks(meta, "/me"))[0] == 190


@pytest.mark.parametrize(
    ("channel_id", "facts", "path", "expected"),
    [
        (PAGE, {}, "/me", {"id": PAGE}),
        (
            PROFESSIONAL,
            {},
            "/me",
            {"id": "55", "instagram_business_account": {"id": PROFESSIONAL}},
        ),
        (
            PROFESSIONAL,
            {"login": "instagram"},
            "/me",
            {"user_id": PROFESSIONAL, "id": f"8{PROFESSIONAL}"},
        ),
    ],
)
def test_whose_token_it_is(
    meta: Meta, channel_id: str, facts: dict[str, Any], path: str, expected: dict[str, Any]
) -> None:
    has(meta, channel_id, **facts)
    assert asks(meta, path, TOKENS[channel_id])[1] == expected


def test_a_number_tells_its_business_account(meta: Meta) -> None:
    health = asks(meta, f"/{NUMBER}?fields=health_status", TOKENS[NUMBER])[1]["health_status"]
    assert ("WABA", f"9{NUMBER}") in {(e["entity_type"], e["id"]) for e in health["entities"]}


def test_a_subscription_is_shown_once_it_was_made(meta: Meta) -> None:
    assert asks(meta, "/me/subscribed_apps")[1] == {"data": []}
    asks(meta, "/me/subscribed_apps?subscribed_fields=messages,standby", method="POST")
    ((shown),) = asks(meta, f"/{PAGE}/subscribed_apps")[1]["data"]
    assert shown["subscribed_fields"] == ["messages", "standby"]


def test_fields_replace_those_before(meta: Meta) -> None:
    for fields in ("messages,standby", "feed"):
        asks(meta, f"/me/subscribed_apps?subscribed_fields={fields}", method="POST")
    ((shown),) = asks(meta, "/me/subscribed_apps")[1]["data"]
    assert shown["subscribed_fields"] == ["feed"]


@pytest.mark.parametrize("fields", ["", "messages,nonsense"])
def test_fields_are_required_and_known(meta: Meta, fields: str) -> None:
    path = f"/me/subscribed_apps?subscribed_fields={fields}"
    assert code_of(asks(meta, path, method="POST")) == (100, None)


def test_without_the_permission_nothing_is_subscribed(meta: Meta) -> None:
    has(meta, PAGE, permissions=["pages_messaging"])
    path = "/me/subscribed_apps?subscribed_fields=messages"
    assert code_of(asks(meta, path, method="POST")) == (200, None)


def test_a_business_account_has_no_fields(meta: Meta) -> None:
    path = f"/9{NUMBER}/subscribed_apps"
    assert asks(meta, path, TOKENS[NUMBER], "POST")[0] == 200
    ((shown),) = asks(meta, path, TOKENS[NUMBER])[1]["data"]
    assert shown["whatsapp_business_api_data"]["id"] == APP


def test_a_number_is_no_business_account(meta: Meta) -> None:
    assert code_of(asks(meta, f"/{NUMBER}/subscribed_apps", TOKENS[NUMBER])) == (100, 33)


def test_the_app_takes_no_address_that_does_not_shake_hands(meta: Meta) -> None:
    body = {"object": "page", "callback_url": "http://127.0.0.1:1/", "verify_token": "x"}
    assert code_of(asks(meta, f"/{APP}/subscriptions", AS_APP, "POST", body)) == (2200, None)


def test_the_app_knows_no_instagram(meta: Meta) -> None:
    body = {"object": "instagram", "callback_url": "http://127.0.0.1:1/", "verify_token": "x"}
    assert code_of(asks(meta, f"/{APP}/subscriptions", AS_APP, "POST", body)) == (100, None)


def test_the_subscriptions_of_the_app_are_for_the_app_alone(meta: Meta) -> None:
    assert code_of(asks(meta, f"/{APP}/subscriptions"))[0] == 190
