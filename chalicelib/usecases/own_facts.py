"""What one key brought by itself: what was kept when it was joined, and its messages since."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

import msgspec
from msgspec.structs import replace

from chalicelib.catalogue import PLATFORMS
from chalicelib.core import steps
from chalicelib.core.conversation import Conversation
from chalicelib.core.events import Item
from chalicelib.core.messages import Author, Message, State
from chalicelib.core.steps import Step
from chalicelib.usecases import stored_message

_CUSTOMERS = frozenset({Author.CUSTOMER, Author.CUSTOMER_VISIT})


def run(kept: Conversation, history: Iterable[Message], *, ad_days: int) -> Conversation:
    """The row of the key alone; its waits are left as they were kept. Reactions, calls and
    changes of control that came while it was joined are not in the history: they stay with the
    others.
    `ad_days` as in a `Step`."""
    arrived = [row for row in history if row.state in (State.RECEIVED, State.SENT)]
    told = (replace(_step(row, kept.platform), ad_days=ad_days) for row in arrived)
    return reduce(steps.remember, told, kept)


def _step(row: Message, platform: str) -> Step:
    return Step(
        at=row.occurred_at,
        day=row.day,
        author=Author(row.author),
        opens=_opens(row, platform),
        owner=_owner(row),
    )


def _opens(row: Message, platform: str) -> str | None:
    """As its raw event tells; of a message that was unsent nobody knows whether it opened one."""
    if row.author not in _CUSTOMERS or row.raw is None:
        return None
    return stored_message.opens(PLATFORMS[platform].read(msgspec.json.decode(row.raw, type=Item)))


def _owner(row: Message) -> str | None:
    if row.is_standby:
        return "other"
    return "us" if row.author in _CUSTOMERS else None
