"""What an automatic reply says of the contact, the shop and its hours."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core.channel import AutomaticReply, ChannelSettings
from chalicelib.ports import Runtime
from chalicelib.usecases import compute_daily_metrics
from tests import builders
from tests.builders import NOON
from tests.core.automations.situations import NIGHT, shop
from tests.usecases.writing import at, said, write


class TestPersonalisation:
    def test_the_name_is_that_of_the_profile(self) -> None:
        rt = at(greets("Hi {first_name}!"))
        rt.sender.answers[profile_path()] = {"first_name": "Ana", "name": "Ana Lima"}
        write(rt)
        assert said(rt) == ["Hi Ana!"]

    def test_without_a_profile_the_fallback_stands_there(self) -> None:
        rt = at(greets("Hi {first_name}!"))
        write(rt)
        assert said(rt) == ["Hi there!"]

    def test_the_profile_is_looked_up_once(self) -> None:
        rt = at(greets("Hi {first_name}!", again_after_days=1))
        write(rt)
        write(rt, NOON + timedelta(days=3), 2)
        assert (len(said(rt)), len(rt.sender.looked_up)) == (2, 1)

    def test_a_name_that_came_with_the_message_needs_no_look_up(self) -> None:
        rt = at(greets("Hi {first_name}!"))
        write(rt, contact_name="Kerry Fisher")
        assert (said(rt), rt.sender.looked_up) == (["Hi Kerry!"], [])

    @pytest.mark.parametrize("name", [" ", "\t\n", "\u2003"])
    def test_a_name_of_nothing_but_spaces_is_no_name(self, name: str) -> None:
        rt = at(greets("Hi {first_name}!"))
        write(rt, contact_name=name)
        assert said(rt) == ["Hi there!"]

    def test_a_name_that_came_with_the_first_message_is_remembered(self) -> None:
        rt = at(greets("Hi {first_name}!", again_after_days=1))
        write(rt, contact_name="Kerry Fisher")
        write(rt, NOON + timedelta(days=3), 2)
        assert said(rt) == ["Hi Kerry!", "Hi Kerry!"]

    def test_the_usual_response_time_is_that_of_the_last_final_reading(self) -> None:
        rt = at(greets("We answer {usual_response_time}."))
        answered_after(rt, minutes=10, day="2026-11-12")
        answered_after(rt, minutes=50, day="2026-11-18")
        write(rt)
        assert said(rt) == ["We answer in about 10 minutes."]

    def test_without_a_final_reading_we_promise_nothing(self) -> None:
        rt = at(greets("We answer {usual_response_time}."))
        answered_after(rt, minutes=50, day="2026-11-18")
        write(rt)
        assert said(rt) == ["We answer as soon as we can."]

    def test_the_next_opening_is_told_in_the_channels_zone(self) -> None:
        rt = at(shop(away_message=AutomaticReply(text="Back {opens_at}.")), NIGHT)
        write(rt, NIGHT)
        assert said(rt) == ["Back at 09:00."]


def greets(text: str, **facts: Any) -> ChannelSettings:
    return shop(instant_reply=AutomaticReply(text=text, **facts))


def profile_path() -> str:
    from chalicelib.catalogue import PLATFORMS

    path = PLATFORMS[builders.PLATFORM].profile_path
    assert path is not None
    return path(builders.CONTACT)


def answered_after(rt: Runtime, *, minutes: int, day: str) -> None:
    """On that day a customer waited so long, and the day's metrics are computed."""
    opened_at = builders.at("09:00", day=day)
    answered_at = opened_at + timedelta(minutes=minutes)
    rt.waits.record(builders.wait(day=day, opened_at=opened_at, answered_at=answered_at))
    compute_daily_metrics.run(builders.CHANNEL, day, rt)
