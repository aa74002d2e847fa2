"""A conversation: contact x channel, for ever. What its row knows, and how events move it on.

Every step commutes and may be repeated (`steps.py`). What a late event could have changed about
waits and authors is found again from the message facts; everything else is a minimum or a maximum.
"""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

RECENT_SENDS = 4


class RecentSend(Struct, frozen=True, array_like=True):
    """A send of ours, remembered so that its echo is recognised and a redelivery finds its slot."""

    attempt_id: str
    at: datetime
    automation: str | None = None  # None: a person or a campaign


class Conversation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The conversation row; under 1 KB. `version` rises by one with every save."""

    conversation_id: str
    platform: str
    channel_id: str
    contact_id: str
    version: int = 0
    first_contact_at: datetime | None = None
    last_customer_at: datetime | None = None
    last_visit_at: datetime | None = None  # came through a link without a word
    last_person_at: datetime | None = None
    last_automated_at: datetime | None = None
    last_other_app_at: datetime | None = None
    window_ends_at: datetime | None = None
    window_opened_at: datetime | None = None
    window_opened_by: str | None = None
    wait_opened_at: datetime | None = None  # of the open wait
    wait_day: str | None = None  # its local day, ISO
    closed_wait_opened_at: datetime | None = None  # of the latest closed one
    closed_wait_answered_at: datetime | None = None
    closed_wait_answered_by: str | None = None
    closed_wait_day: str | None = None
    away_period: str | None = None  # the closed period whose away message went out
    recent_sends: tuple[RecentSend, ...] = ()
    automated_at: tuple[datetime, ...] = ()  # the last ten automated replies, for the limits
    pair_full_at: datetime | None = None  # when the contact may get a whole burst again
    thread_owner: str | None = None  # "us", "other" or None when nobody said
    thread_owner_at: datetime | None = None
    unreachable_at: datetime | None = (
        None  # Meta said that the contact is gone; a later message proves it wrong
    )
    told: str | None = None  # mark of the last two keys that one message named
    is_joint: bool = False  # other keys of the contact have a history too
    wrote_as: str | None = None  # the conversation id of the key that wrote last, if not its own
    merged_into: str | None = None  # the key whose row stands for the contact; this one rests

    @property
    def last_moved_at(self) -> datetime | None:
        """When a customer or a person last did something."""
        times = (self.last_customer_at, self.last_visit_at, self.last_person_at)
        return max((time for time in times if time), default=None)

    @property
    def is_unreachable(self) -> bool:
        if self.unreachable_at is None:
            return False
        return self.last_customer_at is None or self.last_customer_at <= self.unreachable_at


def with_send(conversation: Conversation, send: RecentSend) -> Conversation:
    """The row that remembers this send among the latest few; unchanged if it does already."""
    if any(known.attempt_id == send.attempt_id for known in conversation.recent_sends):
        return conversation
    return replace(conversation, recent_sends=(*conversation.recent_sends, send)[-RECENT_SENDS:])


def written_as(
    conversation: Conversation, own_id: str, customer_at: datetime | None
) -> Conversation:
    """The row of a contact after an event of the key whose own conversation is `own_id`;
    `customer_at` if it is the customer's message. It remembers which key wrote last."""
    is_leader = own_id == conversation.conversation_id
    writer = conversation.wrote_as or conversation.conversation_id
    last = conversation.last_customer_at
    if customer_at and (last is None or (customer_at, own_id) > (last, writer)):
        writer = own_id
    return replace(
        conversation,
        is_joint=conversation.is_joint or not is_leader,
        wrote_as=None if writer == conversation.conversation_id else writer,
    )


class Wait(Struct, frozen=True, kw_only=True):
    """From the first unanswered customer message to the first answer by a person; `day` is the
    local day on which it opened."""

    conversation_id: str
    channel_id: str
    day: str
    opened_at: datetime
    answered_at: datetime | None = None
    answered_by: str | None = None  # Author value
    answered_name: str | None = None  # of the person, as the API was told


class Profile(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the platform says about a contact; looked up once."""

    fetched_at: datetime
    first_name: str | None = None
    name: str | None = None


class Seen(Struct, frozen=True, omit_defaults=True):
    """Watermarks: what we sent until then was delivered, or read; until when WhatsApp charges for
    nothing. Kept beside the row, as they are stored without a look-up."""

    delivered_until: datetime | None = None
    read_until: datetime | None = None
    free_until: datetime | None = None
