"""The packaged template, to be looked into."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import yaml

from devtools import package

Resource = dict[str, Any]


@cache
def template() -> dict[str, Any]:
    packaged: dict[str, Any] = yaml.safe_load(package.build().template.read_text())
    return packaged


def resources() -> dict[str, Resource]:
    found: dict[str, Resource] = template()["Resources"]
    return found


def properties(name: str) -> dict[str, Any]:
    found: dict[str, Any] = resources()[name]["Properties"]
    return found


def of_type(kind: str) -> list[str]:
    return sorted(name for name, each in resources().items() if each["Type"] == kind)


def written(kind: str) -> list[str]:
    """The same from infra/merge.yaml as it is written: collecting tests builds nothing."""
    lines = (package.ROOT / "infra" / "merge.yaml").read_text()
    return sorted(re.findall(rf"^  (\w+):\n    Type: {kind}$", lines, re.MULTILINE))
