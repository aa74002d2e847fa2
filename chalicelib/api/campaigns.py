"""Notifications to many: plan one, try it dry, see how far it is, cancel it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from chalice.app import Blueprint, Response
from msgspec import Meta, Struct

from chalicelib.api import answers
from chalicelib.api.decision_shapes import DecisionDocument, decision_document
from chalicelib.api.endpoint import endpoint, runtime
from chalicelib.api.shapes import Page
from chalicelib.api.values import Cursor, Id, Limit, Moment, Text, Topic
from chalicelib.core.access import ApiKey, Role
from chalicelib.core.campaigns import Campaign
from chalicelib.core.messages import Button, FilledTemplate
from chalicelib.core.quiet_hours import QuietHours
from chalicelib.usecases.errors import InvalidInput, NotFound
from chalicelib.usecases.read_campaign import CampaignView, Count, Phase, Recipient

campaigns = Blueprint(__name__)

_ID = "/v1/notifications/{notification_id}"


class NotificationToMany(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to tell all who agreed to hear about the topic: a text, perhaps with a button whose tap
    opens the messaging window again, or an approved template. Without `send_at`, or with one that
    is past, at once; what is not sent by `expires_at`, a day later unless told otherwise, is not
    sent. `quiet_hours` in place of those of the channels."""

    topic: Topic
    channels: Annotated[tuple[Id, ...], Meta(min_length=1, max_length=100)]
    text: Text | None = None
    template: FilledTemplate | None = None
    button: Button | None = None
    send_at: Moment | None = None
    expires_at: Moment | None = None
    quiet_hours: QuietHours | None = None
    is_promotional: bool = False


class CountDocument(Struct, frozen=True):
    """How many recipients have an outcome; `detail` is a reason code, or what permits it. Skipped
    are opt-ins that were spent or too old beforehand. `price`: of a dry run on WhatsApp, by what it
    is priced: category, kind and country."""

    outcome: str
    detail: str | None
    price: str | None
    recipients: int


class EstimateDocument(Struct, frozen=True):
    """What a dry run's permitted recipients would cost in a currency of the rate cards; `unpriced`
    recipients have no rate there."""

    currency: str
    amount: str
    unpriced: int


class ChannelCounts(Struct, frozen=True):
    channel_id: str
    counts: list[CountDocument]


class NotificationDocument(Struct, frozen=True, kw_only=True):
    """A notification to many and how far it is, of all channels together and of each."""

    notification_id: str
    phase: Phase
    is_dry_run: bool
    topic: str
    text: str | None
    template: FilledTemplate | None
    button: Button | None
    send_at: datetime
    expires_at: datetime
    quiet_hours: QuietHours | None
    is_promotional: bool
    created_at: datetime
    cancelled_at: datetime | None
    counts: list[CountDocument]
    channels: list[ChannelCounts]
    estimates: list[EstimateDocument]


class NotificationSummary(Struct, frozen=True, kw_only=True):
    notification_id: str
    topic: str
    channels: list[str]
    send_at: datetime
    created_at: datetime
    cancelled_at: datetime | None


class RecipientDocument(Struct, frozen=True, kw_only=True):
    """A contact and how its message stands now; `outcome` is null as long as nothing was tried.
    `decision` is the message's ledger."""

    channel_id: str
    conversation_id: str
    message_id: str
    outcome: str | None
    detail: str | None
    decision: DecisionDocument | None


class ListQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    cursor: Cursor | None = None
    limit: Limit = 50


class RecipientsQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    cursor: Cursor | None = None


@endpoint(
    campaigns,
    "POST",
    "/v1/notifications",
    role=Role.AGENT,
    body=NotificationToMany,
    answer=NotificationDocument,
    status=202,
    objections=(422,),
)
def plan(body: NotificationToMany, idempotency_key: str, caller: ApiKey) -> Response:
    """Tell all who agreed to hear about a topic, each once. Every send is put before the messaging
    policy at its moment."""
    return _planned(body, idempotency_key, caller, is_dry_run=False)


@endpoint(
    campaigns,
    "POST",
    "/v1/notifications/dry-run",
    role=Role.AGENT,
    body=NotificationToMany,
    answer=NotificationDocument,
    status=202,
    objections=(422,),
)
def try_dry(body: NotificationToMany, idempotency_key: str, caller: ApiKey) -> Response:
    """Find out what would become of the same notification: how many would be permitted on which
    basis, and how many refused for which reason. Nothing is sent; the counts grow within minutes
    under the id that this answers."""
    return _planned(body, idempotency_key, caller, is_dry_run=True)


@endpoint(
    campaigns,
    "GET",
    "/v1/notifications",
    role=Role.READ,
    query=ListQuery,
    answer=Page[NotificationSummary],
)
def list_all(query: ListQuery, caller: ApiKey) -> Response:
    """The notifications to many whose channels the key sees, the newest first; no dry runs. A page
    may be shorter than its limit; the list ends where `next_cursor` is null."""
    try:
        page = runtime().campaigns.newest(cursor=query.cursor, limit=query.limit)
    except ValueError as error:
        raise InvalidInput("cursor", "the next_cursor of an earlier page") from error
    seen = [each for each in page.items if caller.sees_all(each.channels)]
    return answers.ok(Page([_summary(each) for each in seen], page.next_cursor))


@endpoint(campaigns, "GET", _ID, role=Role.READ, answer=NotificationDocument)
def read(notification_id: str, caller: ApiKey) -> Response:
    """A notification to many, or a dry run, and how far it is."""
    return answers.ok(_document(_seen(notification_id, caller)))


@endpoint(
    campaigns,
    "GET",
    f"{_ID}/recipients",
    role=Role.READ,
    query=RecipientsQuery,
    answer=Page[RecipientDocument],
)
def list_recipients(notification_id: str, query: RecipientsQuery, caller: ApiKey) -> Response:
    """Its recipients as far as they are known, up to 100 on a page, each as its message stands now.
    The list ends where `next_cursor` is null."""
    from chalicelib.usecases import read_campaign

    _seen(notification_id, caller)
    rt = runtime()
    page = read_campaign.recipients(notification_id, cursor=query.cursor, rt=rt)
    return answers.ok(Page([_recipient(each, rt.now()) for each in page.items], page.next_cursor))


@endpoint(campaigns, "POST", f"{_ID}/cancel", role=Role.AGENT, answer=NotificationDocument)
def cancel(notification_id: str, caller: ApiKey) -> Response:
    """Send nothing more of it: whatever is not on its way to the platform stays where it is. Safe
    to repeat."""
    from chalicelib.usecases import plan_campaign

    _seen(notification_id, caller)
    plan_campaign.cancel(notification_id, runtime())
    return answers.ok(_document(_seen(notification_id, caller)))


def _planned(
    body: NotificationToMany, idempotency_key: str, caller: ApiKey, *, is_dry_run: bool
) -> Response:
    from chalicelib.usecases import plan_campaign

    if not all(caller.sees(channel_id) for channel_id in body.channels):
        raise NotFound("channel")
    named = {name: getattr(body, name) for name in body.__struct_fields__}
    wish = plan_campaign.Wish(**named)
    key = f"{caller.key_id}#{idempotency_key}"
    campaign = plan_campaign.run(wish, key=key, rt=runtime(), is_dry_run=is_dry_run)
    return answers.accepted(_document(_seen(campaign.campaign_id, caller)))


def _seen(notification_id: str, caller: ApiKey) -> CampaignView:
    """Raises NotFound if there is none, or the key does not see all its channels."""
    from chalicelib.usecases import read_campaign

    view = read_campaign.run(notification_id, runtime())
    if not caller.sees_all(view.campaign.channels):
        raise NotFound("notification")
    return view


def _document(view: CampaignView) -> NotificationDocument:
    from chalicelib.usecases import read_campaign

    its = view.campaign
    return NotificationDocument(
        notification_id=its.campaign_id,
        phase=view.phase,
        is_dry_run=its.is_dry_run,
        topic=its.topic,
        text=its.text,
        template=its.template,
        button=its.button,
        send_at=its.send_at,
        expires_at=its.expires_at,
        quiet_hours=its.quiet_hours,
        is_promotional=its.is_promotional,
        created_at=its.created_at,
        cancelled_at=its.cancelled_at,
        counts=_counts(view.counts),
        channels=[ChannelCounts(each.channel_id, _counts(each.counts)) for each in view.channels],
        estimates=[
            EstimateDocument(each.currency, str(each.amount), each.unpriced)
            for each in read_campaign.estimates(view, runtime())
        ],
    )


def _counts(counts: Sequence[Count]) -> list[CountDocument]:
    return [
        CountDocument(each.outcome, each.detail or None, each.price or None, each.recipients)
        for each in counts
    ]


def _summary(campaign: Campaign) -> NotificationSummary:
    return NotificationSummary(
        notification_id=campaign.campaign_id,
        topic=campaign.topic,
        channels=list(campaign.channels),
        send_at=campaign.send_at,
        created_at=campaign.created_at,
        cancelled_at=campaign.cancelled_at,
    )


def _recipient(recipient: Recipient, now: datetime) -> RecipientDocument:
    row = recipient.row
    return RecipientDocument(
        channel_id=recipient.channel_id,
        conversation_id=recipient.conversation_id,
        message_id=recipient.message_id,
        outcome=recipient.outcome,
        detail=recipient.detail or None,
        decision=decision_document(row, now) if row and row.ledger else None,
    )
