"""The fakes of Readings and Digests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chalicelib.core.day_activity import LocalDay, Run
from chalicelib.core.digests import Digest, Part
from chalicelib.core.feedback import Feedback
from chalicelib.core.metrics import Reading


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
        key = (feedback.channel_id, feedback.day, feedback.feedback_id)
        known = self._feedback.get(key)
        if known is None or known.at <= feedback.at:
            self._feedback[key] = feedback

    def feedback_of_day(self, channel_id: str, day: str) -> tuple[Feedback, ...]:
        found = [f for key, f in self._feedback.items() if key[:2] == (channel_id, day)]
        return tuple(sorted(found, key=lambda each: (each.at, each.feedback_id)))


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
