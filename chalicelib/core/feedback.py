"""What customers say of how they were served: a number on one of three scales.

Messenger's form tells the scale with each answer (messaging_feedback: csat, nps, ces; customer
feedback template, read 2026-11-21); the words to tap that are used elsewhere ask for csat.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from chalicelib.core.messages import QuickReply
from chalicelib.core.texts import ready

# The numbers of each scale, both included: satisfied, would recommend, was easy.
SCALES = {"csat": (1, 5), "nps": (0, 10), "ces": (1, 7)}
_PAYLOAD = re.compile(r"feedback:([1-5])")


class Feedback(Struct, frozen=True, kw_only=True):
    """One answer, counted on the channel's local day of `at`. What a customer wrote beside it is
    kept with the raw event alone."""

    feedback_id: str
    conversation_id: str
    channel_id: str
    at: datetime
    day: str
    kind: str
    score: int


def words_to_tap(language: str) -> tuple[QuickReply, ...]:
    """From best to worst, as they are shown."""
    return tuple(
        QuickReply(title=ready(f"feedback_{score}", language), payload=f"feedback:{score}")
        for score in range(5, 0, -1)
    )


def tapped(payload: str | None) -> int | None:
    """The score that a tapped word brings back; None for anything else."""
    found = _PAYLOAD.fullmatch(payload or "")
    return int(found[1]) if found else None


def scores_of(screens: tuple[dict[str, Any], ...]) -> Iterator[tuple[str, int]]:
    """Kind and number of each answer that is on one of the scales."""
    for screen in screens:
        questions = screen.get("questions")
        answers = questions.values() if isinstance(questions, Mapping) else ()
        for answer in answers:
            found = _score(answer) if isinstance(answer, Mapping) else None
            if found:
                yield found


def _score(answer: Mapping[str, Any]) -> tuple[str, int] | None:
    kind, said = answer.get("type"), str(answer.get("payload", ""))
    if kind not in SCALES or not re.fullmatch(r"\d{1,2}", said):
        return None
    first, last = SCALES[kind]
    return (kind, int(said)) if first <= int(said) <= last else None
