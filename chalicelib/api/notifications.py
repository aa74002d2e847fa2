"""One-time notifications: ask a contact for permission, and send one at its time."""

from __future__ import annotations

from datetime import datetime, timedelta

from chalice.app import Blueprint, Request, Response

from chalicelib.api import reading
from chalicelib.api.endpoint import endpoint, runtime
from chalicelib.api.outcome import LONGEST_TEXT, outcome
from chalicelib.core.access import Role
from chalicelib.usecases.errors import InvalidInput

notifications = Blueprint(__name__)

LONGEST_TOPIC = 64
FARTHEST = timedelta(days=366)  # no permission lasts longer than a year


@endpoint(
    notifications,
    "POST",
    "/v1/conversations/{conversation_id}/notification-requests",
    role=Role.AGENT,
)
def ask(request: Request, conversation_id: str) -> Response:
    from chalicelib.usecases import notify

    key, body = reading.idempotency_key(request), reading.fields(request, "topic")
    rt = runtime()
    message = notify.request(
        conversation_id=reading.path_id(conversation_id, "conversation"),
        topic=reading.text(body, "topic", longest=LONGEST_TOPIC),
        idempotency_key=key,
        rt=rt,
    )
    return outcome(message, rt.now())


@endpoint(
    notifications, "POST", "/v1/conversations/{conversation_id}/notifications", role=Role.AGENT
)
def schedule(request: Request, conversation_id: str) -> Response:
    from chalicelib.usecases import notify

    key, body = (
        reading.idempotency_key(request),
        reading.fields(request, "topic", "text", "send_at"),
    )
    rt = runtime()
    message = notify.schedule(
        conversation_id=reading.path_id(conversation_id, "conversation"),
        topic=reading.text(body, "topic", longest=LONGEST_TOPIC),
        text=reading.text(body, "text", longest=LONGEST_TEXT),
        send_at=_send_at(body, rt.now()),
        idempotency_key=key,
        rt=rt,
    )
    return outcome(message, rt.now())


def _send_at(body: dict[str, object], now: datetime) -> datetime | None:
    """The time asked for; None: at once."""
    send_at = reading.moment(body, "send_at")
    if send_at is not None and send_at > now + FARTHEST:
        raise InvalidInput("send_at", f"a time at most {FARTHEST.days} days ahead")
    return send_at
