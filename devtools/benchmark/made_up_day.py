"""A channel's day with any number of waits, made while it is read: nothing of it is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from msgspec import Struct, convert

from chalicelib.core import ids
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Conversation, Wait
from chalicelib.core.day_activity import LocalDay, Run
from chalicelib.core.feedback import Feedback
from chalicelib.core.messages import Author, MessageFact
from chalicelib.core.metrics import Reading
from devtools.local_aws import shop

DAY = "2026-11-18"
OPEN_EVERY = 10  # of so many waits one is not answered
CHANNEL_ID = shop.CHANNELS[0].channel_id
_BEGINS = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
_APART = timedelta(milliseconds=300)  # 100,000 of them end before the evening
_ANSWERED_AFTER = timedelta(minutes=10)


def runtime(size: int) -> Any:
    """The ports that the job asks, two weeks after the day. So many contacts write once on each
    day and are answered after ten minutes, but for every tenth."""
    day = _Day(size)
    return SimpleNamespace(
        now=lambda: _BEGINS + timedelta(days=14),
        channels=_Channels(),
        readings=_Readings(),
        messages=_Messages(day),
        waits=_Waits(day),
        conversations=_Conversations(day),
    )


class _Day(Struct, frozen=True):
    size: int

    def waits(self, is_wanted: Callable[[int], bool]) -> tuple[Wait, ...]:
        return tuple(self._wait(number) for number in range(self.size) if is_wanted(number))

    def facts(self, day: str) -> Iterator[MessageFact]:
        later = date.fromisoformat(day) - date.fromisoformat(DAY)
        for number in range(self.size):
            who, at = _who(number), _at(number) + later
            yield MessageFact(at, who, ids.attempt_id(f"{at} {who}"), Author.CUSTOMER)
            if not _is_open(number):
                after = at + _ANSWERED_AFTER
                yield MessageFact(after, who, ids.attempt_id(f"{after} {who}"), Author.PERSON_API)

    def _wait(self, number: int) -> Wait:
        answered_at = None if _is_open(number) else _at(number) + _ANSWERED_AFTER
        return Wait(
            conversation_id=_who(number),
            channel_id=CHANNEL_ID,
            day=DAY,
            opened_at=_at(number),
            answered_at=answered_at,
            answered_by=str(Author.PERSON_API) if answered_at else None,
            answered_name="Mia" if answered_at else None,
        )


class _Channels:
    def load(self, channel_id: str) -> ChannelSettings:
        channel = shop.CHANNELS[0]
        document = shop.settings(channel, "local") | {"channel_id": channel_id}
        return convert(document, ChannelSettings)


class _Messages(Struct, frozen=True):
    day: _Day

    def of_day(self, channel_id: str, day: str) -> tuple[MessageFact, ...]:
        return tuple(sorted(self.day.facts(day)))

    def each_of_day(self, channel_id: str, day: str) -> Iterator[MessageFact]:
        return self.day.facts(day)


class _Waits(Struct, frozen=True):
    day: _Day

    def of_day(self, channel_id: str, day: str) -> tuple[Wait, ...]:
        return self.day.waits(lambda number: not _is_open(number))


class _Conversations(Struct, frozen=True):
    day: _Day

    def open_waits(self, channel_id: str, day: str) -> tuple[Wait, ...]:
        return self.day.waits(_is_open)

    def load_leading(self, conversation_ids: Iterable[str]) -> dict[str, Conversation]:
        return {each: _row(each) for each in conversation_ids}


class _Readings:
    def cut(self, channel_id: str, day: str) -> LocalDay | None:
        return None

    def keep_cut(self, local_day: LocalDay) -> LocalDay:
        return local_day

    def feedback_of_day(self, channel_id: str, day: str) -> tuple[Feedback, ...]:
        return ()

    def save(self, readings: Sequence[Reading]) -> None: ...
    def save_answerers(self, channel_id: str, day: str, readings: Sequence[Reading]) -> None: ...
    def save_run(self, channel_id: str, day: str, run: Run) -> None: ...


def _row(conversation_id: str) -> Conversation:
    """As a row is that was just read: nothing in it is shared with another."""
    seen = (_BEGINS + timedelta(seconds=number) for number in range(6))
    return Conversation(
        conversation_id=conversation_id,
        platform="messenger",
        channel_id=str(int(CHANNEL_ID)),
        contact_id=f"7{conversation_id}",
        version=3,
        first_contact_at=next(seen),
        last_customer_at=next(seen),
        last_person_at=next(seen),
        window_ends_at=next(seen),
        window_opened_at=next(seen),
        closed_wait_opened_at=next(seen),
    )


def _who(number: int) -> str:
    return ids.conversation_id("messenger", CHANNEL_ID, str(number))


def _at(number: int) -> datetime:
    return _BEGINS + number * _APART


def _is_open(number: int) -> bool:
    return number % OPEN_EVERY == 0
