"""How conversations and messages look in the API. What is not known is null, never left out."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from msgspec import Struct

from chalicelib.api.decision_shapes import DecisionDocument, decision_document
from chalicelib.core.contacts import Why, aliases
from chalicelib.core.conversation import Conversation, Profile
from chalicelib.core.events import Attachment, Referral
from chalicelib.core.handling import Handling, is_closed, rests
from chalicelib.core.messages import Author, Message, MessageKind, State, state_now
from chalicelib.usecases.read_conversation import CUSTOMERS, ConversationView

if TYPE_CHECKING:
    from chalicelib.core.closing import Closing

Item = TypeVar("Item")


class Page(Struct, Generic[Item], frozen=True):
    """Part of a list; `next_cursor` asks for what follows, null at the end."""

    items: list[Item]
    next_cursor: str | None


class AliasDocument(Struct, frozen=True):
    """Another user key of the contact: since when and why it is known as such, and until when it
    was in use. `conversation_id` is the conversation that it has by itself."""

    id: str
    conversation_id: str
    since: datetime
    why: Why
    until: datetime | None


class ContactDocument(Struct, frozen=True):
    """`aliases` is null in lists."""

    id: str
    name: str | None
    aliases: list[AliasDocument] | None


class WindowDocument(Struct, frozen=True):
    """The time in which we may write freely."""

    open: bool
    opened_by: str | None
    opened_at: datetime | None
    ends_at: datetime | None


class ReferralDocument(Struct, frozen=True):
    """Where the contact came from; what else the platform said about it is in `facts`."""

    at: datetime
    source: str | None
    ref: str | None
    ad_id: str | None
    click_id: str | None
    facts: dict[str, Any] | None


class ReferralsDocument(Struct, frozen=True):
    first: ReferralDocument | None
    latest: ReferralDocument | None


class HandlingDocument(Struct, frozen=True, kw_only=True):
    """Who handles a conversation. `needs_person_since` is null unless a person is called, `why`:
    asked, missed, rule, person. Automation rests where `automation_rests`, until
    `automation_rests_until`; null then: until the conversation is closed. `feedback` is the latest,
    such as csat:5."""

    needs_person_since: datetime | None
    why: str | None
    automation_rests: bool
    automation_rests_until: datetime | None
    assigned_to: str | None
    tags: list[str]
    is_closed: bool
    closed_at: datetime | None
    closed_by: str | None
    feedback: str | None
    feedback_at: datetime | None


class ClosingDocument(Struct, frozen=True):
    """What is still allowed: reply, tagged_reply (by a person alone), notification (what the
    customer asked for) or nothing; until when, and its kind of price on WhatsApp."""

    allowed: str
    until: datetime | None
    price: str | None


class ConversationDocument(Struct, frozen=True, kw_only=True):
    """A contact on a channel; `waiting_since` is null unless the customer waits for a person.
    `closing` is told in the order closing_soon alone."""

    id: str
    channel_id: str
    platform: str
    contact: ContactDocument
    first_contact_at: datetime | None
    window: WindowDocument
    waiting_since: datetime | None
    last_customer_message_at: datetime | None
    last_human_reply_at: datetime | None
    last_automated_reply_at: datetime | None
    referral: ReferralsDocument
    handling: HandlingDocument
    closing: ClosingDocument | None


class AttachmentDocument(Struct, frozen=True):
    """Media by reference; a `url` expires."""

    kind: str
    url: str | None
    media_id: str | None
    title: str | None
    facts: dict[str, Any] | None


class TemplateDocument(Struct, frozen=True):
    """The approved template that was sent."""

    name: str
    language: str


class ReactionsDocument(Struct, frozen=True):
    customer: str | None
    business: str | None


class MessageDocument(Struct, frozen=True, kw_only=True):
    """A message of either side; an unsent one (`deleted_at`) without its content."""

    id: str
    platform_message_id: str | None
    direction: Literal["in", "out"]
    kind: MessageKind
    author: Author
    author_name: str | None
    text: str | None
    attachments: list[AttachmentDocument]
    template: TemplateDocument | None
    reply_to: str | None
    state: State
    reason: str | None
    statuses: dict[str, datetime]
    reactions: ReactionsDocument
    at: datetime
    due_at: datetime | None
    edited_at: datetime | None
    deleted_at: datetime | None
    automation: str | None
    basis: str | None
    resend_of: str | None
    resent_as: str | None
    decision: DecisionDocument | None


def conversation_document(
    view: ConversationView, now: datetime, closing: Closing | None = None
) -> ConversationDocument:
    """A conversation as the API shows it."""
    row = view.conversation
    return ConversationDocument(
        id=row.conversation_id,
        channel_id=row.channel_id,
        platform=row.platform,
        contact=ContactDocument(row.contact_id, _name(view.profile), _aliases(view)),
        first_contact_at=row.first_contact_at,
        window=_window(row, now),
        waiting_since=row.wait_opened_at,
        last_customer_message_at=row.last_customer_at,
        last_human_reply_at=row.last_person_at,
        last_automated_reply_at=row.last_automated_at,
        referral=ReferralsDocument(_referral(view, "first"), _referral(view, "latest")),
        handling=handling_document(row, view.handling, now),
        closing=ClosingDocument(closing.allowed.value, closing.until, closing.price)
        if closing
        else None,
    )


def handling_document(row: Conversation, handling: Handling, now: datetime) -> HandlingDocument:
    """Who handles the conversation, as the API shows it."""
    is_at_rest = rests(handling, now)
    is_shut = is_closed(handling, row)
    return HandlingDocument(
        needs_person_since=handling.needs_person_since,
        why=handling.why,
        automation_rests=is_at_rest,
        automation_rests_until=handling.rests_until if is_at_rest else None,
        assigned_to=handling.assigned_to,
        tags=list(handling.tags),
        is_closed=is_shut,
        closed_at=handling.closed_at if is_shut else None,
        closed_by=handling.closed_by if is_shut else None,
        feedback=handling.score,
        feedback_at=handling.scored_at,
    )


def message_document(message: Message, now: datetime) -> MessageDocument:
    """A message as the API shows it; an unsent one without its content."""
    is_there = message.deleted_at is None
    return MessageDocument(
        id=message.message_id,
        platform_message_id=_platform_message_id(message),
        direction="in" if message.author in CUSTOMERS else "out",
        kind=message.kind,
        author=message.author,
        author_name=message.author_name,
        text=message.text if is_there else None,
        attachments=[_attachment(each) for each in message.attachments] if is_there else [],
        template=_template(message) if is_there else None,
        reply_to=message.reply_to,
        state=state_now(message, now),
        reason=message.failure,
        statuses=message.statuses,
        reactions=ReactionsDocument(message.customer_reaction, message.business_reaction),
        at=message.occurred_at,
        due_at=message.due_at,
        edited_at=message.edited_at,
        deleted_at=message.deleted_at,
        automation=message.automation,
        basis=message.basis,
        resend_of=message.resend_of,
        resent_as=message.resent_as,
        decision=decision_document(message, now) if message.ledger else None,
    )


def _aliases(view: ConversationView) -> list[AliasDocument] | None:
    if view.contact is None:
        return None
    return [
        AliasDocument(
            id=alias.key.contact_id,
            conversation_id=alias.key.conversation_id,
            since=alias.since,
            why=alias.why,
            until=alias.until,
        )
        for alias in aliases(view.contact)
    ]


def _name(profile: Profile | None) -> str | None:
    return (profile.name or profile.first_name) if profile else None


def _window(row: Conversation, now: datetime) -> WindowDocument:
    return WindowDocument(
        open=row.window_ends_at is not None and now < row.window_ends_at,
        opened_by=row.window_opened_by,
        opened_at=row.window_opened_at,
        ends_at=row.window_ends_at,
    )


def _referral(view: ConversationView, which: str) -> ReferralDocument | None:
    if which not in view.referrals:
        return None
    at, referral = view.referrals[which]
    return _referral_document(at, referral)


def _referral_document(at: datetime, referral: Referral) -> ReferralDocument:
    return ReferralDocument(
        at, referral.source, referral.ref, referral.ad_id, referral.click_id, referral.facts
    )


def _attachment(attachment: Attachment) -> AttachmentDocument:
    return AttachmentDocument(
        attachment.kind, attachment.url, attachment.media_id, attachment.title, attachment.facts
    )


def _template(message: Message) -> TemplateDocument | None:
    template = (message.request or {}).get("template")
    return TemplateDocument(template["name"], template["language"]["code"]) if template else None


def _platform_message_id(message: Message) -> str | None:
    """What others sent is kept under the platform's id; ours gets one from the platform."""
    if message.kind is MessageKind.REFERRAL:
        return None
    if message.state is State.RECEIVED:
        return message.platform_message_id or message.message_id
    return message.platform_message_id
