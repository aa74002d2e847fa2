"""Who the contact is: from the webhook where it says, else looked up once; then remembered."""

from __future__ import annotations

from chalicelib.catalogue import PLATFORMS
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Profile
from chalicelib.core.events import MessageReceived, Postback
from chalicelib.ports import Runtime
from chalicelib.usecases.stored_message import conversation_of


def run(
    event: MessageReceived | Postback,
    channel: ChannelSettings,
    rt: Runtime,
    *,
    is_new: bool = False,
) -> Profile:
    """The contact's profile, without a name if nobody tells. A failed look-up counts as no name.
    Of a contact who is new nothing can be stored yet."""
    contact_id = event.contact_id or ""
    conversation = conversation_of(event, channel)
    known = None if is_new else rt.conversations.profile(conversation)
    if known is None:
        name = event.contact_name if isinstance(event, MessageReceived) else None
        known = _profile(_facts(name, contact_id, channel, rt), rt)
        rt.conversations.save_profile(conversation, known)
    return known


def _facts(
    name: str | None, contact_id: str, channel: ChannelSettings, rt: Runtime
) -> dict[str, str | None]:
    path = PLATFORMS[channel.platform].profile_path
    if name or path is None:
        return {"name": name}
    return rt.sender.get(channel, path(contact_id), channel.graph_host) or {}


def _profile(facts: dict[str, str | None], rt: Runtime) -> Profile:
    name = (facts.get("name") or "").strip() or None  # WhatsApp lets people be called " "
    first = facts.get("first_name") or (name.split(maxsplit=1)[0] if name else None)
    return Profile(fetched_at=rt.now(), first_name=first, name=name)
