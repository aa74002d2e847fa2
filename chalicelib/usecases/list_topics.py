"""A customer asks what notifications there are to come."""

from __future__ import annotations

from chalicelib.core import opt_in_list
from chalicelib.core.automations import Automation
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.contacts import Key
from chalicelib.core.events import MessageReceived, Postback
from chalicelib.ports import Runtime
from chalicelib.usecases import find_contact
from chalicelib.usecases.stored_message import conversation_of, time_of


def run(
    event: MessageReceived | Postback, channel: ChannelSettings, rt: Runtime
) -> Automation | None:
    """What lists them, under all keys of the contact; None where nobody asked for it."""
    text = event.text if isinstance(event, MessageReceived) else event.title
    if not opt_in_list.is_wanted(channel, text, event.payload):
        return None
    own = Key(conversation_of(event, channel), event.contact_id or "")
    keys = find_contact.of_key(own, rt).keys
    told = rt.opt_ins.consents(*(key.conversation_id for key in keys))
    return opt_in_list.automation(told, time_of(event))
