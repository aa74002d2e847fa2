"""Logs: one line of JSON per outcome, and counters in CloudWatch's embedded metric format.

Only the fields listed here are written, and only values that look like ids, codes or numbers:
message text, names, phone numbers and secrets have no way in. Meta's ids of people and messages are
hashed, because a wamid holds the phone number; `fingerprint` gives what to look for.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
(read 2026-11-21)
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from chalicelib.core.ids import digest

NAMESPACE = "Hearback"

FIELDS = frozenset(
    {
        "action",
        "attempt_id",
        "automation",
        "basis",
        "by_key_id",
        "bytes",
        "channel_id",
        "code",
        "conversation_id",
        "day",
        "deadline",
        "elapsed_ms",
        "entries",
        "error",
        "error_class",
        "events",
        "key_id",
        "kind",
        "outcome",
        "percent",
        "platform",
        "quarantine_id",
        "queue",
        "reason",
        "refused",
        "state",
        "status",
        "subcode",
        "version",
        "window_ends_at",
        "window_opened_at",
        "window_opened_by",
    }
)
FINGERPRINTED = frozenset({"contact_id", "event_id", "message_id", "platform_message_id"})
_CODE = re.compile(r"[\w.:/#+=@-]{0,200}", re.ASCII)
_OURS_OR_OF_AWS = re.compile(r"hb[\w-]{22}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_WITHHELD = "withheld"
_TOO_LARGE = 2**63  # for a number of JSON; what is no number at all is not smaller either


class JsonLog:
    """Writes to standard output, which Lambda hands to CloudWatch."""

    def __init__(self, stage: str, now: Callable[[], datetime]) -> None:
        self._stage, self._now = stage, now

    def info(self, event: str, **facts: object) -> None:
        self._write("info", event, facts)

    def warning(self, event: str, **facts: object) -> None:
        self._write("warning", event, facts)

    def count(self, metric: str, **dimensions: str) -> None:
        """Add one to a counter; its dimensions are the given ones and the stage."""
        named = {"stage": self._stage, **{name: _code(value) for name, value in dimensions.items()}}
        definition = {
            "Namespace": NAMESPACE,
            "Dimensions": [list(named)],
            "Metrics": [{"Name": metric, "Unit": "Count"}],
        }
        at = int(self._now().timestamp() * 1000)
        _print({"_aws": {"Timestamp": at, "CloudWatchMetrics": [definition]}, **named, metric: 1})

    def _write(self, level: str, event: str, facts: Mapping[str, object]) -> None:
        known = {name: _safe(name, value) for name, value in facts.items() if _is_known(name)}
        left_out = sorted(_code(name) for name in facts if not _is_known(name))
        line = {
            "at": self._now().isoformat(),
            "level": level,
            "event": event,
            "stage": self._stage,
            **known,
        }
        _print(line | ({"left_out": left_out} if left_out else {}))


def fingerprint(identifier: str) -> str:
    """What the log shows of an id: Meta's hashed, our attempts' and SQS records' as they are."""
    return identifier if _OURS_OR_OF_AWS.fullmatch(identifier) else digest("log", identifier)


def _is_known(name: str) -> bool:
    return name in FIELDS or name in FINGERPRINTED


def _safe(name: str, value: object) -> object:
    if value is None or (isinstance(value, bool | int | float) and abs(value) < _TOO_LARGE):
        return value
    if name in FINGERPRINTED:
        return fingerprint(str(value))
    return _code(value)


def _code(value: object) -> str:
    text = str(value)
    return text if _CODE.fullmatch(text) else _WITHHELD


def _print(line: Mapping[str, object]) -> None:
    sys.stdout.write(msgspec.json.encode(line).decode() + "\n")
