"""What persons do in the fortnight: they answer, close, ask, tell, erase, and run campaigns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from chalicelib.core.messages import FilledTemplate, State
from chalicelib.usecases import (
    close_conversation,
    erase_contact,
    hand_over,
    notify,
    plan_campaign,
    reply_as_person,
    save_channel,
    trigger,
)
from chalicelib.usecases.errors import Conflict, InvalidInput, NotFound
from devtools.simulator.customers import Act
from tests.fortnight.play import BEGINS, DAYS, Play
from tests.fortnight.shop import LARGER_BUDGET, MORE_BUDGET_AFTER, NUMBER, PAGE, PROFESSIONAL

if TYPE_CHECKING:
    from tests.fortnight.people import Customer

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# When a person answers: among them the moments around the ends of all windows.
AGES = (
    *(timedelta(minutes=each) for each in (2, 15, 50, 240)),
    *(DAY - timedelta(minutes=3), DAY + timedelta(minutes=20), 1.5 * DAY, 3 * DAY, 6 * DAY),
    *(7 * DAY - timedelta(minutes=3), 7 * DAY + 2 * HOUR, 9 * DAY),
)
OCCASIONS = ("job_application", "page_recommended", "page_not_recommended")

Deed = Callable[["Customer", str], object]


def do_something_later(who: Customer) -> None:
    """At some age of the episode."""
    deeds, weights = zip(*DEEDS.items(), strict=True)
    (deed,) = who.random.choices(deeds, weights)
    _plan(who, who.random.choice(AGES), deed)


def write_unasked_later(who: Customer) -> None:
    """Within the window of what the customer is saying, and all the same no answer to it."""
    wait = timedelta(minutes=who.random.choice((1, 30, 300, 1200)))
    _plan(who, wait, who.random.choice(UNASKED))


def _plan(who: Customer, age: timedelta, deed: Deed) -> None:
    key = who.new_key()

    def when_due() -> None:
        try:
            deed(who, key)
        except (Conflict, InvalidInput, NotFound) as error:
            who.play.undone.append(type(error).__name__)

    who.play.after(age, lambda: who.play.safely(when_due))


def _replies(who: Customer, key: str) -> None:
    reply_as_person.run(
        conversation_id=who.conversation,
        text="Yes.",
        author="Mia",
        idempotency_key=key,
        rt=who.play.rt,
    )


def _replies_elsewhere(who: Customer, key: str) -> None:
    """In Meta's own inbox."""
    if who.channel_id != NUMBER:
        act = Act(channel_id=who.channel_id, contact_id=who.contact_id, text="From the inbox.")
        who.play.meta.people.native_reply(act)


def _sends_a_template(who: Customer, key: str) -> None:
    filled = FilledTemplate(
        name="mug_is_back", language="en", parameters=("The mug is back",), topic="mug"
    )
    reply_as_person.run(
        conversation_id=who.conversation,
        template=filled,
        author="Mia",
        idempotency_key=key,
        rt=who.play.rt,
    )


def _closes(who: Customer, key: str) -> None:
    close_conversation.run(who.conversation, "Mia", who.play.rt)


def _tells_of_an_occasion(who: Customer, key: str) -> None:
    name, rt = who.random.choice(OCCASIONS), who.play.rt
    row = trigger.run(conversation_id=who.conversation, name=name, idempotency_key=key, rt=rt)
    who.play.triggered.add(row.message_id)


def _asks(who: Customer, key: str) -> None:
    notify.request(
        conversation_id=who.conversation, topic="mug", idempotency_key=key, rt=who.play.rt
    )


def _notifies(who: Customer, key: str) -> None:
    notify.schedule(
        conversation_id=who.conversation,
        topic="mug",
        text="The mug is back",
        send_at=who.play.clock() + HOUR,
        idempotency_key=key,
        rt=who.play.rt,
    )


def _hands_over(who: Customer, key: str) -> None:
    hand_over.to_person(who.conversation, who.play.rt)


def takes_back(who: Customer, key: str) -> None:
    hand_over.to_automation(who.conversation, who.play.rt)


def _erases(who: Customer, key: str) -> None:
    """As the API asks its caller to: again, until it is complete."""
    play = who.play
    rows = play.stored.messages.of_conversations(who.conversations)  # type: ignore[attr-defined]
    planned = {(r.conversation_id, r.message_id) for r in rows if r.state is State.PLANNED}
    play.doomed[who.contact_id] |= planned  # also if the process dies now
    while not erase_contact.run(who.conversation, play.rt).is_complete:
        pass
    play.erased[who.contact_id].append(play.clock())


DEEDS: dict[Deed, int] = {
    _replies: 700,
    _replies_elsewhere: 100,
    _closes: 100,
    _tells_of_an_occasion: 30,
    _asks: 30,
    _notifies: 25,
    _sends_a_template: 25,
    _hands_over: 10,
    takes_back: 25,
    _erases: 15,
}
UNASKED: tuple[Deed, ...] = (
    *(_closes, _tells_of_an_occasion, _asks, _notifies, _sends_a_template),
)


def campaigns(play: Play) -> None:
    """Every other day one of two notifications to all who agreed."""
    for day in range(2, DAYS, 2):
        topic = "mug" if day % 4 else "offers"
        play.at(BEGINS + day * DAY + 5 * HOUR, _campaign(play, topic, f"day-{day}"))


def _campaign(play: Play, topic: str, key: str) -> Callable[[], None]:
    channels = (PAGE, PROFESSIONAL, NUMBER) if topic == "mug" else (NUMBER,)
    wish = plan_campaign.Wish(
        topic=topic,
        channels=channels,
        text="It is back",
        is_promotional=topic == "offers",
    )
    return lambda: play.safely(lambda: plan_campaign.run(wish, key=key, rt=play.rt))


def more_budget(play: Play) -> None:
    """The business sees that automations rest, and lets the number spend more."""
    play.at(BEGINS + MORE_BUDGET_AFTER, lambda: play.safely(lambda: _raise_budget(play)))


def _raise_budget(play: Play) -> None:
    known = play.stored.channels.load(NUMBER)
    version = known.version if known else 0
    document = msgspec.to_builtins(known) | {"budget": msgspec.to_builtins(LARGER_BUDGET)}
    given = save_channel.Precondition(versions=(version,))
    save_channel.run(NUMBER, document, given, play.rt)
