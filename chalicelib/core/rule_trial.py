"""What a channel's own rules would have done with messages that came in before."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct


class Match(Struct, frozen=True):
    """A message that rules match."""

    conversation_id: str
    message_id: str
    occurred_at: datetime
    rule: str | None  # the one that answers
    text: str | None  # what it would say, placeholders unfilled
    sorted_by: tuple[str, ...]  # rules that only tag or assign
    answered_by: str | None  # an automation that comes before the rules, in place of `rule`
    tags_left_out: tuple[str, ...] = ()  # of these rules, beyond what a conversation may have


class DryRun(Struct, frozen=True):
    """What the rules would have done."""

    looked_at: int  # messages that were tried
    is_complete: bool  # these were all of the time asked for
    matched: dict[str, int]  # of each rule how many
    matches: tuple[Match, ...]  # the latest first
