"""Customers with several keys: what WhatsApp tells of them, and what the stores say afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec.structs import replace

from chalicelib.core.contacts import Key, Why, link
from chalicelib.core.events import Item
from chalicelib.core.ids import conversation_id
from chalicelib.ports import Runtime
from chalicelib.usecases import join_contacts, move_conversation, process_event
from tests import builders, fakes
from tests.usecases.journey import NUMBER

CHANNEL = builders.channel(channel_id=NUMBER, platform="whatsapp", time_zone="UTC")
U1, U2, U3 = "TR.1A2B", "TR.3C4D", "TR.5E6F"
P1, P2 = "905551112233", "905559998877"
KEYS = (U1, U2, U3, P1, P2)
Tell = Callable[[Runtime], None]


def at(minute: float) -> datetime:
    return builders.NOON + timedelta(minutes=minute)


def item(section: str, body: dict[str, Any], *, field: str = "messages") -> Item:
    """An item of the number, as the queue carries it."""
    frame = {"metadata": {"display_phone_number": "15550783881", "phone_number_id": NUMBER}}
    return Item("whatsapp_business_account", section, body, "2001", field=field, frame=frame)


def wrote(
    minute: float, *, user: str | None = None, phone: str | None = None, words: str = "hi"
) -> Tell:
    """A customer's text that tells these keys."""
    named = {"from": phone, "from_user_id": user}
    body = {name: value for name, value in named.items() if value} | {
        "id": f"wamid.{minute}",
        "timestamp": str(int(at(minute).timestamp())),
        "type": "text",
        "text": {"body": words},
    }
    return _event(item("messages", body))


def replied(minute: float, *, user: str | None = None, phone: str | None = None) -> Tell:
    """A person's reply on the phone, which tells these keys of the customer."""
    named = {"to": phone, "to_user_id": user}
    body = {name: value for name, value in named.items() if value} | {
        "id": f"wamid.echo.{minute}",
        "from": "15550783881",
        "timestamp": str(int(at(minute).timestamp())),
        "type": "text",
        "text": {"body": "It is back."},
    }
    return _event(item("message_echoes", body, field="smb_message_echoes"))


def got_number(minute: float, old: str, new: str, *, user: str | None = None) -> Tell:
    return _system(minute, {"from": old}, {"type": "user_changed_number", "wa_id": new}, user)


def got_user_id(minute: float, old: str, new: str) -> Tell:
    told = {"type": "user_changed_user_id", "previous_user_id": old}
    return _system(minute, {}, told, new)


def _system(minute: float, named: dict[str, str], told: dict[str, str], user: str | None) -> Tell:
    system = told | ({"user_id": user} if user else {})
    body = named | {
        "id": f"wamid.system.{minute}",
        "timestamp": str(int(at(minute).timestamp())),
        "type": "system",
        "system": system,
    }
    return _event(item("messages", body))


def _event(one: Item) -> Tell:
    queued = msgspec.json.decode(msgspec.json.encode(one), type=Item)
    return lambda rt: process_event.run(queued, rt.now(), rt)


def merged(minute: float, one: str, other: str) -> Tell:
    return _word(Why.MERGED, minute, one, other)


def separated(minute: float, one: str, other: str) -> Tell:
    return _word(Why.SEPARATED, minute, one, other)


def _word(why: Why, minute: float, one: str, other: str) -> Tell:
    """The word by hand that was given at that minute, whenever it comes."""
    word = link(key(one), key(other), why, at(minute))

    def tell(rt: Runtime) -> None:
        rt.conversations.link(word)
        join_contacts.run(word.pair, CHANNEL, rt)

    return tell


def key(contact_id: str) -> Key:
    return Key(id_of(contact_id), contact_id)


def id_of(key: str) -> str:
    return conversation_id("whatsapp", NUMBER, key)


def shop() -> Any:
    return fakes.runtime(CHANNEL, now=at(60))


def after(told: Iterable[Tell], rt: Any = None) -> Any:
    """The outside world after all this was told, in this order."""
    rt = rt or shop()
    for tell in told:
        tell(rt)
    return rt


def leader(rt: Any, contact_id: str) -> str:
    """The key whose row stands for the contact of this one."""
    return move_conversation.load(CHANNEL, contact_id, rt).contact_id


def state(rt: Any) -> dict[str, object]:
    """All that anybody can see, whatever way led to it."""
    leaders = {each: leader(rt, each) for each in KEYS if id_of(each) in rt.conversations.rows}
    rows = {
        each: replace(rt.conversations.rows[id_of(each)], version=0, told=None)
        for each in set(leaders.values())
    }
    return {
        "leaders": leaders,
        "rows": dict(sorted(rows.items())),
        "waits": rt.waits.all,
        "waiting": rt.conversations.waiting(NUMBER, cursor=None, limit=9).items
        and [
            row.contact_id for row in rt.conversations.waiting(NUMBER, cursor=None, limit=9).items
        ],
        "messages": [(m.conversation_id, m.message_id, m.author) for m in rt.messages.all],
    }
