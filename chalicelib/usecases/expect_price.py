"""What a message to a contact on WhatsApp would cost."""

from __future__ import annotations

from datetime import datetime

from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Conversation
from chalicelib.core.expected_price import ExpectedPrice, expected_price
from chalicelib.core.messaging_policy import Question
from chalicelib.core.region import region_of
from chalicelib.ports import Runtime
from chalicelib.usecases import find_contact


def run(
    question: Question, conversation: Conversation, channel: ChannelSettings, rt: Runtime
) -> ExpectedPrice:
    """The price of what the policy was asked about."""
    return expected_price(
        question,
        zone=channel.zone,
        country=region_of(conversation.contact_id).country,
        free_until=free_until(conversation, rt),
    )


def free_until(conversation: Conversation, rt: Runtime) -> datetime | None:
    """Until when a free entry point makes all free, as statuses told; None: none did."""
    seen = map(rt.conversations.seen, find_contact.members(conversation, rt))
    return max((each.free_until for each in seen if each.free_until), default=None)
