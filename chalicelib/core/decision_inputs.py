"""What the policy was asked, packed for the ledger: no text, no name, no number, no token.

What the message's row says anyway is left out, and so is what nobody knew. Times are kept to the
microsecond, as the time to or from the moment of asking: the same question can be asked again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Any

import msgspec
from msgspec import Struct

from chalicelib.core.messages import MessageKind, Origin
from chalicelib.core.messaging_policy import Question
from chalicelib.core.opt_in import OptIn

_IN_THE_ROW = frozenset({"platform", "origin", "kind", "at", "attempt_id"})
_OF_THE_CONTACT: dict[str, Any] = dict.fromkeys(
    ("conversation_id", "channel_id", "contact_id", "platform"), ""
)
# Never kept: tokens are secrets, the title is text. That there is a token decides.
_TOKENS = frozenset({"token", "recurring_token"})
_NOT_KEPT = frozenset({*_OF_THE_CONTACT, *_TOKENS, "title", "how", "evidence", "used_at"})
# Those that nearly every entry has; the rest keeps its name.
SHORT = {
    "window_ends_at": "we",
    "window_opened_at": "wo",
    "last_customer_at": "lc",
    "margin": "m",
    "has_human_agent": "ha",
    "thread_owner": "to",
    "one_time_notifications": "ot",
    "template_approved": "ta",
    "topic": "tp",
    "opt_in": "oi",
}
_LONG = {short: name for name, short in SHORT.items()}
_TOKEN = "kept elsewhere"  # noqa: S105 - stands for a token that the ledger does not keep


def pack(question: Question) -> dict[str, Any]:
    """The inputs as JSON values, in the order of their names."""
    packed = _packed(question, _IN_THE_ROW, question.at)
    return {name: packed[name] for name in sorted(packed)}


def unpack(
    packed: dict[str, Any],
    *,
    platform: str,
    origin: Origin,
    kind: MessageKind,
    at: datetime,
    attempt_id: str | None = None,
) -> Question:
    """The question again: it has the same verdict."""
    facts = named(packed, at)
    if "opt_in" in facts:
        facts["opt_in"] = _opt_in(facts["opt_in"])
    return Question(
        platform=platform, origin=origin, kind=kind, at=at, attempt_id=attempt_id, **facts
    )


def named(packed: dict[str, Any], at: datetime) -> dict[str, Any]:
    """The inputs by their whole names, times as such."""
    names = ((_LONG.get(name, name), value) for name, value in packed.items())
    return {name: _value(name, value, at) for name, value in names}


def _packed(facts: Struct, left_out: frozenset[str], at: datetime) -> dict[str, Any]:
    defaults = _defaults(type(facts))
    known = {name: getattr(facts, name) for name in defaults if name not in left_out}
    return {
        SHORT.get(name, name): _short(value, at)
        for name, value in known.items()
        if value != defaults[name]
    }


@cache
def _defaults(kind: type[Struct]) -> dict[str, Any]:
    """Remembered: evaluating the annotations of a struct costs more than the whole send besides."""
    return {each.name: each.default for each in msgspec.structs.fields(kind)}


def _short(value: Any, at: datetime) -> Any:
    match value:
        case datetime():
            return (value - at) // timedelta(microseconds=1)
        case timedelta():
            return value // timedelta(microseconds=1)
        case OptIn():
            packed = _packed(value, _NOT_KEPT, at)
            return packed | {name: True for name in sorted(_TOKENS) if getattr(value, name)}
    return value


def _value(name: str, value: Any, at: datetime) -> Any:
    if isinstance(value, dict):
        return named(value, at)
    if name == "margin":
        return timedelta(microseconds=value)
    if name.endswith(("_at", "_not_before")):
        return at + timedelta(microseconds=value)
    return value


def _opt_in(facts: dict[str, Any]) -> OptIn:
    tokens = dict.fromkeys(_TOKENS & facts.keys(), _TOKEN)
    return OptIn(**(_OF_THE_CONTACT | facts | tokens))
