"""Customers and persons of the fortnight: what each of them does, and when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from chalicelib.core.ids import conversation_id
from chalicelib.usecases import close_conversation, notify, plan_campaign, reply_as_person, trigger
from chalicelib.usecases.errors import Conflict, InvalidInput, NotFound
from devtools.simulator.customers import Act, NotPossibleError
from tests.fortnight.play import BEGINS, DAYS, Play
from tests.fortnight.shop import ACCOUNT, NUMBER, PAGE, PLATFORMS, PROFESSIONAL

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# When a person answers: among them the moments around the ends of all windows.
AGES = (
    *(timedelta(minutes=each) for each in (2, 15, 50, 240)),
    *(DAY - timedelta(minutes=3), DAY + timedelta(minutes=20), 1.5 * DAY, 3 * DAY, 6 * DAY),
    *(7 * DAY - timedelta(minutes=3), 7 * DAY + 2 * HOUR, 9 * DAY),
)
WORDS = (
    *("Is the mug back?", "hello", "What is the price?", "How long is delivery?"),
    *("where are you", "your phone number please", "call me", "I want a real person"),
    *("tell me", "tell me", "offers", "thanks", "👍", "Do you ship to Baku?"),
)
WISHES = {"STOP": False, "START": True, "tell me": True, "offers": True}
CONTACT_IDS = {PAGE: "70{:05}", PROFESSIONAL: "80{:05}", NUMBER: "9055{:08}"}
AMERICAN = "1415555{:04}"


class Customer:
    """One conversation: episodes of a customer, and what persons do about each."""

    def __init__(self, number: int, play: Play) -> None:
        self.play, self.random = play, play.random
        self.channel_id = tuple(PLATFORMS)[number % 3]
        pattern = CONTACT_IDS[self.channel_id]
        if self.channel_id == NUMBER and number % 7 == 0:
            pattern = AMERICAN
        self.contact_id = pattern.format(number)
        self.number, self._acted, self.is_gone = number, 0, False
        self.mids: list[str] = []

    @property
    def conversation(self) -> str:
        return conversation_id(PLATFORMS[self.channel_id], self.channel_id, self.contact_id)

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
            self._person_later()

    def act(self) -> None:
        kinds, weights = zip(*KINDS[self.channel_id].items(), strict=True)
        (kind,) = self.random.choices(kinds, weights)
        facts = None if self.is_gone else kind(self)
        if facts is None:
            return
        self._note_wish(facts[1])
        name, more = facts
        act = Act(channel_id=self.channel_id, contact_id=self.contact_id, name="Ana Lee", **more)
        told = getattr(self.play.meta.people, name)(act)
        if told.get("mid") and name in ("message", "postback"):
            self.mids.append(told["mid"])

    def _note_wish(self, facts: dict[str, Any]) -> None:
        is_wanted = WISHES.get(facts.get("text", ""))
        if is_wanted is not None:
            self.play.wishes[self.conversation].append((self.play.clock(), is_wanted))

    def tap_notify(self) -> None:
        act = Act(channel_id=self.channel_id, contact_id=self.contact_id)
        if self.is_gone:
            return
        try:
            if self.channel_id == PAGE and self.random.random() < 0.9:
                self.play.meta.people.tap_notify(act)
                self.play.wishes[self.conversation].append((self.play.clock(), True))
        except NotPossibleError:
            return  # nobody asked

    def _person_later(self) -> None:
        age, drawn, key = self.random.choice(AGES), self.random.random(), self._key()
        if drawn < 0.72:
            self._plan(age, lambda: self.reply(key))
        elif drawn < 0.82:
            self.play.after(timedelta(minutes=20), self.native_reply)
        elif drawn < 0.92:
            self._plan(age, lambda: close_conversation.run(self.conversation, "Mia", self.play.rt))
        elif drawn < 0.95:
            self._plan(age, lambda: self._occasion(key))
        elif drawn < 0.98:
            self._plan(age, lambda: self._ask(key))
        else:
            self._plan(age, lambda: self._notify(key))

    def _plan(self, age: timedelta, do: Callable[[], object]) -> None:
        def when_due() -> None:
            try:
                do()
            except (Conflict, InvalidInput, NotFound) as error:
                self.play.undone.append(type(error).__name__)

        self.play.after(age, lambda: self.play.safely(when_due))

    def reply(self, key: str) -> None:
        rt = self.play.rt
        reply_as_person.run(
            conversation_id=self.conversation, text="Yes.", author="Mia", idempotency_key=key, rt=rt
        )

    def native_reply(self) -> None:
        if self.channel_id == NUMBER:
            return
        act = Act(channel_id=self.channel_id, contact_id=self.contact_id, text="From the inbox.")
        self.play.meta.people.native_reply(act)

    def _occasion(self, key: str) -> None:
        names = ("job_application", "page_recommended", "page_not_recommended")
        name = self.random.choice(names)
        trigger.run(
            conversation_id=self.conversation, name=name, idempotency_key=key, rt=self.play.rt
        )

    def _ask(self, key: str) -> None:
        notify.request(
            conversation_id=self.conversation, topic="mug", idempotency_key=key, rt=self.play.rt
        )

    def _notify(self, key: str) -> None:
        notify.schedule(
            conversation_id=self.conversation,
            topic="mug",
            text="The mug is back",
            send_at=self.play.clock() + HOUR,
            idempotency_key=key,
            rt=self.play.rt,
        )

    def _key(self) -> str:
        self._acted += 1
        return f"{self.number}-{self._acted}"


Facts = tuple[str, dict[str, Any]]


def _writes(who: Customer) -> Facts:
    return "message", {"text": who.random.choice(WORDS)}


def _taps(who: Customer) -> Facts:
    return "postback", {"title": "Delivery", "payload": "question:delivery"}


def _visits(who: Customer) -> Facts:
    return "referral", {"ref": "poster"}


def _comes_from_an_ad(who: Customer) -> Facts:
    ad = {"ref": "spring", "source": "ADS", "type": "OPEN_THREAD", "ad_id": "120001"}
    if who.channel_id == NUMBER:
        ad = {"source_type": "ad", "source_id": "120001", "source_url": "https://fb.me/1"}
        return "message", {"text": "hello", "raw": {"referral": ad}}
    return "message", {"text": "hello", "raw": {"referral": ad}}


def _reacts(who: Customer) -> Facts | None:
    if not who.mids:
        return None
    return "react", {"mid": who.random.choice(who.mids), "emoji": who.random.choice(("❤", None))}


def _answers_a_story(who: Customer) -> Facts:
    story = {"reply_to": {"story": {"url": "https://cdn.example/story", "id": "18001"}}}
    return "message", {"text": "wow", "raw": story}


def _comments(who: Customer) -> Facts:
    return "comment", {"text": "Nice mug!"}


def _edits(who: Customer) -> Facts | None:
    return ("edit", {"mid": who.random.choice(who.mids), "text": "oh"}) if who.mids else None


def _unsends(who: Customer) -> Facts | None:
    return ("unsend", {"mid": who.random.choice(who.mids)}) if who.mids else None


def _stops(who: Customer) -> Facts:
    return "message", {"text": "STOP"}


def _resumes(who: Customer) -> Facts:
    return "message", {"text": "START"}


def _loses_the_thread(who: Customer) -> Facts:
    """Another app takes the thread for some hours."""
    who.play.news[who.contact_id].append(who.play.clock())
    act = Act(channel_id=who.channel_id, contact_id=who.contact_id)
    who.play.after(5 * HOUR, lambda: who.play.meta.people.take_thread(act))
    return "take_thread", {"app_id": 4711}


def _prefers(who: Customer) -> Facts:
    who.play.news[who.contact_id].append(who.play.clock())
    return "preference", {"text": who.random.choice(("stop", "stop", "resume"))}


def _uses_a_plugin(who: Customer) -> Facts:
    return "plugin", {"ref": "checkout"}


def _blocks(who: Customer) -> Facts:
    who.is_gone = True
    return "block", {}


_COMMON = {_writes: 60, _taps: 8, _comes_from_an_ad: 5, _stops: 5, _resumes: 2, _blocks: 1}
_COMMON |= {_edits: 2, _reacts: 6}
KINDS: dict[str, dict[Callable[[Customer], Facts | None], int]] = {
    PAGE: _COMMON | {_visits: 4, _comments: 4, _uses_a_plugin: 1, _loses_the_thread: 4},
    PROFESSIONAL: _COMMON | {_visits: 3, _comments: 4, _answers_a_story: 4, _unsends: 2},
    NUMBER: _COMMON | {_unsends: 2, _prefers: 5},
}


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


def a_pause(play: Play) -> None:
    """Meta pauses a template of the number for some hours, in which a notification is due."""
    begins = BEGINS + 10 * DAY + 4 * HOUR
    play.at(begins, lambda: _set_template(play, "PAUSED"))
    play.at(begins + 6 * HOUR, lambda: _set_template(play, "APPROVED"))


def _set_template(play: Play, status: str) -> None:
    place = "\x1f".join((NUMBER, "mug_is_back", "en"))
    play.meta.world.state.templates[place].status = status
    play.news[NUMBER].append(play.clock())
    value = {"event": status, "message_template_id": 7, "message_template_name": "mug_is_back"}
    value |= {"message_template_language": "en", "reason": "NONE"}
    change = {"field": "message_template_status_update", "value": value}
    entry = {"id": ACCOUNT, "time": int(play.clock().timestamp()), "changes": [change]}
    body = {"object": "whatsapp_business_account", "entry": [entry]}
    play.tell("template", NUMBER, body)


def everybody(play: Play, conversations: int) -> list[Customer]:
    """All customers, each with a plan."""
    customers = [Customer(number, play) for number in range(conversations)]
    for customer in customers:
        customer.begin()
    campaigns(play)
    a_pause(play)
    return customers
