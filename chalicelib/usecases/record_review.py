"""Somebody recommended the Page, or advised against it: answer some minutes later, if we know who
it was.

A reviewer's id is not known to be a contact's (platforms/_feed.py). Where it is that of a contact
who may be written to, it is the same person: ids of two kinds do not coincide. Nobody else is
written to.
"""

from __future__ import annotations

import msgspec

from chalicelib.core import ids
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Conversation
from chalicelib.core.events import PageReviewed
from chalicelib.ports import Runtime
from chalicelib.usecases import move_conversation, occasion
from chalicelib.usecases.occasion import Occasion
from chalicelib.usecases.stored_message import time_of

_NAMES = {"positive": "page_recommended", "negative": "page_not_recommended"}


def run(event: PageReviewed, channel: ChannelSettings, rt: Runtime) -> None:
    """Plan the answer of a new review, once however often it is told. A review that is not
    answered is kept in quarantine."""
    name = _NAMES.get(event.recommendation or "")
    known = _reviewer(event, channel, rt)
    if name is None or known is None or event.verb != "add":
        _keep(event, rt)
        return
    told = Occasion(name=name, key=reply_key(event), at=time_of(event))
    occasion.run(told, channel, known, rt)
    raw = msgspec.json.encode(event.item)
    rt.messages.keep_raw(known.conversation_id, event.event_id, raw, time_of(event))


def reply_key(event: PageReviewed) -> str:
    return ids.attempt_id(f"{event.event_id}#reply")


def _reviewer(event: PageReviewed, channel: ChannelSettings, rt: Runtime) -> Conversation | None:
    """The reviewer's conversation, if its messaging window is open."""
    if event.reviewer_id is None:
        return None
    own = ids.conversation_id(channel.platform, channel.channel_id, event.reviewer_id)
    row = rt.conversations.load(own)
    known = move_conversation.leading(row, rt) if row else None
    ends_at = known.window_ends_at if known else None
    return known if ends_at and ends_at > time_of(event) else None


def _keep(event: PageReviewed, rt: Runtime) -> None:
    rt.quarantine.put(msgspec.json.encode(event.item), reason="not_answered", at=rt.now())
    rt.log.count("events_kept", reason="not_answered", kind="PageReviewed")
