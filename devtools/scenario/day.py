"""The story: what customers, colleagues and Meta do between one morning and the week after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from devtools import clock
from devtools.local_aws.shop import CHANNELS
from devtools.scenario.world import StoryError, World

MESSENGER, INSTAGRAM, WHATSAPP = CHANNELS
PURCHASE = {"platform": "messenger", "origin": "automation", "tag": "POST_PURCHASE_UPDATE"}
LAST_DAY, DAY_AFTER = "2026-04-26T12:00:00Z", "2026-04-27T12:00:00Z"  # of that tag
MUG = "The blue mug is back: https://shop.example/mug"
PEOPLE = {"Ana": "71", "Ben": "82", "Cem": "4917", "Dora": "74", "Efe": "85", "Filiz": "4919"}

Say = Callable[[str], None]


class Day:
    """One day, played once. Contacts carry the date in their ids, so that every day has its own."""

    def __init__(self, world: World, say: Say) -> None:
        self._world, self._say = world, say
        self.date = next_workday(clock.now().date())
        self._stamp = self.date.strftime("%Y%m%d")
        self.refusals: list[tuple[str, dict[str, Any]]] = []
        self.dry_run: list[dict[str, Any]] = []
        self.explained: list[dict[str, Any]] = []

    def play(self) -> None:
        """Everything that happens, in its order."""
        for happens in (
            self._before_opening,
            self._a_photo_on_instagram,
            self._three_bubbles_on_whatsapp,
            self._the_mug,
            self._who_would_be_told,
            self._nobody_answers,
            self._after_closing,
            self._meta_repeats_itself,
            self._the_next_day,
            self._the_mug_is_back,
            self._day_three,
            self._a_rule_that_ended,
            self._the_week_after,
        ):
            happens()

    def contact(self, name: str) -> str:
        """The id of the person with this name, today."""
        return f"{PEOPLE[name]}{self._stamp}"

    def _before_opening(self) -> None:
        self._say("Ana writes on Messenger before the shop opens")
        self._at("06:40")
        self._customer(MESSENGER.channel_id, "Ana", "Hello, do you sell teapots?")
        self._at("08:05")
        self._answer(MESSENGER.channel_id, "Ana", "Good morning Ana! We do, from 19 euros.")

    def _a_photo_on_instagram(self) -> None:
        self._say("Ben asks on Instagram; a colleague answers in Instagram's own app")
        self._at("09:30")
        self._customer(INSTAGRAM.channel_id, "Ben", "Is this your shop in the photo?")
        self._at("09:36")
        self._native(INSTAGRAM.channel_id, "Ben", "Yes, that is us!")

    def _three_bubbles_on_whatsapp(self) -> None:
        self._say("Cem sends three bubbles on WhatsApp; Mia answers through the API")
        for second, text in ((0, "Hi"), (3, "quick question"), (6, "are you open on Saturday?")):
            self._at("10:00", seconds=second)
            self._customer(WHATSAPP.channel_id, "Cem", text, settle=False)
        self._world.settle()
        self._at("10:08")
        self._answer(WHATSAPP.channel_id, "Cem", "Yes Cem, from 10 to 14.")

    def _the_mug(self) -> None:
        self._say("Dora asks to be told when the mug is back, and agrees to one notification")
        self._at("11:00")
        self._customer(MESSENGER.channel_id, "Dora", "Please tell me when the mug is back")
        self._at("11:01")
        self._world.act("/_customer/tap_notify", **self._who(MESSENGER.channel_id, "Dora"))
        self._world.settle()
        self._at("11:05")
        self._answer(MESSENGER.channel_id, "Dora", "We will, Dora.")

    def _who_would_be_told(self) -> None:
        self._say("Ben and Cem agree in the shop; a dry run tells whom the news would reach")
        self._at("11:30")
        for channel, name in ((INSTAGRAM, "Ben"), (WHATSAPP, "Cem")):
            self._create(channel.channel_id, name, "opt-ins", topic="mug", how="in_person")
        at = self._moment("10:00", days=2).strftime("%Y-%m-%dT%H:%M:%SZ")
        self._try_it_dry(at)
        self._notify("Dora", 202, send_at=at)

    def _try_it_dry(self, at: str) -> None:
        channels = [channel.channel_id for channel in CHANNELS]
        asked = {"topic": "mug", "channels": channels, "text": MUG, "send_at": at}
        status, answer = self._world.ask("POST", "/v1/notifications/dry-run", **asked)
        self._expect("the dry run", status, answer, 202)
        self.dry_run = self._world.count_recipients(answer["notification_id"])

    def _nobody_answers(self) -> None:
        self._say("Efe asks on Instagram and nobody answers")
        self._at("13:00")
        self._customer(INSTAGRAM.channel_id, "Efe", "Do you ship to Izmir?")

    def _after_closing(self) -> None:
        self._say("Filiz writes on WhatsApp after closing time")
        self._at("15:30")
        self._customer(WHATSAPP.channel_id, "Filiz", "Are you still there?")

    def _meta_repeats_itself(self) -> None:
        self._say("Meta delivers the last ten webhooks again, twice each and shuffled")
        self._at("15:40")
        self._world.act("/_deliver", last=10, copies=2, shuffled=True)
        self._world.settle()

    def _the_next_day(self) -> None:
        self._say("The next day: Filiz is answered from the phone, Efe too late")
        self._at("06:30", days=1)
        self._native(WHATSAPP.channel_id, "Filiz", "Good morning, now we are!")
        self._at("13:30", days=1)
        self._answer(INSTAGRAM.channel_id, "Efe", "Yes, we do!", expected=409)
        self._count()

    def _the_mug_is_back(self) -> None:
        self._say("Two days later: the notification is due, and goes out once")
        self._at("10:00", days=2, seconds=5)
        self._world.run_schedule("SendDueName")
        self._world.settle()
        self._notify("Dora", 409)
        self._notify("Ana", 409)

    def _day_three(self) -> None:
        self._say("Day three: Mia may still answer Ana, as a person; Hearback may not")
        self._at("08:00", days=3)
        conversation = self._world.conversation(MESSENGER.channel_id, self.contact("Ana"))
        refused = self._ask_policy(origin="automation", conversation_id=conversation["id"])
        self._world.change(MESSENGER.channel_id, has_human_agent=True)
        self._at("08:01", days=3)
        self._answer(MESSENGER.channel_id, "Ana", "The teapots are here, Ana!")
        told = {"reason": refused["reason"], "detail": refused["sentence"]}
        self.refusals.append(("an automated message to Ana on day three (asked, not sent)", told))

    def _a_rule_that_ended(self) -> None:
        self._say("The policy is asked about one tag on two days")
        self.explained = [self._ask_policy(**PURCHASE, at=day) for day in (LAST_DAY, DAY_AFTER)]

    def _the_week_after(self) -> None:
        self._say("Eight days later: the numbers of the day are final")
        self._at("00:10", days=9)
        self._count()

    def _count(self) -> None:
        self._world.count_days()

    def _customer(self, channel: str, name: str, text: str, *, settle: bool = True) -> None:
        facts = {"phone": self.contact(name)} if channel == WHATSAPP.channel_id else {}
        self._world.act(
            "/_customer/message", **self._who(channel, name), name=name, text=text, **facts
        )
        if settle:
            self._world.settle()

    def _native(self, channel: str, name: str, text: str) -> None:
        self._world.act("/_native/reply", **self._who(channel, name), text=text)
        self._world.settle()

    def _answer(self, channel: str, name: str, text: str, *, expected: int = 202) -> None:
        conversation = self._world.conversation(channel, self.contact(name))
        path = f"/v1/conversations/{conversation['id']}/messages"
        status, answer = self._world.ask("POST", path, text=text, author="Mia")
        self._expect(f'Mia to {name}: "{text}"', status, answer, expected)

    def _notify(self, name: str, expected: int, **more: Any) -> None:
        conversation = self._world.conversation(MESSENGER.channel_id, self.contact(name))
        path = f"/v1/conversations/{conversation['id']}/notifications"
        status, answer = self._world.ask("POST", path, topic="mug", text=MUG, **more)
        self._expect(f"a notification about the mug to {name}", status, answer, expected)

    def _create(self, channel: str, name: str, what: str, **facts: Any) -> None:
        conversation = self._world.conversation(channel, self.contact(name))
        path = f"/v1/conversations/{conversation['id']}/{what}"
        status, answer = self._world.ask("POST", path, **facts)
        self._expect(f"{what} of {name}", status, answer, 201)

    def _ask_policy(self, **facts: Any) -> dict[str, Any]:
        status, answer = self._world.ask("POST", "/v1/policy/check", **facts)
        self._expect("the policy", status, answer, 200)
        found: dict[str, Any] = answer
        return found

    def _expect(self, what: str, status: int, answer: Any, expected: int) -> None:
        if status != expected:
            raise StoryError(f"{what} was answered {status}: {answer}")
        if status == 409:
            self.refusals.append((what, answer))
        self._world.settle()

    def _who(self, channel: str, name: str) -> dict[str, str]:
        return {"channel_id": channel, "contact_id": self.contact(name)}

    def _at(self, time: str, *, days: int = 0, seconds: int = 0) -> None:
        self._world.go_to(self._moment(time, days=days) + timedelta(seconds=seconds))

    def _moment(self, time: str, *, days: int = 0) -> datetime:
        return datetime.fromisoformat(f"{self.date}T{time}:00+00:00") + timedelta(days=days)


def next_workday(today: date) -> date:
    """The first Monday, Tuesday or Wednesday after today: the shop is open for two more days."""
    later = [today + timedelta(days=ahead) for ahead in range(1, 8)]
    return next(day for day in later if day.weekday() < 3)
