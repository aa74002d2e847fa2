"""Fakes that stay fast with many thousands of messages: the same answers, found by index."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from chalicelib.core.messages import Listing, Message, MessageFact, State
from chalicelib.core.opt_in import OptIn, Stop
from tests.fake_messages import FakeMessages, _Facts, _forgotten
from tests.fakes import FakeOptIns

_Key = tuple[str, str]
_NEVER_TRIED = frozenset({State.RECEIVED, State.CLAIMED})


class IndexedMessages(FakeMessages):
    """Knows the messages of a conversation and of a day, what is planned, and what is listed,
    without looking at all."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self._planned: dict[_Key, tuple[str, datetime]] = {}
        self._days: defaultdict[tuple[str, str], dict[_Key, None]] = defaultdict(dict)
        self._unknown: dict[_Key, None] = {}

    def of_conversations(self, conversation_ids: Iterable[str]) -> tuple[Message, ...]:
        return tuple(row for each in conversation_ids for row in self.history(each))

    def history(self, conversation_id: str) -> tuple[Message, ...]:
        with self._lock:
            mine = self._of_conversation(conversation_id)
            merged_in = {f.row.platform_message_id for f in mine.values() if f.row}
            rows = [self._merged(facts) for i, facts in mine.items() if i not in merged_in]
        shown = [row for row in rows if row]
        return tuple(sorted(shown, key=lambda row: (row.occurred_at, row.message_id)))

    def due(self, channel_id: str, *, before: datetime) -> Iterator[_Key]:
        late = [
            (due_at, *key)
            for key, (channel, due_at) in list(self._planned.items())
            if channel == channel_id and due_at <= before and self._is_planned(key, due_at)
        ]
        return ((conversation, message) for _, conversation, message in sorted(late))

    def of_day(self, channel_id: str, day: str) -> tuple[MessageFact, ...]:
        shown = (State.RECEIVED, State.SENT)
        rows = self._of_day(channel_id, day)
        return tuple(sorted(_fact(row) for row in rows if row.state in shown))

    def each_of_day(self, channel_id: str, day: str) -> Iterator[MessageFact]:
        """In another order: whoever only counts does not care."""
        shown = (State.RECEIVED, State.SENT)
        return (_fact(row) for row in self._of_day(channel_id, day) if row.state in shown)

    def attempts(
        self, channel_id: str, days: Iterable[str], *, since: datetime, until: datetime
    ) -> Iterator[MessageFact]:
        rows = [row for day in days for row in self._of_day(channel_id, day)]
        near = [row for row in rows if since <= row.occurred_at < until]
        tried = [row for row in near if row.state not in _NEVER_TRIED]
        known = [row for row in tried if self._facts[row.conversation_id, row.message_id].ledger]
        return iter(sorted(map(_fact, known)))

    def record(self, message: Message) -> bool:
        self._note(message)
        return super().record(message)

    def forget(self, conversation_id: str, at: datetime) -> Iterator[None]:
        for message_id, facts in self._of_conversation(conversation_id).items():
            left = _forgotten(facts, at)
            if facts != left:
                self._facts[conversation_id, message_id] = left
                yield
        for key in [each for each in self.raw if each[0] == conversation_id]:
            del self.raw[key]
            yield

    def claim(self, message: Message) -> Message | None:
        self._note(message)
        return super().claim(message)

    def postpone(self, message: Message, due_at: datetime) -> None:
        super().postpone(message, due_at)
        self._note_planned((message.conversation_id, message.message_id))

    def settle(self, conversation_id: str, message_id: str, state: State, **facts: Any) -> Any:
        row = super().settle(conversation_id, message_id, state, **facts)
        self._note_planned((conversation_id, message_id))
        return row

    def _store(self, message: Message, state: State, *, over: frozenset[State]) -> Message:
        self._note(message)
        stored = super()._store(message, state, over=over)
        self._note_planned((message.conversation_id, message.message_id))
        return stored

    def _note(self, message: Message) -> None:
        key = message.conversation_id, message.message_id
        self._days[message.channel_id, message.day][key] = None

    def _note_planned(self, key: _Key) -> None:
        row = self._facts[key].row
        if row and row.state is State.PLANNED and row.due_at:
            self._planned[key] = row.channel_id, row.due_at

    def _is_planned(self, key: _Key, due_at: datetime) -> bool:
        row = self._facts[key].row
        is_so = row is not None and (row.state, row.due_at) == (State.PLANNED, due_at)
        if not is_so:
            del self._planned[key]
        return is_so

    def _of_day(self, channel_id: str, day: str) -> list[Message]:
        facts = self._facts
        rows = (facts[key].row for key in self._days[channel_id, day])
        return [row for row in rows if row is not None and row.day == day]

    def _list(
        self, conversation_id: str, message_id: str, state: State, listing: Listing | None
    ) -> None:
        super()._list(conversation_id, message_id, state, listing)
        self._unknown.pop((conversation_id, message_id), None)
        if listing and state is State.UNKNOWN:
            self._unknown[conversation_id, message_id] = None

    def _entries(self, channel_id: str, state: State) -> list[tuple[_Key, tuple[bool, datetime]]]:
        if state is not State.UNKNOWN:
            return super()._entries(channel_id, state)
        listed = [(key, self._listed[key]) for key in self._unknown if key in self._listed]
        return [(key, at) for key, (*which, at) in listed if which == [state, channel_id]]

    def _of(self, conversation_id: str, message_id: str) -> _Facts:
        self.ids[conversation_id][message_id] = None
        return super()._of(conversation_id, message_id)

    def _of_conversation(self, conversation_id: str) -> dict[str, _Facts]:
        return {i: self._facts[conversation_id, i] for i in self.ids.get(conversation_id, ())}

    def _ours(self, conversation_id: str, platform_message_id: str) -> _Facts | None:
        mine = self._of_conversation(conversation_id).values()
        known = (f for f in mine if f.row and f.row.platform_message_id == platform_message_id)
        return next(known, None)


class IndexedOptIns(FakeOptIns):
    """Knows the opt-ins and stops of a conversation without looking at all."""

    def __init__(self) -> None:
        super().__init__()
        self._opt_ins_of: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self._topics_of: defaultdict[str, dict[str | None, None]] = defaultdict(dict)

    def record(self, opt_in: OptIn) -> None:
        super().record(opt_in)
        self._opt_ins_of[opt_in.conversation_id][opt_in.opt_in_id] = None

    def stop(self, conversation_id: str, topic: str | None, at: datetime, **facts: Any) -> None:
        super().stop(conversation_id, topic, at, **facts)
        self._topics_of[conversation_id][topic] = None

    def stops(self, *conversation_ids: str) -> tuple[Stop, ...]:
        return self._narrowed(*conversation_ids).stops(*conversation_ids)

    def of_conversation(self, *conversation_ids: str) -> tuple[OptIn, ...]:
        return self._narrowed(*conversation_ids).of_conversation(*conversation_ids)

    def _narrowed(self, *conversation_ids: str) -> FakeOptIns:
        """What is known of these conversations alone."""
        few = FakeOptIns()
        for each in conversation_ids:
            places = [(each, i) for i in self._opt_ins_of.get(each, ())]
            few._opt_ins |= {p: self._opt_ins[p] for p in places if p in self._opt_ins}
            stopped = [(each, topic) for topic in self._topics_of.get(each, ())]
            few._stops |= {p: self._stops[p] for p in stopped}
            few._resumed |= {p: self._resumed[p] for p in stopped if p in self._resumed}
        return few


class CountingLog:
    """Counts what is logged, and keeps nothing."""

    def __init__(self) -> None:
        self.events: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()

    def info(self, event: str, **facts: object) -> None:
        self.events[event] += 1

    def warning(self, event: str, **facts: object) -> None:
        self.events[event, facts.get("error") or facts.get("reason")] += 1  # type: ignore[index]

    def count(self, metric: str, **dimensions: str) -> None:
        self.counts[metric] += 1


def _fact(row: Message) -> MessageFact:
    return MessageFact(row.occurred_at, row.conversation_id, row.message_id, row.author)
