"""One item of a delivery, from the queue to its consequences. Every step may be repeated."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec.structs import replace

from chalicelib.catalogue import PLATFORMS
from chalicelib.core import events
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.events import Event, Item
from chalicelib.core.ids import conversation_id, row_of_callback
from chalicelib.ports import Runtime
from chalicelib.usecases import (
    answer_message,
    erase_contact,
    meet_contact,
    record_account,
    record_change,
    record_comment,
    record_consent,
    record_control,
    record_echo,
    record_feedback,
    record_review,
    record_status,
    stored_message,
)

_FUTURE = timedelta(minutes=10)

_BY_OBJECT = {platform.object: platform for platform in PLATFORMS.values()}

Handler = Callable[[Any, ChannelSettings, Runtime], object]

HANDLERS: dict[type[Event], Handler] = {
    events.MessageReceived: answer_message.run,
    events.Postback: answer_message.run,
    events.MessageEchoed: record_echo.run,
    events.MessageEdited: record_change.edited,
    events.MessageDeleted: record_change.deleted,
    events.Reacted: record_change.reacted,
    events.CallReported: record_change.called,
    events.Referred: record_change.referred,
    events.StatusChanged: record_status.run,
    events.OptedIn: record_consent.opted_in,
    events.OptedOut: record_consent.opted_out,
    events.ThreadControlChanged: record_control.thread_control_changed,
    events.LeadSubmitted: record_change.lead_submitted,
    events.ContactChanged: meet_contact.changed,
    events.FeedbackGiven: record_feedback.given,
}
# The raw item is kept with the message where there is one. A status is kept as its facts, an edit
# as the text that it leaves, of an unsent message nothing at all.
KEPT_BESIDE = frozenset(
    {
        events.Reacted,
        events.CallReported,
        events.OptedIn,
        events.OptedOut,
        events.ThreadControlChanged,
        events.ContactChanged,
        events.FeedbackGiven,
    }
)
# Rare ones, of which nobody else asks whether their contact was erased since.
LATE_UNSEEN = KEPT_BESIDE | {events.Referred, events.LeadSubmitted}
WITHOUT_CONTACT: dict[type[Event], Handler] = {
    events.PolicyEnforced: record_control.policy_enforced,
    events.CommentReceived: record_comment.run,
    events.PageReviewed: record_review.run,
}


def run(item: Item, received_at: datetime, rt: Runtime) -> None:
    """Store what happened and do what follows. Raises what storage raises; safe to repeat."""
    event = _dated(_read(item), received_at, rt)
    if isinstance(event, events.AccountChanged) and record_account.run(event, rt):
        return
    handler = (HANDLERS | WITHOUT_CONTACT).get(type(event)) if event else None
    if event is None or handler is None:
        _keep(item, event, "not_handled", rt)
        return
    channel = rt.channels.load(event.channel_id) if event.channel_id else None
    problem = _misplaced(event, channel, rt.now())
    if channel is None or problem:
        _keep(item, event, problem or "unknown_channel", rt)
        return
    if type(event) in LATE_UNSEEN and erase_contact.covers(event, channel, rt):
        _of_erased(event, channel, rt)
        return
    handler(event, channel, rt)
    if type(event) in KEPT_BESIDE:
        conversation, raw = (
            stored_message.conversation_of(event, channel),
            msgspec.json.encode(item),
        )
        rt.messages.keep_raw(conversation, event.event_id, raw, event.occurred_at or received_at)


def _of_erased(event: Event, channel: ChannelSettings, rt: Runtime) -> None:
    """Nothing of it is kept but a stop."""
    if isinstance(event, events.OptedOut):
        record_consent.opted_out(event, channel, rt)
    rt.log.count("events_of_erased_contacts")


def _read(item: Item) -> Event | None:
    platform = _BY_OBJECT.get(item.object)
    return platform.read(item) if platform else None


def _dated(event: Event | None, received_at: datetime, rt: Runtime) -> Event | None:
    """An event without a time happened when it was received first."""
    if event is None or event.occurred_at is not None:
        return event
    return replace(event, occurred_at=_known_time(event, rt) or received_at)


def _known_time(event: Event, rt: Runtime) -> datetime | None:
    message_id = getattr(event, "message_id", None)
    if not (message_id and event.channel_id and event.contact_id):
        return None
    conversation = conversation_id(event.platform, event.channel_id, event.contact_id)
    row = rt.messages.load(conversation, message_id)
    return row.occurred_at if row else None


def _misplaced(event: Event, channel: ChannelSettings | None, now: datetime) -> str | None:
    if channel is None or channel.platform != event.platform:
        return "unknown_channel"
    if not event.contact_id and not _needs_no_contact(event):
        return "no_contact"
    if event.occurred_at and event.occurred_at > now + _FUTURE:
        return "from_the_future"
    return None


def _needs_no_contact(event: Event) -> bool:
    """It is about the channel, or names the row of one of our messages."""
    if isinstance(event, events.StatusChanged):
        return row_of_callback(event.callback) is not None
    return type(event) in WITHOUT_CONTACT


def _keep(item: Item, event: Event | None, reason: str, rt: Runtime) -> None:
    kind = type(event).__name__ if event else "Unreadable"
    rt.quarantine.put(msgspec.json.encode(item), reason=reason, at=rt.now())
    rt.log.count("events_kept", reason=reason, kind=kind)
