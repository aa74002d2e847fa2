"""What a contact wants to be told: consents and stops."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from chalice.app import Blueprint, Response
from msgspec import Struct

from chalicelib.api import answers
from chalicelib.api.endpoint import endpoint, runtime
from chalicelib.api.values import Id, Moment, Topic
from chalicelib.core.access import ApiKey, Role

if TYPE_CHECKING:
    from chalicelib.core.opt_in import Stop
    from chalicelib.usecases.preferences import Preferences, Shown

opt_ins = Blueprint(__name__)

PATH = "/v1/conversations/{conversation_id}/opt-ins"


class Consent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A consent that the customer gave elsewhere. `reference` names the business's own record of
    it; `given_at` is now unless it is told."""

    topic: Topic
    how: Literal["form", "call", "in_person", "api"]
    given_at: Moment | None = None
    reference: Id | None = None


class WhichTopic(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A topic; without one, all."""

    topic: Topic | None = None


class OptInDocument(Struct, frozen=True, kw_only=True):
    """A consent: how and by which message or event we know, how long it is good, and what its one
    message came to."""

    opt_in_id: str
    topic: str
    title: str | None
    how: str | None
    evidence: str | None
    opted_in_at: datetime
    expires_at: datetime
    has_token: bool
    stage: str
    message_id: str | None
    failure: str | None
    stopped_at: datetime | None


class StopDocument(Struct, frozen=True, kw_only=True):
    """Since when the contact wants no more of a topic, or (null) nothing but answers; taken back at
    `resumed_at` if that is later."""

    topic: str | None
    is_on: bool
    at: datetime
    how: str
    evidence: str | None
    resumed_at: datetime | None
    resumed_how: str | None
    resumed_evidence: str | None


class PreferencesDocument(Struct, frozen=True):
    """All that the contact told, under all its keys."""

    opt_ins: list[OptInDocument]
    stops: list[StopDocument]


@endpoint(opt_ins, "GET", PATH, role=Role.READ, answer=PreferencesDocument)
def list_opt_ins(conversation_id: str) -> Response:
    """What the contact agreed to hear about, and what it wants to hear no more of."""
    from chalicelib.usecases import preferences

    return answers.ok(_document(preferences.read(conversation_id, runtime())))


@endpoint(
    opt_ins,
    "POST",
    PATH,
    role=Role.AGENT,
    body=Consent,
    answer=PreferencesDocument,
    status=201,
    objections=(422,),
)
def record_opt_in(conversation_id: str, body: Consent, idempotency_key: str) -> Response:
    """Record a consent that the customer gave elsewhere. It serves one message within a year."""
    from chalicelib.core.opt_in import How
    from chalicelib.usecases import preferences

    found = preferences.agree(
        conversation_id=conversation_id,
        topic=body.topic,
        how=How(body.how),
        given_at=body.given_at.astimezone(UTC) if body.given_at else None,
        reference=body.reference,
        idempotency_key=idempotency_key,
        rt=runtime(),
    )
    return answers.created(_document(found))


@endpoint(opt_ins, "DELETE", PATH, role=Role.AGENT, query=WhichTopic, answer=PreferencesDocument)
def stop_opt_ins(conversation_id: str, query: WhichTopic, caller: ApiKey) -> Response:
    """The contact wants no more of this topic, or without one nothing but answers: honoured at
    once. Safe to repeat."""
    from chalicelib.usecases import preferences

    found = preferences.stop(conversation_id, query.topic, by=caller.key_id, rt=runtime())
    return answers.ok(_document(found))


def _document(found: Preferences) -> PreferencesDocument:
    return PreferencesDocument(
        [_opt_in(shown) for shown in found.opt_ins], [_stop(stop) for stop in found.stops]
    )


def _opt_in(shown: Shown) -> OptInDocument:
    told = shown.opt_in
    return OptInDocument(
        opt_in_id=told.opt_in_id,
        topic=told.topic,
        title=told.title,
        how=told.how,
        evidence=told.evidence,
        opted_in_at=told.opted_in_at,
        expires_at=told.expires_at,
        has_token=told.token is not None,
        stage=shown.stage,
        message_id=told.used_by,
        failure=shown.failure,
        stopped_at=told.stopped_at,
    )


def _stop(told: Stop) -> StopDocument:
    return StopDocument(
        topic=told.topic,
        is_on=told.is_on,
        at=told.at,
        how=told.how,
        evidence=told.evidence,
        resumed_at=told.resumed_at,
        resumed_how=told.resumed_how,
        resumed_evidence=told.resumed_evidence,
    )
