"""The fake of OptIns: what was agreed to, asked and stopped, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from threading import RLock
from typing import Any

from msgspec.structs import replace

from chalicelib.core.opt_in import Consents, How, OptIn, Request, Stop
from chalicelib.ports import OptInPage


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
