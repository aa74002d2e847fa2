"""One fake for every port, and `runtime()` that bundles them. tests/storage keeps them honest.

The stores of messages and conversations take a lock, so that races can be played with threads.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from threading import RLock
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.config import Settings
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Conversation, Profile, Seen, Wait
from chalicelib.core.events import Referral
from chalicelib.core.messages import Author, Message, MessageFact, State, Status
from chalicelib.core.metrics import Reading
from chalicelib.core.opt_in import OptIn
from chalicelib.platforms import Accepted, GraphRequest, SendError
from chalicelib.ports import ConversationPage, QueueEntry, Runtime
from tests import builders


class FakeConversations:
    def __init__(self) -> None:
        self.rows: dict[str, Conversation] = {}
        self._profiles: dict[str, Profile] = {}
        self._seen: dict[str, Seen] = {}
        self._referrals: dict[str, dict[str, tuple[datetime, Referral]]] = {}
        self._lock = RLock()

    def load(self, conversation_id: str) -> Conversation | None:
        return self.rows.get(conversation_id)

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
        dated = [(_last_at(c), c.conversation_id, c) for c in self._of(channel_id) if _last_at(c)]
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

    def first_contacts(self, conversation_ids: Iterable[str]) -> dict[str, datetime]:
        rows = [self.rows[i] for i in conversation_ids if i in self.rows]
        return {c.conversation_id: c.first_contact_at for c in rows if c.first_contact_at}

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

    def _of(self, channel_id: str) -> list[Conversation]:
        return [c for c in self.rows.values() if c.channel_id == channel_id]


class _Facts(Struct):
    """What is known under one message id: perhaps before the message itself."""

    row: Message | None = None
    edit: tuple[datetime, str] | None = None
    deleted_at: datetime | None = None
    customer_reaction: tuple[datetime, str] | None = None
    business_reaction: tuple[datetime, str] | None = None
    statuses: dict[str, tuple[datetime, str | None, dict[str, Any] | None]] = {}


class FakeMessages:
    def __init__(self) -> None:
        self._facts: dict[tuple[str, str], _Facts] = {}
        self._lock = RLock()

    @property
    def all(self) -> tuple[Message, ...]:
        """Every row of every conversation, oldest first: for assertions."""
        conversations = dict.fromkeys(key[0] for key in self._facts)
        rows = [row for conversation in conversations for row in self.history(conversation)]
        return tuple(sorted(rows, key=lambda row: (row.occurred_at, row.message_id)))

    def record(self, message: Message) -> bool:
        with self._lock:
            facts = self._of(message.conversation_id, message.message_id)
            if facts.row:
                return False
            facts.row = _without_content(message) if facts.deleted_at else message
            return True

    def edit(self, conversation_id: str, message_id: str, text: str | None, at: datetime) -> None:
        with self._lock:
            facts = self._of(conversation_id, message_id)
            facts.edit = max(facts.edit or (at, ""), (at, text or ""))

    def delete(self, conversation_id: str, message_id: str, at: datetime) -> None:
        with self._lock:
            facts = self._of(conversation_id, message_id)
            facts.deleted_at = min(facts.deleted_at or at, at)
            for stored in (facts, self._ours(conversation_id, message_id)):
                if stored and stored.row:
                    stored.row = _without_content(stored.row)

    def react(
        self,
        conversation_id: str,
        message_id: str,
        *,
        emoji: str | None,
        is_by_business: bool,
        at: datetime,
    ) -> None:
        with self._lock:
            facts = self._of(conversation_id, message_id)
            name = "business_reaction" if is_by_business else "customer_reaction"
            setattr(facts, name, max(getattr(facts, name) or (at, ""), (at, emoji or "")))

    def status(
        self,
        conversation_id: str,
        message_id: str,
        status: Status,
        at: datetime,
        *,
        failure: str | None = None,
        facts: dict[str, Any] | None = None,
    ) -> Message | None:
        with self._lock:
            known = self._of(conversation_id, message_id)
            told = (at, failure, facts)
            known.statuses = _earliest(known.statuses, {str(status): told})
            return _view(known, _Facts())

    def load(self, conversation_id: str, message_id: str) -> Message | None:
        with self._lock:
            facts = self._facts.get((conversation_id, message_id))
            return self._merged(facts) if facts else None

    def history(self, conversation_id: str) -> tuple[Message, ...]:
        with self._lock:
            mine = {
                key[1]: facts for key, facts in self._facts.items() if key[0] == conversation_id
            }
            merged_in = {f.row.platform_message_id for f in mine.values() if f.row}
            rows = [self._merged(facts) for i, facts in mine.items() if i not in merged_in]
        shown = [row for row in rows if row]
        return tuple(sorted(shown, key=lambda row: (row.occurred_at, row.message_id)))

    def reclassify(self, message: Message, author: Author) -> None:
        with self._lock:
            facts = self._of(message.conversation_id, message.message_id)
            facts.row = replace(facts.row or message, author=author)

    def plan(self, message: Message) -> Message:
        return self._store(message, State.PLANNED, over=frozenset())

    def refuse(self, message: Message) -> Message:
        return self._store(message, State.REFUSED, over=frozenset({State.PLANNED}))

    def claim(self, message: Message) -> Message | None:
        with self._lock:
            facts = self._of(message.conversation_id, message.message_id)
            if facts.row and facts.row.state is not State.PLANNED:
                return self._merged(facts)
            facts.row = replace(message, state=State.CLAIMED, due_at=None)
            return None

    def settle(
        self,
        conversation_id: str,
        message_id: str,
        state: State,
        *,
        platform_message_id: str | None = None,
        failure: str | None = None,
        due_at: datetime | None = None,
    ) -> None:
        with self._lock:
            facts = self._of(conversation_id, message_id)
            row = facts.row
            if row is None or not _may_become(row.state, state):
                return
            facts.row = replace(
                row,
                state=state,
                platform_message_id=platform_message_id or row.platform_message_id,
                failure=failure,
                due_at=due_at,
                lease_until=None,
                request=row.request if state in (State.PLANNED, State.UNKNOWN) else None,
            )

    def due(self, *, before: datetime, limit: int) -> tuple[tuple[str, str], ...]:
        rows = [row for row in self._rows() if row.state is State.PLANNED and row.due_at]
        late = sorted(
            (r.due_at, r.conversation_id, r.message_id) for r in rows if r.due_at <= before
        )
        return tuple((conversation, message) for _, conversation, message in late[:limit])

    def of_day(self, channel_id: str, day: str) -> tuple[MessageFact, ...]:
        rows = [row for row in self._rows() if (row.channel_id, row.day) == (channel_id, day)]
        return tuple(
            sorted(
                MessageFact(row.occurred_at, row.conversation_id, row.message_id, row.author)
                for row in rows
                if row.state in (State.RECEIVED, State.SENT)
            )
        )

    def _store(self, message: Message, state: State, *, over: frozenset[State]) -> Message:
        with self._lock:
            facts = self._of(message.conversation_id, message.message_id)
            if facts.row is None or facts.row.state in over:
                due_at = message.due_at if state is State.PLANNED else None
                facts.row = replace(message, state=state, due_at=due_at)
            return self._merged(facts) or message

    def _rows(self) -> list[Message]:
        with self._lock:
            return [facts.row for facts in self._facts.values() if facts.row]

    def _of(self, conversation_id: str, message_id: str) -> _Facts:
        return self._facts.setdefault((conversation_id, message_id), _Facts())

    def _ours(self, conversation_id: str, platform_message_id: str) -> _Facts | None:
        for (conversation, _), facts in self._facts.items():
            known_as = facts.row.platform_message_id if facts.row else None
            if (conversation, known_as) == (conversation_id, platform_message_id):
                return facts
        return None

    def _merged(self, facts: _Facts) -> Message | None:
        if facts.row is None:
            return None
        partner = (facts.row.conversation_id, facts.row.platform_message_id or "")
        return _view(facts, self._facts.get(partner, _Facts()))


def _view(facts: _Facts, partner: _Facts) -> Message | None:
    """The row with everything known under its own id and under the platform's."""
    if facts.row is None:
        return None
    deleted = [at for at in (facts.deleted_at, partner.deleted_at) if at]
    if deleted:
        shown = replace(_without_content(facts.row), deleted_at=min(deleted))
    else:
        shown = _edited(facts.row, facts.edit, partner.edit)
    statuses = _earliest(partner.statuses, facts.statuses)
    late_failure = statuses.get("failed", (None, None, None))[1]
    return replace(
        shown,
        customer_reaction=_newest(facts.customer_reaction, partner.customer_reaction),
        business_reaction=_newest(facts.business_reaction, partner.business_reaction),
        statuses={name: at for name, (at, _, _) in statuses.items()},
        status_facts={name: told for name, (_, _, told) in statuses.items() if told},
        failure=shown.failure or late_failure,
    )


def _edited(row: Message, *edits: tuple[datetime, str] | None) -> Message:
    known = [edit for edit in edits if edit]
    if not known:
        return row
    at, text = max(known)
    return replace(row, text=text or None, edited_at=at)


def _newest(*reactions: tuple[datetime, str] | None) -> str | None:
    known = [reaction for reaction in reactions if reaction]
    return (max(known)[1] or None) if known else None


def _earliest(*several: dict[str, Any]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for statuses in several:
        for name, dated in statuses.items():
            merged[name] = min(merged.get(name, dated), dated, key=_rank)
    return dict(sorted(merged.items()))


def _rank(status: tuple[datetime, str | None, dict[str, Any] | None]) -> tuple[datetime, str]:
    """The earliest; of the same moment, the one that tells more."""
    at, failure, facts = status
    return at, json.dumps([failure, facts], separators=(",", ":")) if failure or facts else "~"


def _without_content(row: Message) -> Message:
    return replace(row, text=None, attachments=(), payload=None, raw=None, request=None)


def _may_become(stored: State, state: State) -> bool:
    if state is State.SENT:
        return True
    return stored in (State.CLAIMED, State.UNKNOWN)


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


class FakeChannels:
    def __init__(self, *channels: ChannelSettings) -> None:
        self._channels = {channel.channel_id: channel for channel in channels}
        self.stopped: dict[str, tuple[str, datetime]] = {}

    def load(self, channel_id: str) -> ChannelSettings | None:
        return self._channels.get(channel_id)

    def save(self, channel: ChannelSettings) -> None:
        self._channels[channel.channel_id] = channel

    def all(self) -> tuple[ChannelSettings, ...]:
        return tuple(self._channels[channel_id] for channel_id in sorted(self._channels))

    def stop_sending(self, channel_id: str, *, reason: str, at: datetime) -> None:
        self.stopped.setdefault(channel_id, (reason, at))

    def is_stopped(self, channel_id: str) -> bool:
        return channel_id in self.stopped

    def resume_sending(self, channel_id: str) -> None:
        self.stopped.pop(channel_id, None)


class FakeOptIns:
    def __init__(self) -> None:
        self._opt_ins: dict[tuple[str, str], OptIn] = {}
        self._stops: dict[tuple[str, str | None], datetime] = {}
        self._lock = RLock()

    def record(self, opt_in: OptIn) -> None:
        self._opt_ins.setdefault((opt_in.conversation_id, opt_in.opt_in_id), opt_in)

    def stop(self, conversation_id: str, topic: str | None, at: datetime) -> None:
        known = self._stops.get((conversation_id, topic), at)
        self._stops[conversation_id, topic] = max(known, at)

    def of_conversation(self, conversation_id: str) -> tuple[OptIn, ...]:
        return self._shown(
            o for o in self._opt_ins.values() if o.conversation_id == conversation_id
        )

    def of_topic(self, channel_id: str, topic: str) -> tuple[OptIn, ...]:
        return self._shown(
            o for o in self._opt_ins.values() if (o.channel_id, o.topic) == (channel_id, topic)
        )

    def claim(self, opt_in: OptIn, attempt_id: str, at: datetime) -> bool:
        with self._lock:
            stored = self._opt_ins.get((opt_in.conversation_id, opt_in.opt_in_id))
            if stored is None or stored.used_by not in (None, attempt_id):
                return False
            self._opt_ins[stored.conversation_id, stored.opt_in_id] = replace(
                stored, used_by=attempt_id
            )
            return True

    def _shown(self, opt_ins: Iterable[OptIn]) -> tuple[OptIn, ...]:
        shown = [self._with_stop(opt_in) for opt_in in opt_ins]
        return tuple(sorted(shown, key=lambda o: (o.opted_in_at, o.conversation_id, o.opt_in_id)))

    def _with_stop(self, opt_in: OptIn) -> OptIn:
        told = [self._stops.get((opt_in.conversation_id, topic)) for topic in (opt_in.topic, None)]
        after = [at for at in told if at and at >= opt_in.opted_in_at]
        return replace(opt_in, stopped_at=min(after)) if after else opt_in


class FakeReadings:
    def __init__(self) -> None:
        self._readings: dict[tuple[str, str, str, str], Reading] = {}
        self._runs: dict[str, dict[str, datetime]] = {}

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

    def runs(self, channel_id: str) -> dict[str, datetime]:
        return dict(self._runs.get(channel_id, {}))

    def save_run(self, channel_id: str, day: str, at: datetime) -> None:
        self._runs.setdefault(channel_id, {})[day] = at


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


class FakeSender:
    """Remembers every post. `outcomes` come first, one per post: an `Accepted`, or an error."""

    def __init__(self) -> None:
        self.posts: list[tuple[ChannelSettings, GraphRequest]] = []
        self.outcomes: list[Accepted | SendError] = []
        self.answers: dict[str, dict[str, Any]] = {}  # path -> what a look-up answers
        self.looked_up: list[str] = []

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [request.body for _, request in self.posts]

    def post(self, channel: ChannelSettings, request: GraphRequest) -> Accepted:
        self.posts.append((channel, request))
        outcome = self.outcomes.pop(0) if self.outcomes else Accepted(f"mid.{len(self.posts)}")
        if isinstance(outcome, SendError):
            raise outcome
        return outcome

    def get(self, channel: ChannelSettings, path: str, host: str) -> dict[str, Any] | None:
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
    fakes: dict[str, Any] = {
        "settings": settings or builders.settings(),
        "now": Clock(now) if isinstance(now, datetime) else now,
        "conversations": FakeConversations(),
        "messages": FakeMessages(),
        "waits": FakeWaits(),
        "channels": FakeChannels(*channels),
        "opt_ins": FakeOptIns(),
        "readings": FakeReadings(),
        "quarantine": FakeQuarantine(),
        "metrics_queue": FakeQueue(),
        "sender": FakeSender(),
        "log": FakeLog(),
    }
    return Runtime(**(fakes | ports))


def _last_at(conversation: Conversation) -> datetime | None:
    return _latest(conversation.last_customer_at, conversation.last_person_at)


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
