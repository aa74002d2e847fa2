"""Read who answered customers, how many and how fast: each person, and each place that names
nobody, such as Meta's own inbox."""

from __future__ import annotations

from chalicelib.core.metrics import _answerers
from chalicelib.core.metrics.response_time import METRIC as RESPONSE_TIME
from chalicelib.core.periods import Period
from chalicelib.core.report import Answerer, Answerers, figure
from chalicelib.ports import Runtime
from chalicelib.usecases import read_channel


def run(channel_id: str, period: Period, rt: Runtime) -> Answerers:
    """The response time of each who answered waits of the period, who answered most first. Their
    numbers add up to that of the channel's response time. Raises NotFound."""
    read_channel.run(channel_id, rt)
    readings = rt.readings.answerers_of_days(channel_id, period.first, period.last)
    totals = _answerers.totals(readings)
    most_first = sorted(totals.items(), key=lambda known: (-known[1].n, known[0]))
    return Answerers(
        channel_id=channel_id,
        period=period.kind,
        first=period.first,
        last=period.last,
        answerers=[
            Answerer(
                answered_by=answered_by,
                name=name or None,
                response_time=figure(RESPONSE_TIME, result),
            )
            for (answered_by, name), result in most_first
        ],
        is_final=bool(readings) and all(reading.is_final for reading in readings),
    )
