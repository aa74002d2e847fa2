"""One-time notifications: ask a contact for permission, and send one at its time."""

from __future__ import annotations

from datetime import timedelta

from chalice import Blueprint, Response
from chalice.app import Request

from chalicelib.api import reading
from chalicelib.api.endpoint import endpoint, runtime
from chalicelib.api.outcome import fitting_text, outcome
from chalicelib.usecases.errors import InvalidInput

notifications = Blueprint(__name__)

LONGEST_TOPIC = 64
FARTHEST = timedelta(days=366)  # no permission lasts longer than a year


@endpoint(notifications, "POST", "/v1/conversations/{conversation_id}/notification-requests")
def ask(request: Request, conversation_id: str) -> Response:
    from chalicelib.usecases import notify

    key, body = reading.idempotency_key(request), reading.fields(request, "topic")
    topic, rt = reading.text(body, "topic", longest=LONGEST_TOPIC), runtime()
    known = reading.path_id(conversation_id, "conversation")
    message = notify.request(conversation_id=known, topic=topic, idempotency_key=key, rt=rt)
    return outcome(message, rt.now())


@endpoint(notifications, "POST", "/v1/conversations/{conversation_id}/notifications")
def schedule(request: Request, conversation_id: str) -> Response:
    from chalicelib.usecases import notify

    key, body = (
        reading.idempotency_key(request),
        reading.fields(request, "topic", "text", "send_at"),
    )
    topic, rt = reading.text(body, "topic", longest=LONGEST_TOPIC), runtime()
    send_at = reading.moment(body, "send_at") or rt.now()
    if send_at > rt.now() + FARTHEST:
        raise InvalidInput("send_at", f"a time at most {FARTHEST.days} days ahead")
    text = fitting_text(body, conversation_id, rt)
    message = notify.schedule(
        conversation_id=conversation_id,
        topic=topic,
        text=text,
        send_at=send_at,
        idempotency_key=key,
        rt=rt,
    )
    return outcome(message, rt.now())
