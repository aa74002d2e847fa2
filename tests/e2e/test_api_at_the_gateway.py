"""The API behind the gateway, with IAM enforced: keys, tags, preflights, and races for them."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from tests.e2e.shop import Shop

pytestmark = pytest.mark.e2e
AT_ONCE = 8


def call(shop: Shop, method: str, path: str, key: str = "", **facts: Any) -> requests.Response:
    named = {"Authorization": f"Bearer {key or shop.stack.api_key}"} | facts.pop("headers", {})
    return shop.http(method, path, headers=named, **facts)


def issue(shop: Shop, role: str, channels: list[str] | None = None) -> tuple[str, str]:
    body = {"name": "e2e", "role": role, "channels": channels}
    issued = call(shop, "POST", "/v1/keys", json=body).json()
    return issued["id"], issued["key"]


def channel_of(shop: Shop) -> str:
    return call(shop, "GET", "/v1/channels").json()["items"][0]["channel_id"]


def test_a_key_lives_and_ends(shop: Shop) -> None:
    key_id, first = issue(shop, "agent", [channel_of(shop)])
    rotated = call(shop, "POST", f"/v1/keys/{key_id}/rotate", json={"grace_seconds": 60}).json()
    listed = call(shop, "GET", "/v1/channels", rotated["key"]).json()["items"]
    assert [each["channel_id"] for each in listed] == [channel_of(shop)]
    assert call(shop, "GET", "/v1/channels", first).status_code == 200
    assert call(shop, "GET", "/v1/keys", first).status_code == 403
    assert call(shop, "DELETE", f"/v1/keys/{key_id}").status_code == 200


def test_admins_who_revoke_each_other_at_once_leave_one(shop: Shop) -> None:
    """In a ring: nobody may be left out, and the last one stays."""
    issued = dict(issue(shop, "admin") for _ in range(AT_ONCE))
    own = next(key_id for key_id in masters(shop) if key_id not in issued)
    revoked_by = zip([own, *issued], [*issued.values(), shop.stack.api_key], strict=True)
    with ThreadPoolExecutor(AT_ONCE + 1) as pool:
        answers = list(pool.map(lambda pair: revoke(shop, *pair), revoked_by))
    left = masters(shop)
    restore(shop, own)
    assert 200 in answers
    assert set(answers) <= {200, 401, 409}
    assert len(left) == AT_ONCE + 1 - answers.count(200)
    assert left


def test_of_editors_at_once_one_wins(shop: Shop) -> None:
    path = f"/v1/channels/{channel_of(shop)}"
    read = call(shop, "GET", path)
    tag = {"If-Match": read.headers["ETag"]}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(
            pool.map(
                lambda _: call(shop, "PUT", path, json=read.json(), headers=tag), range(AT_ONCE)
            )
        )
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: AT_ONCE - 1}
    assert call(shop, "GET", path).json()["version"] == read.json()["version"] + 1


def test_browsers_of_other_origins_stay_out_unless_they_are_named(shop: Shop) -> None:
    asks = {"Origin": "https://app.shop.example", "Access-Control-Request-Method": "GET"}
    answer = shop.http("OPTIONS", "/v1/channels", headers=asks)
    assert (answer.status_code, answer.json()["status"]) == (405, 405)
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_the_api_describes_itself_where_it_stands(shop: Shop) -> None:
    document = shop.http("GET", "/v1/openapi.json").json()
    assert document["openapi"] == "3.1.0"
    assert document["servers"][0]["url"].startswith("/")


def revoke(shop: Shop, key_id: str, by: str) -> int:
    return call(shop, "DELETE", f"/v1/keys/{key_id}", by).status_code


def masters(shop: Shop) -> list[str]:
    """The ids of the good admin keys for all channels."""
    return [
        row["key_id"]["S"]
        for row in rows(shop)
        if row["role"]["S"] == "admin" and not {"revoked_at", "expires_at", "channels"} & set(row)
    ]


def restore(shop: Shop, key_id: str) -> None:
    """The stack's own key, which the other tests need."""
    (key_hash,) = (row["key_hash"] for row in rows(shop) if row["key_id"]["S"] == key_id)
    shop.aws("dynamodb").update_item(
        TableName=shop.outputs["ApiKeysTableName"],
        Key={"key_hash": key_hash},
        UpdateExpression="REMOVE revoked_at",
    )


def rows(shop: Shop) -> list[dict[str, Any]]:
    found = shop.aws("dynamodb").scan(
        TableName=shop.outputs["ApiKeysTableName"], ConsistentRead=True
    )
    items: list[dict[str, Any]] = found["Items"]
    return items
