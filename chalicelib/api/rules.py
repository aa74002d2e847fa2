"""A channel's own rules: try them before they are saved."""

from __future__ import annotations

from typing import Annotated

from chalice.app import Blueprint, Response
from msgspec import Meta, Struct

from chalicelib.api import answers
from chalicelib.api.endpoint import endpoint, runtime
from chalicelib.core.access import Role
from chalicelib.core.custom_rules import MOST_RULES, Rule
from chalicelib.core.rule_trial import DryRun

rules = Blueprint(__name__)


class Trial(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rules as in the channel's settings, and how far to look back."""

    rules: Annotated[
        tuple[Rule, ...],
        Meta(min_length=1, max_length=MOST_RULES, description=f"1 to {MOST_RULES} rules"),
    ]
    hours: Annotated[int, Meta(ge=1, le=72, description="a whole number from 1 to 72")] = 24


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

    return answers.ok(dry_run_rules.run(channel_id, body.rules, hours=body.hours, rt=runtime()))
