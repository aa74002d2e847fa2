"""One fake for every port, and `runtime()` that bundles them. tests/storage keeps them honest.

The stores of messages and conversations take a lock, so that races can be played with threads.
"""

from __future__ import annotations

import base64
import binascii
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from threading import RLock
from typing import Any

from msgspec.structs import replace

from chalicelib.config import Settings
from chalicelib.core import ids
from chalicelib.core.access import ApiKey
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.contacts import Erased, Key, Link, is_better
from chalicelib.core.conversation import Conversation, Profile, Seen, Wait
from chalicelib.core.day_activity import LocalDay, Run
from chalicelib.core.digests import Digest, Part
from chalicelib.core.events import Referral
from chalicelib.core.feedback import Feedback
from chalicelib.core.frequency import Slot
from chalicelib.core.handling import Handling
from chalicelib.core.marketing_waits import MarketingWait
from chalicelib.core.metrics import Reading
from chalicelib.core.opt_in import Consents, How, OptIn, Request, Stop
from chalicelib.core.pacing import Pacer
from chalicelib.core.rate_cards import RateCard
from chalicelib.core.template_states import TemplateFact, TemplateState, state_of
from chalicelib.platforms import Accepted, GraphRequest
from chalicelib.ports import (
    ConversationPage,
    DayWanted,
    OptInPage,
    QueueEntry,
    QueueRecord,
    Runtime,
)
from tests import builders
from tests.fake_campaigns import FakeCampaigns, FakeLaneRequests
from tests.fake_messages import FakeMessages
from tests.fake_rates import FakeRates


class FakeConversations:
    def __init__(self) -> None:
        self.rows: dict[str, Conversation] = {}
        self._profiles: dict[str, Profile] = {}
        self._seen: dict[str, Seen] = {}
        self._referrals: dict[str, dict[str, tuple[datetime, Referral]]] = {}
        self._links: dict[tuple[str, str, frozenset[Key]], Link] = {}
        self._own: dict[str, Conversation] = {}
        self._erased: dict[str, Erased] = {}
        self._slots: dict[str, tuple[Slot, ...]] = {}
        self._handling: dict[str, Handling] = {}
        self._channel_of: dict[str, str] = {}
        self._marketing: dict[str, MarketingWait] = {}
        self._lock = RLock()

    def load(self, conversation_id: str, *, is_fresh: bool = False) -> Conversation | None:
        return self.rows.get(conversation_id)

    def load_leading(self, conversation_ids: Iterable[str]) -> dict[str, Conversation]:
        found = {i: self._leading(i) for i in conversation_ids}
        return {i: row for i, row in found.items() if row}

    def _leading(self, conversation_id: str) -> Conversation | None:
        row = self.rows.get(conversation_id)
        while row and row.merged_into:
            leader = ids.conversation_id(row.platform, row.channel_id, row.merged_into)
            row = self.rows.get(leader)
        return row

    def save(self, conversation: Conversation) -> Conversation | None:
        with self._lock:
            stored = self.rows.get(conversation.conversation_id)
            if (stored.version if stored else 0) != conversation.version:
                return stored or replace(conversation, version=0)
            saved = replace(conversation, version=conversation.version + 1)
            self.rows[conversation.conversation_id] = saved
            return None

    def waiting(self, channel_id: str, *, cursor: str | None, limit: int) -> ConversationPage:
        waiting = [c for c in self._of(channel_id) if c.wait_opened_at]
        return _page(
            sorted(waiting, key=lambda c: (c.wait_opened_at, c.conversation_id)), cursor, limit
        )

    def newest(self, channel_id: str, *, cursor: str | None, limit: int) -> ConversationPage:
        rows = [c for c in self._of(channel_id) if c.merged_into is None]
        dated = [(_last_at(c), c.conversation_id, c) for c in rows if _last_at(c)]
        return _page([c for *_, c in sorted(dated, reverse=True)], cursor, limit)

    def open_waits(self, channel_id: str, day: str) -> tuple[Wait, ...]:
        rows = [c for c in self._of(channel_id) if c.wait_opened_at and c.wait_day == day]
        waits = [
            Wait(
                conversation_id=c.conversation_id,
                channel_id=channel_id,
                day=day,
                opened_at=c.wait_opened_at,
            )
            for c in rows
        ]
        return tuple(sorted(waits, key=lambda w: (w.opened_at, w.conversation_id)))

    def link(self, link: Link) -> None:
        for key in (link.first, link.second):
            with self._lock:
                place = (key.conversation_id, link.why, link.pair)
                known = self._links.get(place)
                if known is None or is_better(link, known):
                    self._links[place] = link

    def links(self, conversation_id: str) -> tuple[Link, ...]:
        with self._lock:
            known = list(self._links.items())
        return tuple(sorted(link for place, link in known if place[0] == conversation_id))

    def save_own(self, conversation: Conversation) -> None:
        self._own[conversation.conversation_id] = conversation

    def own(self, conversation_id: str) -> Conversation | None:
        return self._own.get(conversation_id)

    def see(
        self,
        conversation_id: str,
        *,
        delivered_until: datetime | None = None,
        read_until: datetime | None = None,
    ) -> None:
        seen = self.seen(conversation_id)
        self._seen[conversation_id] = Seen(
            delivered_until=_latest(seen.delivered_until, delivered_until),
            read_until=_latest(seen.read_until, read_until),
        )

    def seen(self, conversation_id: str) -> Seen:
        return self._seen.get(conversation_id, Seen())

    def profile(self, conversation_id: str) -> Profile | None:
        return self._profiles.get(conversation_id)

    def save_profile(self, conversation_id: str, profile: Profile) -> None:
        self._profiles[conversation_id] = profile

    def save_referral(self, conversation_id: str, referral: Referral, at: datetime) -> None:
        known = self._referrals.setdefault(conversation_id, {})
        if "first" not in known or at < known["first"][0]:
            known["first"] = (at, referral)
        if "latest" not in known or at > known["latest"][0]:
            known["latest"] = (at, referral)

    def referrals(self, conversation_id: str) -> dict[str, tuple[datetime, Referral]]:
        return dict(self._referrals.get(conversation_id, {}))

    def handling(self, conversation_id: str) -> Handling:
        return self._handling.get(conversation_id, Handling())

    def save_handling(self, conversation: Conversation, handling: Handling) -> Handling | None:
        with self._lock:
            stored = self.handling(conversation.conversation_id)
            if stored.version != handling.version:
                return stored
            saved = replace(handling, version=handling.version + 1)
            self._handling[conversation.conversation_id] = saved
            self._channel_of[conversation.conversation_id] = conversation.channel_id
            return None

    def needing_person(
        self, channel_id: str, *, cursor: str | None, limit: int
    ) -> ConversationPage:
        flagged = sorted(
            (handling.needs_person_since, each)
            for each, handling in self._handling.items()
            if handling.needs_person_since and self._channel_of[each] == channel_id
        )
        found = [self._leading(each) for _, each in flagged]
        return _page([row for row in found if row], cursor, limit)

    def hold_marketing(self, conversation_id: str, wait: MarketingWait) -> None:
        known = self._marketing.get(conversation_id)
        if known is None or known.since < wait.since:
            self._marketing[conversation_id] = wait

    def marketing_wait(self, conversation_id: str) -> MarketingWait | None:
        return self._marketing.get(conversation_id)

    def slots(self, conversation_id: str) -> tuple[Slot, ...]:
        return self._slots.get(conversation_id, ())

    def save_slots(
        self, conversation_id: str, before: tuple[Slot, ...], after: tuple[Slot, ...]
    ) -> bool:
        with self._lock:
            if self.slots(conversation_id) != before:
                return self.slots(conversation_id) == after
            self._slots[conversation_id] = after
            return True

    def forget(self, conversation_id: str, mark: Erased) -> None:
        with self._lock:
            self._erased[conversation_id] = mark
            rows = (self.rows, self._profiles, self._seen, self._referrals, self._own)
            for known in (*rows, self._slots, self._handling, self._marketing):
                known.pop(conversation_id, None)
            beside = [place for place in self._links if place[0] == conversation_id]
            for place in beside:
                del self._links[place]

    def erased(self, conversation_id: str) -> Erased | None:
        return self._erased.get(conversation_id)

    def _of(self, channel_id: str) -> list[Conversation]:
        return [c for c in self.rows.values() if c.channel_id == channel_id]


class FakeWaits:
    def __init__(self) -> None:
        self._waits: dict[tuple[str, datetime], Wait] = {}

    @property
    def all(self) -> tuple[Wait, ...]:
        return tuple(sorted(self._waits.values(), key=lambda w: (w.opened_at, w.conversation_id)))

    def record(self, wait: Wait) -> None:
        self._waits[wait.conversation_id, wait.opened_at] = wait

    def remove(self, wait: Wait) -> None:
        self._waits.pop((wait.conversation_id, wait.opened_at), None)

    def of_day(self, channel_id: str, day: str) -> tuple[Wait, ...]:
        return tuple(w for w in self.all if (w.channel_id, w.day) == (channel_id, day))

    def of_conversation(
        self, channel_id: str, conversation_id: str, days: Iterable[str]
    ) -> tuple[Wait, ...]:
        known = set(days)
        its_own = [w for w in self.all if w.conversation_id == conversation_id]
        return tuple(w for w in its_own if w.channel_id == channel_id and w.day in known)


class FakeChannels:
    def __init__(self, *channels: ChannelSettings) -> None:
        self._channels = {channel.channel_id: channel for channel in channels}
        self.stopped: dict[str, tuple[str, datetime]] = {}
        self._blocks: dict[str, tuple[datetime, str]] = {}
        self._spent: dict[str, str | None] = {}
        self._lock = RLock()

    def load(self, channel_id: str, *, is_fresh: bool = False) -> ChannelSettings | None:
        return self._channels.get(channel_id)

    def save(self, channel: ChannelSettings) -> bool:
        with self._lock:
            stored = self._channels.get(channel.channel_id)
            if (stored.version if stored else 0) != max(channel.version - 1, 0):
                return False
            self._channels[channel.channel_id] = channel
            return True

    def all(self) -> tuple[ChannelSettings, ...]:
        return tuple(self._channels[channel_id] for channel_id in sorted(self._channels))

    def stop_sending(self, channel_id: str, *, reason: str, at: datetime) -> None:
        self.stopped.setdefault(channel_id, (reason, at))

    def is_stopped(self, channel_id: str) -> bool:
        return channel_id in self.stopped or self.blocked_because(channel_id) is not None

    def resume_sending(self, channel_id: str) -> None:
        self.stopped.pop(channel_id, None)

    def stopped_because(self, channel_id: str) -> str | None:
        return self.stopped[channel_id][0] if channel_id in self.stopped else None

    def tell_block(self, channel_id: str, reason: str | None, at: datetime) -> None:
        told = (at, reason or "")
        self._blocks[channel_id] = max(self._blocks.get(channel_id, told), told)

    def blocked_because(self, channel_id: str) -> str | None:
        return self._blocks[channel_id][1] or None if channel_id in self._blocks else None

    def note_budget(self, channel_id: str, month: str | None) -> None:
        self._spent[channel_id] = month

    def budget_reached_in(self, channel_id: str) -> str | None:
        return self._spent.get(channel_id)


class FakeApiKeys:
    def __init__(self) -> None:
        self._secrets: dict[str, ApiKey] = {}
        self._lock = RLock()

    def find(self, key_hash: str) -> ApiKey | None:
        return self._secrets.get(key_hash)

    def all(self) -> tuple[ApiKey, ...]:
        return tuple(self._secrets.values())

    def add(self, key: ApiKey) -> None:
        self._secrets[key.key_hash] = key

    def rotate(self, old: ApiKey, new: ApiKey, until: datetime) -> bool:
        with self._lock:
            if not self._is_the_one(old.key_hash):
                return False
            stored = self._secrets[old.key_hash]
            self._secrets[old.key_hash] = replace(stored, expires_at=until)
            self._secrets[new.key_hash] = new
            return True

    def revoke(self, secrets: Sequence[ApiKey], at: datetime, witness: ApiKey | None) -> bool:
        with self._lock:
            is_left = witness is None or self._is_the_one(witness.key_hash)
            if not is_left or any(self._secrets[s.key_hash] != s for s in secrets):
                return False
            for secret in secrets:
                self._secrets[secret.key_hash] = replace(secret, revoked_at=at)
            return True

    def _is_the_one(self, key_hash: str) -> bool:
        stored = self._secrets.get(key_hash)
        return stored is not None and stored.expires_at is None and stored.revoked_at is None


class FakeOptIns:
    def __init__(self) -> None:
        self._opt_ins: dict[tuple[str, str], OptIn] = {}
        self._stops: dict[tuple[str, str | None], Stop] = {}
        self._resumed: dict[tuple[str, str | None], dict[str, Any]] = {}
        self._asked: dict[tuple[str, str], Request] = {}
        self._lock = RLock()

    def forget(self, conversation_id: str) -> None:
        for kept in (self._opt_ins, self._asked):
            for key in [each for each in kept if each[0] == conversation_id]:
                del kept[key]  # type: ignore[attr-defined]

    def ask(self, conversation_id: str, topic: str, attempt_id: str, at: datetime) -> None:
        told = Request(conversation_id=conversation_id, topic=topic, at=at, attempt_id=attempt_id)
        with self._lock:
            known = self._asked.setdefault((conversation_id, topic), told)
            self._asked[conversation_id, topic] = known if known.at >= at else told

    def record(self, opt_in: OptIn) -> None:
        self._opt_ins.setdefault((opt_in.conversation_id, opt_in.opt_in_id), opt_in)

    def stop(
        self,
        conversation_id: str,
        topic: str | None,
        at: datetime,
        *,
        how: How = How.PLATFORM,
        evidence: str | None = None,
    ) -> None:
        told = Stop(conversation_id=conversation_id, topic=topic, at=at, how=how, evidence=evidence)
        with self._lock:
            known = self._stops.setdefault((conversation_id, topic), told)
            self._stops[conversation_id, topic] = known if known.at >= at else told

    def resume(
        self,
        conversation_id: str,
        topic: str | None,
        at: datetime,
        *,
        how: How = How.PLATFORM,
        evidence: str | None = None,
    ) -> None:
        told = {"resumed_at": at, "resumed_how": how, "resumed_evidence": evidence}
        with self._lock:
            known = self._resumed.setdefault((conversation_id, topic), told)
            self._resumed[conversation_id, topic] = known if known["resumed_at"] >= at else told

    def stops(self, *conversation_ids: str) -> tuple[Stop, ...]:
        found = [
            replace(stop, **self._resumed.get(key, {}))
            for key, stop in self._stops.items()
            if stop.conversation_id in conversation_ids
        ]
        return tuple(sorted(found, key=lambda s: (s.topic or "", s.at, s.conversation_id)))

    def consents(self, *conversation_ids: str) -> Consents:
        asked = (one for one in self._asked.values() if one.conversation_id in conversation_ids)
        return Consents(
            self.of_conversation(*conversation_ids),
            self.stops(*conversation_ids),
            tuple(sorted(asked, key=lambda one: (one.conversation_id, one.topic))),
        )

    def of_conversation(self, *conversation_ids: str) -> tuple[OptIn, ...]:
        return self._shown(
            (o for o in self._opt_ins.values() if o.conversation_id in conversation_ids),
            same=conversation_ids,
        )

    def of_topic(self, channel_id: str, topic: str) -> tuple[OptIn, ...]:
        return self._shown(
            o for o in self._opt_ins.values() if (o.channel_id, o.topic) == (channel_id, topic)
        )

    def page_of_topic(
        self,
        channel_id: str,
        topic: str,
        *,
        between: tuple[str, str],
        cursor: str | None,
        limit: int,
    ) -> OptInPage:
        first, last = between
        found = [
            (o.opt_in_id, o.conversation_id, o)
            for o in self._opt_ins.values()
            if (o.channel_id, o.topic) == (channel_id, topic) and first <= o.opt_in_id <= last
        ]
        left = sorted(found, key=lambda entry: entry[:2])
        left = [entry for entry in left if "#".join(entry[:2]) > (cursor or "")]
        following = "#".join(left[limit - 1][:2]) if len(left) > limit else None
        return OptInPage(tuple(o for *_, o in left[:limit]), following)

    def claim(self, opt_in: OptIn, attempt_id: str, at: datetime) -> bool:
        with self._lock:
            stored = self._opt_ins.get((opt_in.conversation_id, opt_in.opt_in_id))
            if stored is None or stored.used_by not in (None, attempt_id):
                return False
            self._opt_ins[stored.conversation_id, stored.opt_in_id] = replace(
                stored, used_by=attempt_id, used_at=at
            )
            return True

    def release(self, opt_in: OptIn) -> None:
        with self._lock:
            key = (opt_in.conversation_id, opt_in.opt_in_id)
            stored = self._opt_ins.get(key)
            held = (opt_in.used_by, opt_in.used_at)
            if stored and (stored.used_by, stored.used_at) == held:
                self._opt_ins[key] = replace(stored, used_by=None, used_at=None)

    def _shown(self, opt_ins: Iterable[OptIn], *, same: Sequence[str] = ()) -> tuple[OptIn, ...]:
        shown = [self._with_stop(opt_in, same or [opt_in.conversation_id]) for opt_in in opt_ins]
        return tuple(sorted(shown, key=lambda o: (o.opted_in_at, o.conversation_id, o.opt_in_id)))

    def _with_stop(self, opt_in: OptIn, same: Sequence[str]) -> OptIn:
        on = [s.at for s in self.stops(*same) if s.is_on and s.topic in (opt_in.topic, None)]
        after = [at for at in on if at >= opt_in.opted_in_at]
        return replace(opt_in, stopped_at=min(after)) if after else opt_in


class FakeReadings:
    def __init__(self) -> None:
        self._readings: dict[tuple[str, str, str, str], Reading] = {}
        self._answerers: dict[tuple[str, str], tuple[Reading, ...]] = {}
        self._runs: dict[str, dict[str, Run]] = {}
        self._cuts: dict[tuple[str, str], LocalDay] = {}
        self._feedback: dict[tuple[str, str, str], Feedback] = {}

    def save(self, readings: Sequence[Reading]) -> None:
        for reading in readings:
            key = (reading.channel_id, reading.day, reading.metric, reading.definition)
            self._readings[key] = reading

    def of_days(self, channel_id: str, first: str, last: str) -> tuple[Reading, ...]:
        return tuple(
            reading
            for (channel, day, *_), reading in sorted(self._readings.items(), key=lambda kv: kv[0])
            if channel == channel_id and first <= day <= last
        )

    def remembered(self, channel_id: str, first: str, last: str) -> tuple[Reading, ...]:
        return self.of_days(channel_id, first, last)

    def newest_first(self, channel_id: str, first: str, last: str) -> Iterator[Reading]:
        return reversed(self.of_days(channel_id, first, last))

    def save_answerers(self, channel_id: str, day: str, readings: Sequence[Reading]) -> None:
        self._answerers[channel_id, day] = tuple(readings)

    def answerers_of_days(self, channel_id: str, first: str, last: str) -> tuple[Reading, ...]:
        days = sorted(self._answerers.items(), key=lambda kv: kv[0])
        found = [r for (channel, _), readings in days for r in readings if channel == channel_id]
        return tuple(reading for reading in found if first <= reading.day <= last)

    def runs(self, channel_id: str, *, since: str = "") -> dict[str, Run]:
        runs = self._runs.get(channel_id, {})
        known = {day: run for day, run in sorted(runs.items()) if day >= since}
        return known or {day: runs[day] for day in sorted(runs)[-10:]}

    def save_run(self, channel_id: str, day: str, run: Run) -> None:
        self._runs.setdefault(channel_id, {})[day] = run

    def cut(self, channel_id: str, day: str) -> LocalDay | None:
        return self._cuts.get((channel_id, day))

    def keep_cut(self, local_day: LocalDay) -> LocalDay:
        return self._cuts.setdefault((local_day.channel_id, local_day.day), local_day)

    def keep_feedback(self, feedback: Feedback) -> None:
        self._feedback[feedback.channel_id, feedback.day, feedback.feedback_id] = feedback

    def feedback_of_day(self, channel_id: str, day: str) -> tuple[Feedback, ...]:
        found = [f for key, f in self._feedback.items() if key[:2] == (channel_id, day)]
        return tuple(sorted(found, key=lambda each: (each.at, each.feedback_id)))


class FakeRateCards:
    def __init__(self) -> None:
        self._cards: dict[str, RateCard] = {}

    def save(self, card: RateCard) -> None:
        self._cards[card.version] = card

    def all(self) -> tuple[RateCard, ...]:
        return tuple(self._cards[version] for version in sorted(self._cards))


class FakeTemplates:
    def __init__(self) -> None:
        self._facts: dict[tuple[str, str, str, str], TemplateFact] = {}

    def tell(self, fact: TemplateFact) -> None:
        place = (fact.account_id, fact.name, fact.language, fact.aspect)
        known = self._facts.get(place)
        if known is None or known.at < fact.at:
            self._facts[place] = fact

    def state(self, account_id: str, name: str, language: str) -> TemplateState:
        return state_of(
            fact for place, fact in self._facts.items() if place[:3] == (account_id, name, language)
        )


class FakeDigests:
    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], Digest] = {}
        self.parts: dict[tuple[str, str, int, str], Part] = {}

    def last(self, channel_id: str) -> Digest | None:
        return max(self.all(channel_id), key=lambda digest: digest.hour, default=None)

    def all(self, channel_id: str) -> Iterator[Digest]:
        return (self.kept[key] for key in sorted(self.kept) if key[0] == channel_id)

    def save(self, digest: Digest) -> bool:
        return self.kept.setdefault((digest.channel_id, digest.hour), digest) == digest

    def save_part(self, channel_id: str, hour: str, number: int, hashed: str, part: Part) -> None:
        self.parts[channel_id, hour, number, hashed] = part

    def part(self, channel_id: str, hour: str, number: int, hashed: str) -> Part | None:
        return self.parts.get((channel_id, hour, number, hashed))


class FakeQuarantine:
    def __init__(self) -> None:
        self.kept: list[tuple[bytes, str, datetime]] = []

    def put(self, body: bytes, *, reason: str, at: datetime) -> str:
        self.kept.append((body, reason, at))
        return f"quarantined-{len(self.kept)}"


class FakeQueue:
    """Takes everything, unless told by `refusing` which calls refuse which positions."""

    def __init__(self) -> None:
        self.entries: list[QueueEntry] = []
        self.refusing: list[tuple[int, ...]] = []  # one tuple of positions per coming call

    def send(self, entries: Sequence[QueueEntry]) -> tuple[int, ...]:
        refused = self.refusing.pop(0) if self.refusing else ()
        self.entries += [entry for place, entry in enumerate(entries) if place not in refused]
        return refused


class FakeBacklog:
    """Gives each record once; `left` are those that were not deleted. Taking two at a time."""

    def __init__(self, *bodies: str) -> None:
        self.left = [QueueRecord(body, f"receipt-{n}") for n, body in enumerate(bodies)]
        self._waiting = list(self.left)

    def take(self) -> tuple[QueueRecord, ...]:
        taken, self._waiting = self._waiting[:2], self._waiting[2:]
        return tuple(taken)

    def delete(self, record: QueueRecord) -> None:
        self.left.remove(record)


class FakeDayRequests:
    """Takes every day, unless told by `refusing` which calls refuse which positions."""

    def __init__(self) -> None:
        self.days: list[DayWanted] = []
        self.refusing: list[tuple[int, ...]] = []  # one tuple of positions per coming call

    def ask(self, days: Sequence[DayWanted]) -> tuple[int, ...]:
        refused = self.refusing.pop(0) if self.refusing else ()
        self.days += [day for place, day in enumerate(days) if place not in refused]
        return refused


class FakeSender:
    """Remembers every post. `outcomes` come first, one per post: an `Accepted`, or an error."""

    def __init__(self) -> None:
        self.posts: list[tuple[ChannelSettings, GraphRequest]] = []
        self.outcomes: list[Accepted | BaseException] = []
        self.answers: dict[str, dict[str, Any]] = {}  # path -> what a look-up answers
        self.looked_up: list[str] = []

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [request.body for _, request in self.posts]

    def post(self, channel: ChannelSettings, request: GraphRequest) -> Accepted:
        self.posts.append((channel, request))
        outcome = self.outcomes.pop(0) if self.outcomes else Accepted(f"mid.{len(self.posts)}")
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def get(
        self, channel: ChannelSettings, path: str, host: str, *, per_second: float | None = None
    ) -> dict[str, Any] | None:
        self.looked_up.append(path)
        return self.answers.get(path)


class FakeSecrets:
    def __init__(
        self,
        *,
        app_secrets: tuple[bytes, ...] = (b"app-secret",),
        verify_token: str | None = "verify-token",  # noqa: S107
        access_token: str | None = "access-token",  # noqa: S107
    ) -> None:
        self._app_secrets, self._verify_token = app_secrets, verify_token
        self._access_token = access_token

    def app_secrets(self) -> tuple[bytes, ...]:
        return self._app_secrets

    def verify_token(self) -> str | None:
        return self._verify_token

    def access_token(self, channel: ChannelSettings) -> str | None:
        return self._access_token


class FakeLog:
    def __init__(self) -> None:
        self.lines: list[tuple[str, dict[str, object]]] = []
        self.counts: Counter[str] = Counter()

    @property
    def events(self) -> list[str]:
        return [event for event, _ in self.lines]

    def info(self, event: str, **facts: object) -> None:
        self.lines.append((event, facts))

    def warning(self, event: str, **facts: object) -> None:
        self.lines.append((event, facts))

    def count(self, metric: str, **dimensions: str) -> None:
        self.counts[metric] += 1


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **by: float) -> None:
        self.at += timedelta(**by)


def runtime(
    *channels: ChannelSettings,
    now: datetime | Callable[[], datetime] = builders.NOON,
    settings: Settings | None = None,
    **ports: Any,
) -> Runtime:
    """A Runtime of fakes that knows these channels; `rt.now` is a `Clock`; `ports` replaces any."""
    clock = Clock(now) if isinstance(now, datetime) else now
    fakes: dict[str, Any] = {
        "settings": settings or builders.settings(),
        "now": clock,
        "sleep": lambda seconds: clock.advance(seconds=seconds),
        "conversations": FakeConversations(),
        "messages": FakeMessages(),
        "waits": FakeWaits(),
        "channels": FakeChannels(*channels),
        "opt_ins": FakeOptIns(),
        "campaigns": FakeCampaigns(),
        "readings": FakeReadings(),
        "templates": FakeTemplates(),
        "rate_cards": FakeRateCards(),
        "rates": FakeRates(),
        "digests": FakeDigests(),
        "pacer": Pacer(),
        "quarantine": FakeQuarantine(),
        "quarantine_backlog": FakeBacklog(),
        "day_requests": FakeDayRequests(),
        "lane_requests": FakeLaneRequests(),
        "sender": FakeSender(),
        "log": FakeLog(),
    }
    return Runtime(**(fakes | ports))


def _last_at(conversation: Conversation) -> datetime | None:
    return conversation.last_moved_at


def _latest(*times: datetime | None) -> datetime | None:
    return max((time for time in times if time), default=None)


def _page(rows: list[Conversation], cursor: str | None, limit: int) -> ConversationPage:
    start = _offset(cursor)
    following = base64.urlsafe_b64encode(str(start + limit).encode()).decode()
    return ConversationPage(
        tuple(rows[start : start + limit]), following if start + limit < len(rows) else None
    )


def _offset(cursor: str | None) -> int:
    try:
        return int(base64.urlsafe_b64decode(cursor or "")) if cursor else 0
    except (ValueError, binascii.Error):
        raise ValueError("cursor") from None
