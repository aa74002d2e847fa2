"""A customer agreed to hear from us later, or asked to hear no more."""

from __future__ import annotations

from chalicelib.core.channel import ChannelSettings
from chalicelib.core.events import Event, OptedIn, OptedOut
from chalicelib.core.ids import digest
from chalicelib.core.opt_in import OptIn, expiry
from chalicelib.ports import Runtime
from chalicelib.usecases import record_change
from chalicelib.usecases.stored_message import conversation_of, time_of


def opted_in(event: OptedIn, channel: ChannelSettings, rt: Runtime) -> None:
    """Store the consent with its token. Only a plugin's opt-in opens the window by itself."""
    if event.kind == "plugin":
        record_change.visited(event, channel, rt)
        return
    rt.opt_ins.record(_opt_in(event, channel, topic=event.topic or "", consent=event))


def opted_out(event: OptedOut, channel: ChannelSettings, rt: Runtime) -> None:
    rt.opt_ins.stop(conversation_of(event, channel), event.topic, time_of(event))


def in_own_words(event: Event, channel: ChannelSettings, topic: str, rt: Runtime) -> None:
    """The customer asked for it in a message: that is the consent, without a token."""
    rt.opt_ins.record(_opt_in(event, channel, topic=topic, consent=None))


def _opt_in(
    event: Event, channel: ChannelSettings, *, topic: str, consent: OptedIn | None
) -> OptIn:
    token = consent.token if consent else None
    return OptIn(
        conversation_id=conversation_of(event, channel),
        channel_id=channel.channel_id,
        contact_id=event.contact_id or "",
        platform=channel.platform,
        opt_in_id=digest("opt_in", token or event.event_id),
        topic=topic,
        opted_in_at=time_of(event),
        expires_at=expiry(time_of(event), consent.expires_at if consent else None),
        token=token,
        title=consent.title if consent else None,
    )
