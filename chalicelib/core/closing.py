"""What may still be done in a conversation, and until when: from its row and the rules alone, so
that it changes with time without a write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct

from chalicelib.core import row_facts
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Conversation
from chalicelib.core.expected_price import expected_price
from chalicelib.core.messages import MessageKind, Origin
from chalicelib.core.messaging_policy import Basis, Permit, Question, check
from chalicelib.core.opt_in import MARKETING, Consents, stopped_at

_NEVER = datetime(9999, 1, 1, tzinfo=UTC)


class Allowed(StrEnum):
    """What is still allowed, the most first."""

    REPLY = "reply"  # by anybody
    TAGGED_REPLY = "tagged_reply"  # by a person alone
    NOTIFICATION = "notification"  # what the customer asked for, in words or as a template
    NOTHING = "nothing"


class Closing(Struct, frozen=True):
    """What is allowed, until when (None: no end is known, or nothing is allowed), and the kind of
    price of it on WhatsApp."""

    allowed: Allowed
    until: datetime | None = None
    price: str | None = None


class Facts(Struct, frozen=True):
    """What is known of a channel beside its settings."""

    channel: ChannelSettings
    is_blocked: bool


class Template(Struct, frozen=True):
    """One that may go out: as whose notification (None: by consent to any topic), and the fields of
    a question about it."""

    topic: str | None
    facts: dict[str, Any]


def by_words(
    row: Conversation, facts: Facts, at: datetime, *, free_until: datetime | None = None
) -> Closing | None:
    """What a person may still write freely; None: nothing. `free_until`: when a free entry point
    ends, which changes the price alone."""
    question = _question(row, facts, Origin.PERSON, at)
    verdict = check(question)
    if not isinstance(verdict, Permit):
        return None
    is_tagged = verdict.basis is Basis.HUMAN_AGENT
    allowed = Allowed.TAGGED_REPLY if is_tagged else Allowed.REPLY
    return Closing(allowed, verdict.deadline, _price(question, facts, free_until))


def by_consent(
    row: Conversation,
    consents: Consents,
    templates: Iterable[Template],
    facts: Facts,
    at: datetime,
    *,
    free_until: datetime | None = None,
) -> Closing:
    """What the customer's consents still allow, in words or as one of these templates: what lasts
    longest."""
    permits = [
        (verdict.deadline or _NEVER, question)
        for question in _notifications(row, consents, templates, facts, at)
        if isinstance(verdict := check(question), Permit)
    ]
    if not permits:
        return Closing(Allowed.NOTHING)
    until, question = max(permits, key=lambda each: each[0])
    price = _price(question, facts, free_until)
    return Closing(Allowed.NOTIFICATION, None if until == _NEVER else until, price)


def urgency(closing: Closing | None) -> tuple[int, datetime]:
    """Replies before tagged replies before the rest; of each what ends soonest first."""
    if closing is None:
        return len(Allowed), _NEVER
    return list(Allowed).index(closing.allowed), closing.until or _NEVER


def _question(row: Conversation, facts: Facts, origin: Origin, at: datetime) -> Question:
    return row_facts.question(
        row,
        facts.channel,
        origin=origin,
        kind=MessageKind.TEXT,
        at=at,
        is_channel_blocked=facts.is_blocked,
    )


def _notifications(
    row: Conversation,
    consents: Consents,
    templates: Iterable[Template],
    facts: Facts,
    at: datetime,
) -> Iterator[Question]:
    """Each notification that the customer agreed to, in each of its forms."""
    from msgspec.structs import replace

    asked = replace(
        _question(row, facts, Origin.CAMPAIGN, at),
        stopped_all_at=stopped_at(consents.stops, None),
        marketing_stopped_at=stopped_at(consents.stops, MARKETING),
    )
    about = [replace(asked, topic=each.topic, opt_in=each) for each in consents.opt_ins]
    yield from about
    for template in templates:
        for question in about if template.topic else (asked,):
            if question.topic == template.topic:
                yield replace(question, kind=MessageKind.TEMPLATE, **template.facts)


def _price(question: Question, facts: Facts, free_until: datetime | None) -> str | None:
    if question.platform != "whatsapp":
        return None
    zone = facts.channel.zone
    return expected_price(question, zone=zone, country=None, free_until=free_until).price
