"""Old rules are told."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from chalicelib.adapters.stale_rules import warn_of_stale_rules
from chalicelib.core.messaging_policy import PLATFORMS, rule_file
from tests import fakes


@pytest.mark.parametrize(("days", "said"), [(0, []), (180, []), (181, ["policy_rules_stale"])])
def test_rules_that_nobody_compared_for_180_days_are_told(days: int, said: list[str]) -> None:
    log = fakes.FakeLog()
    oldest = min(rule_file(platform).checked_on for platform in PLATFORMS)
    warn_of_stale_rules(datetime.combine(oldest, time(12), UTC) + timedelta(days=days), log)
    assert log.events == said
