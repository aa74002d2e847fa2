"""A channel's own rules: try them before they are saved."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from chalice.app import Blueprint, Response
from msgspec import Meta, Struct

from chalicelib.api import answers
from chalicelib.api.endpoint import endpoint, runtime
from chalicelib.core.access import Role
from chalicelib.core.custom_rules import MOST_RULES, Rule

rules = Blueprint(__name__)


class Trial(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rules as in the channel's settings, and how far to look back."""

    rules: Annotated[
        tuple[Rule, ...],
        Meta(min_length=1, max_length=MOST_RULES, description=f"1 to {MOST_RULES} rules"),
    ]
    hours: Annotated[int, Meta(ge=1, le=72, description="a whole number from 1 to 72")] = 24


class Match(Struct, frozen=True):
    """A message that rules match."""

    conversation_id: str
    message_id: str
    occurred_at: datetime
    rule: str | None
    text: str | None
    sorted_by: tuple[str, ...]
    answered_by: str | None


class DryRun(Struct, frozen=True):
    """What the rules would have done."""

    looked_at: int
    is_complete: bool
    matched: dict[str, int]
    matches: tuple[Match, ...]


@endpoint(
    rules,
    "POST",
    "/v1/channels/{channel_id}/rules/dry-run",
    role=Role.AGENT,
    body=Trial,
    answer=DryRun,
)
def dry_run(channel_id: str, body: Trial) -> Response:
    """Try rules on the latest messages of customers, at most 200: which of them would have
    matched, and what would have been said. Nothing is sent or stored."""
    from chalicelib.usecases import dry_run_rules

    tried = dry_run_rules.run(channel_id, body.rules, hours=body.hours, rt=runtime())
    return answers.ok(msgspec.convert(tried, DryRun, from_attributes=True))
