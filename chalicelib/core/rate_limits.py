"""How fast a channel may send: the platforms' rates as dated data, and how a channel's rate is
divided so that no second sees more than it allows.

Every container that works may send `unasked` messages a second without asking anybody; the rest is
leased, a few tokens at a time, from one shared row for each channel. In any second, of however many
containers:

    containers * unasked + burst + shared * (1 second + lease) <= rate

Page names and dates as Meta printed them; all were read by 2026-11-21.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec import Struct

from chalicelib.core.messages import Origin

SECOND = timedelta(seconds=1)
LEASE = SECOND  # what was leased and not used is forgotten
BATCH = 5  # tokens of one lease: about what a container sends in a second
# Not only workers send: the minute function, twice if it overlaps, and people through the API.
OTHER_SENDERS = 5
# From how much usage on a channel slows down, and the least share of its rate that it keeps.
# Our own figures: Meta prints none, and at 100 % it refuses.
BUSY_PERCENT, FULL_PERCENT = 80.0, 100.0
LEAST_SHARE = 0.1
SLOW_FOR = timedelta(minutes=1)
PAUSE = timedelta(seconds=30)  # where the platform does not say how long
# A wrong header must not silence a channel for a day: after this long one message tries.
LONGEST_PAUSE = timedelta(hours=1)
# The share of the burst that an origin may lay hold of: people before automations before campaigns.
REACH = {Origin.PERSON: 1.0, Origin.AUTOMATION: 0.75, Origin.CAMPAIGN: 0.5}

_ROUNDED = timedelta(microseconds=1)  # up: no more than the rate
_ALWAYS = datetime(2011, 1, 1, tzinfo=UTC)
_RATE = "messenger-platform/overview/rate-limiting, 2026-03-23"
_THROUGHPUT = "whatsapp/throughput, read 2025-12"


class Rate(Struct, frozen=True, kw_only=True):
    """Messages a second that a platform takes of one channel. `kind`: text, or media that count
    apart."""

    platform: str
    per_second: float
    source: str
    kind: str = "text"
    effective_from: datetime = _ALWAYS
    effective_to: datetime | None = None


RATES = (
    Rate(platform="messenger", per_second=300, source=_RATE),
    Rate(platform="messenger", kind="media", per_second=10, source=f"{_RATE}: audio and video"),
    Rate(
        platform="instagram",
        per_second=100,
        source=f"instagram-platform/messaging, 2026-09-28; {_RATE} says 300, the smaller counts",
    ),
    Rate(platform="instagram", kind="media", per_second=10, source=f"{_RATE}: audio and video"),
    # Combined with what comes in, which nobody can pace; a number with more has it in its settings.
    Rate(platform="whatsapp", per_second=80, source=_THROUGHPUT),
)


class PairRate(Struct, frozen=True, kw_only=True):
    """One message every `interval` to the same person, after a first `burst`."""

    platform: str
    interval: timedelta
    burst: int
    source: str


PAIR_RATES = (
    PairRate(
        platform="whatsapp",
        interval=timedelta(seconds=6),
        burst=45,
        source="whatsapp/about-the-platform, read 2025-12",
    ),
)
# Automations may reply ten times a day to a contact: that many of the burst are theirs, so that
# their replies need no accounting.
_KEPT_FOR_AUTOMATIONS = 10


class Limit(Struct, frozen=True, kw_only=True):
    """How one channel's rate is divided. `key` names its shared row."""

    key: str
    unasked: int  # tokens that each container has in any second; 0: all are leased
    burst: int  # tokens of the shared row that may be leased at once
    interval: timedelta  # in which the shared row gains one token


class Ask(Struct, frozen=True, kw_only=True):
    """A lease of up to so many tokens, which may book the shared row so far ahead of now."""

    key: str
    tokens: int
    interval: timedelta
    ahead: timedelta


class Shared(Struct, frozen=True, kw_only=True):
    """The shared row of a limit. Every token taken moves `full_at`, when all tokens are there
    again, on by its interval."""

    full_at: datetime | None = None
    paused_until: datetime | None = None
    slow_until: datetime | None = None
    share: float = 1.0  # of the rate, until `slow_until`


class Grant(Struct, frozen=True):
    """The tokens of a lease, perhaps none, and the row as it stands."""

    tokens: int
    shared: Shared


def limit_of(
    platform: str,
    channel_id: str,
    *,
    at: datetime,
    workers: int,
    kind: str = "text",
    per_second: int | None = None,
) -> Limit:
    """The limit of a channel at this time, among so many workers. `per_second`: the channel's own
    rate where it differs from the platform's."""
    rate = _rate(platform, kind, at)
    is_text = rate.kind == "text"
    allowed = per_second if per_second and is_text else rate.per_second
    key = channel_id if is_text else f"{channel_id}#{rate.kind}"
    return divided(key, allowed, workers + OTHER_SENDERS)


def divided(key: str, per_second: float, containers: int) -> Limit:
    """About one half in equal parts to the containers, the rest to lease. Where there would be no
    whole token for each container, all is leased."""
    unasked = max(1, int(per_second / 2 / containers))
    if containers * unasked > per_second * 3 / 4:
        unasked = 0
    left = per_second - containers * unasked
    burst = max(1, int(left / 4))
    gained = max(left - burst, left / 4) / (SECOND + LEASE).total_seconds()
    return Limit(key=key, unasked=unasked, burst=burst, interval=SECOND / gained + _ROUNDED)


def ask_for(limit: Limit, origin: Origin, share: float) -> Ask:
    """What to lease for a message of this origin while only this share of the rate may be used."""
    interval = limit.interval / share
    ahead = max(1, int(limit.burst * REACH[origin])) * interval
    return Ask(key=limit.key, tokens=BATCH, interval=interval, ahead=ahead)


def fitting(ask: Ask, full_at: datetime | None, at: datetime) -> int:
    """How many of the tokens there are."""
    room = at + ask.ahead - max(full_at or at, at)
    return max(0, min(ask.tokens, room // ask.interval))


def free_at(ask: Ask, shared: Shared, at: datetime) -> datetime:
    """When there will be the tokens of a whole lease, if nobody else takes them."""
    tokens = min(ask.tokens, ask.ahead // ask.interval)
    free = (shared.full_at or at) + tokens * ask.interval - ask.ahead
    return max(at, free, shared.paused_until or at)


def share_left(percent: float) -> float:
    """The share of its rate that a channel keeps, at this much usage: all of it up to 80 %, from
    there down to a tenth."""
    left = (FULL_PERCENT - percent) / (FULL_PERCENT - BUSY_PERCENT)
    return min(1.0, max(LEAST_SHARE, left))


def pause_until(at: datetime, seconds: float | None) -> datetime:
    """How long a channel is silent that was refused for its rate, or has used all of its limit."""
    return at + min(timedelta(seconds=seconds) if seconds else PAUSE, LONGEST_PAUSE)


def pair_free_at(platform: str, full_at: datetime | None, at: datetime) -> datetime:
    """When the next message to this person may go: `at`, or later. `full_at` is what `pair_charged`
    said."""
    rate = _pair_rate(platform)
    if rate is None or full_at is None:
        return at
    ahead = (rate.burst - _KEPT_FOR_AUTOMATIONS) * rate.interval
    return max(at, full_at + rate.interval - ahead)


def pair_charged(platform: str, full_at: datetime | None, at: datetime) -> datetime | None:
    """When the whole burst is there again after one more message; None where there is no limit."""
    rate = _pair_rate(platform)
    return None if rate is None else max(full_at or at, at) + rate.interval


def _rate(platform: str, kind: str, at: datetime) -> Rate:
    known = [each for each in RATES if each.platform == platform and _holds(each, at)]
    return next((each for each in known if each.kind == kind), known[0])


def _pair_rate(platform: str) -> PairRate | None:
    return next((each for each in PAIR_RATES if each.platform == platform), None)


def _holds(rate: Rate, at: datetime) -> bool:
    return rate.effective_from <= at and (rate.effective_to is None or at < rate.effective_to)
