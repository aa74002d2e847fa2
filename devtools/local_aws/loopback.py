"""HTTP calls to the programs on this machine; proxies of the environment are not asked."""

from __future__ import annotations

from typing import Any

import requests

PATIENCE_SECONDS = 60


def call(
    method: str,
    url: str,
    *,
    content: Any = None,
    key: str | None = None,
    headers: dict[str, str] | None = None,
) -> tuple[int, Any]:
    """Status and answer, decoded if it is JSON. `key` is sent as the API key."""
    sent = dict(headers or {}) | ({"Authorization": f"Bearer {key}"} if key else {})
    with requests.Session() as session:
        session.trust_env = False
        answer = session.request(method, url, json=content, headers=sent, timeout=PATIENCE_SECONDS)
    is_json = "json" in answer.headers.get("Content-Type", "")
    return answer.status_code, answer.json() if is_json else answer.text


def answers(url: str) -> bool:
    """Does anything answer 200 there?"""
    try:
        return call("GET", url)[0] == 200
    except requests.ConnectionError:
        return False
