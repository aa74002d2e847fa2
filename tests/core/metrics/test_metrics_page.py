"""docs/metrics.md has a row for every metric."""

from __future__ import annotations

import re
from pathlib import Path

from chalicelib.catalogue import METRICS

PAGE = Path(__file__).parents[3] / "docs" / "metrics.md"


def test_the_page_has_a_row_for_every_metric_with_its_definition_and_unit():
    rows = re.findall(r"^\| `(\w+)` \| (\S+) \| (\w+) \|", PAGE.read_text(), re.MULTILINE)
    assert sorted(rows) == sorted((m.name, m.definition, m.unit.value) for m in METRICS)
