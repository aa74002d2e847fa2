"""Put a send before the policy, with everything the verdict depends on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec.structs import replace

from chalicelib.core import row_facts
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Conversation
from chalicelib.core.messages import MessageKind, Origin, OutboundMessage
from chalicelib.core.messaging_policy import Basis, Question
from chalicelib.core.opt_in import MARKETING, Consents, OptIn, as_of, best, open_since, stopped_at
from chalicelib.ports import Runtime
from chalicelib.usecases import channel_block, find_contact, own_window

_NOTHING_TOLD = Consents()
# What automation says at once, but not because the customer wrote.
_OWN_WISHES = frozenset({"closing_message", "feedback_request", "job_application"})


def question(
    message: OutboundMessage,
    channel: ChannelSettings,
    conversation: Conversation,
    rt: Runtime,
    *,
    at: datetime,
    told_by: datetime | None = None,
) -> Question:
    """All that the verdict depends on, as it stands now; consent and stops as they were `told_by`
    a time of the past. Stops are read consistently, and only where they could hinder: a reply costs
    no look-up."""
    is_reply = answers(message)
    consents = _NOTHING_TOLD if _is_free(message, is_reply) else _consents(conversation, rt)
    if told_by is not None:
        consents = as_of(consents, told_by)
    known = own_window.run(conversation, channel, rt)
    is_blocked = channel_block.is_on(channel.channel_id, rt)
    rests_on_consent = _rests_on_consent(message, is_reply)
    return replace(
        row_facts.question(
            known,
            channel,
            origin=message.origin,
            kind=message.kind,
            at=at,
            is_channel_blocked=is_blocked,
        ),
        attempt_id=message.consent_key,
        is_reply=is_reply,
        topic=message.topic,
        opt_in=_best(consents, message, conversation, rt, at)[0] if rests_on_consent else None,
        asked_at=_asked_at(consents, message, at),
        stopped_all_at=stopped_at(consents.stops, None),
        answers_comment=message.comment_id is not None,
        comment_at=message.comment_at,
        is_budget_reached=_is_budget_reached(message, channel, rt, at),
        **_content_facts(message, channel, conversation, rt, consents),
    )


def consent(
    message: OutboundMessage,
    conversation: Conversation,
    rt: Runtime,
    *,
    at: datetime,
    basis: Basis | None = None,
) -> OptIn | None:
    """The opt-in that a notification would spend, or a person's template on this basis: in the
    messaging window none. Consent and stops count by whichever key the contact gave them. One that
    only a refused message has is given back first."""
    if message.topic is None or not _may_spend(message, basis):
        return None
    found, held = _best(_consents(conversation, rt), message, conversation, rt, at)
    if held:
        rt.opt_ins.release(held)
    return found


def _is_free(message: OutboundMessage, is_reply: bool) -> bool:
    """No stop hinders it."""
    return is_reply and message.kind not in (MessageKind.TEMPLATE, MessageKind.OPT_IN_REQUEST)


def _content_facts(
    message: OutboundMessage,
    channel: ChannelSettings,
    conversation: Conversation,
    rt: Runtime,
    consents: Consents,
) -> dict[str, Any]:
    if message.kind is not MessageKind.TEMPLATE:
        stopped = stopped_at(consents.stops, MARKETING)
        return {"is_promotional": message.is_promotional, "marketing_stopped_at": stopped}
    from chalicelib.usecases import template_facts  # late: few messages are templates

    facts = template_facts.run(message, channel, conversation, rt, consents=consents)
    facts["is_promotional"] |= message.is_promotional
    return facts


def answers(message: OutboundMessage) -> bool:
    """It answers what the customer just did: an automation at once, or a person in own words. A
    person's template, a form, what was put off, and what a comment or a visit brings, is the
    business's own wish."""
    if message.unless is not None or message.is_unasked:
        return False
    if message.topic is not None:  # whoever asks to be told about something is asked back
        return message.kind is MessageKind.OPT_IN_REQUEST and message.automation is not None
    if message.origin is Origin.PERSON:
        return message.kind is not MessageKind.TEMPLATE
    if message.kind is MessageKind.FEEDBACK or message.automation in _OWN_WISHES:
        return False
    return message.origin is Origin.AUTOMATION


def _consents(conversation: Conversation, rt: Runtime) -> Consents:
    keys = find_contact.run(conversation, rt).keys
    return rt.opt_ins.consents(*(key.conversation_id for key in keys))


def _best(
    consents: Consents,
    message: OutboundMessage,
    conversation: Conversation,
    rt: Runtime,
    at: datetime,
) -> tuple[OptIn | None, OptIn | None]:
    """The opt-in to judge by; and as it is stored, if a refused message has it in vain."""
    if message.topic is None:
        return None, None
    wanted: dict[str, Any] = {"topic": message.topic, "attempt_id": message.consent_key, "at": at}
    found = best(consents.opt_ins, **wanted)
    if found is None or found.used_by in (None, message.consent_key):
        return found, None
    from chalicelib.usecases import held_consent  # late: few find their consent used

    others = held_consent.among(consents.opt_ins, conversation, message.topic, rt)
    held = best(others, **wanted)
    return (held_consent.as_free(held), held) if held else (found, None)


def _asked_at(consents: Consents, message: OutboundMessage, at: datetime) -> datetime | None:
    if message.kind is not MessageKind.OPT_IN_REQUEST or message.topic is None:
        return None
    return open_since(consents, message.topic, attempt_id=message.key, at=at)


def _rests_on_consent(message: OutboundMessage, is_reply: bool) -> bool:
    """It spends a consent, or asks for one anew: not after a stop."""
    is_asked = message.kind is MessageKind.OPT_IN_REQUEST and not is_reply
    return is_asked or _may_spend(message, None)


def _may_spend(message: OutboundMessage, basis: Basis | None) -> bool:
    if message.origin is Origin.PERSON:
        return message.kind is MessageKind.TEMPLATE and basis is not Basis.STANDARD_WINDOW
    return message.origin is Origin.CAMPAIGN


def _is_budget_reached(
    message: OutboundMessage, channel: ChannelSettings, rt: Runtime, at: datetime
) -> bool:
    """Of the channel's local month; the minute schedule finds out (usecases/watch_budgets.py)."""
    if message.origin is not Origin.AUTOMATION or channel.budget is None:
        return False
    return rt.channels.budget_reached_in(channel.channel_id) == channel.local_day(at)[:7]
