"""The decision ledger: what was sent, refused or failed, and why."""

from __future__ import annotations

from datetime import datetime

from chalice.app import Blueprint, Response
from msgspec import Struct

from chalicelib.api import answers
from chalicelib.api.decision_shapes import DecisionDocument, decision_document
from chalicelib.api.endpoint import endpoint, runtime
from chalicelib.api.shapes import Page
from chalicelib.api.values import Cursor, Id, Limit, Moment
from chalicelib.core.access import Role
from chalicelib.usecases.read_conversation import MessagePage

decisions = Blueprint(__name__)


class DecisionsQuery(
    Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    rename={"since": "from", "until": "to"},
):
    """From a moment on and before another, at most 31 days later."""

    channel_id: Id
    since: Moment
    until: Moment
    cursor: Cursor | None = None
    limit: Limit = 50


class OwnQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    cursor: Cursor | None = None
    limit: Limit = 100


@endpoint(
    decisions,
    "GET",
    "/v1/decisions",
    role=Role.READ,
    query=DecisionsQuery,
    answer=Page[DecisionDocument],
)
def list_all(query: DecisionsQuery) -> Response:
    """What a channel sent, was refused or failed to send, and why, by the time of the last attempt,
    oldest first."""
    from chalicelib.usecases import read_decisions

    rt = runtime()
    page = read_decisions.of_channel(
        query.channel_id,
        since=query.since,
        until=query.until,
        cursor=query.cursor,
        limit=query.limit,
        rt=rt,
    )
    return answers.ok(_page(page, rt.now()))


@endpoint(
    decisions,
    "GET",
    "/v1/conversations/{conversation_id}/decisions",
    role=Role.READ,
    query=OwnQuery,
    answer=Page[DecisionDocument],
)
def list_own(conversation_id: str, query: OwnQuery) -> Response:
    """What a conversation was sent, was refused or failed to be sent, and why, oldest first. A page
    may be shorter than its limit; the list ends where `next_cursor` is null."""
    from chalicelib.usecases import read_decisions

    rt = runtime()
    page = read_decisions.of_conversation(
        conversation_id, cursor=query.cursor, limit=query.limit, rt=rt
    )
    return answers.ok(_page(page, rt.now()))


def _page(page: MessagePage, now: datetime) -> Page[DecisionDocument]:
    return Page([decision_document(row, now) for row in page.items], page.next_cursor)
