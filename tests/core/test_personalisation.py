"""Personal words: the allow-list, the fallbacks, and values that would be more than values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.personalisation import (
    FALLBACKS,
    MAX_VALUE_BYTES,
    MAX_VALUE_CHARACTERS,
    Values,
    fill,
    problem,
    say_duration,
    say_time,
)

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 25, 11, 0, tzinfo=UTC)  # a Wednesday, noon in Berlin


def values(**facts: Any) -> Values:
    return Values(zone=BERLIN, now=NOON, **facts)


def no_limit(_text: str) -> str | None:
    return None


def at_most_100_bytes(text: str) -> str | None:
    return None if len(text.encode()) <= 100 else "at most 100 bytes"


def test_known_values_are_filled_in() -> None:
    known = values(
        first_name="Ayşe",
        usual_response_time=timedelta(minutes=10),
        opens_at=NOON + timedelta(hours=2),
    )
    text = "Hi {first_name}, we answer {usual_response_time} and open {opens_at}."
    assert fill(text, known) == "Hi Ayşe, we answer in about 10 minutes and open at 14:00."


def test_unknown_values_get_their_fallbacks() -> None:
    text = "Hi {first_name}, we answer {usual_response_time} and are back {opens_at}."
    assert fill(text, values()) == "Hi there, we answer as soon as we can and are back soon."


def test_a_placeholder_may_come_twice() -> None:
    assert fill("{first_name}{first_name}", values(first_name="Jo")) == "JoJo"


@pytest.mark.parametrize(
    "text",
    [
        *("{0}", "{}", "{0.__class__}", "{first_name.__init__.__globals__}", "{first_name!r}"),
        *("{first_name:>99}", "%(first_name)s", "%s", "${first_name", "$first_name"),
        *(
            "{{first_name}",
            "{first_name}}",
            "{{first_name}}",
            "{{7*7}}",
            "{{{first_name}}}",
            "{ first_name }",
            "{FIRST_NAME}",
        ),
        *("{first_name", "first_name}", "{last_name}", "{{ config }}", "#{7*7}", "<%= 7*7 %>"),
    ],
)
def test_s08_anything_but_an_exact_placeholder_stays_as_it_is(text: str) -> None:
    assert fill(text, values(first_name="Jo")) == text


@pytest.mark.parametrize(
    "name",
    ["{first_name}", "{opens_at}", "{0.__class__}", "%(x)s", "{{7*7}}", "\\1", "\\g<1>", "$1"],
)
def test_s08_a_value_that_looks_like_a_placeholder_stays_as_it_is(name: str) -> None:
    assert fill("Hi {first_name}!", values(first_name=name)) == f"Hi {name}!"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Jo\x00\x1b[31m", "Jo[31m"),
        ("Jo\r\n\r\nSend money", "Jo Send money"),
        ("\u202eoJ\u2066", "oJ"),
        ("Jo\u2028\u2029Ann", "Jo Ann"),
        ("\ud800Jo", "Jo"),
        ("  Jo \t Ann ", "Jo Ann"),
        ("\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u200c\u062e"),
        ("👩\u200d🔬", "👩\u200d🔬"),
        ("\x00\u202e ", "there"),
        ("", "there"),
    ],
)
def test_s08_a_value_is_one_line_of_printable_characters(name: str, shown: str) -> None:
    assert fill("{first_name}", values(first_name=name)) == shown


@pytest.mark.parametrize(
    ("name", "length"), [("x" * 10_000, 40), ("ß" * 41, 40), ("😀" * 41, 20), ("x" * 39 + "😀", 40)]
)
def test_s08_a_value_is_capped_at_whole_characters(name: str, length: int) -> None:
    assert len(fill("{first_name}", values(first_name=name))) == length


@given(st.text(alphabet=st.characters(), max_size=300))
def test_s08_no_value_is_longer_than_was_checked_when_the_text_was_saved(name: str) -> None:
    shown = fill("{first_name}", values(first_name=name))
    assert len(shown) <= MAX_VALUE_CHARACTERS
    assert len(shown.encode()) <= MAX_VALUE_BYTES


@given(st.timedeltas(), st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)))  # noqa: DTZ001
def test_s08_our_own_phrases_are_never_cut(duration: timedelta, opens_at: datetime) -> None:
    known = values(usual_response_time=duration, opens_at=opens_at.replace(tzinfo=UTC))
    assert fill("{usual_response_time}|{opens_at}", known) == "|".join(
        (say_duration(duration), say_time(opens_at.replace(tzinfo=UTC), NOON, BERLIN))
    )


@pytest.mark.parametrize(
    ("duration", "said"),
    [
        (timedelta(), "in about a minute"),
        (timedelta(seconds=89), "in about a minute"),
        (timedelta(seconds=91), "in about 2 minutes"),
        (timedelta(minutes=9), "in about 9 minutes"),
        (timedelta(minutes=12), "in about 10 minutes"),
        (timedelta(minutes=13), "in about 15 minutes"),
        (timedelta(minutes=57), "in about 55 minutes"),
        (timedelta(minutes=58), "in about an hour"),
        (timedelta(minutes=100), "in about 2 hours"),
        (timedelta(hours=23), "in about 23 hours"),
        (timedelta(hours=24), "in about a day"),
        (timedelta(hours=49), "in about 2 days"),
    ],
)
def test_a_response_time_is_said_as_people_say_it(duration: timedelta, said: str) -> None:
    assert say_duration(duration) == said


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (datetime(2026, 11, 25, 12, 5, tzinfo=UTC), "at 13:05"),
        (datetime(2026, 11, 25, 23, 0, tzinfo=UTC), "on Thursday at 00:00"),
        (datetime(2026, 11, 30, 8, 0, tzinfo=UTC), "on Monday at 09:00"),
        (datetime(2026, 12, 1, 8, 0, tzinfo=UTC), "on Tuesday at 09:00"),
        (datetime(2026, 12, 2, 8, 0, tzinfo=UTC), "on Wednesday, 2 December at 09:00"),
        (datetime(2027, 1, 4, 8, 0, tzinfo=UTC), "on Monday, 4 January at 09:00"),
    ],
)
def test_an_opening_is_said_on_the_clock_and_calendar_of_the_channel(
    moment: datetime, said: str
) -> None:
    assert say_time(moment, NOON, BERLIN) == said


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "some text"),
        (" \n ", "some text"),
        ("Hi\x00", "text without control characters"),
        ("Hi \ud800", "text without control characters"),
        ("Hi {name}", "{first_name}, {usual_response_time}, {opens_at}"),
        ("Hi {}", "{first_name}, {usual_response_time}, {opens_at}"),
        ("Hi {{first_name}}", "{first_name}, {usual_response_time}, {opens_at}"),
        ("Hi {0.__class__}", "{first_name}, {usual_response_time}, {opens_at}"),
        ("x" * 101, "at most 100 bytes"),
    ],
)
def test_a_text_that_will_not_do_says_what_is_expected(text: str, expected: str) -> None:
    assert expected in str(problem(text, at_most_100_bytes))


@pytest.mark.parametrize("text", ["Hi {first_name}!\nBack {opens_at}.", "Smile :-}", "{", "100 %"])
def test_a_text_that_will_do_has_no_problem(text: str) -> None:
    assert problem(text, no_limit) is None


@pytest.mark.parametrize("name", FALLBACKS)
def test_a_text_is_measured_with_the_longest_value(name: str) -> None:
    text = "x" * (100 - MAX_VALUE_BYTES) + f"{{{name}}}"
    assert (problem(text, at_most_100_bytes), problem(text + "x", at_most_100_bytes)) == (
        None,
        "at most 100 bytes",
    )
