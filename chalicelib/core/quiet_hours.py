"""Quiet hours: the part of the day in which no notification to many goes out, on the channel's
clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta, Struct

from chalicelib.core.business_hours import WEEKDAYS, OpeningHours, Span

_TIME = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$(?!\n)", description="HH:MM")]


class QuietHours(Struct, frozen=True, kw_only=True):
    """Every day from `starts` up to, not including, `ends`, HH:MM on the channel's clock; past
    midnight if it ends before it starts."""

    starts: _TIME
    ends: _TIME


def next_allowed(quiet: QuietHours | None, zone: ZoneInfo, at: datetime) -> datetime:
    """`at` if it is not in the quiet hours, else when they end, in UTC. Where a change of the clock
    skips their end, that is the end of the gap; a time that comes twice counts once, the first."""
    if quiet is None:
        return at
    # The allowed hours are those of a shop that opens when the quiet hours end.
    span = (Span(quiet.ends, quiet.starts),)
    allowed = msgspec.convert(dict.fromkeys(WEEKDAYS, span), OpeningHours)
    if allowed.is_open(at, zone):
        return at
    return allowed.opens_next(at, zone) or at


def problems(quiet: QuietHours | None) -> Iterator[tuple[str, str]]:
    """What is wrong with them: field and what was expected."""
    if quiet and quiet.starts == quiet.ends:
        yield "quiet_hours.ends", "another time than starts"
