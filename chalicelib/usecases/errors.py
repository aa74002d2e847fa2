"""What a use case says when it does not do what was asked: all are the caller's to put right."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # type only: whoever raises it has it
    from chalicelib.core.messaging_policy import Refusal


class NotFound(Exception):  # noqa: N818 - reads as the answer it becomes
    """There is no such thing. `what` is its kind, never its id."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class InvalidInput(Exception):  # noqa: N818 - reads as the answer it becomes
    """A value cannot be used. `field` names it by path, `expected` says what would do."""

    def __init__(self, field: str, expected: str) -> None:
        super().__init__(f"{field}: expected {expected}")
        self.field, self.expected = field, expected


class Objection(Exception):  # noqa: N818 - reads as the answer it becomes
    """What was asked is clear, and not done: a stable `reason` and a plain sentence."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason, self.sentence = reason, sentence


class Forbidden(Objection):
    """The caller may not do that."""


class Conflict(Objection):
    """Things stand so that it cannot be done now."""


class Refused(Conflict):
    """The messaging policy does not permit it; `refusal` as it said, if that is still known."""

    def __init__(self, reason: str, sentence: str, refusal: Refusal | None) -> None:
        super().__init__(reason, sentence)
        self.refusal = refusal


class Outdated(Objection):
    """It has changed since the caller read it."""


class KeyReused(Objection):
    """The Idempotency-Key stands for another request already."""


class ConditionMissing(Objection):
    """The caller must say which version it wants to change."""
