"""What happens in the fortnight, event by event: customers, persons, campaigns, the schedules, and
what breaks meanwhile. One seed gives one story."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from chalicelib.adapters import http
from chalicelib.adapters.graph_api import GraphApi
from chalicelib.core.pacing import Pacer
from chalicelib.ports import Runtime
from chalicelib.usecases import process_batch, receive_webhook
from tests import builders, fakes
from tests.fortnight import schedules, shop
from tests.fortnight.mortality import Mortality
from tests.fortnight.news import News, TellingQueue
from tests.fortnight.stand_in import StandIn
from tests.fortnight.stores import CountingLog, IndexedMessages, IndexedOptIns
from tests.intake import SECRET, intake, sign, to_bytes

BEGINS = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)
DAYS = 14
MINUTE = timedelta(minutes=1)
NO_NEWS = {"echo", "delivery", "read"}  # what Meta tells of our own messages

Do = Callable[[], object]


class Wish(NamedTuple):
    """What a customer said of messages that are no answers: `stop`, `start`, or a topic that they
    want to hear about; and the webhook that tells it."""

    at: datetime
    what: str
    news: News


class Tokens(fakes.FakeSecrets):
    """Each channel has an access token of its own."""

    def access_token(self, channel: Any) -> str | None:
        return f"token-of-{channel.channel_id}"


class PacedGraphApi(GraphApi):
    """Waits on the fortnight's clock."""

    clock: fakes.Clock

    def _wait_for_turn(self, channel_id: str, apart_seconds: float) -> None:
        self.clock.advance(seconds=apart_seconds)


class Play:
    """The world of one fortnight. `rt` is what it leaves behind."""

    def __init__(self, seed: int, monkeypatch: Any) -> None:
        self.random = Random(seed)  # noqa: S311 - repeatable
        self.clock = fakes.Clock(BEGINS)
        self.ends = BEGINS + timedelta(days=DAYS)
        self.mortality = Mortality(self.random)
        self.meta = StandIn(self.clock, self.random, self._told)
        self.log = CountingLog()
        self.stored = self._stores()
        self.rt = self.mortality.over(self.stored)
        self.esm = TellingQueue(self._process, self.clock)
        self.intake = intake(now=self.clock, inbound=self.esm, log=self.log)
        self.told: defaultdict[str, list[str]] = defaultdict(list)  # mids that webhooks brought
        self.wishes: defaultdict[str, list[Wish]] = defaultdict(list)  # of each contact
        self.news: defaultdict[str, list[News]] = defaultdict(list)  # of each contact, or channel
        self.gone: dict[str, datetime] = {}  # who blocked the business, and when
        self.erased: defaultdict[str, list[datetime]] = defaultdict(list)  # contacts, and when
        # What was planned for a contact when it was erased.
        self.doomed: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
        self.triggered: set[str] = set()  # messages on an occasion that the business told
        self.undone: list[str] = []  # what was given up, by its error
        self._heap: list[tuple[datetime, int, Do]] = []
        self._number = 0
        self._hour = BEGINS
        for channel in shop.connected():
            self.meta.world.state.channels[channel.channel_id] = channel
        for template in shop.templates():
            place = "\x1f".join((template.channel_id, template.name, template.language))
            self.meta.world.state.templates[place] = template
        monkeypatch.setattr(http, "once", self.meta.call)
        monkeypatch.setattr(http, "new_session", lambda: None)

    def at(self, when: datetime, do: Do) -> None:
        self._number += 1
        heapq.heappush(self._heap, (when, self._number, do))

    def after(self, wait: timedelta, do: Do) -> None:
        self.at(self.clock() + wait, do)

    def run(self, progress: Callable[[datetime], None] = lambda _: None) -> None:
        """Until all is over, with a day to settle what is unknown."""
        self.at(BEGINS, self._minute)
        while self._heap:
            when, _, do = heapq.heappop(self._heap)
            self.clock.at = max(self.clock.at, when)
            do()
            progress(self.clock.at)

    def safely(self, do: Do, *, again: timedelta = timedelta(seconds=5)) -> None:
        """As a caller does it who gets no answer: again, with the same key."""
        if not self._lives(lambda _: do()):
            self.after(again, lambda: self.safely(do))

    def _lives(self, work: Callable[[Runtime], object]) -> bool:
        try:
            work(self.rt)
        except SystemExit:
            self.restart()
            return False
        return True

    def _minute(self) -> None:
        self.esm.work_off()
        schedules.minute(self.stored, self._lives)
        if self.clock() >= self._hour + timedelta(minutes=schedules.HOURLY_MINUTE):
            self._hour += timedelta(hours=1)
            schedules.hour(self.stored, self._lives)
        self.esm.batches.clear()
        if self.clock() < self.ends + timedelta(days=1):
            self.at(self.clock().replace(second=0, microsecond=0) + MINUTE, self._minute)

    def tell(self, kind: str, channel_id: str, body: Any) -> None:
        """Something that Meta tells by itself."""
        self._told(kind, f"{channel_id}\x1f", body)

    def _told(self, kind: str, lane: str, body: Any) -> None:
        """Meta posts a webhook soon, some of them late or twice; again, until it gets 200."""
        drawn = self.random.random()
        soon = timedelta(seconds=0.2 + 2 * self.random.random())
        late = timedelta(minutes=10 * self.random.random())
        news = self._note(kind, lane, body)
        for wait in (late if drawn < 0.02 else soon, *([late] if drawn > 0.98 else [])):
            self.after(wait, lambda: self._post(body, news))

    def _note(self, kind: str, lane: str, body: Any) -> News:
        channel_id, _, contact_id = lane.partition("\x1f")
        news = News(kind, self.clock())
        if kind not in NO_NEWS:
            self.news[contact_id or channel_id].append(news)
        entry = body["entry"][0]
        for item in (*entry.get("messaging", ()), *entry.get("standby", ())):
            if kind in ("message", "native_echo"):
                self.told[f"{channel_id}:{contact_id}"].append(item["message"]["mid"])
        for change in entry.get("changes", ()):
            for item in change["value"].get("messages", ()) if kind == "message" else ():
                self.told[f"{channel_id}:{contact_id}"].append(item["id"])
        return news

    def _post(self, body: Any, news: News) -> None:
        if self.random.random() < 0.002:  # nobody answers
            self.after(MINUTE, lambda: self._post(body, news))
            return
        raw = to_bytes(body)
        self.esm.bringing = news
        receive_webhook.run(raw, sign(raw), self.intake)
        self.esm.bringing = None
        self.esm.work_off()

    def _process(self, records: list[dict[str, Any]]) -> Any:
        try:
            return process_batch.run(records, self.rt)
        except SystemExit:
            self.restart()
            raise

    def restart(self) -> None:
        """The next process remembers nothing: all but the stores and the clock is new."""
        self.stored = replace(self.stored, **self._of_a_process())
        self.rt = self.mortality.over(self.stored)

    def _of_a_process(self) -> dict[str, Any]:
        settings = builders.settings()
        sender = PacedGraphApi(settings, Tokens(app_secrets=(SECRET,)), self.log)
        sender.clock = self.clock
        return {"settings": settings, "sender": sender, "pacer": Pacer()}

    def _stores(self) -> Runtime:
        return fakes.runtime(
            *shop.channels(),
            now=self.clock,
            messages=IndexedMessages(),
            opt_ins=IndexedOptIns(),
            log=self.log,
            **self._of_a_process(),
        )
