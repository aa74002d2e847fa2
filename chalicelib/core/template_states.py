"""What Meta told about message templates: status, quality and category of each.

Rules: WhatsApp, webhooks message_template_status_update, message_template_quality_update and
template_category_update (pages of 2025-10 to 2025-12); Messenger's utility templates have a status
of the same words (webhooks reference, read 2026-11).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

APPROVED = "APPROVED"
# Words of a status that mean that the template may be sent again, or still.
_GOOD = frozenset({APPROVED, "UNPAUSED", "REINSTATED", "UNARCHIVED", "FLAGGED"})


class Aspect(StrEnum):
    """What a notice is about; each is told by itself."""

    STATUS = "status"
    QUALITY = "quality"
    CATEGORY = "category"


class TemplateFact(Struct, frozen=True, kw_only=True):
    """One notice. `account_id`: the WhatsApp Business account or Page whose template it is; `word`
    as Meta wrote it."""

    account_id: str
    name: str
    language: str
    aspect: Aspect
    word: str
    at: datetime


class TemplateState(Struct, frozen=True, kw_only=True):
    """What is known of a template; None: Meta told nothing."""

    status: str | None = None  # APPROVED, PAUSED, DISABLED, REJECTED, PENDING ...
    quality: str | None = None  # GREEN, YELLOW, RED
    category: str | None = None  # utility, marketing, authentication


NOTHING_TOLD = TemplateState()


def state_of(facts: Iterable[TemplateFact]) -> TemplateState:
    """The state that the latest fact of each aspect tells."""
    latest = {fact.aspect: fact.word for fact in sorted(facts, key=lambda fact: fact.at)}
    category = latest.get(Aspect.CATEGORY)
    return TemplateState(
        status=status_of(latest.get(Aspect.STATUS)),
        quality=latest.get(Aspect.QUALITY),
        category=category.lower() if category else None,
    )


def status_of(word: str | None) -> str | None:
    """The status that Meta's word means to the policy: a template that was reinstated, or is only
    flagged, may be sent."""
    return APPROVED if word in _GOOD else word
