"""8 threads x 200 rounds on every claim, on the embedded AWS: each round has exactly one winner.

A thread stands for a container: it has stores of its own, and all start a round together.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from msgspec.structs import replace
from pynamodb.connection.base import Connection

from chalicelib.config import Settings
from chalicelib.core import digests
from chalicelib.core.access import ApiKey, Role
from chalicelib.core.campaigns import Campaign, Page, lanes
from chalicelib.core.channel import AutomaticReply
from chalicelib.core.day_activity import LocalDay
from chalicelib.core.frequency import Slot
from chalicelib.core.handling import Handling
from chalicelib.core.ids import attempt_id, conversation_id, digest
from chalicelib.core.messages import Listing, State
from chalicelib.storage import Storage, open_storage
from chalicelib.storage.api_keys import ApiKeys
from chalicelib.usecases import answer_message
from tests import builders, fakes
from tests.builders import CHANNEL, NOON, message, opt_in, our_message
from tests.e2e.test_storage_contract import connection, dynamodb, settings

__all__ = ["connection", "dynamodb", "settings"]
pytestmark = pytest.mark.e2e

THREADS, ROUNDS = 8, 200
LATER = NOON + timedelta(hours=1)
MANY = Campaign(
    campaign_id="many",
    topic="mug",
    channels=(CHANNEL,),
    text="It is back.",
    send_at=NOON,
    expires_at=LATER,
    created_at=NOON,
)
LANE = lanes(MANY)[0]


@dataclass(frozen=True)
class Container:
    """What one of several Lambdas has of its own."""

    number: int
    stores: Storage
    keys: ApiKeys


Claim = Callable[[Container, int], bool]


@pytest.fixture
def containers(dynamodb: Storage, settings: Settings, connection: Connection) -> list[Container]:
    return [
        Container(
            number,
            open_storage(settings, time.monotonic),
            ApiKeys(settings.api_keys_table, connection),
        )
        for number in range(THREADS)
    ]


def winners(containers: list[Container], claim: Claim) -> list[int]:
    """How many win each round."""
    start = Barrier(THREADS, timeout=120)  # whoever failed is not waited for without end

    def rounds(container: Container) -> list[bool]:
        won = []
        for number in range(ROUNDS):
            start.wait()
            won.append(claim(container, number))
        return won

    with ThreadPoolExecutor(THREADS) as pool:
        return [sum(each) for each in zip(*pool.map(rounds, containers), strict=True)]


def ours(number: int, **facts: Any) -> Any:
    return our_message(message_id=attempt_id(f"race {number}"), **facts)


def theirs(container: Container, number: int) -> str:
    """What this container would put there."""
    return attempt_id(f"container {container.number} round {number}")


def nothing(_container: Container, _number: int) -> None:
    """The claim is for something new."""


def planned(container: Container, number: int) -> None:
    container.stores.messages.plan(ours(number, state=State.PLANNED, due_at=NOON, lease_until=None))


def failed(container: Container, number: int) -> None:
    row = ours(number)
    container.stores.messages.claim(row)
    container.stores.messages.settle(
        row.conversation_id, row.message_id, State.FAILED, listing=Listing(CHANNEL, NOON)
    )


def consented(container: Container, number: int) -> None:
    container.stores.opt_ins.record(opt_in(opt_in_id=digest("opt_in", str(number))))


def issued(container: Container, number: int) -> None:
    container.keys.add(key(f"{number:064}"))


def key(key_hash: str, **facts: Any) -> ApiKey:
    return ApiKey(
        key_hash=key_hash, key_id="k", name="Mia", role=Role.ADMIN, created_at=NOON, **facts
    )


def takes_a_message(container: Container, number: int) -> bool:
    return container.stores.messages.claim(ours(number)) is None


def stores_a_message(container: Container, number: int) -> bool:
    return container.stores.messages.record(message(message_id=f"mid.{number}"))


def sends_it_again(container: Container, number: int) -> bool:
    row, attempt = ours(number), theirs(container, number)
    found = container.stores.messages.mark_resent(row.conversation_id, row.message_id, attempt)
    return found is not None and found.resent_as == attempt


def spends_a_consent(container: Container, number: int) -> bool:
    return container.stores.opt_ins.claim(
        opt_in(opt_in_id=digest("opt_in", str(number))), theirs(container, number), NOON
    )


def moves_a_conversation(container: Container, number: int) -> bool:
    """Every round moves on the row of the round before."""
    row = builders.conversation(version=number, last_customer_at=NOON)
    return container.stores.conversations.save(row) is None


def saves_settings(container: Container, number: int) -> bool:
    edited = builders.channel(version=number + 1, name=f"Shop of {container.number}")
    return container.stores.channels.save(edited)


def rotates_a_key(container: Container, number: int) -> bool:
    new = key(theirs(container, number), rotated_at=NOON)
    return container.keys.rotate(key(f"{number:064}"), new, LATER)


def cuts_a_day(container: Container, number: int) -> bool:
    end = NOON + timedelta(seconds=container.number)
    local_day = LocalDay(CHANNEL, f"day-{number:03}", NOON, end)
    return container.stores.readings.keep_cut(local_day) == local_day


def at_work_on_many(container: Container, number: int) -> None:
    """One campaign, whose first lane all rounds are about."""
    if number == 0:
        container.stores.campaigns.create(MANY)


def takes_a_lane(container: Container, number: int) -> bool:
    """Every round moves the lane on from where the round before left it."""
    before = replace(LANE, version=number)
    return container.stores.campaigns.move(before, replace(before, due_at=LATER)) is not None


def lists_the_recipients(container: Container, number: int) -> bool:
    page = Page(number=number, recipients=(theirs(container, number),), outcomes=("",))
    return container.stores.campaigns.keep_page(LANE, page) == page


def handles_a_conversation(container: Container, number: int) -> bool:
    """Such as by closing it, or by calling a person."""
    handling = Handling(version=number, closed_at=NOON, closed_by=theirs(container, number))
    return container.stores.conversations.save_handling(builders.conversation(), handling) is None


def counts_a_notification(container: Container, number: int) -> bool:
    slot = Slot(theirs(container, number), NOON)
    known = f"contact {number}"
    return container.stores.conversations.save_slots(known, (), (slot,))


def digests_an_hour(container: Container, number: int) -> bool:
    hour = digests.made(CHANNEL, f"hour-{number:03}", "", (theirs(container, number),), 1)
    return container.stores.digests.save(hour)


CLAIMS: dict[str, tuple[Claim | Callable[[Container, int], None], Claim]] = {
    "a message of ours": (nothing, takes_a_message),
    "a planned message": (planned, takes_a_message),
    "a customer's message": (nothing, stores_a_message),
    "sending again what failed": (failed, sends_it_again),
    "a consent": (consented, spends_a_consent),
    "a conversation's next version": (nothing, moves_a_conversation),
    "a channel's next version": (nothing, saves_settings),
    "the rotation of an API key": (issued, rotates_a_key),
    "how a day is cut": (nothing, cuts_a_day),
    "a lane of a notification to many": (at_work_on_many, takes_a_lane),
    "a page of its recipients": (at_work_on_many, lists_the_recipients),
    "a place under the cap of notifications": (nothing, counts_a_notification),
    "who handles a conversation": (nothing, handles_a_conversation),
    "the digest of an hour": (nothing, digests_an_hour),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_of_eight_containers_exactly_one_wins_each_of_200_rounds(
    containers: list[Container], name: str
) -> None:
    arrange, claim = CLAIMS[name]
    for number in range(ROUNDS):
        arrange(containers[0], number)
    assert winners(containers, claim) == [1] * ROUNDS


def test_f41_of_eight_first_messages_at_once_one_gets_the_reply_each_of_200_rounds(
    containers: list[Container],
) -> None:
    greeting = builders.channel(instant_reply=AutomaticReply(text="Hello!"))
    containers[0].stores.channels.save(greeting)
    sender = fakes.FakeSender()

    def writes(container: Container, number: int) -> bool:
        contact, now = f"70{number:04}", NOON + timedelta(seconds=number)
        event = builders.message_received(
            message_id=f"mid.{number}.{container.number}",
            event_id=f"messenger:message:{number}.{container.number}",
            contact_id=contact,
            occurred_at=now,
        )
        stores = container.stores
        rt = fakes.runtime(
            now=now,
            sender=sender,
            conversations=stores.conversations,
            messages=stores.messages,
            waits=stores.waits,
            channels=stores.channels,
            opt_ins=stores.opt_ins,
            rates=stores.rates,
        )
        answer_message.run(event, greeting, rt)
        return (
            stores.messages.load_now(
                conversation_id("messenger", CHANNEL, contact), answer_message.reply_key(event)
            )
            is not None
        )

    assert winners(containers, writes) == [1] * ROUNDS
    assert len(sender.posts) == ROUNDS
