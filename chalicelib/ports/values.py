"""What passes through the ports: pages of what is stored, requests, entries of queues."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from chalicelib.core.campaigns import Campaign
    from chalicelib.core.conversation import Conversation
    from chalicelib.core.messages import Message
    from chalicelib.core.opt_in import OptIn


class ConversationPage(Struct, frozen=True):
    """Conversations in the order asked for; `next_cursor` is opaque, None at the end."""

    items: tuple[Conversation, ...]
    next_cursor: str | None


class MessagePage(Struct, frozen=True):
    """Messages in the order asked for; `next_cursor` is opaque, None at the end."""

    items: tuple[Message, ...]
    next_cursor: str | None


class OptInPage(Struct, frozen=True):
    """Opt-ins of a topic; `next_cursor` is opaque, None at the end."""

    items: tuple[OptIn, ...]
    next_cursor: str | None


class CampaignPage(Struct, frozen=True):
    """Campaigns, the newest first; `next_cursor` is opaque, None at the end."""

    items: tuple[Campaign, ...]
    next_cursor: str | None


class LaneWanted(Struct, frozen=True):
    """A lane of a campaign that is to be worked on."""

    campaign_id: str
    lane_id: str


class DayWanted(Struct, frozen=True):
    """A channel's local day, YYYY-MM-DD, of which the metrics are wanted."""

    channel_id: str
    day: str


class QueueEntry(Struct, frozen=True):
    """One message for a queue; `group` and `deduplication` are hashed already (FIFO), or None."""

    body: str
    group: str | None = None
    deduplication: str | None = None


class QueueRecord(Struct, frozen=True):
    """One message from a queue; by its `receipt` it is deleted."""

    body: str
    receipt: str


class NotKeptError(Exception):
    """The quarantine did not take a body."""
