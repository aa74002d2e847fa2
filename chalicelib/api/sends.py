"""Sends: list those that went wrong, send one again, and cancel one that is planned."""

from __future__ import annotations

from datetime import datetime

from chalice.app import Blueprint, Response
from msgspec import Struct

from chalicelib.api import answers
from chalicelib.api.endpoint import endpoint, runtime
from chalicelib.api.outcome import Outcome, outcome
from chalicelib.api.shapes import Page
from chalicelib.api.values import Cursor, Id, Limit
from chalicelib.core.access import Role
from chalicelib.core.messages import Author, MessageKind, State
from chalicelib.usecases import list_sends
from chalicelib.usecases.list_sends import SendView, Trouble

sends = Blueprint(__name__)


class SendsQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    channel_id: Id
    state: Trouble = Trouble.FAILED
    cursor: Cursor | None = None
    limit: Limit = 50


class SendDocument(Struct, frozen=True, kw_only=True):
    """A send that went wrong: what happened, what to do, and what stands against sending it again.
    An unknown one may have arrived. `reason` is a stable code for programs."""

    conversation_id: str
    message_id: str
    at: datetime
    state: State
    kind: MessageKind
    author: Author
    author_name: str | None
    reason: str
    explanation: str
    advice: str
    can_be_resent: bool
    why_not: str | None
    needs_confirmation: bool
    resend_of: str | None


class Resend(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An unknown send may have arrived: `confirm_possible_duplicate` says that the customer may get
    it twice."""

    confirm_possible_duplicate: bool = False


@endpoint(sends, "GET", "/v1/sends", role=Role.READ, query=SendsQuery, answer=Page[SendDocument])
def list_all(query: SendsQuery) -> Response:
    """The sends of a channel that failed, or of which nobody knows whether they arrived, the latest
    first. A page may be shorter than its limit; the list ends where `next_cursor` is null."""
    rt = runtime()
    page = list_sends.run(
        query.channel_id, query.state, cursor=query.cursor, limit=query.limit, rt=rt
    )
    return answers.ok(Page([_document(view) for view in page.items], page.next_cursor))


@endpoint(
    sends,
    "POST",
    "/v1/conversations/{conversation_id}/messages/{message_id}/resend",
    role=Role.ADMIN,
    body=Resend,
    answer=Outcome,
    status=202,
    objections=(409,),
)
def resend(conversation_id: str, message_id: str, body: Resend, idempotency_key: str) -> Response:
    """Send a message of ours again that went wrong, under a new id, if the messaging policy permits
    it now. 409 with a reason where it does not, where it was sent after all, or where the customer
    may get it twice and nobody confirmed that."""
    from chalicelib.usecases import resend_message

    rt = runtime()
    message = resend_message.run(
        conversation_id=conversation_id,
        message_id=message_id,
        idempotency_key=idempotency_key,
        is_confirmed=body.confirm_possible_duplicate,
        rt=rt,
    )
    return outcome(message, rt)


@endpoint(
    sends,
    "POST",
    "/v1/conversations/{conversation_id}/messages/{message_id}/cancel",
    role=Role.AGENT,
    answer=Outcome,
    objections=(409,),
)
def cancel(conversation_id: str, message_id: str) -> Response:
    """Do not send a message of ours that is planned: it ends as refused, with the reason
    `cancelled`. Safe to repeat. 409 where it is not planned, or not any more."""
    from chalicelib.usecases import cancel_message

    message = cancel_message.run(conversation_id, message_id, runtime())
    return answers.ok(Outcome(message.message_id, message.state))


def _document(view: SendView) -> SendDocument:
    row = view.message
    return SendDocument(
        conversation_id=row.conversation_id,
        message_id=row.message_id,
        at=row.statuses.get("failed", row.occurred_at),
        state=view.state,
        kind=row.kind,
        author=row.author,
        author_name=row.author_name,
        reason=view.reason,
        explanation=view.explanation.sentence,
        advice=view.explanation.advice,
        can_be_resent=view.obstacle is None,
        why_not=view.obstacle.sentence if view.obstacle else None,
        needs_confirmation=view.obstacle is None and view.state is State.UNKNOWN,
        resend_of=row.resend_of,
    )
