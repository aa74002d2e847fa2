"""What a contact wants to hear: consents and stops, shown, recorded and ended by hand."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Conversation
from chalicelib.core.ids import digest
from chalicelib.core.messages import Message, State
from chalicelib.core.notification_forms import topic_of
from chalicelib.core.opt_in import LONGEST, MARKETING, How, OptIn, Stop, expiry
from chalicelib.core.opt_in_stage import Stage, stage
from chalicelib.ports import Runtime
from chalicelib.usecases import find_contact, held_consent, read_channel, read_conversation
from chalicelib.usecases.errors import InvalidInput, KeyReused


class Shown(Struct, frozen=True):
    """A consent, where it stands, and why its message went wrong if it did."""

    opt_in: OptIn
    stage: Stage
    failure: str | None = None


class Preferences(Struct, frozen=True):
    """Of a contact, under all its keys: consents, oldest first, and stops."""

    opt_ins: tuple[Shown, ...]
    stops: tuple[Stop, ...]


def read(conversation_id: str, rt: Runtime) -> Preferences:
    """As they stand now. Raises NotFound."""
    return of_contact(read_conversation.load(conversation_id, rt), rt)


def of_contact(conversation: Conversation, rt: Runtime) -> Preferences:
    """The same for a conversation that is at hand."""
    keys = find_contact.run(conversation, rt).keys
    told = rt.opt_ins.consents(*(key.conversation_id for key in keys))
    shown = tuple(_shown(opt_in, conversation, rt) for opt_in in told.opt_ins)
    return Preferences(shown, told.stops)


def agree(
    *,
    conversation_id: str,
    topic: str,
    how: How,
    given_at: datetime | None,
    reference: str | None,
    idempotency_key: str,
    rt: Runtime,
) -> Preferences:
    """Record a consent that the customer gave elsewhere, at `given_at` (None: now); `reference`
    names the business's own record of it. It serves one message within a year. Raises NotFound,
    InvalidInput, and KeyReused for another consent under this key."""
    conversation = read_conversation.load(conversation_id, rt)
    channel = read_channel.run(conversation.channel_id, rt)
    at = _checked_time(given_at, rt.now())
    opt_in = OptIn(
        conversation_id=conversation_id,
        channel_id=conversation.channel_id,
        contact_id=conversation.contact_id,
        platform=conversation.platform,
        opt_in_id=digest("opt_in", f"{conversation_id}#by_hand#{idempotency_key}"),
        topic=_checked_topic(topic, channel),
        opted_in_at=at,
        expires_at=expiry(at, None),
        how=how,
        evidence=reference,
    )
    rt.opt_ins.record(opt_in)
    found = of_contact(conversation, rt)
    _check_reuse(opt_in, found)
    return found


def stop(conversation_id: str, topic: str | None, *, by: str, rt: Runtime) -> Preferences:
    """The contact wants no more of this topic, or (None) nothing but answers, from now on. `by` is
    the id of the key that says so. Raises NotFound, InvalidInput for a topic that neither the
    channel nor a consent of the contact has: a slip of the pen would stop nothing."""
    conversation = read_conversation.load(conversation_id, rt)
    agreed = {each.opt_in.topic for each in of_contact(conversation, rt).opt_ins}
    if topic is not None and topic not in agreed:
        _checked_topic(topic, read_channel.run(conversation.channel_id, rt))
    rt.opt_ins.stop(conversation_id, topic, rt.now(), how=How.API, evidence=by)
    return of_contact(conversation, rt)


def _shown(opt_in: OptIn, conversation: Conversation, rt: Runtime) -> Shown:
    attempt = _attempt(opt_in.used_by, conversation, rt)
    is_refused = attempt is not None and attempt.state is State.REFUSED
    if is_refused and held_consent.is_in_vain(opt_in, conversation, rt):
        return _shown(held_consent.as_free(opt_in), conversation, rt)
    return Shown(opt_in, stage(opt_in, attempt, rt.now()), attempt.failure if attempt else None)


def _attempt(attempt_id: str | None, conversation: Conversation, rt: Runtime) -> Message | None:
    """The message that has the consent, or the latest by which it was sent again."""
    found = None
    while attempt_id:
        found = find_contact.message(conversation, attempt_id, rt) or found
        attempt_id = found.resent_as if found and found.message_id == attempt_id else None
    return found


def _checked_time(given_at: datetime | None, now: datetime) -> datetime:
    at = given_at or now
    if not now - LONGEST < at <= now:
        raise InvalidInput("given_at", f"a time within the last {LONGEST.days} days")
    return at


def _checked_topic(topic: str, channel: ChannelSettings) -> str:
    if topic != MARKETING and topic_of(channel, topic) is None:
        raise InvalidInput("topic", f"one of the channel's notification topics, or {MARKETING}")
    return topic


def _check_reuse(wanted: OptIn, found: Preferences) -> None:
    known = [each.opt_in for each in found.opt_ins if each.opt_in.opt_in_id == wanted.opt_in_id]
    if any((one.topic, one.how) != (wanted.topic, wanted.how) for one in known):
        raise KeyReused("key_reused", "This Idempotency-Key stands for another consent already.")
