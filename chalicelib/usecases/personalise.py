"""Fill an automatic text with what we know: the name, our usual response time, when we open."""

from __future__ import annotations

from chalicelib.catalogue import PLATFORMS
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Profile
from chalicelib.core.events import MessageReceived, Postback
from chalicelib.core.ids import conversation_id
from chalicelib.core.personalisation import Values, fill
from chalicelib.ports import Runtime
from chalicelib.usecases.read_report import usual_response_time
from chalicelib.usecases.stored_message import time_of


def run(
    text: str | None, event: MessageReceived | Postback, channel: ChannelSettings, rt: Runtime
) -> str | None:
    """The text with its placeholders filled; what is unknown gets its fallback."""
    if text is None:
        return None
    at = time_of(event)
    return fill(
        text,
        Values(
            first_name=_first_name(event, channel, rt) if "{first_name}" in text else None,
            usual_response_time=(
                usual_response_time(channel.channel_id, rt)
                if "{usual_response_time}" in text
                else None
            ),
            opens_at=channel.next_opening(at) if "{opens_at}" in text else None,
            zone=channel.zone,
            now=at,
        ),
    )


def _first_name(
    event: MessageReceived | Postback, channel: ChannelSettings, rt: Runtime
) -> str | None:
    conversation = conversation_id(channel.platform, channel.channel_id, event.contact_id or "")
    name = getattr(event, "contact_name", None)
    known = rt.conversations.profile(conversation)
    if known is None:
        known = _profile(name, event.contact_id or "", channel, rt)
        rt.conversations.save_profile(conversation, known)
    return known.first_name


def _profile(name: str | None, contact_id: str, channel: ChannelSettings, rt: Runtime) -> Profile:
    """From the webhook, else looked up once; a failed look-up is remembered as no name."""
    path = PLATFORMS[channel.platform].profile_path
    answer = {"name": name} if name or path is None else _looked_up(path(contact_id), channel, rt)
    full = answer.get("name")
    first = answer.get("first_name") or (str(full).split(maxsplit=1)[0] if full else None)
    return Profile(fetched_at=rt.now(), first_name=first, name=full)


def _looked_up(path: str, channel: ChannelSettings, rt: Runtime) -> dict[str, str | None]:
    return rt.sender.get(channel, path, channel.graph_host) or {}
