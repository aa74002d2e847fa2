"""What the policy was asked, as JSON lines: an attempt of the ledger, or a recipient of a campaign
that nobody has sent yet. No text, no name, no token; ids of conversations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias
from urllib.parse import urlencode

import msgspec
from msgspec import Struct

from chalicelib.core.documents import InvalidField, converted
from chalicelib.core.messages import AUTHOR_OF, MessageKind, Origin
from chalicelib.core.messaging_policy import Question
from devtools.reach import Reply, content
from devtools.stage import UsageError

Json = dict[str, Any]
Call: TypeAlias = Callable[[str, str, Any], Reply]

_ORIGIN = {author.value: origin for origin, author in AUTHOR_OF.items()}
_CONTACT = dict.fromkeys(("conversation_id", "channel_id", "contact_id", "opt_in_id"), "")


class Record(Struct, frozen=True, kw_only=True):
    """One question, and how it was answered then: the reason, or the rule or basis."""

    what: Literal["attempt", "recipient"]
    platform: str
    conversation_id: str
    origin: Origin
    kind: MessageKind
    at: datetime
    facts: Json
    verdict: str
    reason: str | None = None
    attempt_id: str | None = None
    campaign_id: str | None = None


def attempts(call: Call, channel_id: str, since: str, until: str) -> Iterator[Record]:
    """The attempts of a channel between two times, at most 31 days. Those of erased contacts, and
    those given up before the policy was asked, have no facts and are left out."""
    platform = _got(call, f"/v1/channels/{channel_id}")["platform"]
    asked = {"channel_id": channel_id, "from": since, "to": until, "limit": 100}
    for message in _paged(call, "/v1/decisions", asked):
        for attempt in message["attempts"]:
            if attempt["inputs"] is not None:
                yield _attempt(platform, message, attempt)


def recipients(
    call: Call, channel_id: str, topic: str, at: str, *, is_promotional: bool = False
) -> Iterator[Record]:
    """Everybody of the channel who agreed to the topic, as a campaign at that time would ask."""
    asked = {"channel_id": channel_id, "order": "newest", "limit": 100}
    wish = {"origin": "campaign", "topic": topic, "at": at, "is_promotional": is_promotional}
    for row in _paged(call, "/v1/conversations", asked):
        told = call("POST", "/v1/policy/check", wish | {"conversation_id": row["id"]})
        found = content(told)
        if found["facts"].get("opt_in", {}).get("topic") == topic:
            yield Record(
                what="recipient",
                platform=row["platform"],
                conversation_id=row["id"],
                origin=Origin.CAMPAIGN,
                kind=MessageKind(found["kind"]),
                at=datetime.fromisoformat(found["at"]),
                facts=found["facts"],
                verdict=found["verdict"],
                reason=found["reason"],
            )


def question(record: Record) -> Question:
    """What the policy was asked. Raises UsageError for facts that are none of a question."""
    known = {
        "platform": record.platform,
        "origin": record.origin,
        "kind": record.kind,
        "at": record.at,
        "attempt_id": record.attempt_id,
    }
    try:
        asked = converted(_named(record) | known, Question)
        _check_times(asked)
        _check_times(asked.opt_in)
    except (msgspec.ValidationError, InvalidField) as error:
        raise UsageError(f"A record of {record.conversation_id} is not readable: {error}") from None
    return asked


def written(records: Iterable[Record]) -> Iterator[str]:
    return (msgspec.json.encode(record).decode() for record in records)


def read(lines: Iterable[str | bytes]) -> list[Record]:
    """Raises UsageError that names the line."""
    found = []
    for number, line in enumerate(lines, 1):
        try:
            found.append(msgspec.json.decode(line, type=Record))
        except msgspec.DecodeError as error:
            raise UsageError(f"Line {number} of the history is not readable: {error}") from None
    return found


def _attempt(platform: str, message: Json, attempt: Json) -> Record:
    return Record(
        what="attempt",
        platform=platform,
        conversation_id=message["conversation_id"],
        origin=_ORIGIN[message["author"]],
        kind=MessageKind(message["kind"]),
        at=datetime.fromisoformat(attempt.get("send_at") or attempt["at"]),
        facts=attempt["inputs"],
        verdict=attempt["verdict"],
        reason=attempt["reason"],
        attempt_id=message["message_id"],
        campaign_id=message["campaign_id"],
    )


def _named(record: Record) -> Json:
    facts = dict(record.facts)
    if "margin" in facts:
        facts["margin"] = timedelta(seconds=msgspec.convert(facts["margin"], float))
    if "opt_in" in facts:
        facts["opt_in"] = _opt_in(msgspec.convert(facts["opt_in"], Json), record.platform)
    return facts


def _check_times(told: Struct | None) -> None:
    """Raises InvalidField for a time without an offset."""
    for name in told.__struct_fields__ if told else ():
        at = getattr(told, name)
        if isinstance(at, datetime) and at.tzinfo is None:
            raise InvalidField(name, "a time with its offset")


def _opt_in(facts: Json, platform: str) -> Json:
    """That there is a token is told, not which."""
    tokens = {name: "told" for name in ("token", "recurring_token") if facts.get(name)}
    return _CONTACT | {"platform": platform} | facts | tokens


def _paged(call: Call, path: str, asked: Json) -> Iterator[Json]:
    cursor: Json = {}
    while True:
        page = _got(call, f"{path}?{urlencode(asked | cursor)}")
        yield from page["items"]
        if page["next_cursor"] is None:
            return
        cursor = {"cursor": page["next_cursor"]}


def _got(call: Call, path: str) -> Json:
    return content(call("GET", path, None))
