"""Who may be written to, when and with what: one pure function over dated rules.

`check` is asked at the moment of sending, `window_length` at that of the action that opens it.
The rules stand in `_rules.py`, each with its dates and its source.
"""

from chalicelib.core.messaging_policy._check import check
from chalicelib.core.messaging_policy._rules import RULES, Rule, window_length
from chalicelib.core.messaging_policy._verdict import (
    INSTEAD,
    REASONS,
    Basis,
    Permit,
    Question,
    Refusal,
)

__all__ = [
    "INSTEAD",
    "REASONS",
    "RULES",
    "Basis",
    "Permit",
    "Question",
    "Refusal",
    "Rule",
    "check",
    "window_length",
]
