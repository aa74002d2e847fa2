"""Invented bodies and what they mean, in pairs of files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from chalicelib.core.events import Event
from chalicelib.platforms import events_in

FOLDER = Path(__file__).parents[1] / "payloads"
PAIRS = sorted(
    str(path.relative_to(FOLDER))[: -len(".events.json")]
    for path in FOLDER.glob("[imw]*/*.events.json")
)


def told(event: Event) -> dict[str, Any]:
    """The facts of an event that are not absent, as the files write them."""
    facts: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(event))
    absent: tuple[Any, ...] = (None, False, [])
    present = {name: fact for name, fact in facts.items() if name != "item" and fact not in absent}
    return {"event": type(event).__name__} | present


def as_expected(event: Event, expected: dict[str, Any]) -> dict[str, Any]:
    facts = told(event)
    return facts if "event_id" in expected else facts | {"event_id": None}


@pytest.mark.parametrize("pair", PAIRS)
def test_a_body_means_what_its_pair_says(pair: str) -> None:
    expected = json.loads((FOLDER / f"{pair}.events.json").read_text(encoding="utf-8"))

    events = events_in((FOLDER / f"{pair}.json").read_bytes())

    found = [as_expected(event, wanted) for event, wanted in zip(events, expected, strict=True)]
    assert found == [{"event_id": None} | wanted for wanted in expected]


def test_every_platform_has_pairs() -> None:
    assert {pair.split("/")[0] for pair in PAIRS} == {"messenger", "instagram", "whatsapp"}
