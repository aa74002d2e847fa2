"""A customer asks what notifications there are to come."""

from __future__ import annotations

from chalicelib.core import opt_in_list
from chalicelib.core.automations import Automation
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.events import MessageReceived, Postback
from chalicelib.core.opt_in_stage import Stage
from chalicelib.ports import Runtime
from chalicelib.usecases import move_conversation
from chalicelib.usecases.stored_message import conversation_of, time_of

_TO_COME = (Stage.ISSUED, Stage.CLAIMED)


def run(
    event: MessageReceived | Postback, channel: ChannelSettings, rt: Runtime
) -> Automation | None:
    """What lists them, under all keys of the contact; None where nobody asked for it."""
    text = event.text if isinstance(event, MessageReceived) else event.title
    if not opt_in_list.is_wanted(channel, text, event.payload):
        return None
    from chalicelib.usecases import preferences  # late: few ask for it

    own = rt.conversations.load(conversation_of(event, channel))
    conversation = own or move_conversation.unwritten(channel, event.contact_id or "")
    told = preferences.of_contact(conversation, rt).opt_ins
    to_come = [each.opt_in for each in told if each.stage in _TO_COME]
    return opt_in_list.automation(to_come, time_of(event))
