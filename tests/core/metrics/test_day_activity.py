"""Gathering a day's facts into what metrics count."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core.day_activity import DayActivity, LocalDay, activity
from chalicelib.core.messages import Author, MessageFact
from tests import builders

START, END = builders.at("00:00"), builders.at("00:00", day="2026-11-22")
LOCAL_DAY = LocalDay("page", builders.TODAY, START, END)


def day_of(**facts: Any) -> DayActivity:
    """The day seen an hour after its end, unless said otherwise."""
    defaults: dict[str, Any] = {
        "now": END + timedelta(hours=1),
        "waits": (),
        "messages": (),
        "earlier": (),
        "first_contacts": {},
    }
    return activity(LOCAL_DAY, **(defaults | facts))


def customer(at: Any, message_id: str = "m") -> MessageFact:
    return MessageFact(at, "ayse", message_id, Author.CUSTOMER)


@pytest.mark.parametrize(
    ("after", "is_final"), [(timedelta(days=7, seconds=-1), False), (timedelta(days=7), True)]
)
def test_a_day_is_final_seven_days_after_its_end(after: timedelta, is_final: bool):
    assert day_of(now=END + after).is_final is is_final


def test_a_wait_that_shows_as_open_and_as_closed_is_closed():
    closed = builders.wait()
    still_open = builders.wait(answered_at=None, answered_by=None)
    assert day_of(waits=[closed, still_open]).waits == (closed,)


def test_two_customers_who_wait_from_the_same_second_are_two_waits():
    waits = [builders.wait(conversation_id="ayse"), builders.wait(conversation_id="mehmet")]
    assert len(day_of(waits=waits).waits) == 2


def test_an_answer_after_the_day_became_final_changes_nothing_any_more():
    late = builders.wait(answered_at=END + timedelta(days=8))
    day = day_of(waits=[late], now=END + timedelta(days=30))
    assert [wait.answered_at for wait in day.waits] == [None]


def test_an_answer_at_the_very_moment_counts():
    wait = builders.wait()
    assert day_of(waits=[wait], now=wait.answered_at).waits == (wait,)


def test_an_episode_is_not_started_again_the_next_morning():
    evening, morning = START - timedelta(minutes=1), START + timedelta(minutes=1)
    day = day_of(earlier=[customer(evening, "m1")], messages=[customer(morning, "m2")])
    assert day.episodes == ()


def test_episodes_of_the_days_before_are_not_counted_again():
    yesterday, noon = START - timedelta(hours=20), builders.NOON
    day = day_of(earlier=[customer(yesterday, "m1")], messages=[customer(noon, "m2")])
    assert [episode.message_id for episode in day.episodes] == ["m2"]


@pytest.mark.parametrize(
    ("first_at", "expected"),
    [(builders.NOON, {"ayse"}), (builders.NOON - timedelta(microseconds=1), set())],
)
def test_a_contact_is_new_on_the_day_of_the_first_action(first_at: Any, expected: set[str]):
    day = day_of(messages=[customer(builders.NOON)], first_contacts={"ayse": first_at})
    assert day.new_contacts == expected


def test_a_contact_of_whom_nothing_is_known_is_not_new():
    assert day_of(messages=[customer(builders.NOON)]).new_contacts == frozenset()


def test_whom_only_the_business_wrote_to_is_not_new():
    campaign = MessageFact(builders.NOON, "ayse", "m", Author.CAMPAIGN)
    day = day_of(messages=[campaign], first_contacts={"ayse": builders.NOON})
    assert day.new_contacts == frozenset()
