"""A customer agreed to hear from us later, or asked to hear no more, or again."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from chalicelib.catalogue import PLATFORMS
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.contacts import Key
from chalicelib.core.events import Event, MessageReceived, OptedIn, OptedOut, Postback
from chalicelib.core.ids import digest
from chalicelib.core.opt_in import How, OptIn, Stop, expiry
from chalicelib.core.stop_words import Wish, wish
from chalicelib.ports import Runtime
from chalicelib.usecases import find_contact, record_change
from chalicelib.usecases.stored_message import conversation_of, time_of

Input = MessageReceived | Postback


class Noted(Struct, frozen=True):
    """What the customer asked for, and whether it changes anything."""

    wish: Wish
    is_new: bool


def opted_in(event: OptedIn, channel: ChannelSettings, rt: Runtime) -> None:
    """Store the consent with its token; a resume, or a signup to marketing at the platform, takes
    back the stop of its topic. Only a plugin's opt-in opens the window by itself."""
    if event.kind == "plugin":
        record_change.visited(event, channel, rt)
        return
    if event.is_resumed or event.kind == "marketing":
        own = conversation_of(event, channel)
        rt.opt_ins.resume(own, event.topic, time_of(event), evidence=event.event_id)
        _resume(event.topic, _stops(event, channel, rt), How.PLATFORM, event, rt)
    if event.token or not event.is_resumed:
        rt.opt_ins.record(_told_by_platform(event, channel))


def opted_out(event: OptedOut, channel: ChannelSettings, rt: Runtime) -> None:
    """A stop that names two keys of a person holds under both, whichever we knew."""
    _meet(event, channel, rt)
    own = conversation_of(event, channel)
    rt.opt_ins.stop(own, event.topic, time_of(event), evidence=event.event_id)


def in_own_words(event: Input, channel: ChannelSettings, topic: str, rt: Runtime) -> None:
    """The customer asked for it in a message or by a tap: that is the consent, without a token,
    whether automation may answer or not. Words to a group or to another app are none."""
    if event.payload is not None or not _is_of_others(event):
        rt.opt_ins.record(_opt_in(event, channel, topic=topic, how=_how(event)))


def wished(event: Input, channel: ChannelSettings, rt: Runtime) -> Noted | None:
    """Record what a STOP or START asks for, whatever is switched on; None for other words. Safe to
    repeat, with the same answer."""
    asked = wish(_words(event), event.payload)
    if asked is None:
        return None
    earlier = [stop for stop in _stops(event, channel, rt) if stop.topic == asked.topic]
    if asked.is_stop:
        own, how = conversation_of(event, channel), _how(event)
        rt.opt_ins.stop(own, asked.topic, time_of(event), how=how, evidence=_evidence(event))
        is_new = not any(stop.is_on and stop.at < time_of(event) for stop in earlier)
    else:
        is_new = _resume(asked.topic, earlier, _how(event), event, rt)
    return Noted(asked, is_new)


def _meet(event: Event, channel: ChannelSettings, rt: Runtime) -> None:
    tell = PLATFORMS[event.platform].phone_beside
    if tell and tell(event.item, event.contact_id or ""):
        from chalicelib.usecases import meet_contact  # late: few of these name two keys

        meet_contact.run(event, channel, rt)


def _resume(topic: str | None, stops: Iterable[Stop], how: How, event: Event, rt: Runtime) -> bool:
    """Take back the stops of this topic under every key; whether there was one, also if this very
    event has done it before."""
    before = [each for each in stops if each.topic == topic and each.at < time_of(event)]
    taken_back = [each for each in before if each.is_on or each.resumed_at == time_of(event)]
    for each in taken_back:
        rt.opt_ins.resume(
            each.conversation_id, topic, time_of(event), how=how, evidence=_evidence(event)
        )
    return bool(taken_back)


def _stops(event: Event, channel: ChannelSettings, rt: Runtime) -> tuple[Stop, ...]:
    """Of the contact, under all its keys."""
    own = Key(conversation_of(event, channel), event.contact_id or "")
    keys = find_contact.of_key(own, rt).keys
    return rt.opt_ins.stops(*(key.conversation_id for key in keys))


def _is_of_others(event: Input) -> bool:
    is_group = isinstance(event, MessageReceived) and event.group_id is not None
    return event.is_standby or is_group


def _words(event: Input) -> str | None:
    return event.text if isinstance(event, MessageReceived) else event.title


def _how(event: Input) -> How:
    is_tap = isinstance(event, Postback) or event.payload is not None
    return How.POSTBACK if is_tap else How.KEYWORD


def _evidence(event: Event) -> str:
    """The id of the stored message or, where there is none, of the event."""
    return getattr(event, "message_id", None) or event.event_id


def _told_by_platform(event: OptedIn, channel: ChannelSettings) -> OptIn:
    how = How.TOKEN if event.token else How.PLATFORM
    return _opt_in(event, channel, topic=event.topic or "", how=how, told=event)


def _opt_in(
    event: Event, channel: ChannelSettings, *, topic: str, how: How, told: OptedIn | None = None
) -> OptIn:
    token = told.token if told else None
    is_recurring = told is not None and told.kind == "recurring"
    return OptIn(
        conversation_id=conversation_of(event, channel),
        channel_id=channel.channel_id,
        contact_id=event.contact_id or "",
        platform=channel.platform,
        opt_in_id=digest("opt_in", token or event.event_id),
        topic=topic,
        opted_in_at=time_of(event),
        expires_at=expiry(time_of(event), told.expires_at if told else None),
        token=None if is_recurring else token,
        recurring_token=token if is_recurring else None,
        title=told.title if told else None,
        how=how,
        evidence=_evidence(event),
    )
