"""How verdicts and rules look in the API. What is not known is null, never left out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from chalicelib.api.decision_shapes import shown
from chalicelib.core.decision_inputs import named, pack
from chalicelib.core.messaging_policy import (
    RULES_VERSION,
    Permit,
    Refusal,
    Rule,
    is_stale,
    rule_file,
)

if TYPE_CHECKING:
    from chalicelib.usecases.explain_policy import Explanation


class RuleDocument(Struct, frozen=True, kw_only=True):
    """A rule with its days: from the first on, and before the last (null: no such day is known).
    `grade`: confirmed, inferred, contested, or ours."""

    id: str
    kind: str
    says: str
    note: str | None
    effective_from: date | None
    effective_to: date | None
    regions: list[str] | None
    actions: list[str]
    hours: int | None
    source: str
    grade: str


class InsteadDocument(Struct, frozen=True):
    """What would be allowed instead: in words, by which bases these very facts allow it, and until
    when (null: no end is known, or nothing is allowed)."""

    sentence: str | None
    bases: list[str]
    until: datetime | None


class PriceDocument(Struct, frozen=True):
    """The class of price; amounts are those of the business's rate cards."""

    category: str
    price: str
    country: str | None
    rule: str | None


class VerdictDocument(Struct, frozen=True, kw_only=True):
    """A verdict of the policy. Permitted: `basis`, the tag to send with, and the moment from which
    it is no longer valid. Refused: a `reason` that never changes, and from when this very send may
    be tried again. `facts` are what it depends on, as the ledger keeps them; `taken_as_now` those
    that are not known of a past time."""

    verdict: Literal["permitted", "refused"]
    at: datetime
    basis: str | None
    messaging_type: str | None
    tag: str | None
    deadline: datetime | None
    reason: str | None
    sentence: str | None
    instead: InsteadDocument | None
    not_before: datetime | None
    rule: RuleDocument | None
    price: PriceDocument | None
    kind: str
    facts: dict[str, Any] | None
    taken_as_now: list[str]
    rules_version: str
    warnings: list[str]


def rule_document(rule: Rule) -> RuleDocument:
    return RuleDocument(
        id=rule.id,
        kind=rule.kind,
        says=rule.says,
        note=rule.note,
        effective_from=rule.effective_from,
        effective_to=rule.effective_to,
        regions=None if rule.regions is None else list(rule.regions),
        actions=list(rule.actions),
        hours=rule.hours,
        source=rule.source,
        grade=rule.grade,
    )


def verdict_document(explained: Explanation, now: datetime) -> VerdictDocument:
    """The verdict as the API shows it; `now` tells how old the rules are."""
    question, verdict, price = explained.question, explained.verdict, explained.price
    permit = verdict if isinstance(verdict, Permit) else None
    refusal = verdict if isinstance(verdict, Refusal) else None
    return VerdictDocument(
        verdict="permitted" if permit else "refused",
        at=question.at,
        basis=permit.basis.value if permit else None,
        messaging_type=permit.messaging_type if permit else None,
        tag=permit.tag if permit else None,
        deadline=permit.deadline if permit else None,
        reason=refusal.reason if refusal else None,
        sentence=refusal.sentence if refusal else None,
        instead=_instead(refusal) if refusal else None,
        not_before=refusal.not_before if refusal else None,
        rule=rule_document(explained.rule) if explained.rule else None,
        price=PriceDocument(price.category, price.price, price.country, price.rule)
        if price
        else None,
        kind=question.kind.value,
        facts=shown(named(pack(question), question.at)),
        taken_as_now=list(explained.taken_as_now),
        rules_version=RULES_VERSION,
        warnings=[*warnings(question.platform, now), *_ending(explained)],
    )


def warnings(platform: str, now: datetime) -> list[str]:
    """What makes the verdict less certain than it looks."""
    if not is_stale(now, platform):
        return []
    day = rule_file(platform).checked_on
    return [
        f"The rules of {platform} were last compared with Meta's pages on {day}, more than 180 "
        "days ago."
    ]


def _ending(explained: Explanation) -> Iterator[str]:
    """A permit may fail from the end of its rule that was announced first, though it came later."""
    rule = explained.rule if isinstance(explained.verdict, Permit) else None
    end = rule.announced_to if rule else None
    if end and explained.question.at.astimezone(UTC).date() >= end:
        yield f"The end of this rule was first announced for {end}: it may fail from then on."


def _instead(refusal: Refusal) -> InsteadDocument:
    bases = [each.value for each in refusal.instead_basis]
    return InsteadDocument(refusal.instead, bases, refusal.until)
