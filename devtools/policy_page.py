"""Writes docs/policy.md from the rules, and the version of the rules beside them: `make policy`.

A test compares both with the rules, so a changed rule without its page does not pass.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from chalicelib.core import messaging_policy
from chalicelib.core.messaging_policy import PLATFORMS, Basis, Rule, rule_file
from chalicelib.core.messaging_policy.reasons import INSTEAD, REASONS

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "policy.md"
RULES = Path(messaging_policy.__file__).parent
VERSIONED = RULES / "_rules.py"
HEAD = Path(__file__).parent / "policy_page.md"
NAMES = {"instagram": "Instagram", "messenger": "Messenger", "whatsapp": "WhatsApp"}
BASES = {
    Basis.STANDARD_WINDOW: "the customer did something a short time ago",
    Basis.HUMAN_AGENT: "a person answers within 7 days, and Meta granted the feature",
    Basis.CUSTOMER_FEEDBACK: "the platform's feedback form, within 7 days",
    Basis.ONE_TIME_TOKEN: "the customer tapped that they want this one notification",
    Basis.APPROVED_TEMPLATE: "Meta approved the words and the customer agreed to get them",
    Basis.PRIVATE_REPLY: "one private answer to a public comment",
    Basis.CONFIRMED_EVENT_UPDATE: "a tag, until 2026-04-27",
    Basis.ACCOUNT_UPDATE: "a tag, until 2026-04-27",
    Basis.POST_PURCHASE_UPDATE: "a tag, until 2026-04-27",
    Basis.RECURRING_NOTIFICATION: "a token for many messages, until 2026-02-10",
}


def page() -> str:
    """docs/policy.md as it should be."""
    return "\n".join([HEAD.read_text().rstrip(), "", *_bases(), *_rules(), *_reasons()]) + "\n"


def version() -> str:
    """The date of the youngest comparison with Meta's pages, and a digest of all rules."""
    checked_on = max(rule_file(platform).checked_on for platform in PLATFORMS)
    content = b"".join((RULES / f"{platform}.json").read_bytes() for platform in PLATFORMS)
    return f"{checked_on}.{hashlib.sha256(content).hexdigest()[:12]}"


def _bases() -> Iterator[str]:
    yield from ("## Bases", "", "What permits a send; stored with it.", "")
    yield from ("| basis | because |", "|---|---|")
    yield from (f"| `{basis}` | {why} |" for basis, why in BASES.items())


def _rules() -> Iterator[str]:
    for platform in PLATFORMS:
        file = rule_file(platform)
        yield from ("", f"## Rules of {NAMES[platform]}", "")
        yield f"Compared with Meta's pages on {file.checked_on}."
        yield from ("", "| from | until | rule | what it says | source |", "|---|---|---|---|---|")
        yield from map(_row, sorted(file.rules, key=_start))


def _start(rule: Rule) -> tuple[str, str]:
    return str(rule.effective_from or ""), rule.id


def _row(rule: Rule) -> str:
    says = " ".join(filter(None, [rule.says, _parameters(rule), rule.note]))
    source = f"{rule.source} ({rule.grade})"
    start, end = rule.effective_from or "always", rule.effective_to or "open"
    return f"| {start} | {end} | `{rule.id}` | {says} | {source} |"


def _parameters(rule: Rule) -> str:
    named = {
        "Actions": rule.actions,
        "Regions": rule.regions or (),
        "Categories": rule.categories,
        "Waits, in hours": tuple(map(str, rule.wait_hours)),
        "Setting": (_setting(rule),) if rule.setting else (),
    }
    return " ".join(f"{name}: {_list(values)}." for name, values in named.items() if values)


def _setting(rule: Rule) -> str:
    return f"{rule.setting}, {rule.least} to {rule.most}" if rule.most else str(rule.setting)


def _list(values: Iterable[str]) -> str:
    return ", ".join(values)


def _reasons() -> Iterator[str]:
    yield from ("", "## Reasons", "")
    yield "Codes are stored with the refused message, shown by the API, and never change."
    yield from ("", "| code | sentence | instead |", "|---|---|---|")
    yield from (f"| `{code}` | {REASONS[code]} | {_instead(code)} |" for code in REASONS)


def _instead(code: str) -> str:
    by_platform = [
        f"{NAMES[platform]}: {INSTEAD[code, platform]}"
        for platform in PLATFORMS
        if (code, platform) in INSTEAD
    ]
    return " ".join([INSTEAD.get(code, ""), *by_platform]).strip()


def main() -> None:
    """Write the page and the version."""
    PAGE.write_text(page())
    source = VERSIONED.read_text()
    VERSIONED.write_text(re.sub(r'(?<=^RULES_VERSION = ").*?(?=")', version(), source, flags=re.M))


if __name__ == "__main__":
    main()
