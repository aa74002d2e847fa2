"""Who may be written to, when and with what: one pure function over dated rules.

`check` is asked at the moment of sending, `window_length` at that of the action that opens it.
The rules stand in `_rules.py`, each with its dates and its source.
"""

from chalicelib.core.messaging_policy._check import check
from chalicelib.core.messaging_policy._rules import (
    CHECKED_AT,
    RULES,
    RULES_VERSION,
    Rule,
    is_stale,
    window_length,
)
from chalicelib.core.messaging_policy._verdict import (
    INSTEAD,
    REASONS,
    Basis,
    Permit,
    Question,
    Refusal,
)

__all__ = [
    "CHECKED_AT",
    "INSTEAD",
    "REASONS",
    "RULES",
    "RULES_VERSION",
    "Basis",
    "Permit",
    "Question",
    "Refusal",
    "Rule",
    "check",
    "is_stale",
    "window_length",
]
