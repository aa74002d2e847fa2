"""Fakes that stay fast with many thousands of messages: the same answers, found by index."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from chalicelib.core.messages import Message, State
from tests.fake_messages import FakeMessages, _Facts


class IndexedMessages(FakeMessages):
    """Knows the messages of a conversation, and what was ever planned, without looking at all."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self._planned: set[tuple[str, str]] = set()

    def history(self, conversation_id: str) -> tuple[Message, ...]:
        with self._lock:
            mine = self._of_conversation(conversation_id)
            merged_in = {f.row.platform_message_id for f in mine.values() if f.row}
            rows = [self._merged(facts) for i, facts in mine.items() if i not in merged_in]
        shown = [row for row in rows if row]
        return tuple(sorted(shown, key=lambda row: (row.occurred_at, row.message_id)))

    def due(self, channel_id: str, *, before: datetime) -> Iterator[tuple[str, str]]:
        late = []
        for key in list(self._planned):
            row = self._facts[key].row
            if row is None or row.state is not State.PLANNED:
                self._planned.discard(key)
            elif row.channel_id == channel_id and row.due_at and row.due_at <= before:
                late.append((row.due_at, *key))
        return ((conversation, message) for _, conversation, message in sorted(late))

    def settle(self, conversation_id: str, message_id: str, state: State, **facts: Any) -> Any:
        self._note(conversation_id, message_id, state)
        return super().settle(conversation_id, message_id, state, **facts)

    def _store(self, message: Message, state: State, *, over: frozenset[State]) -> Message:
        stored = super()._store(message, state, over=over)
        self._note(message.conversation_id, message.message_id, state)
        return stored

    def _note(self, conversation_id: str, message_id: str, state: State) -> None:
        if state is State.PLANNED:
            self._planned.add((conversation_id, message_id))

    def _of(self, conversation_id: str, message_id: str) -> _Facts:
        self.ids[conversation_id][message_id] = None
        return super()._of(conversation_id, message_id)

    def _of_conversation(self, conversation_id: str) -> dict[str, _Facts]:
        return {i: self._facts[conversation_id, i] for i in self.ids.get(conversation_id, ())}

    def _ours(self, conversation_id: str, platform_message_id: str) -> _Facts | None:
        mine = self._of_conversation(conversation_id).values()
        known = (f for f in mine if f.row and f.row.platform_message_id == platform_message_id)
        return next(known, None)


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
