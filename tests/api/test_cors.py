"""Browsers of other origins: shut out unless the stage names them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib import config
from tests import builders, fakes
from tests.builders import CHANNEL

SHOP = "https://app.shop.example"
PATH = f"/v1/channels/{CHANNEL}"
ASKS = {"Origin": SHOP, "Access-Control-Request-Method": "PUT"}


@pytest.fixture
def rt():
    """A stage that lets the shop's pages in."""
    settings = replace(builders.settings(), cors_origins=(SHOP, "http://localhost:3000"))
    return fakes.runtime(builders.channel(), settings=settings)


def allowed(answer) -> dict[str, str]:
    return {k: v for k, v in answer.headers.items() if k.startswith("Access-Control-")}


def test_preflight_of_a_known_origin_is_answered_without_a_key(api):
    answer = api.call("OPTIONS", PATH, b"", ASKS)
    assert (answer.status, answer.headers["Vary"]) == (204, "Origin")
    assert allowed(answer) == {
        "Access-Control-Allow-Origin": SHOP,
        "Access-Control-Allow-Methods": "GET, PUT",
        "Access-Control-Allow-Headers": (
            "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match"
        ),
        "Access-Control-Max-Age": "600",
        "Access-Control-Expose-Headers": "Allow, ETag, Retry-After, WWW-Authenticate",
    }


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        f"{SHOP}.evil.example",
        SHOP.replace("https", "http"),
        f"{SHOP}:8443",
        SHOP.upper(),
        "null",
        "*",
    ],
)
def test_other_origins_get_nothing(api, origin):
    preflight = api.call("OPTIONS", PATH, b"", ASKS | {"Origin": origin})
    answer = api.call("GET", PATH, b"", api.headers | {"Origin": origin})
    assert (preflight.status, preflight.headers["Allow"]) == (405, "GET, PUT")
    assert (allowed(preflight), allowed(answer)) == ({}, {})
    assert answer.headers["Vary"] == "Origin"


def test_preflight_without_an_origin_is_none(api):
    assert api.call("OPTIONS", PATH, b"", {}).status == 405


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}])
def test_known_origin_reads_a_refusal_too(api, headers):
    answer = api.call("GET", PATH, b"", headers | {"Origin": SHOP})
    assert (answer.status, allowed(answer)["Access-Control-Allow-Origin"]) == (401, SHOP)


def test_known_origin_still_needs_the_key(api):
    answer = api.call("GET", PATH, b"", api.headers | {"Origin": SHOP})
    assert (answer.status, allowed(answer)["Access-Control-Allow-Origin"]) == (200, SHOP)


def test_cookies_are_never_asked_for(api):
    assert "Access-Control-Allow-Credentials" not in api.call("OPTIONS", PATH, b"", ASKS).headers


def test_caller_without_an_origin_hears_nothing_of_it(api):
    answer = api.get(PATH)
    assert ("Vary" in answer.headers, allowed(answer)) == (False, {})


def test_every_path_has_its_preflight(app):
    # Chalice notes down, without a method, whatever path it was asked for in vain.
    known = {path: methods for path, methods in app.routes.items() if methods}
    assert known
    assert {path for path, methods in known.items() if "OPTIONS" not in methods} == set()


@pytest.mark.parametrize("listed", ["none", "", None])
def test_without_setting_there_are_no_other_origins(listed):
    environment = {"STAGE": "prod"} | ({} if listed is None else {"CORS_ORIGINS": listed})
    assert config.load(environment).cors_origins == ()


def test_origins_are_listed_with_commas():
    loaded = config.load({"STAGE": "prod", "CORS_ORIGINS": f"{SHOP}, http://localhost:3000"})
    assert loaded.cors_origins == (SHOP, "http://localhost:3000")
