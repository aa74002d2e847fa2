"""Conversations: list, read, and reply as a person."""

from __future__ import annotations

from chalice.app import Blueprint, Response
from msgspec import Struct

from chalicelib.api import answers
from chalicelib.api.endpoint import endpoint, runtime
from chalicelib.api.outcome import Outcome, outcome
from chalicelib.api.shapes import (
    ConversationDocument,
    MessageDocument,
    Page,
    conversation_document,
    message_document,
)
from chalicelib.api.values import Cursor, Id, Limit, Name, Text
from chalicelib.core.access import Role
from chalicelib.core.messages import FilledTemplate, Media
from chalicelib.usecases import list_conversations, read_conversation
from chalicelib.usecases.list_conversations import Order

conversations = Blueprint(__name__)


class ListQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    channel_id: Id
    order: Order = Order.NEWEST
    cursor: Cursor | None = None
    limit: Limit = 50


class MessagesQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    cursor: Cursor | None = None
    limit: Limit = 100


class Reply(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person answers: a text, an attachment (on WhatsApp with a text as its caption), or an
    approved template. `author` is that person's name or id, and is not sent."""

    author: Name
    text: Text | None = None
    attachment: Media | None = None
    template: FilledTemplate | None = None


@endpoint(
    conversations,
    "GET",
    "/v1/conversations",
    role=Role.READ,
    query=ListQuery,
    answer=Page[ConversationDocument],
)
def list_all(query: ListQuery) -> Response:
    """The conversations of a channel: the latest first, those in which a customer waits, the
    longest first, or by what is still allowed in them, what ends soonest first."""
    rt = runtime()
    if query.order is Order.CLOSING_SOON:
        return _closing_soon(query)
    page = list_conversations.run(
        query.channel_id, query.order, cursor=query.cursor, limit=query.limit, rt=rt
    )
    items = [conversation_document(view, rt.now()) for view in page.items]
    return answers.ok(Page(items, page.next_cursor))


def _closing_soon(query: ListQuery) -> Response:
    from chalicelib.usecases import closing_soon

    rt = runtime()
    page = closing_soon.run(query.channel_id, cursor=query.cursor, limit=query.limit, rt=rt)
    items = [
        conversation_document(read_conversation.view(row, rt), rt.now(), closing)
        for row, closing in page.items
    ]
    return answers.ok(Page(items, page.next_cursor))


@endpoint(
    conversations,
    "GET",
    "/v1/conversations/{conversation_id}",
    role=Role.READ,
    answer=ConversationDocument,
)
def read(conversation_id: str) -> Response:
    """One conversation."""
    rt = runtime()
    return answers.ok(conversation_document(read_conversation.run(conversation_id, rt), rt.now()))


@endpoint(
    conversations,
    "GET",
    "/v1/conversations/{conversation_id}/messages",
    role=Role.READ,
    query=MessagesQuery,
    answer=Page[MessageDocument],
)
def list_messages(conversation_id: str, query: MessagesQuery) -> Response:
    """The messages of a conversation, oldest first."""
    rt = runtime()
    page = read_conversation.messages(
        conversation_id, cursor=query.cursor, limit=query.limit, rt=rt
    )
    items = [message_document(message, rt.now()) for message in page.items]
    return answers.ok(Page(items, page.next_cursor))


@endpoint(
    conversations,
    "POST",
    "/v1/conversations/{conversation_id}/messages",
    role=Role.AGENT,
    body=Reply,
    answer=Outcome,
    status=202,
    objections=(409, 422),
)
def reply(conversation_id: str, body: Reply, idempotency_key: str) -> Response:
    """Reply as a person. Refused by the messaging policy: 409 with its reason."""
    from chalicelib.usecases import reply_as_person

    rt = runtime()
    message = reply_as_person.run(
        conversation_id=conversation_id,
        text=body.text,
        attachment=body.attachment,
        template=body.template,
        author=body.author,
        idempotency_key=idempotency_key,
        rt=rt,
    )
    return outcome(message, rt)
