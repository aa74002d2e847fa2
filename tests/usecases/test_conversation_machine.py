"""A conversation that anything may happen to, in any order, beside a model that is simple
arithmetic over what has happened.

Customers write on the full minute, people answer in the native inbox at half past, and our clock
stands at a quarter past: no two happen at once, and none so close that an answer could be taken for
the platform's own automation.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)
from msgspec.structs import replace

from chalicelib.core.channel import AutomaticReply
from chalicelib.core.ids import conversation_id
from chalicelib.core.messages import UNSETTLED, Author, State
from chalicelib.platforms import Accepted
from chalicelib.usecases import reply_as_person, send_due
from tests import builders, fakes
from tests.usecases.crashes import Point, Watch
from tests.usecases.journey import PAGE, Journey, echo, echo_of, messaging, page, shop, text

MINUTE = timedelta(minutes=1)
WINDOW = timedelta(hours=24)
CONVERSATION = conversation_id("messenger", PAGE, "7001")
late = st.integers(0, 30)
points = st.none() | st.builds(
    Point, st.integers(0, 12), st.just("any call"), st.sampled_from(["before", "after"])
)


class Meta(fakes.FakeSender):
    """Notes when it took what, and whether the customer had written in the last 24 hours."""

    def __init__(self, machine: Conversation) -> None:
        super().__init__()
        self._machine = machine
        self.outside: list[datetime] = []

    def post(self, channel: Any, request: Any) -> Accepted:
        now, wrote = self._machine.now, self._machine.customers.values()
        if not wrote or now >= max(wrote) + WINDOW:
            self.outside.append(now)
        return super().post(channel, request)


class Conversation(RuleBasedStateMachine):
    mids, echoes = Bundle("mids"), Bundle("echoes")

    @initialize()
    def opens(self) -> None:
        self.customers: dict[str, datetime] = {}
        self.natives: dict[str, datetime] = {}
        self.others: dict[str, datetime] = {}
        self.unsent: set[str] = set()
        self.inputs, self.keys = 0, 0
        self.told_of = 0
        self.meta = Meta(self)
        start = builders.NOON + timedelta(seconds=15)
        self.journey = Journey(shop(PAGE, "messenger"), at=start, sender=self.meta)

    @property
    def now(self) -> datetime:
        return self.journey.clock()

    @property
    def is_in_doubt(self) -> bool:
        """While a send of ours is, an echo that does not say whose it is is taken for ours."""
        return any(row.state in UNSETTLED for row in self.journey.rows)

    @rule(target=mids, minutes=late, point=points)
    def a_customer_writes(self, minutes: int, point: Point | None) -> str:
        mid, at = self._next("m"), self._minute(minutes)
        self.customers[mid] = at
        self._deliver(text(mid=mid, at=at), point)
        return mid

    @precondition(lambda self: not self.is_in_doubt)
    @rule(minutes=late, point=points)
    def a_person_answers_in_the_native_inbox(self, minutes: int, point: Point | None) -> None:
        mid, at = self._next("n"), self._minute(minutes) - MINUTE / 2
        self.natives[mid] = at
        self._deliver(echo(mid=mid, words=f"{mid} says", at=at), point)

    @precondition(lambda self: not self.is_in_doubt)
    @rule(minutes=late, point=points)
    def another_app_writes(self, minutes: int, point: Point | None) -> None:
        mid, at = self._next("o"), self._minute(minutes) - MINUTE / 2
        self.others[mid] = at
        self._deliver(echo(mid=mid, words=f"{mid} says", at=at, app_id=4711), point)

    @rule(mid=mids, words=st.sampled_from(["new", "newer"]), point=points)
    def a_message_is_edited(self, mid: str, words: str, point: Point | None) -> None:
        body = {"message_edit": {"mid": mid, "text": words, "num_edit": 1}}
        self._deliver(messaging("7001", body, at=self.now), point)

    @rule(mid=mids, point=points)
    def a_message_is_unsent(self, mid: str, point: Point | None) -> None:
        self.unsent.add(mid)
        body = {"message": {"mid": mid, "is_deleted": True}}
        self._deliver(messaging("7001", body, at=self.now), point)

    @rule(mid=mids)
    def a_delivery_comes_again(self, mid: str) -> None:
        self._deliver(text(mid=mid, at=self.customers[mid]), None)

    @rule(target=echoes, point=points)
    def a_person_answers_through_the_api(self, point: Point | None) -> Any:
        if not self.journey.rt.conversations.load(CONVERSATION):
            return multiple()
        before = len(self.meta.bodies)
        self.keys += 1
        self.journey.worker = Watch(point).over(self.journey.rt)
        for _ in range(2):
            with suppress(SystemExit):
                self._answer(f"k{self.keys}")
        self.journey.worker = self.journey.rt
        self.journey.clock.advance(minutes=2)  # every lease has run out
        return multiple(*self.meta.bodies[before:])

    @rule(post=consumes(echoes), point=points)
    def meta_tells_of_what_it_took(self, post: dict[str, Any], point: Point | None) -> None:
        self.told_of += 1
        mid = f"mid.{self.meta.bodies.index(post) + 1}"
        self._deliver(echo_of(post, mid=mid, at=self.now), point)

    @rule()
    def the_minute_schedule_runs(self) -> None:
        send_due.run(self.journey.rt)

    @rule(minutes=st.sampled_from([1, 5, 11, 60, 600, 1500]))
    def time_passes(self, minutes: int) -> None:
        self.journey.clock.advance(minutes=minutes)

    @rule(is_on=st.booleans())
    def somebody_changes_the_settings(self, is_on: bool) -> None:
        channels: Any = self.journey.rt.channels
        known = channels.load(PAGE)
        reply = AutomaticReply(text="Hello!", is_on=is_on)
        channels.save(replace(known, version=known.version + 1, instant_reply=reply))

    @invariant()
    def waits_are_those_of_the_model(self) -> None:
        stored: Any = self.journey.rt.waits
        closed = {wait.opened_at: wait.answered_at for wait in stored.all}
        row = self._row()
        assert (closed, row and row.wait_opened_at) == self._model_waits()

    @invariant()
    def the_window_ends_a_day_after_the_customers_last_message(self) -> None:
        row = self._row()
        expected = max(self.customers.values()) + WINDOW if self.customers else None
        assert (row and row.window_ends_at) == expected

    @invariant()
    def nothing_was_sent_outside_the_window(self) -> None:
        assert self.meta.outside == []

    @invariant()
    def nothing_was_sent_twice(self) -> None:
        attempts = [body["message"]["metadata"] for body in self.meta.bodies]
        assert len(attempts) == len(set(attempts))

    @invariant()
    def an_input_has_one_reply_at_most(self) -> None:
        replies = [row for row in self.journey.rows if row.author is Author.AUTOMATION]
        assert len(replies) <= len(self.customers)

    @invariant()
    def everything_is_stored_once(self) -> None:
        theirs = [row.message_id for row in self.journey.rows if row.state is State.RECEIVED]
        assert sorted(theirs) == sorted([*self.customers, *self.natives, *self.others])

    @invariant()
    def of_what_was_unsent_no_word_is_left(self) -> None:
        rows = [row for row in self.journey.rows if row.message_id in self.unsent]
        assert [row for row in rows if row.text or row.attachments or row.raw] == []

    @invariant()
    def lists_show_who_waits_and_who_wrote(self) -> None:
        store = self.journey.rt.conversations
        waiting = store.waiting(PAGE, cursor=None, limit=9).items
        newest = store.newest(PAGE, cursor=None, limit=9).items
        is_waiting, row = self._model_waits()[1] is not None, self._row()
        moved = bool(row and row.last_moved_at)
        assert (len(waiting), len(newest)) == (int(is_waiting), int(moved))

    @invariant()
    def nothing_is_lost(self) -> None:
        assert (self.journey.kept, self.journey.esm.dead) == ([], [])

    def _model_waits(self) -> tuple[dict[datetime, datetime], datetime | None]:
        """Closed waits and the open one, from who wrote when."""
        told = [(at, "customer") for at in self.customers.values()]
        told += [(at, "person") for at in (*self.natives.values(), *self._answers())]
        closed: dict[datetime, datetime] = {}
        opened: datetime | None = None
        for at, who in sorted(told):
            if who == "customer":
                opened = opened or at
            elif opened:
                closed[opened], opened = at, None
        return closed, opened

    def _answers(self) -> list[datetime]:
        """People's answers through the API of which we know that they went out."""
        return [
            row.occurred_at
            for row in self.journey.rows
            if row.author is Author.PERSON_API and row.state is State.SENT
        ]

    def _row(self) -> Any:
        return self.journey.rt.conversations.load(CONVERSATION)

    def _answer(self, key: str) -> None:
        reply_as_person.run(
            conversation_id=CONVERSATION,
            text=f"{key} says",
            author="Mia",
            idempotency_key=key,
            rt=self.journey.worker,
        )

    def _deliver(self, item: dict[str, Any], point: Point | None) -> None:
        self.journey.worker = Watch(point).over(self.journey.rt)
        self.journey.deliver(page(item))
        self.journey.worker = self.journey.rt

    def _next(self, letter: str) -> str:
        self.inputs += 1
        return f"{letter}_{self.inputs}"

    def _minute(self, ago: int) -> datetime:
        return self.now.replace(second=0) - ago * MINUTE


TestConversation = Conversation.TestCase
TestConversation.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)
