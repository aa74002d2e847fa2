"""Opening hours, judged by a clock on the wall that is never turned back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.business_hours import (
    WEEKDAYS,
    OpeningHours,
    Span,
    SpecialDay,
    day_bounds,
    first_moment,
    problems,
)
from chalicelib.core.channel_document import known_zones

BERLIN = ZoneInfo("Europe/Berlin")
QUARTER = timedelta(minutes=15)
INSTANT = timedelta(microseconds=1)
# Berlin turned its clocks on these days of 2026: 02:00 became 03:00, 03:00 became 02:00.
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


def spans(words: str) -> tuple[Span, ...]:
    """Spans from words such as "09:00-12:30 14:00-18:00"."""
    return tuple(Span(*word.split("-")) for word in words.split())


def every_day(words: str, **facts: Any) -> OpeningHours:
    return OpeningHours(**dict.fromkeys(WEEKDAYS, spans(words)), **facts)


def local(clock: str, day: date = date(2026, 11, 25), zone: ZoneInfo = BERLIN) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), tzinfo=zone).astimezone(UTC)


SHOP = OpeningHours(
    monday=spans("09:00-12:30 14:00-18:00"),
    tuesday=spans("00:00-24:00"),
    wednesday=spans("01:30-02:30"),
    friday=spans("18:00-02:00"),
    saturday=spans("18:00-02:30"),
    sunday=spans("02:30-12:00 22:00-00:00"),
    special_days=(
        SpecialDay(date(2026, 1, 1)),
        SpecialDay(date(2026, 12, 24), until=date(2026, 12, 26)),
        SpecialDay(date(2026, 12, 31), spans=spans("09:00-13:00")),
    ),
)


def wall(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None)


def shows_open(hours: OpeningHours, shown: datetime) -> bool:
    """Straight from the spans: does this clock face lie inside one?"""
    for day in (shown.date(), shown.date() - timedelta(days=1)):
        midnight = datetime.combine(day, time())
        for span in hours.spans_on(day):
            opens, closes = span.minutes
            if timedelta(minutes=opens) <= shown - midnight < timedelta(minutes=closes):
                return True
    return False


def expected_quarters(
    hours: OpeningHours, zone: ZoneInfo, start: datetime, end: datetime
) -> Iterator[tuple[datetime, bool]]:
    """Every quarter of an hour, and whether a clock that is never turned back says open."""
    at, highest = start, wall(start, zone)
    while at < end:
        highest = max(highest, wall(at - INSTANT, zone), wall(at, zone))
        yield at, shows_open(hours, highest)
        at += QUARTER


def never_turned_back(at: datetime, zone: ZoneInfo) -> datetime:
    return max(
        wall(at - timedelta(minutes=minutes) - instant, zone)
        for minutes in range(181)
        for instant in (timedelta(), INSTANT)
    )


@pytest.mark.parametrize(
    "zone",
    [
        *("Europe/Berlin", "America/New_York", "Australia/Lord_Howe"),
        *("Europe/Istanbul", "America/Nuuk", "Asia/Beirut"),
    ],
)
def test_f20_every_hour_of_a_year_agrees_with_the_clock_on_the_wall(zone: str) -> None:
    year = expected_quarters(
        SHOP, ZoneInfo(zone), datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    )
    hourly = [(at, is_open) for at, is_open in year if at.minute == 0]
    wrong = [at for at, is_open in hourly if SHOP.is_open(at, ZoneInfo(zone)) is not is_open]
    assert (len(hourly), wrong) == (8760, [])


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
@pytest.mark.parametrize("words", ["00:00-24:00", "02:30-03:30", "01:00-02:30", "22:00-06:00"])
def test_f20_every_quarter_around_a_change_of_clocks_agrees(day: date, words: str) -> None:
    hours = every_day(words)
    start = datetime.combine(day, time(), tzinfo=UTC) - timedelta(hours=6)
    quarters = list(expected_quarters(hours, BERLIN, start, start + timedelta(hours=36)))
    assert [(at, hours.is_open(at, BERLIN)) for at, _ in quarters] == quarters


clock_times = st.integers(0, 95).map(lambda n: f"{n // 4:02}:{n % 4 * 15:02}")
any_span = st.builds(Span, clock_times, clock_times)
any_spans = st.lists(any_span, max_size=3).map(tuple)
any_hours = st.builds(
    OpeningHours,
    **dict.fromkeys(WEEKDAYS, any_spans),
    special_days=st.lists(
        st.builds(SpecialDay, st.dates(date(2026, 1, 1), date(2027, 12, 31)), spans=any_spans),
        max_size=5,
    ).map(tuple),
)
any_zone = st.sampled_from(
    [
        *("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "America/Havana"),
        *("Australia/Lord_Howe", "Pacific/Chatham", "America/Nuuk", "Africa/Casablanca"),
    ]
).map(ZoneInfo)
near_changes = st.sampled_from([SPRING, AUTUMN, date(2026, 3, 8), date(2026, 11, 1)])
any_time = st.one_of(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),  # noqa: DTZ001 - made UTC below
    st.builds(
        lambda day, minutes: datetime.combine(day, time()) + timedelta(minutes=minutes),
        near_changes,
        st.integers(-720, 2160),
    ),
).map(lambda naive: naive.replace(tzinfo=UTC))


@given(hours=any_hours, zone=any_zone, at=any_time)
def test_f20_any_hours_agree_with_the_clock_on_the_wall(
    hours: OpeningHours, zone: ZoneInfo, at: datetime
) -> None:
    assert hours.is_open(at, zone) is shows_open(hours, never_turned_back(at, zone))


@given(words=any_spans.filter(len), zone=any_zone, at=any_time)
def test_f20_a_moment_is_open_or_inside_one_closed_period(
    words: tuple[Span, ...], zone: ZoneInfo, at: datetime
) -> None:
    hours = OpeningHours(**dict.fromkeys(WEEKDAYS, words))
    since, until = hours.closed_since(at, zone), hours.opens_next(at, zone)
    edges = [since - INSTANT, since, until - INSTANT, until] if since and until else []
    found = [hours.is_open(edge, zone) for edge in edges]
    assert hours.is_open(at, zone) or found == [True, False, False, True]


@given(words=any_spans.filter(len), zone=any_zone, at=any_time)
def test_both_ends_of_a_closed_period_know_its_beginning(
    words: tuple[Span, ...], zone: ZoneInfo, at: datetime
) -> None:
    hours = OpeningHours(**dict.fromkeys(WEEKDAYS, words))
    since, until = hours.closed_since(at, zone), hours.opens_next(at, zone)
    is_closed = since and until and not hours.is_open(at, zone)
    assert not is_closed or hours.closed_since(until - INSTANT, zone) == since


def test_a_shop_open_all_day_is_open_in_the_last_half_minute() -> None:
    assert every_day("00:00-24:00").is_open(local("23:59:30"), BERLIN)


@pytest.mark.parametrize(
    ("clock", "is_open"),
    [
        *(("08:59:59", False), ("09:00:00", True), ("12:29:59", True), ("12:30:00", False)),
        *(("13:59:59", False), ("14:00:00", True), ("17:59:59", True), ("18:00:00", False)),
    ],
)
def test_a_split_shift_opens_on_its_first_and_closes_on_its_last_second(
    clock: str, is_open: bool
) -> None:
    hours = every_day("09:00-12:30 14:00-18:00")
    assert hours.is_open(local(clock), BERLIN) is is_open


@pytest.mark.parametrize(
    ("day", "clock", "is_open"),
    [
        (date(2026, 11, 27), "17:59", False),
        (date(2026, 11, 27), "18:00", True),
        (date(2026, 11, 28), "01:59", True),
        (date(2026, 11, 28), "02:00", False),
        (date(2026, 11, 28), "18:00", False),
    ],
)
def test_a_night_belongs_to_the_day_it_began_on(day: date, clock: str, is_open: bool) -> None:
    hours = OpeningHours(friday=spans("18:00-02:00"))
    assert hours.is_open(local(clock, day), BERLIN) is is_open


def test_a_holiday_on_a_working_weekday_is_closed() -> None:
    hours = every_day("09:00-18:00", special_days=(SpecialDay(date(2026, 12, 25)),))
    assert not hours.is_open(local("12:00", date(2026, 12, 25)), BERLIN)


def test_the_day_after_a_holiday_is_open_again() -> None:
    hours = every_day("09:00-18:00", special_days=(SpecialDay(date(2026, 12, 25)),))
    assert hours.is_open(local("12:00", date(2026, 12, 26)), BERLIN)


def test_a_night_that_began_before_a_holiday_goes_on_to_its_end() -> None:
    hours = every_day("18:00-02:00", special_days=(SpecialDay(date(2026, 12, 25)),))
    assert hours.is_open(local("01:00", date(2026, 12, 25)), BERLIN)


def test_holidays_are_closed_to_their_last_day() -> None:
    holidays = SpecialDay(date(2026, 8, 1), until=date(2026, 8, 14))
    hours = every_day("09:00-18:00", special_days=(holidays,))
    assert not hours.is_open(local("12:00", date(2026, 8, 14)), BERLIN)


def test_a_special_opening_replaces_the_hours_of_the_weekday() -> None:
    opening = SpecialDay(date(2026, 12, 27), spans=spans("13:00-15:00"))
    hours = OpeningHours(monday=spans("09:00-18:00"), special_days=(opening,))
    assert hours.is_open(local("14:00", date(2026, 12, 27)), BERLIN)


@pytest.mark.parametrize(
    ("day", "hours_long"), [(SPRING, 23), (AUTUMN, 25), (date(2026, 7, 1), 24)]
)
def test_f20_a_local_day_is_as_long_as_its_clocks_make_it(day: date, hours_long: int) -> None:
    start, end = day_bounds(BERLIN, day)
    assert end - start == timedelta(hours=hours_long)


@pytest.mark.parametrize(("day", "hours_open"), [(SPRING, 7), (AUTUMN, 9), (date(2026, 7, 1), 8)])
def test_f20_a_night_over_a_change_of_clocks_lasts_its_true_time(
    day: date, hours_open: int
) -> None:
    opens = first_moment(BERLIN, day - timedelta(days=1), 22 * 60)
    closes = first_moment(BERLIN, day - timedelta(days=1), 30 * 60)
    assert closes - opens == timedelta(hours=hours_open)


def test_f20_a_time_that_does_not_exist_is_the_end_of_the_gap() -> None:
    assert first_moment(BERLIN, SPRING, 150) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def test_f20_a_time_that_comes_twice_counts_once() -> None:
    assert first_moment(BERLIN, AUTUMN, 150) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_span_inside_a_gap_never_opens() -> None:
    hours = OpeningHours(sunday=spans("02:15-02:45"))
    after = first_moment(BERLIN, SPRING, 180)
    assert hours.opens_next(after - INSTANT, BERLIN) == local("02:15", date(2026, 4, 5))


@pytest.mark.slow
@pytest.mark.parametrize("zone", sorted(known_zones()))
def test_f20_local_days_of_three_years_partition_time(zone: str) -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(1096)]
    bounds = [day_bounds(ZoneInfo(zone), day) for day in days]
    edges = [
        (wall(start, ZoneInfo(zone)).date(), wall(end - INSTANT, ZoneInfo(zone)).date())
        for start, end in bounds
    ]
    joints = {one[1] == other[0] for one, other in pairwise(bounds)}
    assert (edges, joints) == ([(day, day) for day in days], {True})


@given(hours=any_hours, zone=any_zone, at=any_time, length=st.integers(1, 40))
def test_f20_closed_spans_are_where_it_is_not_open(
    hours: OpeningHours, zone: ZoneInfo, at: datetime, length: int
) -> None:
    end = at + timedelta(hours=length)
    closed = hours.closed_spans(at, end, zone)
    edges = sorted({at, end - INSTANT, *(edge for span in closed for edge in span)})
    moments = [m for edge in edges for m in (edge - INSTANT, edge) if at <= m < end]
    assert [any(s <= m < e for s, e in closed) for m in moments] == [
        not hours.is_open(m, zone) for m in moments
    ]


def test_a_day_of_a_split_shift_has_three_closed_spans() -> None:
    day = date(2026, 11, 23)
    clocks = [("00:00", "09:00"), ("12:30", "14:00"), ("18:00", "23:59")]
    assert SHOP.closed_spans(local("00:00", day), local("23:59", day), BERLIN) == tuple(
        (local(start, day), local(end, day)) for start, end in clocks
    )


def test_who_never_opens_is_closed_throughout() -> None:
    start, end = local("00:00"), local("23:00")
    assert OpeningHours().closed_spans(start, end, BERLIN) == ((start, end),)


def test_who_never_opens_has_no_closed_since() -> None:
    assert OpeningHours().closed_since(local("12:00"), BERLIN) is None


def test_who_never_opens_has_no_next_opening() -> None:
    assert OpeningHours().opens_next(local("12:00"), BERLIN) is None


def test_an_all_day_shop_on_a_holiday_has_been_closed_since_midnight() -> None:
    hours = every_day("00:00-24:00", special_days=(SpecialDay(date(2026, 12, 25)),))
    noon = local("12:00", date(2026, 12, 25))
    assert hours.closed_since(noon, BERLIN) == local("00:00", date(2026, 12, 25))


def test_a_closed_period_begins_when_the_longer_of_two_openings_ends() -> None:
    opening = SpecialDay(date(2026, 11, 28), spans=spans("00:00-01:00"))
    hours = OpeningHours(friday=spans("18:00-02:00"), special_days=(opening,))
    morning = local("03:00", date(2026, 11, 28))
    assert hours.closed_since(morning, BERLIN) == local("02:00", date(2026, 11, 28))


def test_a_weekend_is_one_closed_period() -> None:
    hours = OpeningHours(friday=spans("09:00-18:00"), monday=spans("09:00-18:00"))
    sunday = local("12:00", date(2026, 11, 29))
    assert hours.closed_since(sunday, BERLIN) == local("18:00", date(2026, 11, 27))


@pytest.mark.parametrize(
    ("hours", "field"),
    [
        (OpeningHours(monday=spans("9:00-18:00")), "monday[0].opens"),
        (OpeningHours(monday=spans("24:00-18:00")), "monday[0].opens"),
        (OpeningHours(monday=spans("09:00-25:00")), "monday[0].closes"),
        (OpeningHours(monday=spans("09:00-18:60")), "monday[0].closes"),
        (OpeningHours(monday=spans("09:00-09:00")), "monday[0].closes"),
        (OpeningHours(monday=spans("09:00-12:00 11:59-13:00")), "monday[1].opens"),
        (
            OpeningHours(monday=spans("18:00-02:00"), tuesday=spans("01:00-05:00")),
            "tuesday[0].opens",
        ),
        (OpeningHours(sunday=spans("18:00-02:00"), monday=spans("01:00-05:00")), "monday[0].opens"),
        (
            OpeningHours(special_days=(SpecialDay(SPRING, spans=spans("9-10")),)),
            "special_days[0].spans[0].opens",
        ),
        (
            OpeningHours(
                special_days=(SpecialDay(SPRING, spans=spans("09:00-11:00 10:00-12:00")),)
            ),
            "special_days[0].spans[1].opens",
        ),
        (OpeningHours(special_days=(SpecialDay(AUTUMN, until=SPRING),)), "special_days[0].until"),
        (
            OpeningHours(special_days=(SpecialDay(SPRING, until=AUTUMN), SpecialDay(AUTUMN))),
            "special_days[1].on",
        ),
    ],
)
def test_wrong_hours_are_named_by_their_field(hours: OpeningHours, field: str) -> None:
    assert next(problems(hours))[0] == field


def test_every_unreadable_time_is_named() -> None:
    hours = OpeningHours(monday=spans("9-18:00 x-18:00"))
    assert [field for field, _ in problems(hours)] == ["monday[0].opens", "monday[1].opens"]


@pytest.mark.parametrize(
    "hours",
    [
        OpeningHours(),
        SHOP,
        every_day("00:00-24:00"),
        every_day("18:00-02:00"),
        every_day("09:00-12:00 12:00-18:00"),
        OpeningHours(saturday=spans("20:00-04:00"), sunday=spans("04:00-10:00")),
    ],
)
def test_hours_that_only_touch_are_fine(hours: OpeningHours) -> None:
    assert list(problems(hours)) == []
