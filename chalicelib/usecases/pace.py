"""A send waits its turn without anybody sleeping: a token now, or the time to try again."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from chalicelib.core import rate_limits
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Conversation
from chalicelib.core.messages import Origin, OutboundMessage
from chalicelib.core.rate_limits import BUSY_PERCENT, FULL_PERCENT, SLOW_FOR, Limit
from chalicelib.core.retrying import pair_wait_seconds
from chalicelib.platforms import PAIR_RATE_CODE, Accepted, ErrorClass, SendError
from chalicelib.ports import Runtime

_COUNTED_APART = frozenset({"audio", "video"})


def free_at(
    message: OutboundMessage, channel: ChannelSettings, rt: Runtime, *, at: datetime
) -> datetime | None:
    """None: a token of the channel's rate is ours, send now. Else when there may be one."""
    limit = _limit(message, channel, rt, at)
    lane = rt.pacer.lane(limit)
    paused_until = lane.paused_until(at)
    if paused_until or lane.take(limit, message.origin, at):
        return paused_until
    ask = rate_limits.ask_for(limit, message.origin, lane.share(at))
    grant = rt.rates.lease(ask, at)
    lane.keep(grant, at)
    if grant.tokens and lane.take(limit, message.origin, at):
        return None
    rt.log.count("sends_paced", origin=message.origin.value)
    return rate_limits.free_at(ask, grant.shared, at)


def pair_free_at(message: OutboundMessage, known: Conversation, *, at: datetime) -> datetime | None:
    """None: this contact may get a message now. Else when. Automations have their own limits."""
    if message.origin is Origin.AUTOMATION:
        return None
    free = rate_limits.pair_free_at(known.platform, known.pair_full_at, at)
    return free if free > at else None


def counted(known: Conversation, *, at: datetime) -> Conversation:
    """The conversation with one more message counted that is not an automation's."""
    full_at = rate_limits.pair_charged(known.platform, known.pair_full_at, at)
    return replace(known, pair_full_at=full_at)


def wait_of_pair(error: SendError, tries: int) -> float | None:
    """Seconds to wait after a refusal that is about one contact alone."""
    return pair_wait_seconds(tries) if error.code == PAIR_RATE_CODE else None


def accepted(
    answer: Accepted, message: OutboundMessage, channel: ChannelSettings, rt: Runtime
) -> None:
    """Slow down when the platform reports that a limit is nearly used up, pause when it is."""
    if answer.busy_percent < BUSY_PERCENT:
        return
    at = rt.now()
    limit = _limit(message, channel, rt, at)
    if answer.busy_percent >= FULL_PERCENT:
        _pause(limit, rate_limits.pause_until(at, answer.retry_after_seconds), rt)
        return
    share = rate_limits.share_left(answer.busy_percent)
    if rt.pacer.lane(limit).slow_down(share, at):
        rt.rates.slow_down(limit.key, share, at + SLOW_FOR)


def refused(
    error: SendError, message: OutboundMessage, channel: ChannelSettings, rt: Runtime
) -> None:
    """Pause the channel when it was too fast; not when it was to one person only."""
    if error.error_class is not ErrorClass.RATE or error.code == PAIR_RATE_CODE:
        return
    at = rt.now()
    until = rate_limits.pause_until(at, error.retry_after_seconds)
    _pause(_limit(message, channel, rt, at), until, rt)


def _pause(limit: Limit, until: datetime, rt: Runtime) -> None:
    if rt.pacer.lane(limit).pause(until):
        rt.log.count("channels_paused")
        rt.rates.pause(limit.key, until)


def _limit(message: OutboundMessage, channel: ChannelSettings, rt: Runtime, at: datetime) -> Limit:
    media = message.attachment and message.attachment.kind in _COUNTED_APART
    return rate_limits.limit_of(
        channel.platform,
        channel.channel_id,
        at=at,
        workers=rt.settings.worker_concurrency,
        kind="media" if media else "text",
        per_second=channel.sends_per_second,
    )
