"""What the policy is asked and what it answers."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from chalicelib.core.messages import MessageKind, Origin
from chalicelib.core.opt_in import OptIn


class Basis(StrEnum):
    """What permits a send."""

    STANDARD_WINDOW = "standard_window"
    ONE_TIME_TOKEN = "one_time_token"  # noqa: S105 - a name, not a secret
    APPROVED_TEMPLATE = "approved_template"
    HUMAN_AGENT = "human_agent"


class Permit(Struct, frozen=True):
    """It may be sent before `deadline` (None: no end known); `messaging_type` and `tag` as the Send
    API wants them."""

    basis: Basis
    deadline: datetime | None = None
    messaging_type: str | None = None
    tag: str | None = None


class Refusal(Struct, frozen=True):
    """It may not be sent. `reason` is a stable code, `sentence` explains it, `instead` says what
    would be allowed."""

    reason: str
    sentence: str
    instead: str | None = None


class Question(Struct, frozen=True, kw_only=True):
    """Everything a verdict depends on. What is not known is left at its default, and refuses."""

    platform: str
    origin: Origin
    kind: MessageKind
    at: datetime  # the clock at the moment of sending
    window_ends_at: datetime | None = None
    window_opened_at: datetime | None = None
    last_customer_at: datetime | None = None
    thread_owner: str | None = None  # "us"; None when nobody said, which is the same
    is_unreachable: bool = False
    is_channel_blocked: bool = False
    opt_in: OptIn | None = None
    topic: str | None = None  # what a notification is about
    attempt_id: str | None = None  # an opt-in spent on this very attempt is not spent twice
    template_approved: bool = False
    one_time_notifications: bool = False  # the channel's setting for one-time tokens
    has_human_agent: bool = False  # Meta granted the Human Agent feature
    margin: timedelta = timedelta(0)  # how long before its end a permission is no longer used


# Codes are stored with messages and shown through the API: never change one, add another.
REASONS = {
    "window_closed": "The customer's last action is too long ago to write to them freely.",
    "no_opt_in": "The customer has not asked to be told about this topic.",
    "other_topic": "The customer asked to be told about another topic.",
    "opt_in_stopped": "The customer asked to hear no more about this topic.",
    "opt_in_used": "The one message that the customer agreed to has been sent already.",
    "opt_in_expired": "The customer agreed too long ago.",
    "no_token": "The opt-in came without a token, so the platform would not take the message.",
    "one_time_notifications_off": "One-time notifications are switched off for this channel.",
    "template_not_approved": "The message template is not known to be approved.",
    "not_available_on_platform": "This platform has no such message.",
    "standby": "Another app has control of this conversation.",
    "recipient_gone": "The platform says that the customer cannot be reached any more.",
    "channel_blocked": "The platform has blocked this channel from sending.",
}

# What would be allowed instead, by reason, or by reason and platform where that makes a difference.
INSTEAD: dict[str | tuple[str, str], str] = {
    ("window_closed", "messenger"): (
        "A person may answer for 7 days after the customer's last message if Meta granted the "
        "Human Agent feature; a one-time notification may be sent to those who asked for it."
    ),
    ("window_closed", "instagram"): (
        "A person may answer for 7 days after the customer's last message if Meta granted the "
        "Human Agent feature."
    ),
    ("window_closed", "whatsapp"): "An approved template, if the customer has opted in.",
    "no_opt_in": "Ask the customer while the messaging window is open.",
    "other_topic": "Ask the customer about this topic while the messaging window is open.",
    "opt_in_used": "Ask the customer again while the messaging window is open.",
    "opt_in_expired": "Ask the customer again while the messaging window is open.",
    "no_token": "Anything, while the messaging window is open.",
    "one_time_notifications_off": "Switch them on if Meta offers them to this Page.",
    "template_not_approved": "A text, while the messaging window is open.",
    "standby": "Take control of the conversation, or write in the app that has it.",
}
