"""Reports: how responsive a channel was, who answered, what was counted; computing it again."""

from __future__ import annotations

from chalice.app import Blueprint, Response
from msgspec import Struct

from chalicelib.api import answers
from chalicelib.api.endpoint import endpoint, runtime
from chalicelib.api.report_periods import FROM_TO, PeriodQuery, days_of, period_of
from chalicelib.api.shapes import Page
from chalicelib.api.values import Cursor, Day, Id, Limit
from chalicelib.core.access import Role
from chalicelib.core.report import Answerers, CountedFact, Report

reports = Blueprint(__name__)


class FactsQuery(PeriodQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    metric: str
    cursor: Cursor | None = None
    limit: Limit = 100


class Days(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename=FROM_TO):
    """Local days of a channel, both included."""

    channel_id: Id
    first: Day
    last: Day


class Recomputation(Struct, frozen=True, kw_only=True, rename=FROM_TO):
    """How many `days` are computed again."""

    channel_id: Id
    first: str
    last: str
    days: int


@endpoint(
    reports,
    "GET",
    "/v1/reports/responsiveness",
    role=Role.READ,
    query=PeriodQuery,
    answer=Report,
)
def responsiveness(query: PeriodQuery) -> Response:
    """How responsive a channel was: each day, the period, and the one before."""
    from chalicelib.usecases import read_report

    period = period_of(query)
    return answers.ok(read_report.responsiveness(query.channel_id, period, runtime()))


@endpoint(
    reports,
    "GET",
    "/v1/reports/answerers",
    role=Role.READ,
    query=PeriodQuery,
    answer=Answerers,
)
def answerers(query: PeriodQuery) -> Response:
    """Who answered, how many customers and how fast."""
    from chalicelib.usecases import read_answerers

    return answers.ok(read_answerers.run(query.channel_id, period_of(query), runtime()))


@endpoint(
    reports,
    "GET",
    "/v1/reports/facts",
    role=Role.READ,
    query=FactsQuery,
    answer=Page[CountedFact],
)
def facts(query: FactsQuery) -> Response:
    """What a metric counted. A page may be shorter than its limit; the list ends where
    `next_cursor` is null."""
    from chalicelib.usecases import list_facts

    page = list_facts.run(
        query.channel_id,
        query.metric,
        period_of(query),
        runtime(),
        cursor=query.cursor,
        limit=query.limit,
    )
    return answers.ok(page)


@endpoint(
    reports,
    "POST",
    "/v1/reports/recompute",
    role=Role.ADMIN,
    body=Days,
    answer=Recomputation,
    status=202,
)
def recompute(body: Days) -> Response:
    """Compute days again: needed only after a repair, for days that have become final."""
    from chalicelib.usecases import compute_daily_metrics, read_channel

    period = days_of(body.first, body.last)
    rt = runtime()
    read_channel.run(body.channel_id, rt)
    number = compute_daily_metrics.recompute(body.channel_id, period.first, period.last, rt)
    return answers.accepted(
        Recomputation(channel_id=body.channel_id, first=period.first, last=period.last, days=number)
    )
