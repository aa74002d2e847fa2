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
    APPROVED_TEMPLATE = "approved_template"  # on Messenger a utility message
    HUMAN_AGENT = "human_agent"
    CUSTOMER_FEEDBACK = "customer_feedback"
    PRIVATE_REPLY = "private_reply"  # one answer to a public comment
    CONFIRMED_EVENT_UPDATE = "confirmed_event_update"  # this and the next two: until 2026-04-27
    ACCOUNT_UPDATE = "account_update"
    POST_PURCHASE_UPDATE = "post_purchase_update"
    RECURRING_NOTIFICATION = "recurring_notification"  # until 2026-02-10


class Permit(Struct, frozen=True):
    """It may be sent before `deadline` (None: no end known); `messaging_type` and `tag` as the Send
    API wants them. `rule` is the id of the rule that permits it."""

    basis: Basis
    deadline: datetime | None = None
    messaging_type: str | None = None
    tag: str | None = None
    rule: str = ""


class Refusal(Struct, frozen=True):
    """It may not be sent. `reason` is a stable code, `sentence` explains it, `instead` says what
    would be allowed. `rule` is the id of the rule that forbids it, if one does. `instead_basis` is
    what these same facts permit instead, the best first, and `until` the end of the first (None: no
    end, or nothing is permitted). `not_before`: from when this very send may be tried again."""

    reason: str
    sentence: str
    instead: str | None = None
    rule: str | None = None
    instead_basis: tuple[Basis, ...] = ()
    until: datetime | None = None
    not_before: datetime | None = None


class Question(Struct, frozen=True, kw_only=True):
    """Everything a verdict depends on. What is not known is left at its default; where it matters,
    the unknown refuses."""

    platform: str
    origin: Origin
    kind: MessageKind
    at: datetime  # the clock at the moment of sending
    margin: timedelta = timedelta(0)  # how long before its end a permission is no longer used
    attempt_id: str | None = None  # an opt-in spent on this very attempt is not spent twice

    # What is sent.
    tag: str | None = None  # of the Send API, if the caller asks for one
    is_promotional: bool = False
    is_sponsored: bool = False  # a paid message to earlier conversations
    is_reply: bool = False  # answers an input of the customer: a stop does not hinder it
    topic: str | None = None  # what a notification is about
    category: str | None = None  # of a template: utility, marketing, authentication
    template_approved: bool = False  # the business vouches for it; asked if Meta's status is None
    template_status: str | None = None  # Meta's word: APPROVED, PAUSED, DISABLED, ...
    template_quality: str | None = None  # Meta's word: GREEN, YELLOW, RED
    recurring_token: bool = False  # uses a token for recurring notifications
    recurring_last_at: datetime | None = None  # when that token was used last

    # To whom.
    window_ends_at: datetime | None = None
    window_opened_at: datetime | None = None
    window_opened_by: str | None = None  # the action that opened it
    last_customer_at: datetime | None = None
    thread_owner: str | None = None  # "us"; None when nobody said, which is the same
    is_unreachable: bool = False
    region: str | None = None  # ISO country of the recipient, if known
    is_us_number: bool = False  # +1 and not known to be another country's
    opt_in: OptIn | None = None
    asked_at: datetime | None = None  # since when a request about this topic, or a consent, is open
    marketing_opted_in_at: datetime | None = None  # consent to business messages of any topic
    marketing_stopped_at: datetime | None = None  # at the platform or by word; None again on resume
    stopped_all_at: datetime | None = None  # asked for no more messages but answers
    marketing_not_before: datetime | None = None  # the platform asked us to wait (131049)
    pair_free_at: datetime | None = None  # the platform asked us to slow down to this one contact
    answers_comment: bool = False  # goes to the author of a public comment
    comment_at: datetime | None = None
    comment_answered: bool = False  # in private, before
    feedback_sent: bool = False  # asked for feedback since the customer last wrote

    # From whom.
    is_channel_blocked: bool = False
    one_time_notifications: bool = False  # the channel's setting for one-time tokens
    has_human_agent: bool = False  # Meta granted the Human Agent feature
    portfolio_left: int | None = None  # customers that may still be written to first, in 24 h
    is_budget_reached: bool = False  # the channel's own limit for paid answers by automation
    refuse_marketing_when_stale: bool = False  # the channel's setting for old rules


def is_marketing_template(question: Question) -> bool:
    """A template of unknown category counts as marketing where the platform has such."""
    if question.category is None:
        return question.is_promotional or question.platform == "whatsapp"
    return question.category == "marketing"
