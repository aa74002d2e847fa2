"""Reports: how responsive a channel was, and computing it again."""

from __future__ import annotations

from chalice.app import Blueprint, Request, Response

from chalicelib.api import answers, reading
from chalicelib.api.endpoint import endpoint, runtime
from chalicelib.core.access import Role
from chalicelib.core.periods import days
from chalicelib.usecases import read_channel

reports = Blueprint(__name__)


@endpoint(reports, "GET", "/v1/reports/responsiveness", role=Role.READ)
def responsiveness(request: Request) -> Response:
    from chalicelib.usecases import read_report

    query = reading.query(request, "channel_id", "from", "to")
    channel_id, (first, last) = reading.identifier(query, "channel_id"), reading.period(query)
    return answers.ok(read_report.responsiveness(channel_id, days(first, last), runtime()))


@endpoint(reports, "POST", "/v1/reports/recompute", role=Role.ADMIN)
def recompute(request: Request) -> Response:
    from chalicelib.usecases import compute_daily_metrics

    body = reading.fields(request, "channel_id", "from", "to")
    channel_id, (first, last) = reading.identifier(body, "channel_id"), reading.period(body)
    rt = runtime()
    read_channel.run(channel_id, rt)
    number = compute_daily_metrics.recompute(channel_id, first, last, rt)
    document = {"channel_id": channel_id, "from": first, "to": last, "days": number}
    return answers.accepted(document)
