"""The texts in keys: how they are made and read. tables.py says what they mean."""

from __future__ import annotations

from datetime import datetime

from chalicelib.core import ids
from chalicelib.core.messages import Author
from chalicelib.storage._times import dated, undated


def channel_day(channel_id: str, day: str, conversation_id: str) -> str:
    return f"{channel_id}#{day}#{ids.shard(conversation_id)}"


def channel_days(channel_id: str, day: str) -> tuple[str, ...]:
    """All partitions of a channel's day."""
    return tuple(f"{channel_id}#{day}#{shard}" for shard in range(ids.SHARDS))


def tried_day(channel_id: str, day: str, conversation_id: str) -> str:
    """Where what was not sent is found by its time: no metric looks there."""
    return f"tried#{channel_day(channel_id, day, conversation_id)}"


def tried_days(channel_id: str, day: str) -> tuple[str, ...]:
    return tuple(f"tried#{each}" for each in channel_days(channel_id, day))


def channel_and_day(key: str) -> tuple[str, str]:
    channel_id, day, _ = key.rsplit("#", 2)
    return channel_id, day


def day_key(at: datetime, author: Author) -> str:
    return dated(at, f"#{author}")


def time_and_author(key: str) -> tuple[datetime, Author]:
    at, author = undated(key)
    return at, Author(author[1:])


def planned(channel_id: str) -> str:
    return f"planned#{channel_id}"


def due_shard(conversation_id: str) -> str:
    return f"due#{ids.shard(conversation_id)}"


def due_shards() -> tuple[str, ...]:
    return tuple(f"due#{shard}" for shard in range(ids.SHARDS))


def needing_person(channel_id: str) -> str:
    """In the index of those who wait, a partition of its own."""
    return f"person#{channel_id}"


def failed(channel_id: str) -> str:
    return f"failed#{channel_id}"


def unknown(channel_id: str) -> str:
    return f"unknown#{channel_id}"


def never(at: datetime) -> str:
    """After every time: nobody looks for it any more."""
    return f"~{dated(at)}"


def hour(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H}"


def wait_key(conversation_id: str, opened_at: datetime) -> str:
    return f"{conversation_id}#{dated(opened_at)}"


def conversation_and_opening(key: str) -> tuple[str, datetime]:
    conversation_id, opened_at = key.rsplit("#", 1)
    return conversation_id, undated(opened_at)[0]


def channel_topic(channel_id: str, topic: str) -> str:
    return f"{channel_id}#{topic}"


def raw_key(event_id: str) -> str:
    """Where the raw item of an event is kept that makes no message; no platform's id begins so."""
    return f"raw#{event_id}"
