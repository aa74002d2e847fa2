"""One-time notifications: ask a contact for permission, and send one at its time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from chalice.app import Blueprint, Response
from msgspec import Struct

from chalicelib.api.endpoint import endpoint, runtime
from chalicelib.api.outcome import Outcome, outcome
from chalicelib.api.values import Moment, Text, Topic
from chalicelib.core.access import Role
from chalicelib.core.messages import Button
from chalicelib.usecases.errors import InvalidInput

notifications = Blueprint(__name__)

FARTHEST = timedelta(days=366)  # no permission lasts longer than a year


class NotificationRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A topic of the channel that the customer is asked about."""

    topic: Topic


class Notification(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to tell the customer once; without `send_at`, or with one that is past, at once. The tap
    of a button with a payload opens the messaging window."""

    topic: Topic
    text: Text
    send_at: Moment | None = None
    button: Button | None = None


@endpoint(
    notifications,
    "POST",
    "/v1/conversations/{conversation_id}/notification-requests",
    role=Role.AGENT,
    body=NotificationRequest,
    answer=Outcome,
    status=202,
    objections=(409, 422),
)
def ask(conversation_id: str, body: NotificationRequest, idempotency_key: str) -> Response:
    """Ask the customer, inside the messaging window, whether to tell them once about a topic."""
    from chalicelib.usecases import notify

    rt = runtime()
    message = notify.request(
        conversation_id=conversation_id,
        topic=body.topic,
        idempotency_key=idempotency_key,
        rt=rt,
    )
    return outcome(message, rt)


@endpoint(
    notifications,
    "POST",
    "/v1/conversations/{conversation_id}/notifications",
    role=Role.AGENT,
    body=Notification,
    answer=Outcome,
    status=202,
    objections=(409, 422),
)
def schedule(conversation_id: str, body: Notification, idempotency_key: str) -> Response:
    """Spend the consent that the customer gave for the topic: one message, at its time."""
    from chalicelib.usecases import notify

    rt = runtime()
    message = notify.schedule(
        conversation_id=conversation_id,
        topic=body.topic,
        text=body.text,
        send_at=_send_at(body.send_at, rt.now()),
        button=body.button,
        idempotency_key=idempotency_key,
        rt=rt,
    )
    return outcome(message, rt)


def _send_at(asked: datetime | None, now: datetime) -> datetime | None:
    """The time asked for, in UTC; None: at once."""
    if asked is None or asked <= now:
        return None
    if asked - now > FARTHEST:
        raise InvalidInput("send_at", f"a time at most {FARTHEST.days} days ahead")
    return asked.astimezone(UTC)
