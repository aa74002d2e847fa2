"""What happens in the fortnight, event by event: customers, persons, campaigns, the schedules, and
what breaks meanwhile. One seed gives one story."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from chalicelib.adapters import http
from chalicelib.adapters.graph_api import GraphApi
from chalicelib.core.pacing import Pacer
from chalicelib.ports import Runtime
from chalicelib.usecases import (
    process_batch,
    receive_webhook,
    run_campaign,
    send_due,
    settle_unknown,
    start_campaigns,
)
from tests import builders, fakes
from tests.fake_esm import FakeEsm
from tests.fortnight import shop
from tests.fortnight.stand_in import StandIn
from tests.fortnight.stores import CountingLog, IndexedMessages
from tests.intake import SECRET, intake, sign, to_bytes

BEGINS = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)
DAYS = 14
MINUTE = timedelta(minutes=1)
CALLS_OF_A_LIFE = 4000  # on average, until the process dies
PROMPT = ("optin", "preference", "thread", "template")  # webhooks that do not come late
NEVER_DIE = {"settings", "now", "sleep", "pacer", "log"}

Do = Callable[[], object]


class Mortality:
    """Kills the process at some call to a port, before its effect or after it."""

    def __init__(self, random: Random) -> None:
        self._random, self.deaths = random, 0
        self._left = self._drawn()

    def over(self, rt: Runtime) -> Runtime:
        ports = {each.name for each in fields(rt)} - NEVER_DIE
        return replace(rt, **{name: _Port(getattr(rt, name), self) for name in ports})

    def call(self, do: Any, *args: Any, **facts: Any) -> Any:
        self._left -= 1
        if self._left > 0:
            return do(*args, **facts)
        self._left, is_after = self._drawn(), self._random.random() < 0.5
        self.deaths += 1
        if is_after:
            do(*args, **facts)
        raise SystemExit

    def _drawn(self) -> int:
        return 1 + int(self._random.expovariate(1 / CALLS_OF_A_LIFE))


class _Port:
    def __init__(self, port: Any, mortality: Mortality) -> None:
        self._port, self._mortality = port, mortality

    def __getattr__(self, name: str) -> Any:
        do, call = getattr(self._port, name), self._mortality.call

        def mortal(*args: Any, **facts: Any) -> Any:
            return call(do, *args, **facts)

        self.__dict__[name] = mortal
        return mortal


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
        self.stored = self._stores()
        self.rt = self.mortality.over(self.stored)
        self.esm = FakeEsm(self._process, self.clock)
        self.intake = intake(now=self.clock, inbound=self.esm, log=CountingLog())
        self.told: defaultdict[str, list[str]] = defaultdict(list)  # mids that webhooks brought
        # What customers said of notifications: wanted or not, and when.
        self.wishes: defaultdict[str, list[tuple[datetime, bool]]] = defaultdict(list)
        # When something changed about a contact, or (number) about a template, that hinders sends.
        self.news: defaultdict[str, list[datetime]] = defaultdict(list)
        self.acts: defaultdict[str, list[datetime]] = defaultdict(list)  # of each contact
        self.undone: list[str] = []  # what was given up, by its error
        self._heap: list[tuple[datetime, int, Do]] = []
        self._number = 0
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
        try:
            do()
        except SystemExit:
            self._revive()
            self.after(again, lambda: self.safely(do))

    def _minute(self) -> None:
        rt = self.rt
        self.esm.work_off()
        for work in (start_campaigns.run, send_due.run, settle_unknown.run):
            try:
                work(rt)
            except SystemExit:
                self._revive()
                break
        self._lanes()
        self.esm.batches.clear()
        if self.clock() < self.ends + timedelta(days=1):
            self.after(MINUTE, self._minute)

    def _lanes(self) -> None:
        asked = self.stored.lane_requests.lanes  # type: ignore[attr-defined]
        while asked:
            try:
                run_campaign.run(asked.pop(0), self.rt)
            except SystemExit:
                self._revive()

    def tell(self, kind: str, channel_id: str, body: Any) -> None:
        """Something that Meta tells by itself."""
        self._told(kind, f"{channel_id}\x1f", body)

    def _told(self, kind: str, lane: str, body: Any) -> None:
        """Meta posts a webhook soon, some of them late or twice; again, until it gets 200."""
        drawn = self.random.random()
        soon = timedelta(seconds=0.2 + 2 * self.random.random())
        late = timedelta(minutes=10 * self.random.random())
        is_late = drawn < 0.02 and kind not in PROMPT
        self._note(kind, lane, body)
        for wait in (late if is_late else soon, *([late] if drawn > 0.98 else [])):
            self.after(wait, lambda: self._post(body))

    def _note(self, kind: str, lane: str, body: Any) -> None:
        channel_id, _, contact_id = lane.partition("\x1f")
        entry = body["entry"][0]
        if kind in ("message", "postback", "reaction", "referral", "optin"):
            self.acts[contact_id].append(self.clock())
        for item in (*entry.get("messaging", ()), *entry.get("standby", ())):
            if kind in ("message", "native_echo"):
                self.told[f"{channel_id}:{contact_id}"].append(item["message"]["mid"])
        for change in entry.get("changes", ()):
            for item in change["value"].get("messages", ()) if kind == "message" else ():
                self.told[f"{channel_id}:{contact_id}"].append(item["id"])

    def _post(self, body: Any) -> None:
        if self.random.random() < 0.002:  # nobody answers
            self.after(MINUTE, lambda: self._post(body))
            return
        raw = to_bytes(body)
        receive_webhook.run(raw, sign(raw), self.intake)
        self.esm.work_off()

    def _process(self, records: list[dict[str, Any]]) -> Any:
        try:
            return process_batch.run(records, self.rt)
        except SystemExit:
            self._revive()
            raise

    def _revive(self) -> None:
        """The next container remembers nothing."""
        self.stored = replace(self.stored, pacer=Pacer())
        self.rt = self.mortality.over(self.stored)

    def _stores(self) -> Runtime:
        log, settings = CountingLog(), builders.settings()
        sender = PacedGraphApi(settings, Tokens(app_secrets=(SECRET,)), log)
        sender.clock = self.clock
        return fakes.runtime(
            *shop.channels(),
            now=self.clock,
            settings=settings,
            messages=IndexedMessages(),
            sender=sender,
            log=log,
        )
