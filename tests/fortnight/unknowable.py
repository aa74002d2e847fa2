"""Refusals of the stand-in that nobody could foresee, each as narrow as it can be told."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from devtools.simulator.state import Call
from tests.fortnight.calls import Code, code_of, key_of, token_of, topic_of
from tests.fortnight.news import News
from tests.fortnight.play import Play
from tests.fortnight.shop import NUMBER

THREAD_OF_OTHERS = (2018300, None)
# The webhook that tells of it is on its way. Error codes: messenger error-codes (2026-06-25),
# whatsapp error-codes (2025-11-19).
TOLD_BY: dict[Code, set[str]] = {
    (368, None): {"block"},
    THREAD_OF_OTHERS: {"thread"},
    (132015, None): {"template"},
    (131050, None): {"preference"},
}
OPENING = {"message", "postback", "reaction", "referral", "optin"}
# That a customer blocked the business, nobody knows until Meta says so: once, each.
GONE = {(551, 1545041)}
GONE_LATER = 131026
ASKED_ALREADY = (613, 1893016)
SPENT = (100, None)


class Unknowable:
    """Why a send of ours was refused for what we could not know."""

    def __init__(self, play: Play) -> None:
        self._play = play
        self._calls_to: defaultdict[str, list[Call]] = defaultdict(list)
        for call in play.meta.posts:
            self._calls_to[str(call.recipient)].append(call)

    def why(self, calls: Iterable[Call]) -> Iterator[str]:
        found = (self.reason(call) for call in calls if code_of(call))
        return (reason for reason in found if reason)

    def reason(self, call: Call) -> str | None:
        """None: we could have known."""
        code = code_of(call)
        if code in GONE:
            return "gone" if self._is_gone(call.recipient, call.at) else None
        reasons: tuple[tuple[str, Callable[[Call], bool]], ...] = (
            ("on its way", self._is_on_its_way),
            ("is back", self._is_back),
            ("spent token", self._is_repeat),
            ("asked before it was forgotten", self._is_asked_anew),
            ("thread of before it was forgotten", self._is_thread_forgotten),
        )
        return next((name for name, is_so in reasons if is_so(call)), None)

    def late(self) -> Counter[Any]:
        """What failed after the answer, and could have been known."""
        failed = [each for each in self._play.meta.late_failures if each[0] != GONE_LATER]
        return Counter(
            (code, None)
            for code, contact_id, at in failed
            if not self._is_told_by((code, None), contact_id, NUMBER, at)
        )

    def gone_again(self) -> Counter[Any]:
        """Who was told to be gone is left alone: the later calls."""
        told = Counter(str(c.recipient) for c in self._play.meta.posts if code_of(c) in GONE)
        again = Counter({("gone", who): n - 1 for who, n in told.items() if n > 1})
        return again + Counter(self._written_to_all_the_same())

    def _written_to_all_the_same(self) -> Iterator[tuple[str, str]]:
        """On WhatsApp a status tells it."""
        failures = defaultdict(list)
        for code, contact_id, at in self._play.meta.late_failures:
            if code == GONE_LATER:
                failures[contact_id].append(at)
        for contact_id, times in failures.items():
            if not self._is_gone(contact_id, times[0]):
                yield ("not gone", contact_id)
            told = next(self._news(contact_id, {"status"}, since=times[0]))
            yield from (("gone", contact_id) for at in times[1:] if told.is_known(at))

    def _is_gone(self, contact_id: str | None, at: datetime) -> bool:
        since = self._play.gone.get(str(contact_id))
        return since is not None and since <= at

    def _is_on_its_way(self, call: Call) -> bool:
        return self._is_told_by(code_of(call), str(call.recipient), str(call.channel_id), call.at)

    def _is_told_by(
        self, code: Code | None, contact_id: str, channel_id: str, at: datetime
    ) -> bool:
        kinds = TOLD_BY.get(code, set()) if code else set()
        told = (*self._news(contact_id, kinds), *self._news(channel_id, kinds))
        return any(news.is_on_its_way(at) for news in told)

    def _is_back(self, call: Call) -> bool:
        """Who came back a moment ago may be answered by the tag still."""
        if code_of(call) != (100, None) or call.body.get("tag") != "HUMAN_AGENT":
            return False
        acts = self._news(str(call.recipient), OPENING)
        return any(news.is_on_its_way(call.at) for news in acts)

    def _is_repeat(self, call: Call) -> bool:
        """The answer to the first post of this token got lost, or its process died. The answer to
        the second settles it."""
        if code_of(call) != SPENT or token_of(call) is None:
            return False
        before = [each for each in self._calls_to[str(call.recipient)] if each.at < call.at]
        same = [each for each in before if key_of(each) == key_of(call)]
        return any(each.accepted for each in same) and SPENT not in map(code_of, same)

    def _is_asked_anew(self, call: Call) -> bool:
        """Whoever stopped, or was erased, is asked to agree anew when they ask for it again, though
        the platform still has the request or the token of before (error-codes, 2026-06-25, tells
        no more than the code)."""
        if code_of(call) != ASKED_ALREADY:
            return False
        who = str(call.recipient)
        asked = [
            each.at
            for each in self._calls_to[who]
            if each.accepted and each.at < call.at and topic_of(each) == topic_of(call)
        ]
        stops = [wish.at for wish in self._play.wishes[who] if wish.what == "stop"]
        ends = [*stops, *self._play.erased.get(who, ())]
        return any(max(asked) < at < call.at for at in ends)

    def _is_thread_forgotten(self, call: Call) -> bool:
        is_thread = code_of(call) == THREAD_OF_OTHERS
        return is_thread and forgot_thread(str(call.recipient), self._play, call.at)

    def _news(
        self, about: str, kinds: set[str], *, since: datetime | None = None
    ) -> Iterator[News]:
        for news in self._play.news.get(about, ()):
            if news.kind in kinds and (since is None or news.since >= since):
                yield news


def forgot_thread(contact_id: str, play: Play, at: datetime) -> bool:
    """The contact was erased after its thread changed hands, and nobody has told since."""
    erased = [each for each in play.erased.get(contact_id, ()) if each <= at]
    news = [each.since for each in play.news[contact_id] if each.kind == "thread"]
    asked = play.meta.calls_of("_thread_control")
    ours = [call.at for call in asked if call.body["recipient"]["id"] == contact_id]
    changed = [each for each in (*news, *ours) if each <= at]
    return bool(erased and changed) and max(changed) < max(erased)
