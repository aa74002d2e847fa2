"""Who may be written to, when and with what: one pure function over dated rules.

`check` is asked at the moment of sending, `window_length` at that of the action that opens it.
The rules stand in the data files beside this module, one for each platform, each rule with its
dates, its source and how certain it is; docs/policy.md shows them.
What few functions or few sends need is not imported here: `prices`, `reasons`, and the code of
templates, tags and consent.
"""

from chalicelib.core.messaging_policy._check import check
from chalicelib.core.messaging_policy._rules import (
    PLATFORMS,
    RULES_VERSION,
    Rule,
    all_rules,
    is_stale,
    rule_file,
    window_length,
)
from chalicelib.core.messaging_policy._verdict import Basis, Permit, Question, Refusal

__all__ = [
    "PLATFORMS",
    "RULES_VERSION",
    "Basis",
    "Permit",
    "Question",
    "Refusal",
    "Rule",
    "all_rules",
    "check",
    "is_stale",
    "rule_file",
    "window_length",
]
