"""Any conversations, told to the real use cases: events of customers, persons, machines."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import strategies as st
from msgspec import Struct

from chalicelib.core.channel import ChannelSettings
from chalicelib.core.ids import attempt_id
from chalicelib.core.messages import Author, State
from chalicelib.core.steps import Step
from chalicelib.ports import Runtime
from chalicelib.usecases import confirm_send, move_conversation
from tests import builders

CONTACTS = ("ayse", "mehmet", "ada")


class Happening(Struct, frozen=True):
    """Somebody wrote so many minutes after the story began."""

    author: Author
    contact: str
    minutes: int
    name: str | None = None


def happenings(*, days: int) -> st.SearchStrategy[list[Happening]]:
    """What may happen in a few conversations within so many days, in any order of telling."""
    authors = st.sampled_from(list(Author))
    names = st.sampled_from(["Ayse", "Zeki", None])
    minutes = st.integers(0, days * 24 * 60)
    one = st.builds(Happening, authors, st.sampled_from(CONTACTS), minutes, names)
    return st.lists(one, max_size=25, unique_by=lambda h: (h.contact, h.minutes))


def tell(story: list[Happening], channel: ChannelSettings, start: datetime, rt: Runtime) -> None:
    for happening in story:
        happen(happening, channel, start + timedelta(minutes=happening.minutes), rt)


def happen(happening: Happening, channel: ChannelSettings, at: datetime, rt: Runtime) -> None:
    """Store it as the use cases do."""
    conversation = builders.conversation(
        contact_id=happening.contact, channel_id=channel.channel_id
    ).conversation_id
    is_ours = happening.author is Author.PERSON_API
    key = f"{happening.contact}{happening.minutes}"
    row = builders.message(
        conversation_id=conversation,
        message_id=attempt_id(key) if is_ours else key,
        channel_id=channel.channel_id,
        author=happening.author,
        author_name=happening.name if is_ours else None,
        occurred_at=at,
        day=channel.local_day(at),
        state=State.CLAIMED if is_ours else State.RECEIVED,
    )
    if is_ours:
        rt.messages.claim(row)
        confirm_send.run(row, f"mid.{key}", channel, rt)
        return
    rt.messages.record(row)
    step = Step(at=at, day=channel.local_day(at), author=happening.author)
    move_conversation.run(channel, happening.contact, lambda _row: step, rt)
