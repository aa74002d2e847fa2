"""Reads golden.txt: one case a line, in words that a person can check against Meta's pages."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec import Struct

from chalicelib.core.messages import MessageKind, Origin
from chalicelib.core.messaging_policy import Question, window_length
from tests import builders

TABLE = Path(__file__).with_name("golden.txt")
UNITS = {"d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
WORDS: dict[str, Any] = {"true": True, "false": False}


class Case(Struct, frozen=True):
    """A line of the table: what is asked, and the basis or reason and the rule that come out."""

    line: str
    question: Question
    outcome: str
    rule: str | None


def cases() -> list[Case]:
    """All lines, in the order of the table."""
    lines = TABLE.read_text().splitlines()
    return [_case(line) for line in lines if line and not line.startswith("#")]


def span(text: str) -> timedelta:
    """24:00:00, 3d, 1h, 5m, 60s; 7d-1s and 7d+1s are a second less and more."""
    if ":" in text:
        hours, minutes, seconds = map(int, text.split(":"))
        return timedelta(hours=hours, minutes=minutes, seconds=seconds)
    parts = re.findall(r"([+-]?)(\d+)([dhms])", text)
    return sum(
        (int(f"{sign}{number}") * UNITS.get(unit, SECOND) for sign, number, unit in parts),
        timedelta(),
    )


def _case(line: str) -> Case:
    cells = [cell.strip() for cell in line.split(" | ")]
    moment, platform, who, what, age, told, outcome, rule = cells
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    named = dict(pair.split("=", 1) for pair in told.split()) if told != "-" else {}
    facts = _window(platform, at, age, named) | _facts(at, platform, named)
    question = Question(
        platform=platform, origin=Origin(who), kind=MessageKind(what), at=at, **facts
    )
    return Case(line, question, outcome, None if rule == "-" else rule)


def _window(platform: str, at: datetime, age: str, named: dict[str, str]) -> dict[str, Any]:
    """What the customer's last action opened when it happened."""
    days, action = int(named.pop("ad_days", "1")), named.get("window_opened_by", "message")
    if age == "never":
        return {}
    last = at - span(age)
    length = window_length(platform, action, last, ad_days=days)
    opened = {"window_opened_at": last, "window_ends_at": last + length} if length else {}
    return {"last_customer_at": last} | opened


def _facts(at: datetime, platform: str, named: dict[str, str]) -> dict[str, Any]:
    return {name: _fact(name, text, at, platform) for name, text in named.items()}


def _fact(name: str, text: str, at: datetime, platform: str) -> Any:
    if name == "opt_in":
        opted_in_at = at - span(text)
        ends_at = opted_in_at + 1000 * DAY
        return builders.opt_in(platform=platform, opted_in_at=opted_in_at, expires_at=ends_at)
    if name == "margin":
        return timedelta(seconds=int(text))
    if name == "portfolio_left":
        return int(text)
    if name.endswith(("_at", "_not_before")):
        return at - span(text[1:]) if text.startswith("-") else at + span(text[1:])
    return WORDS.get(text, text)
