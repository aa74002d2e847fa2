"""Triggers: the business's own systems tell of an occasion to write."""

from __future__ import annotations

from chalice.app import Blueprint, Response
from msgspec import Struct

from chalicelib.api.endpoint import endpoint, runtime
from chalicelib.api.outcome import Outcome, outcome
from chalicelib.api.values import Name
from chalicelib.core.access import Role

triggers = Blueprint(__name__)


class Trigger(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What happened: the name of the automation that answers it, such as job_application."""

    name: Name


@endpoint(
    triggers,
    "POST",
    "/v1/conversations/{conversation_id}/triggers",
    role=Role.AGENT,
    body=Trigger,
    answer=Outcome,
    status=202,
    objections=(409,),
)
def pull(conversation_id: str, body: Trigger, idempotency_key: str) -> Response:
    """Tell of a job application or a review, so that its automation answers. While automation keeps
    silent, or the messaging policy refuses: 409 with the reason."""
    from chalicelib.usecases import trigger

    rt = runtime()
    message = trigger.run(
        conversation_id=conversation_id,
        name=body.name,
        idempotency_key=idempotency_key,
        rt=rt,
    )
    return outcome(message, rt)
