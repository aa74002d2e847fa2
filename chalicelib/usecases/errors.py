"""What a use case says when it cannot do what was asked: both are the caller's to put right."""

from __future__ import annotations


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
