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
from chalicelib.api.authentication import hash_of
from chalicelib.core.access import ApiKey, Role
from tests.api import contract

KEY = "a-key-made-up-for-tests"


@dataclass
class FakeApiKeys:
    keys: tuple[str, ...] = (KEY,)
    role: Role = Role.ADMIN

    def find(self, key_hash: str) -> ApiKey | None:
        known = {hash_of(key): self._key(hash_of(key)) for key in self.keys}
        return known.get(key_hash)

    def _key(self, key_hash: str) -> ApiKey:
        return ApiKey(key_hash=key_hash, key_id="key-1", name="tests", role=self.role)


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
def api(app: Chalice, rt: Any, monkeypatch: pytest.MonkeyPatch) -> Api:
    keys = FakeApiKeys()
    bootstrap = SimpleNamespace(live=lambda: rt, api_keys=lambda: keys)
    monkeypatch.setattr(chalicelib, "bootstrap", bootstrap, raising=False)
    return Api(chalice.test.Client(app).http)
