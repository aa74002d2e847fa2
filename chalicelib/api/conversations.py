"""Conversations: list, read, and reply as a person."""

from __future__ import annotations

from chalice.app import Blueprint, Request, Response

from chalicelib.api import answers, reading
from chalicelib.api.endpoint import endpoint, runtime
from chalicelib.api.outcome import LONGEST_TEXT, outcome
from chalicelib.api.shapes import conversation_json, message_json
from chalicelib.core.access import Role
from chalicelib.usecases import list_conversations, read_conversation
from chalicelib.usecases.list_conversations import Order

conversations = Blueprint(__name__)

CONVERSATIONS_ON_A_PAGE = 50
MESSAGES_ON_A_PAGE = 100
LONGEST_NAME = 100


@endpoint(conversations, "GET", "/v1/conversations", role=Role.READ)
def list_all(request: Request) -> Response:
    query = reading.query(request, "channel_id", "order", "cursor", "limit")
    channel_id, order = (
        reading.identifier(query, "channel_id"),
        reading.choice(query, "order", Order.NEWEST),
    )
    cursor, limit = reading.cursor(query), reading.limit(query, default=CONVERSATIONS_ON_A_PAGE)
    rt = runtime()
    page = list_conversations.run(channel_id, order, cursor=cursor, limit=limit, rt=rt)
    items = [conversation_json(view, rt.now()) for view in page.items]
    return answers.page(items, page.next_cursor)


@endpoint(conversations, "GET", "/v1/conversations/{conversation_id}", role=Role.READ)
def read(request: Request, conversation_id: str) -> Response:
    reading.query(request)
    rt = runtime()
    view = read_conversation.run(reading.path_id(conversation_id, "conversation"), rt)
    return answers.ok(conversation_json(view, rt.now()))


@endpoint(conversations, "GET", "/v1/conversations/{conversation_id}/messages", role=Role.READ)
def list_messages(request: Request, conversation_id: str) -> Response:
    query = reading.query(request, "cursor", "limit")
    cursor, limit = reading.cursor(query), reading.limit(query, default=MESSAGES_ON_A_PAGE)
    rt = runtime()
    known = reading.path_id(conversation_id, "conversation")
    page = read_conversation.messages(known, cursor=cursor, limit=limit, rt=rt)
    items = [message_json(message, rt.now()) for message in page.items]
    return answers.page(items, page.next_cursor)


@endpoint(conversations, "POST", "/v1/conversations/{conversation_id}/messages", role=Role.AGENT)
def reply(request: Request, conversation_id: str) -> Response:
    from chalicelib.usecases import reply_as_person

    key, body = reading.idempotency_key(request), reading.fields(request, "text", "author")
    rt = runtime()
    message = reply_as_person.run(
        conversation_id=reading.path_id(conversation_id, "conversation"),
        text=reading.text(body, "text", longest=LONGEST_TEXT),
        author=reading.text(body, "author", longest=LONGEST_NAME),
        idempotency_key=key,
        rt=rt,
    )
    return outcome(message, rt.now())
