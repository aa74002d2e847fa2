"""A customer writes to a shop, and what it says then."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from chalicelib.core.channel import ChannelSettings
from chalicelib.ports import Runtime
from chalicelib.usecases import answer_message
from tests import builders, fakes
from tests.builders import NOON


def at(channel: ChannelSettings, when: datetime = NOON) -> Runtime:
    return fakes.runtime(channel, now=when)


def write(rt: Runtime, when: datetime = NOON, number: int = 1, **facts: Any) -> None:
    """A customer's message, processed a second after it was written."""
    rt.now.at = when + timedelta(seconds=1)
    facts = {"message_id": f"mid.{number}", "text": "Hello?", "occurred_at": when} | facts
    (channel,) = rt.channels.all()
    answer_message.run(builders.message_received(**facts), channel, rt)


def said(rt: Runtime) -> list[str]:
    return [body["message"]["text"] for body in rt.sender.bodies]
