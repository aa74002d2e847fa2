"""Who may be written to, when and with what: one pure function over dated rules."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class Basis(StrEnum):
    """What permits a send."""

    STANDARD_WINDOW = "standard_window"
    ONE_TIME_TOKEN = "one_time_token"  # noqa: S105 - a name, not a secret
    APPROVED_TEMPLATE = "approved_template"
    HUMAN_AGENT = "human_agent"


class Permit(Struct, frozen=True):
    """It may be sent until `deadline` (None: no end known); `messaging_type` and `tag` as the Send API wants them."""

    basis: Basis
    deadline: datetime | None = None
    messaging_type: str | None = None
    tag: str | None = None


class Refusal(Struct, frozen=True):
    """It may not be sent. `reason` is a stable code, `sentence` explains it, `instead` says what would be allowed."""

    reason: str
    sentence: str
    instead: str | None = None
