"""The messaging policy, asked without sending, and its rules."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Literal

from chalice.app import Blueprint, Response
from msgspec import Struct
from msgspec.structs import replace

from chalicelib.api import answers
from chalicelib.api.endpoint import endpoint, runtime
from chalicelib.api.policy_shapes import (
    RuleDocument,
    VerdictDocument,
    rule_document,
    verdict_document,
    warnings,
)
from chalicelib.api.values import Id, Moment
from chalicelib.core.access import Role
from chalicelib.core.messages import MessageKind
from chalicelib.core.policy_facts import Facts
from chalicelib.usecases.errors import InvalidInput

policy = Blueprint(__name__)

Platform = Literal["instagram", "messenger", "whatsapp"]


class TemplateName(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str
    language: str


class PolicyQuestion(Facts, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who would send what, to a conversation or to somebody of whom these facts are known, and
    when. Beside a conversation, facts count in place of what is known of it."""

    conversation_id: Id | None = None
    template: TemplateName | None = None


class RulesQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    platform: Platform | None = None
    at: Moment | None = None


class RulesDocument(Struct, frozen=True):
    """The rules in force at a time. `checked_on`: when each platform's were last compared with
    Meta's pages."""

    at: datetime
    rules_version: str
    checked_on: dict[str, date]
    warnings: list[str]
    items: list[RuleDocument]


@endpoint(
    policy,
    "POST",
    "/v1/policy/check",
    role=Role.READ,
    body=PolicyQuestion,
    answer=VerdictDocument,
)
def check_policy(body: PolicyQuestion) -> Response:
    """Whether a message may be sent, why, until when, and what may be sent instead. Nothing is
    sent or stored."""
    from chalicelib.usecases import explain_policy

    rt = runtime()
    if body.template and body.kind not in (None, MessageKind.TEMPLATE):
        raise InvalidInput("kind", "template, beside a template")
    if body.conversation_id is None:
        kind = MessageKind.TEMPLATE if body.template else body.kind
        explained = explain_policy.of_facts(replace(_facts(body), kind=kind), now=rt.now())
    else:
        explained = explain_policy.of_conversation(
            body.conversation_id, _facts(body), rt, template=_template(body.template)
        )
    return answers.ok(verdict_document(explained, rt.now()))


@endpoint(
    policy,
    "GET",
    "/v1/policy/rules",
    role=Role.READ,
    query=RulesQuery,
    answer=RulesDocument,
)
def list_rules(query: RulesQuery) -> Response:
    """The rules in force at a time, now unless told, with their sources."""
    from chalicelib.core.messaging_policy import PLATFORMS, RULES_VERSION, rule_file

    now = runtime().now()
    at = (query.at or now).astimezone(UTC)
    files = [rule_file(each) for each in ((query.platform,) if query.platform else PLATFORMS)]
    items = [rule_document(r) for file in files for r in file.rules if r.is_in_force(at)]
    checked_on = {file.platform: file.checked_on for file in files}
    told = [each for file in files for each in warnings(file.platform, now)]
    return answers.ok(RulesDocument(at, RULES_VERSION, checked_on, told, items))


def _facts(body: PolicyQuestion) -> Facts:
    return Facts(**{name: getattr(body, name) for name in Facts.__struct_fields__})


def _template(named: TemplateName | None) -> dict[str, Any] | None:
    return {"name": named.name, "language": {"code": named.language}} if named else None
