"""The routes of the app, with fakes behind them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import chalice.test
import pytest
from chalice import Chalice

import app as entry_points
import chalicelib
from chalicelib.core.access import ApiKey, Role, hash_of
from tests import builders, fakes
from tests.api import contract
from tests.builders import NOON

KEY = "a-key-made-up-for-tests"


def issued(**facts: Any) -> fakes.FakeApiKeys:
    """One key, KEY: an admin's of all channels unless told otherwise."""
    keys = fakes.FakeApiKeys()
    known = {"key_hash": hash_of(KEY), "key_id": "key-1", "name": "tests", "role": Role.ADMIN}
    keys.add(ApiKey(**known | facts))
    return keys


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: Any


@dataclass
class Api:
    """Calls routes with the key and as JSON, unless told otherwise."""

    http: Any
    headers: dict[str, str] = field(
        default_factory=lambda: {
            "Authorization": f"Bearer {KEY}",
            "Content-Type": "application/json",
        }
    )

    def get(self, path: str) -> Answer:
        return self.call("GET", path)

    def post(self, path: str, document: object, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.call("POST", path, json.dumps(document).encode(), self.headers | named)

    def put(self, path: str, document: object, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.call("PUT", path, json.dumps(document).encode(), self.headers | named)

    def change(self, path: str, document: object) -> Answer:
        """PUT on the version that GET tells."""
        return self.put(path, document, If_Match=self.get(path).headers["ETag"])

    def delete(self, path: str) -> Answer:
        return self.call("DELETE", path)

    def by(self, secret: str) -> Api:
        """The same with another key."""
        return Api(self.http, self.headers | {"Authorization": f"Bearer {secret}"})

    def call(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Answer:
        response = self.http.request(
            method, path, headers=self.headers if headers is None else headers, body=body
        )
        answer = Answer(response.status_code, response.headers, response.json_body)
        contract.check(method, path, answer.status, answer.headers, answer.body)
        return answer


@pytest.fixture
def app() -> Chalice:
    """The real one: Chalice lets a Blueprint be registered once in a process."""
    return entry_points.app


@pytest.fixture
def keys() -> fakes.FakeApiKeys:
    return issued()


@pytest.fixture
def api(app: Chalice, rt: Any, keys: fakes.FakeApiKeys, monkeypatch: pytest.MonkeyPatch) -> Api:
    bootstrap = SimpleNamespace(live=lambda: rt, api_keys=lambda: keys)
    monkeypatch.setattr(chalicelib, "bootstrap", bootstrap, raising=False)
    return Api(chalice.test.Client(app).http)


@pytest.fixture
def known(rt: Any) -> None:
    """A conversation that the tests' other rows belong to."""
    rt.conversations.save(builders.conversation(first_contact_at=NOON, last_customer_at=NOON))
