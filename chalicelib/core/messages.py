"""Messages: one stored row per platform message, and what we want to send."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from msgspec import Meta, Struct

from chalicelib.core.delayed import Unless
from chalicelib.core.events import Attachment

# Of a template's body, whole; WhatsApp, templates/utility-templates, 2025-11-14.
BODY_CHARACTERS = 1024
_TEXT = Annotated[str, Meta(min_length=1, max_length=BODY_CHARACTERS)]


class Author(StrEnum):
    """Who wrote a message. Only the three persons answer a customer."""

    CUSTOMER = "customer"
    CUSTOMER_VISIT = (
        "customer_visit"  # came through a link or ad without writing: an action, not a message
    )
    PERSON_API = "person_api"  # through our API
    PERSON_NATIVE = "person_native"  # in Meta's own inbox or the phone app
    PERSON_APP = "person_app"  # in another app that the channel lists as a person's
    AUTOMATION = "automation"  # ours
    PLATFORM_AUTOMATION = "platform_automation"  # Meta's own instant reply
    OTHER_APP = "other_app"
    CAMPAIGN = "campaign"


PERSONS = frozenset({Author.PERSON_API, Author.PERSON_NATIVE, Author.PERSON_APP})


class Origin(StrEnum):
    """Why we send: the policy asks."""

    PERSON = "person"
    AUTOMATION = "automation"
    CAMPAIGN = "campaign"


AUTHOR_OF = {
    Origin.PERSON: Author.PERSON_API,
    Origin.AUTOMATION: Author.AUTOMATION,
    Origin.CAMPAIGN: Author.CAMPAIGN,
}


class State(StrEnum):
    """Where a message stands: `received` for all that others sent."""

    RECEIVED = "received"
    PLANNED = "planned"
    CLAIMED = "claimed"
    SENT = "sent"
    FAILED = "failed"
    REFUSED = "refused"
    UNKNOWN = "unknown"


UNSETTLED = frozenset({State.CLAIMED, State.UNKNOWN})  # Meta may have it or not
WENT_WRONG = frozenset({State.FAILED, State.REFUSED, State.UNKNOWN})  # somebody may send it again


class Status(StrEnum):
    """What the platform reports of a message of ours; each is a dated fact."""

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    PLAYED = "played"
    FAILED = "failed"


class MessageKind(StrEnum):
    TEXT = "text"  # free words, an attachment, or both: to the platforms' rules the same
    TEMPLATE = "template"  # approved beforehand by Meta
    OPT_IN_REQUEST = "opt_in_request"  # asks for a one-time notification
    LOCATION = "location"  # a pin on the map
    FEEDBACK = "feedback"  # asks how satisfied the customer is, by the platform's own form
    POSTBACK = "postback"
    REFERRAL = "referral"


class Media(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An attachment to send, by the address where Meta fetches it or by the id that Meta gave it.
    `filename` is shown to the customer."""

    kind: str  # image, video, audio or file
    url: str | None = None
    media_id: str | None = None
    filename: str | None = None


class TextParameter(Struct, frozen=True, kw_only=True, tag_field="type", tag="text"):
    text: _TEXT
    name: str | None = None  # of templates with named parameters


class CurrencyParameter(Struct, frozen=True, kw_only=True, tag_field="type", tag="currency"):
    """An amount in thousandths, with the words to show where it cannot be localised."""

    code: str
    amount_1000: int
    fallback_value: _TEXT


class DateTimeParameter(Struct, frozen=True, kw_only=True, tag_field="type", tag="date_time"):
    fallback_value: _TEXT


Parameter = str | TextParameter | CurrencyParameter | DateTimeParameter


class FilledTemplate(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An approved template with what is filled in. `topic` names the consent that it rests on
    outside the messaging window. A value of `buttons` for each button of the approved template."""

    name: str
    language: str
    parameters: Annotated[tuple[Parameter, ...], Meta(max_length=100)] = ()
    header: str | Media | None = None
    buttons: Annotated[tuple[_TEXT, ...], Meta(max_length=10)] = ()
    topic: str | None = None


class QuickReply(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A word to tap instead of typing. `kind`: text, or what the platform fills in from the
    customer's own account: user_phone_number, user_email (Messenger)."""

    kind: str = "text"
    title: Annotated[str, Meta(min_length=1, max_length=20)] | None = None
    payload: Annotated[str, Meta(max_length=256)] | None = None  # what a tap brings back


class Button(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A button under a text: brings back its `payload`, or opens `url`."""

    title: Annotated[str, Meta(min_length=1, max_length=20)]
    payload: Annotated[str, Meta(max_length=256)] | None = None
    url: str | None = None


class Location(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A pin on the map, in degrees."""

    latitude: Annotated[float, Meta(ge=-90, le=90)]
    longitude: Annotated[float, Meta(ge=-180, le=180)]
    name: str | None = None
    address: str | None = None


class FeedbackForm(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Messenger's customer-feedback template: what is asked and how it is rated."""

    title: str
    subtitle: str
    button: str
    question_id: str
    question: str
    score: str = "csat"  # csat (1 to 5), nps (0 to 10), ces (1 to 7)
    privacy_url: str = ""


class OutboundMessage(Struct, frozen=True, kw_only=True):
    """Something to send. `key` is its attempt id (`ids.attempt_id`): the same key is the same
    message, however often it is asked for, and the id of its row."""

    key: str
    platform: str
    channel_id: str
    contact_id: str
    origin: Origin
    kind: MessageKind = MessageKind.TEXT
    text: str | None = None  # with an attachment: its caption
    attachment: Media | None = None
    template: dict[str, Any] | None = None  # name, language, components as Meta wants them
    topic: str | None = None
    title: str | None = None
    token: str | None = None  # one-time notification token to spend
    author: str | None = None  # the person's name or id, for PERSON
    automation: str | None = None  # which one, for AUTOMATION
    resend_of: str | None = None  # the attempt that went wrong and is made again by this one
    consent_of: str | None = None  # the attempt whose opt-in it uses, if that was an earlier one
    quick_replies: tuple[QuickReply, ...] = ()  # under a text
    buttons: tuple[Button, ...] = ()  # under a text
    location: Location | None = None  # of kind LOCATION
    feedback: FeedbackForm | None = None  # of kind FEEDBACK
    comment_id: str | None = None  # answers this public comment in private
    campaign_id: str | None = None  # the notification to many that it is part of
    campaign_page: str | None = None  # whose recipient it is for (core/campaigns.page_id)
    is_promotional: bool = False
    comment_at: datetime | None = None  # when that comment was written
    unless: Unless | None = None  # of a delayed message: what makes it unwanted
    is_unasked: bool = False  # of an automation: it answers nothing that was written to us

    @property
    def consent_key(self) -> str:
        """The attempt on which an opt-in is spent."""
        return self.consent_of or self.key


class Message(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One row: a message of either side as it stands now. Content is None once it was unsent."""

    conversation_id: str
    message_id: str  # the platform's id, or for ours the attempt id
    channel_id: str
    author: Author
    occurred_at: datetime  # platform time; for ours the time of the claim
    day: str  # the channel's local day of `occurred_at`, ISO: the day index is kept by it
    state: State = State.RECEIVED
    kind: MessageKind = MessageKind.TEXT
    text: str | None = None
    attachments: tuple[Attachment, ...] = ()
    payload: str | None = None
    reply_to: str | None = None
    platform_message_id: str | None = None  # of ours, once Meta told us
    author_name: str | None = None
    automation: str | None = None
    is_standby: bool = False
    edited_at: datetime | None = None
    deleted_at: datetime | None = None
    customer_reaction: str | None = None
    business_reaction: str | None = None
    statuses: dict[str, datetime] = {}
    status_facts: dict[str, dict[str, Any]] = {}  # what came along with a status: pricing, errors
    failure: str | None = (
        None  # reason code of FAILED, REFUSED or a late failure, never Meta's text
    )
    basis: str | None = None  # what permitted it
    lease_until: datetime | None = None
    due_at: datetime | None = None
    deadline: datetime | None = None
    tries: int = 0
    resend_of: str | None = None  # the attempt that this one makes again
    resent_as: str | None = None  # the attempt that made this one again
    request: dict[str, Any] | None = (
        None  # of ours: what its columns do not say (template, topic, title)
    )
    raw: bytes | None = None  # the Item as JSON; storage compresses it
    ledger: tuple[str, ...] = ()  # of ours: the entries of core/decisions.py


class Listing(Struct, frozen=True):
    """Where a send that went wrong is found again: among the failed or the unknown ones of its
    channel. `at`: when it went wrong. `look_at`: of an unknown one, when to look whether it
    arrived; None: nobody looks. `day`: the channel's local day of the attempt, under which the
    ledger finds it."""

    channel_id: str
    at: datetime
    look_at: datetime | None = None
    day: str | None = None


class MessageFact(Struct, frozen=True, order=True):
    """What the day index knows of a message: enough for metrics, no content."""

    occurred_at: datetime
    conversation_id: str
    message_id: str
    author: Author
    author_name: str | None = None  # only where facts are read from the messages themselves


_PROOFS = frozenset({Status.SENT, Status.DELIVERED, Status.READ, Status.PLAYED})


def state_now(message: Message, now: datetime) -> State:
    """Where a message stands at `now`. A status proves what became of a send that was not settled;
    an unsettled one whose lease ran out is UNKNOWN; a late failure sticks."""
    if message.state not in UNSETTLED | {State.SENT}:
        return message.state
    if Status.FAILED in message.statuses:
        return State.FAILED
    if not _PROOFS.isdisjoint(message.statuses):
        return State.SENT
    if (
        message.state is State.CLAIMED
        and message.lease_until is not None
        and message.lease_until <= now
    ):
        return State.UNKNOWN
    return message.state
