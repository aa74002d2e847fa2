"""What is said only after a while: when it is no longer wanted, by what happened meanwhile."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from chalicelib.core.conversation import Conversation

# Reason codes of planned messages that were given up.
SUPERSEDED = "superseded"  # when due, by what happened meanwhile
CANCELLED = "cancelled"  # by a person


class Cancel(StrEnum):
    """What makes a delayed message unwanted if it happens after the message was planned."""

    CUSTOMER_WROTE = "customer_wrote"
    PERSON_ANSWERED = "person_answered"
    OTHER_APP_WROTE = "other_app_wrote"


# An automation's reply that had to wait does not come after somebody else's.
ANSWER_OF_OTHERS = (Cancel.PERSON_ANSWERED, Cancel.OTHER_APP_WROTE)
ANY_MESSAGE = (Cancel.CUSTOMER_WROTE, Cancel.PERSON_ANSWERED, Cancel.OTHER_APP_WROTE)


class Unless(Struct, frozen=True, omit_defaults=True):
    """A delayed message is dropped if one of these happened after `since`."""

    since: datetime
    cancels: tuple[Cancel, ...]


def still_wanted(conversation: Conversation, unless: Unless | None) -> bool:
    """Whether nothing happened that the message was not to outlive."""
    if unless is None:
        return True
    happened = {
        Cancel.CUSTOMER_WROTE: conversation.last_customer_at,
        Cancel.PERSON_ANSWERED: conversation.last_person_at,
        Cancel.OTHER_APP_WROTE: conversation.last_other_app_at,
    }
    return not any(_is_after(happened[cancel], unless.since) for cancel in unless.cancels)


def _is_after(at: datetime | None, since: datetime) -> bool:
    return at is not None and at > since
