"""Customers of the fortnight: when each of them does something, and what persons do about it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from chalicelib.core.ids import conversation_id
from devtools.simulator.customers import Act, NotPossibleError
from tests.fortnight import notices, persons
from tests.fortnight.acts import KINDS
from tests.fortnight.play import BEGINS, DAYS, Play, Wish
from tests.fortnight.shop import NUMBER, PAGE, PLATFORMS, PROFESSIONAL

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WISHES = {"STOP": "stop", "START": "start", "tell me": "mug", "offers": "offers"}
CONTACT_IDS = {PAGE: "70{:05}", PROFESSIONAL: "80{:05}", NUMBER: "9055{:08}"}
AMERICAN = "1415555{:04}"


class Customer:
    """One conversation: episodes of a customer, and what persons do about each. Some customers of
    the number are known by their phone at first, and from their second act on by a user id too."""

    def __init__(self, number: int, play: Play) -> None:
        self.play, self.random = play, play.random
        self.channel_id = tuple(PLATFORMS)[number % 3]
        pattern = CONTACT_IDS[self.channel_id]
        if self.channel_id == NUMBER and number % 7 == 0:
            pattern = AMERICAN
        self.contact_id = pattern.format(number)
        is_to_be_joined = self.channel_id == NUMBER and number % 5 == 0
        self.user_id = f"TR.{number:010}" if is_to_be_joined else None
        self.number, self._acted, self._keys = number, 0, 0
        self.mids: list[str] = []

    @property
    def conversations(self) -> tuple[str, ...]:
        """Under each of the customer's keys."""
        keys = (self.contact_id, self.user_id) if self.user_id else (self.contact_id,)
        platform = PLATFORMS[self.channel_id]
        return tuple(conversation_id(platform, self.channel_id, key) for key in keys)

    @property
    def conversation(self) -> str:
        """The one that a person has open: of a customer with two keys either."""
        is_joined = self._acted > 1 and self.random.random() < 0.7
        return self.conversations[-1 if is_joined else 0]

    @property
    def is_gone(self) -> bool:
        return self.contact_id in self.play.gone

    def begin(self) -> None:
        for _ in range(self.random.choice((1, 1, 1, 2, 3))):
            when = BEGINS + self.random.random() * DAYS * DAY
            self.play.at(when, self.episode)

    def episode(self) -> None:
        """Something that the customer does, perhaps more of it, and what follows."""
        self.act()
        for _ in range(self.random.choice((0, 0, 1, 2))):
            self.play.after(timedelta(seconds=self.random.randrange(5, 1200)), self.act)
        self.play.after(timedelta(seconds=self.random.randrange(30, 300)), self.tap_notify)
        for _ in range(self.random.choice((0, 1, 1, 2))):
            persons.do_something_later(self)

    def act(self) -> None:
        kinds, weights = zip(*KINDS[self.channel_id].items(), strict=True)
        (kind,) = self.random.choices(kinds, weights)
        facts = None if self.is_gone else kind(self)
        if facts is None:
            return
        name, more = facts
        told = getattr(self.play.meta.people, name)(self._act(**more))
        self._note_wish(WISHES.get(more.get("text", "")))
        if told.get("mid") and name in ("message", "postback"):
            self.mids.append(told["mid"])

    def tap_notify(self) -> None:
        if self.is_gone or self.channel_id != PAGE or self.random.random() > 0.9:
            return
        try:
            tapped = self.play.meta.people.tap_notify(self._act())
        except NotPossibleError:
            return  # nobody asked
        self._note_wish(tapped["topic"])

    def is_not_left_alone(self) -> None:
        """The business writes by itself to who is about to stop."""
        for _ in range(self.random.choice((0, 1, 1, 2))):
            persons.write_unasked_later(self)

    def new_key(self) -> str:
        self._keys += 1
        return f"{self.number}-{self._keys}"

    def _act(self, **more: Any) -> Act:
        self._acted += 1
        is_told = self.user_id is not None and self._acted > 1
        more |= {"user_id": self.user_id} if is_told else {}
        if is_told:
            self.play.meta.world.known_as[str(self.user_id)] = self.contact_id
        return Act(channel_id=self.channel_id, contact_id=self.contact_id, name="Ana Lee", **more)

    def _note_wish(self, what: str | None) -> None:
        if what is not None:
            news = self.play.news[self.contact_id][-1]
            self.play.wishes[self.contact_id].append(Wish(self.play.clock(), what, news))


def everybody(play: Play, conversations: int) -> list[Customer]:
    """All customers, each with a plan; what the shop does, and Meta."""
    customers = [Customer(number, play) for number in range(conversations)]
    for customer in customers:
        customer.begin()
    persons.campaigns(play)
    persons.more_budget(play)
    notices.all_of_them(play)
    return customers
