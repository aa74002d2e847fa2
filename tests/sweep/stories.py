"""What the process is doing while it dies: every path from a webhook to a reading."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from chalicelib.adapters.http import Answer
from chalicelib.core.conversation import Conversation
from chalicelib.core.handling_settings import ClosingMessage, Handover
from chalicelib.core.messages import Message, State
from chalicelib.storage.tables import MESSAGE_NAMES
from chalicelib.usecases import (
    close_conversation,
    compute_daily_metrics,
    notify,
    reply_as_person,
    resend_message,
    send_due,
    settle_unknown,
    start_daily_metrics,
)
from tests import builders
from tests.sweep.world import TOKEN, World
from tests.usecases import people
from tests.usecases.journey import PAGE, echo, messaging, page, seconds, text
from tests.usecases.test_failures_crashes import CHANNEL, EARLIER, RECEIVING

Act = Callable[[World], None]
SHOP = replace(CHANNEL, token_parameter=TOKEN)
NUMBER_SHOP = replace(people.CHANNEL, token_parameter=TOKEN)
LATE = builders.NOON + timedelta(days=2)
LIVE = {each.value for each in (State.CLAIMED, State.UNKNOWN)}
TROUBLE = b'{"error":{"message":"x","type":"OAuthException","code":%d}}'


def nothing(world: World) -> None:
    """The shop has just opened."""


def a_conversation(world: World) -> None:
    world.deliver(page(text(mid="m_0", at=EARLIER)))


def a_consent(world: World) -> None:
    a_conversation(world)
    row = the_row(world)
    facts = {"conversation_id": row.conversation_id, "contact_id": row.contact_id}
    world.rt.opt_ins.record(builders.opt_in(channel_id=PAGE, **facts))


def a_planned_notification(world: World) -> None:
    a_consent(world)
    plan(world)
    world.clock.at = LATE


def a_failed_send(world: World) -> None:
    a_conversation(world)
    world.platform.answers = [Answer(400, {}, TROUBLE % 100)]
    answer(world)


def an_unknown_send(world: World) -> None:
    """Meta took it and its answer got lost."""
    a_conversation(world)
    world.platform.answers = [Answer(200, {}, b"<html>")]
    answer(world)
    at = f"{world.clock():%Y-%m-%dT%H:%M:%S+0000}"
    shown = {"id": "mid.x", "created_time": at, "from": {"id": PAGE}, "message": "It is back."}
    world.platform.shown = [shown]
    world.clock.advance(minutes=2)


def a_day_of_conversations(world: World) -> None:
    a_conversation(world)
    world.deliver(page(echo(mid="m_9", words="Yes.", at=seconds(30))))
    world.clock.at = LATE


def a_shop_with_persons(world: World) -> None:
    """Customers may ask for a person, and hear goodbye when one closes their conversation."""
    known = world.rt.channels.load(PAGE, is_fresh=True)
    assert known is not None
    handover, closing = Handover(text="A person comes."), ClosingMessage(text="Goodbye!")
    facts = {"handover": handover, "closing_message": closing, "version": known.version + 1}
    world.rt.channels.save(replace(known, **facts))
    world.clock.advance(minutes=1)  # what the containers remember of the settings is too old
    a_conversation(world)


def known_by_phone(world: World) -> None:
    tell(world, people.wrote(0, phone=people.P1))


def answer(world: World) -> None:
    reply_as_person.run(
        conversation_id=the_row(world).conversation_id,
        text="It is back.",
        author="Mia",
        idempotency_key="k",
        rt=world.rt,
    )


def close(world: World) -> None:
    close_conversation.run(the_row(world).conversation_id, "Mia", world.rt)


def ask(world: World) -> None:
    notify.request(
        conversation_id=the_row(world).conversation_id,
        topic="mug",
        idempotency_key="k",
        rt=world.rt,
    )


def plan(world: World) -> None:
    notify.schedule(
        conversation_id=the_row(world).conversation_id,
        topic="mug",
        text="The mug is back",
        send_at=LATE,
        idempotency_key="k",
        rt=world.rt,
    )


def send_again(world: World) -> None:
    (row,) = [row for row in history(world) if row.state is State.FAILED]
    resend_message.run(
        conversation_id=row.conversation_id,
        message_id=row.message_id,
        idempotency_key="again",
        is_confirmed=False,
        rt=world.rt,
    )


def ask_for_days(world: World) -> None:
    start_daily_metrics.run(world.rt)


def compute_a_day(world: World) -> None:
    compute_daily_metrics.run(PAGE, builders.TODAY, world.rt)


def tell(world: World, *told: people.Tell) -> None:
    """Each is an item of the queue: it comes again until it is done."""
    for each in told:
        world.until_done(lambda each=each: each(world.rt))


def a_minute(world: World) -> None:
    """The minute schedule."""
    send_due.run(world.rt)
    settle_unknown.run(world.rt)


def the_row(world: World) -> Conversation:
    (found,) = world.rt.conversations.newest(PAGE, cursor=None, limit=9).items
    return found


def history(world: World) -> tuple[Message, ...]:
    return world.rt.messages.history(the_row(world).conversation_id)


def doubts(world: World) -> int:
    """Sends of which nobody knows what became of them."""
    rows = world.rows()["messages_table"].values()
    states = [row.get(MESSAGE_NAMES["state"], {}).get("S") for row in rows]
    return sum(state in LIVE for state in states)


def until_done(do: Act) -> Act:
    return lambda world: world.until_done(lambda: do(world))


def delivered(item: Any) -> Act:
    return lambda world: world.deliver(page(item))


def stranger(world: World) -> None:
    body = text() | {"recipient": {"id": "4711"}}
    world.deliver(page(body, channel_id="4711"))


def garbage(world: World) -> None:
    world.deliver({"object": "page", "entry": "nonsense"})


def joined(world: World) -> None:
    tell(world, people.wrote(4, user=people.U1, phone=people.P1), people.replied(6, user=people.U1))


SENDING: dict[str, tuple[Act, Act]] = {
    "reply to a first message": (nothing, delivered(text())),
    "answer through the API": (a_conversation, until_done(answer)),
    "request of consent": (a_conversation, until_done(ask)),
    "notification when it is due": (
        a_planned_notification,
        until_done(lambda world: send_due.run(world.rt)),
    ),
    "sending again": (a_failed_send, until_done(send_again)),
    "a call for a person": (
        a_shop_with_persons,
        delivered(text(mid="m_p", words="I want a real person")),
    ),
    "closing a conversation": (a_shop_with_persons, until_done(close)),
}
STORING: dict[str, tuple[Act, Act]] = {
    **{name: (a_conversation, delivered(item)) for name, item in RECEIVING.items()},
    "unsend": (
        a_conversation,
        delivered(messaging("7001", {"message": {"mid": "m_0", "is_deleted": True}})),
    ),
    "unknown channel": (nothing, stranger),
    "notification is planned": (a_consent, until_done(plan)),
    "a look for an unknown send": (
        an_unknown_send,
        until_done(lambda world: settle_unknown.run(world.rt)),
    ),
    "metrics are asked for": (a_day_of_conversations, until_done(ask_for_days)),
    "metrics of a day": (a_day_of_conversations, until_done(compute_a_day)),
    "two keys of one person": (known_by_phone, joined),
}
