"""What may still be done in a conversation, and until when: from its row and the rules alone, so
that it changes with time without a write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from enum import StrEnum

from msgspec import Struct

from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Conversation
from chalicelib.core.messages import MessageKind, Origin
from chalicelib.core.messaging_policy import Basis, Permit, Question, check
from chalicelib.core.messaging_policy.prices import price_class
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


def by_words(row: Conversation, facts: Facts, at: datetime) -> Closing | None:
    """What a person may still write freely; None: nothing."""
    verdict = check(_question(row, facts, at))
    if not isinstance(verdict, Permit):
        return None
    is_tagged = verdict.basis is Basis.HUMAN_AGENT
    allowed = Allowed.TAGGED_REPLY if is_tagged else Allowed.REPLY
    return Closing(allowed, verdict.deadline, _price("service", row, facts, at))


def by_consent(row: Conversation, consents: Consents, facts: Facts, at: datetime) -> Closing:
    """What the customer's consents still allow, the one that lasts longest."""
    permits = [
        (verdict.deadline or _NEVER, question)
        for question in _notifications(row, consents, facts, at)
        if isinstance(verdict := check(question), Permit)
    ]
    if not permits:
        return Closing(Allowed.NOTHING)
    until, question = max(permits, key=lambda each: each[0])
    category = question.category or "unknown"
    price = _price(category, row, facts, at)
    return Closing(Allowed.NOTIFICATION, None if until == _NEVER else until, price)


def urgency(closing: Closing | None) -> tuple[int, datetime]:
    """Replies before tagged replies before the rest; of each what ends soonest first."""
    if closing is None:
        return len(Allowed), _NEVER
    return list(Allowed).index(closing.allowed), closing.until or _NEVER


def _question(
    row: Conversation,
    facts: Facts,
    at: datetime,
) -> Question:
    return Question(
        platform=row.platform,
        origin=Origin.PERSON,
        kind=MessageKind.TEXT,
        at=at,
        window_ends_at=row.window_ends_at,
        window_opened_at=row.window_opened_at,
        window_opened_by=row.window_opened_by,
        last_customer_at=row.last_customer_at,
        thread_owner=row.thread_owner,
        is_unreachable=row.is_unreachable,
        has_human_agent=facts.channel.has_human_agent,
        one_time_notifications=facts.channel.one_time_notifications,
        is_channel_blocked=facts.is_blocked,
    )


def _notifications(
    row: Conversation, consents: Consents, facts: Facts, at: datetime
) -> Iterator[Question]:
    """Each notification that the customer agreed to, in each of its forms. Templates count as
    approved where the settings name them."""
    from msgspec.structs import replace

    asked = replace(
        _question(row, facts, at),
        origin=Origin.CAMPAIGN,
        margin=facts.channel.policy.margin(Origin.CAMPAIGN),
        stopped_all_at=stopped_at(consents.stops, None),
        marketing_stopped_at=stopped_at(consents.stops, MARKETING),
    )
    named = {each.topic: each.template_name for each in facts.channel.notification_topics}
    for opt_in in consents.opt_ins:
        about = replace(asked, topic=opt_in.topic, opt_in=opt_in)
        yield about
        if named.get(opt_in.topic):
            category = _category(facts.channel, named[opt_in.topic])
            yield replace(
                about, kind=MessageKind.TEMPLATE, template_approved=True, category=category
            )


def _category(channel: ChannelSettings, name: str | None) -> str | None:
    found: Iterable[str | None] = (e.category for e in channel.templates if e.name == name)
    return next(iter(found), None)


def _price(category: str, row: Conversation, facts: Facts, at: datetime) -> str | None:
    if row.platform != "whatsapp":
        return None
    ends = row.window_ends_at
    found = price_class(
        on=at.astimezone(facts.channel.zone).date(),
        category=category,
        is_in_window=ends is not None and at < ends,
    )
    return found.price.value
