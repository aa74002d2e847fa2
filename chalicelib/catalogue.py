"""What this build can do: its platforms, automations and metrics."""

from __future__ import annotations

from chalicelib.core.automations import Automation
from chalicelib.core.metrics import Metric
from chalicelib.platforms import Platform
from chalicelib.registry import variants

PLATFORMS: dict[str, Platform] = {
    platform.name: platform for platform in variants("chalicelib.platforms", "PLATFORM")
}

AUTOMATIONS: tuple[Automation, ...] = tuple(
    sorted(
        variants("chalicelib.core.automations", "AUTOMATION"),
        key=lambda automation: (automation.tier, automation.name),
    )
)

METRICS: tuple[Metric, ...] = variants("chalicelib.core.metrics", "METRIC")
