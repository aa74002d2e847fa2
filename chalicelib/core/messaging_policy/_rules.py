"""The platforms' rules, read from the data files beside this module when first asked for.

A permission is looked up at the time it is used, the length of a messaging window at the time of
the action that opened it. A rule that changes gets an end and a successor, so that any day can be
judged again. docs/policy.md shows them all.
Annotations are evaluated at once here: msgspec would do it one by one, at three times the cost, and
every cold start would pay for that.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Literal, cast

import msgspec
from msgspec import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.abc import ResourceLoader

RULES_VERSION = "2026-11-21.23c432eefd42"  # which rules decided: `make policy` writes it
PLATFORMS = ("instagram", "messenger", "whatsapp")
STALE_AFTER = timedelta(days=180)
HOUR = timedelta(hours=1)
DAY = 24 * HOUR


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a platform allows, forbids or charges from one day until another (the first without it;
    None: no such day is known). `kind` is what the code looks for; a `record` decides nothing."""

    id: str  # stable: decisions are stored with it
    kind: str
    says: str
    source: str  # page and date
    grade: Literal["confirmed", "inferred", "contested", "ours"]
    note: str | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    announced_to: date | None = None  # the end that was announced first: from then on it warns
    regions: tuple[str, ...] | None = None  # ISO countries or groups of them; None: everywhere
    actions: tuple[str, ...] = ()  # of the customer, that open a window
    hours: int | None = None  # how long it lasts
    wait_hours: tuple[int, ...] = ()  # before the next one: after the first time, the second, ...
    categories: tuple[str, ...] = ()  # of templates
    statuses: tuple[str, ...] = ()  # of templates that may be used
    free_in_window: tuple[str, ...] = ()  # categories that are free inside the service window
    count: int | None = None
    setting: str | None = None  # of the channel, by which a business chooses: between ...
    least: int | None = None
    most: int | None = None

    @property
    def platform(self) -> str:
        """The platform that has it."""
        return self.id.partition(".")[0]

    @property
    def length(self) -> timedelta | None:
        """How long what it permits lasts; None: no end."""
        return self.hours * HOUR if self.hours else None

    @property
    def wait(self) -> timedelta:
        """How long it asks to wait after the first time."""
        return self.wait_hours[0] * HOUR if self.wait_hours else timedelta()

    def is_in_force(self, at: datetime) -> bool:
        """Whether it holds at that time; days begin at midnight UTC."""
        day = at.astimezone(UTC).date()
        if self.effective_from and day < self.effective_from:
            return False
        return self.effective_to is None or day < self.effective_to

    def ends_at(self, *, margin: timedelta) -> datetime | None:
        """The first moment without it, if one is known, less a margin."""
        if self.effective_to is None:
            return None
        return datetime.combine(self.effective_to, time(), UTC) - margin


class RuleFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One data file. `checked_on`: when its rules were last compared with Meta's pages. `groups`:
    countries by the name under which rules speak of them."""

    about: str
    platform: str
    checked_on: date
    rules: tuple[Rule, ...]
    groups: dict[str, tuple[str, ...]] = {}


@cache
def rule_file(platform: str) -> RuleFile:
    """The rules of one of PLATFORMS."""
    return msgspec.json.decode(_content(f"{platform}.json"), type=RuleFile)


def _content(name: str) -> bytes:
    """Of a file beside this module, in a folder as in a zip."""
    loader = cast("ResourceLoader", __spec__.loader)
    return loader.get_data(__file__.rpartition("/")[0] + "/" + name)


def all_rules() -> tuple[Rule, ...]:
    """The rules of all platforms."""
    return tuple(rule for platform in PLATFORMS for rule in rule_file(platform).rules)


def rules_for(platform: str, kind: str, at: datetime) -> Iterator[Rule]:
    """The rules of that kind in force at that time, whatever their region."""
    rules = rule_file(platform).rules if platform in PLATFORMS else ()
    return (rule for rule in rules if rule.kind == kind and rule.is_in_force(at))


def rule_for(platform: str, kind: str, at: datetime, region: str | None = None) -> Rule | None:
    """The rule in force at that time that holds everywhere or in that country."""
    return next((r for r in rules_for(platform, kind, at) if holds_in(r, region)), None)


def holds_in(rule: Rule, region: str | None) -> bool:
    """Whether it holds in that country; one for some countries does not where none is known."""
    if rule.regions is None:
        return True
    groups = rule_file(rule.platform).groups
    return any(region == name or region in groups.get(name, ()) for name in rule.regions)


def window_rule(platform: str, action: str, at: datetime) -> Rule | None:
    """The rule by which a customer's action at that time opens a window."""
    return next((r for r in rules_for(platform, "window", at) if action in r.actions), None)


def window_length(
    platform: str, action: str, at: datetime, *, ad_days: int = 1
) -> timedelta | None:
    """How long a customer's action at that time lets us write freely; None: it opens nothing.
    `ad_days` is the channel's setting for the window that an ad opens, used where its rule leaves
    the choice to the business, within the rule's range."""
    rule = window_rule(platform, action, at)
    if rule is None or rule.setting is None:
        return rule.length if rule else None
    return min(max(ad_days, rule.least or 1), rule.most or 1) * DAY


def is_stale(at: datetime, platform: str | None = None) -> bool:
    """Whether nobody compared the rules, of one platform or of any, with Meta's pages for more than
    180 days."""
    files = map(rule_file, PLATFORMS if platform is None else (platform,))
    return any(at.astimezone(UTC).date() > file.checked_on + STALE_AFTER for file in files)
