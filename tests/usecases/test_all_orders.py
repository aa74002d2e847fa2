"""F04: every order of a conversation of seven events, all 5,040, ends in one state.

The events go the whole way of a queue record, and all that is stored is compared. Automatic replies
are off: whether one is sent depends on what is known when it is decided, which is as it should be.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from typing import Any

import msgspec
import pytest

from chalicelib.core.channel import AutomaticReply
from chalicelib.core.events import Item
from chalicelib.platforms import events_in
from chalicelib.ports import Runtime
from chalicelib.usecases import process_event, reply_as_person
from tests import fakes
from tests.intake import to_bytes
from tests.usecases import people
from tests.usecases.journey import (
    PAGE,
    echo,
    echo_of,
    messaging,
    milliseconds,
    page,
    seconds,
    shop,
    snapshot,
    text,
)

pytestmark = pytest.mark.slow

OFF = AutomaticReply(is_on=False)
CHANNELS = (
    shop(PAGE, "messenger", instant_reply=OFF),
    msgspec.structs.replace(people.CHANNEL, instant_reply=OFF),
)
LATER = seconds(300)


def items(*payloads: Any) -> list[Item]:
    """What the queue carries of these deliveries."""
    read = [event.item for payload in payloads for event in events_in(to_bytes(payload))]
    return [msgspec.json.decode(msgspec.json.encode(item), type=Item) for item in read]


def on_page(*told: dict[str, Any], section: str = "messaging") -> list[Item]:
    return items(*(page(each, section=section) for each in told))


def inner(body: dict[str, Any], at: float) -> dict[str, Any]:
    return messaging("7001", body, at=seconds(at))


def customer(mid: str, at: float) -> dict[str, Any]:
    return text(mid=mid, at=seconds(at))


def native(mid: str, at: float, **message: Any) -> dict[str, Any]:
    return echo(mid=mid, words="It is.", at=seconds(at), **message)


def edited(mid: str, at: float, words: str) -> dict[str, Any]:
    return inner({"message_edit": {"mid": mid, "text": words, "num_edit": 1}}, at)


def unsent(mid: str, at: float) -> dict[str, Any]:
    return inner({"message": {"mid": mid, "is_deleted": True}}, at)


def reacted(mid: str, at: float, emoji: str = "x", action: str = "react") -> dict[str, Any]:
    return inner({"reaction": {"mid": mid, "action": action, "emoji": emoji}}, at)


def read(at: float) -> dict[str, Any]:
    return inner({"read": {"watermark": milliseconds(seconds(at))}}, at)


def visit(at: float) -> dict[str, Any]:
    return inner({"referral": {"ref": f"r{at}", "source": "SHORTLINK"}}, at)


def postback(mid: str, at: float) -> dict[str, Any]:
    return inner({"postback": {"mid": mid, "title": "Go", "payload": "GO"}}, at)


def taken_over(at: float) -> dict[str, Any]:
    return inner({"take_thread_control": {"new_owner_app_id": 4711}}, at)


def opted_in(at: float) -> dict[str, Any]:
    told = {"type": "one_time_notif_req", "payload": "mug", "one_time_notif_token": "t1"}
    return inner({"optin": told}, at)


STORIES: dict[str, list[Item]] = {
    "edited, read, reacted to, and told twice": on_page(
        customer("m_1", 0),
        customer("m_1", 0),
        customer("m_2", 20),
        edited("m_1", 30, "Is the red mug back?"),
        native("m_3", 60),
        read(80),
        reacted("m_3", 90),
    ),
    "unsent, visited, tapped": on_page(
        customer("m_1", 0),
        edited("m_1", 10, "new"),
        unsent("m_1", 20),
        visit(30),
        postback("m_2", 40),
        native("m_3", 60),
        unsent("m_3", 70),
    ),
    "two edits and a reaction taken back": on_page(
        customer("m_1", 0),
        edited("m_1", 10, "first"),
        edited("m_1", 20, "second"),
        reacted("m_1", 30),
        reacted("m_1", 40, action="unreact"),
        native("m_2", 60),
        customer("m_3", 70),
    ),
    "Meta's automation before people": on_page(
        customer("m_1", 0),
        native("m_2", 3),
        customer("m_3", 20),
        native("m_4", 60),
        customer("m_5", 70),
        native("m_6", 73),
        native("m_7", 100),
    ),
    "waits and answers": on_page(
        native("m_1", 0),
        customer("m_2", 30),
        native("m_3", 50),
        customer("m_4", 60),
        customer("m_5", 61),
        native("m_6", 90),
        native("m_7", 90),
    ),
    "another app takes over": [
        *on_page(customer("m_1", 0), section="standby"),
        *on_page(
            native("m_2", 10, app_id=4711),
            taken_over(15),
            customer("m_3", 20),
            native("m_4", 60),
            opted_in(70),
            read(80),
        ),
    ],
}


def told(order: Sequence[Item], rt: Any) -> str:
    """All that is stored after this order, of which nothing was put aside."""
    for item in order:
        process_event.run(item, LATER, rt)
    assert not rt.quarantine.kept
    return snapshot(rt)


def shop_runtime() -> Runtime:
    return fakes.runtime(*CHANNELS, now=LATER)


def ends(story: Sequence[Item]) -> set[str]:
    return {told(order, shop_runtime()) for order in permutations(story)}


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES.keys())
def test_f04_all_orders_of_seven_events_end_in_one_state(story: list[Item]) -> None:
    assert (len(story), len(ends(story))) == (7, 1)


def answered() -> tuple[Runtime, dict[str, Any]]:
    """A person has answered through the API; what was posted."""
    rt: Any = fakes.runtime(*CHANNELS, now=seconds(40))
    for item in on_page(customer("m_0", -60)):
        process_event.run(item, seconds(0), rt)
    (row,) = rt.conversations.rows.values()
    reply_as_person.run(
        conversation_id=row.conversation_id,
        text="It is back.",
        author="Mia",
        idempotency_key="k",
        rt=rt,
    )
    rt.now.at = LATER
    return rt, rt.sender.bodies[0]


def test_f04_all_orders_around_an_answer_of_ours_end_in_one_state() -> None:
    _, post = answered()
    story = on_page(
        customer("m_1", 20),
        echo_of(post, mid="mid.1", at=seconds(41)),
        read(50),
        reacted("mid.1", 55),
        customer("m_2", 60),
        native("m_3", 90),
        unsent("m_2", 95),
    )
    assert len({told(order, answered()[0]) for order in permutations(story)}) == 1


def test_f04_all_orders_of_what_is_told_of_one_person_end_in_one_state() -> None:
    story = [
        people.wrote(0, phone=people.P1),
        people.replied(2, phone=people.P1),
        people.wrote(4, user=people.U1, phone=people.P1),
        people.got_number(6, people.P1, people.P2),
        people.replied(8, phone=people.P2),
        people.wrote(9, user=people.U2, phone=people.P2),
        people.got_user_id(12, people.U1, people.U2),
    ]
    assert len({repr(people.state(people.after(order))) for order in permutations(story)}) == 1
