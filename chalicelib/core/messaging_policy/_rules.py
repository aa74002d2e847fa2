"""The platforms' rules as data: from when until when they hold, and where we read them.

A permission is looked up at the time it is used, the length of a messaging window at the time of
the action that opened it. A rule that changes gets an end and a successor; no row is ever edited.
Page names and dates as Meta printed them; all were read by 2026-11-21.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec import Struct

DAY = timedelta(hours=24)
ALWAYS = datetime(2011, 1, 1, tzinfo=UTC)  # older than every platform here: no start is known

CHECKED_AT = datetime(2026, 11, 21, tzinfo=UTC)  # when the rules were last compared with Meta's
STALE_AFTER = timedelta(days=180)
RULES_VERSION = "2026-11-21"

_WINDOW = "messenger-platform/policy, 2026-09-11"
_WINDOW_BY_ACTION = (
    "messenger-platform/policy, 2026-09-28: up to 7 days after an ad, the exact rule is not "
    "printed, so the 24 hours of before"
)
_REFERRALS = "webhook-events/messaging_referrals, 2025-07-01"
_REACTIONS = "webhook-events/message_reactions, undated, read 2026-09"
_UNCONFIRMED = "as on Messenger; not confirmed on a page about Instagram"
_HUMAN_AGENT = "messenger-platform/policy, 2026-09-11; open to all developers since 2021-06-02"
_ONE_TIME = "messenger-platform/send-messages/one-time-notification, undated, before 2026"
_WHATSAPP = "whatsapp/messages/send-messages, read 2025-12: last message or call"
_UTILITY = (
    "messenger-platform/send-messages/utility-messages, 2026-03-13; changelog, 2025-09-29, is the "
    "first we know; consent and length are our own"
)
_OURS = "whatsapp/getting-opt-in, 2025-11-03; the length is our own: old consent is no consent"

_AD_CHANGE = datetime(2026, 9, 28, tzinfo=UTC)
_HUMAN_AGENT_OPEN = datetime(2021, 6, 2, tzinfo=UTC)
_UTILITY_KNOWN = datetime(2025, 9, 29, tzinfo=UTC)
_ONE_TIME_LAUNCH = datetime(2020, 3, 4, tzinfo=UTC)


class Rule(Struct, frozen=True, kw_only=True):
    """One permission of one platform. `kind` is what is permitted, or `window:` and the action that
    opens one; `length` how long it lasts from there (None: no end)."""

    platform: str
    kind: str
    length: timedelta | None
    source: str
    effective_from: datetime = ALWAYS
    effective_to: datetime | None = None


def _windows(platform: str, source: str, *actions: str) -> tuple[Rule, ...]:
    return tuple(
        Rule(platform=platform, kind=f"window:{action}", length=DAY, source=source)
        for action in actions
    )


def _ad_windows(platform: str) -> tuple[Rule, ...]:
    before = Rule(
        platform=platform,
        kind="window:ad_referral",
        length=DAY,
        source=_WINDOW,
        effective_to=_AD_CHANGE,
    )
    since = Rule(
        platform=platform,
        kind="window:ad_referral",
        length=DAY,
        source=_WINDOW_BY_ACTION,
        effective_from=_AD_CHANGE,
    )
    return before, since


RULES: tuple[Rule, ...] = (
    *_windows("messenger", _WINDOW, "message", "postback", "quick_reply", "plugin_opt_in"),
    *_windows("messenger", _REFERRALS, "referral"),
    *_windows("messenger", _REACTIONS, "reaction"),
    *_ad_windows("messenger"),
    Rule(
        platform="messenger",
        kind="human_agent",
        length=7 * DAY,
        source=_HUMAN_AGENT,
        effective_from=_HUMAN_AGENT_OPEN,
    ),
    Rule(
        platform="messenger",
        kind="opt_in_request",
        length=None,
        source=_ONE_TIME,
        effective_from=_ONE_TIME_LAUNCH,
    ),
    Rule(
        platform="messenger",
        kind="one_time_token",
        length=365 * DAY,
        source=_ONE_TIME,
        effective_from=_ONE_TIME_LAUNCH,
    ),
    Rule(
        platform="messenger",
        kind="approved_template",
        length=365 * DAY,
        source=_UTILITY,
        effective_from=_UTILITY_KNOWN,
    ),
    *_windows("instagram", _WINDOW, "message", "postback", "quick_reply", "referral"),
    *_windows("instagram", _WINDOW, "story_reply", "story_mention"),
    *_windows("instagram", _UNCONFIRMED, "reaction"),
    *_ad_windows("instagram"),
    Rule(
        platform="instagram",
        kind="human_agent",
        length=7 * DAY,
        source=_HUMAN_AGENT,
        effective_from=_HUMAN_AGENT_OPEN,
    ),
    *_windows("whatsapp", _WHATSAPP, "message", "postback", "quick_reply", "ad_referral", "call"),
    Rule(platform="whatsapp", kind="approved_template", length=365 * DAY, source=_OURS),
)

PLATFORMS = frozenset(rule.platform for rule in RULES)


def window_length(
    platform: str, action: str, at: datetime, *, ad_days: int = 1
) -> timedelta | None:
    """How long a customer's action at that time lets us write freely; None: it opens nothing.
    `ad_days` (1 to 7) is the channel's setting for the window that an ad opens: Meta allows up to
    7 days since 2026-09-28 but does not print the exact rule."""
    rule = rule_for(platform, f"window:{action}", at)
    if rule is None or rule.length is None or rule.source != _WINDOW_BY_ACTION:
        return rule.length if rule else None
    return min(max(ad_days, 1), 7) * DAY


def is_stale(at: datetime) -> bool:
    """Whether nobody has compared the rules with Meta's pages for more than 180 days."""
    return at > CHECKED_AT + STALE_AFTER


def rule_for(platform: str, kind: str, at: datetime) -> Rule | None:
    """The rule in force at that time, if the platform had one."""
    return next((rule for rule in RULES if _is_in_force(rule, platform, kind, at)), None)


def _is_in_force(rule: Rule, platform: str, kind: str, at: datetime) -> bool:
    if (rule.platform, rule.kind) != (platform, kind) or at < rule.effective_from:
        return False
    return rule.effective_to is None or at < rule.effective_to
