"""Whom the facts of a day are about: one contact, by however many keys it wrote."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.core.conversation import Wait
from chalicelib.core.messages import MessageFact
from chalicelib.ports import Runtime
from chalicelib.usecases import find_contact


class People(Struct, frozen=True):
    """Which conversation stands for which others, and when each contact first acted."""

    leaders: Mapping[str, str]
    first_contacts: Mapping[str, datetime]

    def as_one(self, fact: MessageFact) -> MessageFact:
        """The fact, as of the conversation that stands for its contact."""
        leader = self.leaders.get(fact.conversation_id)
        return fact if leader is None else replace(fact, conversation_id=leader)

    def is_of_one(self, wait: Wait) -> bool:
        """Waits stand under the conversation that stands for the contact. One under another was
        stored by a worker that was overtaken by a join, and is told there too."""
        return wait.conversation_id not in self.leaders


def run(conversation_ids: Iterable[str], rt: Runtime) -> People:
    """The contacts of these conversations. Their other keys are looked up only where more than one
    has a history."""
    rows = rt.conversations.load_leading(conversation_ids)
    leaders = {key: row.conversation_id for key, row in rows.items()}
    contacts = {row.conversation_id: row for row in rows.values()}
    for row in contacts.values():
        leaders |= dict.fromkeys(find_contact.members(row, rt), row.conversation_id)
    return People(
        {key: leader for key, leader in leaders.items() if key != leader},
        {key: row.first_contact_at for key, row in contacts.items() if row.first_contact_at},
    )
