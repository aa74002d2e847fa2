"""Tell the operator that the rules of the messaging policy are old."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.core.messaging_policy import PLATFORMS, is_stale, rule_file

if TYPE_CHECKING:
    from chalicelib.ports import Log


def warn_of_stale_rules(at: datetime, log: Log) -> None:
    """Log and count it when nobody has compared them with Meta's pages for 180 days. Said once by
    each container, which lives for hours."""
    if is_stale(at):
        oldest = min(rule_file(platform).checked_on for platform in PLATFORMS)
        log.warning("policy_rules_stale", day=oldest.isoformat())
        log.count("policy_rules_stale")
