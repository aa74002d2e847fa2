from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.core.automations._guard import REASONS, Asked, why_silent
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Conversation
from tests.builders import NOON, channel, conversation

SECOND = timedelta(seconds=1)


def reason(
    before: Conversation | None = None,
    *,
    settings: ChannelSettings | None = None,
    now: datetime = NOON + SECOND,
    is_standby: bool = False,
) -> str | None:
    """Why a message of noon is not answered."""
    asked = Asked(
        occurred_at=NOON,
        is_standby=is_standby,
        is_group=False,
        before=before,
        channel=settings or channel(),
        now=now,
    )
    return why_silent(asked)


def answered(*seconds_ago: float) -> Conversation:
    return conversation(automated_at=tuple(NOON - timedelta(seconds=ago) for ago in seconds_ago))


def test_a_new_contact_may_be_answered() -> None:
    assert reason() is None


def test_a_contact_who_was_never_answered_may_be_answered() -> None:
    assert reason(conversation()) is None


@pytest.mark.parametrize(
    ("age", "found"),
    [
        (timedelta(minutes=10), None),
        (timedelta(minutes=10, seconds=1), "too_old"),
        (timedelta(days=9), "too_old"),
        (timedelta(days=400), "too_old"),
        (-SECOND, None),
    ],
)
def test_f36_an_event_older_than_ten_minutes_is_not_answered(
    age: timedelta, found: str | None
) -> None:
    assert reason(now=NOON + age) == found


def test_standby_is_not_answered() -> None:
    assert reason(is_standby=True) == "standby"


@pytest.mark.parametrize(("owner", "found"), [("other", "thread_with_other"), ("us", None)])
def test_a_thread_of_another_app_is_not_answered(owner: str, found: str | None) -> None:
    assert reason(conversation(thread_owner=owner)) == found


@pytest.mark.parametrize(
    ("fact", "found"),
    [("last_person_at", "person_active"), ("last_other_app_at", "other_app_active")],
)
@pytest.mark.parametrize("minutes_ago", [29.99, 0, -5])
def test_nobody_interrupts_who_serves_the_contact(
    fact: str, found: str, minutes_ago: float
) -> None:
    before = conversation(**{fact: NOON - timedelta(minutes=minutes_ago)})
    assert reason(before) == found


@pytest.mark.parametrize("fact", ["last_person_at", "last_other_app_at"])
def test_after_thirty_minutes_automation_comes_back(fact: str) -> None:
    assert reason(conversation(**{fact: NOON - timedelta(minutes=30)})) is None


@pytest.mark.parametrize(("pause_minutes", "found"), [(5, None), (6, "person_active"), (0, None)])
def test_the_pause_is_a_setting(pause_minutes: int, found: str | None) -> None:
    before = conversation(last_person_at=NOON - timedelta(minutes=5))
    assert reason(before, settings=channel(person_pause_minutes=pause_minutes)) == found


@pytest.mark.parametrize("seconds_ago", [10, 3, 0, -3, -10])
def test_f41_one_reply_to_a_burst_in_whatever_order_it_comes(seconds_ago: float) -> None:
    assert reason(answered(seconds_ago)) == "just_answered"


@pytest.mark.parametrize("seconds_ago", [10.001, 11, -11])
def test_after_ten_seconds_a_burst_is_over(seconds_ago: float) -> None:
    assert reason(answered(seconds_ago)) is None


@pytest.mark.parametrize(
    ("seconds_ago", "found"),
    [
        ((30, 60, 599), "limit_of_10_minutes"),
        ((30, 60, 600), None),
        ((30, 60), None),
        ((30, -60, 60), "limit_of_10_minutes"),
    ],
)
def test_f40_three_replies_in_ten_minutes_are_enough(
    seconds_ago: tuple[int, ...], found: str | None
) -> None:
    assert reason(answered(*seconds_ago)) == found


@pytest.mark.parametrize(
    ("oldest_hours_ago", "found"), [(23.99, "limit_of_a_day"), (24, None), (25, None)]
)
def test_f40_ten_replies_a_day_are_enough(oldest_hours_ago: float, found: str | None) -> None:
    nine = (n * 3600 for n in range(1, 10))
    assert reason(answered(*nine, oldest_hours_ago * 3600)) == found


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({"thread_owner": "other", "last_person_at": NOON}, "thread_with_other"),
        ({"last_person_at": NOON, "last_other_app_at": NOON}, "person_active"),
        ({"last_other_app_at": NOON, "automated_at": (NOON,)}, "other_app_active"),
    ],
)
def test_who_serves_the_contact_is_told_first(facts: dict[str, Any], found: str) -> None:
    assert reason(conversation(**facts)) == found


@pytest.mark.parametrize("code", REASONS)
def test_every_reason_has_a_sentence(code: str) -> None:
    assert len(REASONS[code].split()) > 3
