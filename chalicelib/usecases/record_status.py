"""What became of our messages: sent, delivered, read, played, failed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from chalicelib.core import decisions
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.events import StatusChanged
from chalicelib.core.ids import row_of_callback
from chalicelib.core.messages import PERSONS, UNSETTLED, Listing, Message, Status
from chalicelib.platforms import ErrorClass
from chalicelib.platforms import _price_facts as price_facts
from chalicelib.platforms._graph_answers import classify_status_errors
from chalicelib.ports import Runtime
from chalicelib.usecases import (
    confirm_send,
    mark_unreachable,
    marketing_refused,
    report_window_refusal,
)
from chalicelib.usecases.stored_message import conversation_of, time_of

_KNOWN = frozenset(status.value for status in Status)
_GONE_OUT = frozenset({Status.SENT, Status.DELIVERED, Status.READ, Status.PLAYED})


def run(event: StatusChanged, channel: ChannelSettings, rt: Runtime) -> None:
    """Watermarks go beside the conversation row, named messages get a dated status each."""
    if event.watermark:
        _see(event, channel, event.watermark, rt)
    elif event.status in _KNOWN:
        _record(event, Status(event.status), channel, rt)
    else:
        rt.log.count("statuses_unknown", status=event.status)


def _see(event: StatusChanged, channel: ChannelSettings, until: datetime, rt: Runtime) -> None:
    is_read = event.status == Status.READ
    rt.conversations.see(
        conversation_of(event, channel),
        delivered_until=None if is_read else until,
        read_until=until if is_read else None,
    )


def _record(event: StatusChanged, status: Status, channel: ChannelSettings, rt: Runtime) -> None:
    error = classify_status_errors(event.errors) if status is Status.FAILED else None
    for conversation, message_id in _rows(event, channel):
        row = rt.messages.status(
            conversation,
            message_id,
            status,
            time_of(event),
            failure=error.reason if error else None,
            facts=price_facts.of_status(event) if event.pricing else None,
            listing=_listing(event, channel) if error else None,
        )
        if row and event.pricing:
            rt.conversations.see(conversation, free_until=price_facts.free_until(event))
        if error and error.code in marketing_refused.CODES:
            marketing_refused.run(conversation, message_id, error.code, rt, at=time_of(event))
        if row and error and error.error_class is ErrorClass.RECIPIENT_GONE:
            _mark_unreachable(row, event, channel, rt)
        if row and error and row.request:
            _about_template(row.request, error.code, event, channel, rt)
        if row and error and error.error_class is ErrorClass.WINDOW and row.basis:
            report_window_refusal.run(row, error, None, rt)
        if row and _tells_more(row, status):
            _confirm(row, event, channel, rt)


def _mark_unreachable(
    row: Message, event: StatusChanged, channel: ChannelSettings, rt: Runtime
) -> None:
    """WhatsApp takes what is sent to somebody who has blocked the number, and tells so later."""
    known = rt.conversations.load(row.conversation_id)
    if known:  # not erased since
        mark_unreachable.run(known, channel, rt, at=time_of(event))


def _about_template(
    request: dict[str, Any],
    code: int | None,
    event: StatusChanged,
    channel: ChannelSettings,
    rt: Runtime,
) -> None:
    from chalicelib.usecases import template_refused  # late: few messages are templates

    template_refused.run(request.get("template"), code, channel, rt, at=time_of(event))


def _confirm(row: Message, event: StatusChanged, channel: ChannelSettings, rt: Runtime) -> None:
    named = event.message_ids[0] if event.message_ids else None
    entry = decisions.proved(time_of(event), named)
    confirm_send.run(row, named, channel, rt, entry=entry)


def _listing(event: StatusChanged, channel: ChannelSettings) -> Listing | None:
    """Of ours only: what others sent is theirs to send again."""
    return Listing(channel.channel_id, time_of(event)) if row_of_callback(event.callback) else None


def _tells_more(row: Message, status: Status) -> bool:
    """It settles a doubt; or it is what WhatsApp has in place of an echo, and whoever sent a
    person's answer may have died before the wait was closed."""
    if row.state in UNSETTLED:
        return status in _GONE_OUT
    return status is Status.SENT and row.author in PERSONS


def _rows(event: StatusChanged, channel: ChannelSettings) -> tuple[tuple[str, str], ...]:
    """Our row's key came back with the status on WhatsApp: no look-up needed."""
    ours = row_of_callback(event.callback)
    if ours:
        return (ours,)
    return tuple((conversation_of(event, channel), each) for each in event.message_ids)
