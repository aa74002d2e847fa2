"""What must hold at the end of a fortnight, read from two sides: what the stand-in took, and what
our stores say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from chalicelib.core import attempts
from chalicelib.core.ids import row_of_callback
from chalicelib.core.messages import Author, Message, State
from devtools.simulator.state import Call
from tests.fortnight.people import Customer
from tests.fortnight.play import Play
from tests.fortnight.shop import NUMBER

Key = tuple[str, str]  # conversation, message

# What may happen to anyone who keeps all rules: the network's faults, and rates (platform-facts of
# the error pages: messenger error-codes, 2026-06-25; whatsapp error-codes, 2025-11-19).
TRANSIENT = {1, 2, 4, 17, 32, 613, 80007, 130429, 131000, 131016, 131056, 131057}
# Whoever wrote STOP and asks for it again is asked to agree anew, though the platform may still
# hold the token of before (error-codes, 2026-06-25, tells no more than the code).
ASKED_ALREADY = (613, 1893016)
# That a customer blocked the business, nobody knows until Meta says so.
GONE = {551, 131026}
# The customer's wish reaches us after a death of the process, which the queue takes so long to
# bring again, or late.
ON_ITS_WAY = timedelta(minutes=25)


class Books:
    """Both sides of a fortnight that is over."""

    def __init__(self, play: Play, customers: list[Customer]) -> None:
        self.play, self.customers = play, customers
        self.calls = play.meta.posts
        self.rows = {
            (row.conversation_id, row.message_id): row
            for row in play.stored.messages.all  # type: ignore[attr-defined]
            if row.state is not State.RECEIVED
        }
        self._taken_keys = set(map(key_of, self.taken))

    @property
    def taken(self) -> list[Call]:
        return [call for call in self.calls if call.accepted]

    def basis(self) -> Counter[str]:
        """What was sent, by what permitted it."""
        return Counter(str(row.basis) for row in self.rows.values() if row.state is State.SENT)

    def refusals(self) -> Counter[str]:
        """What was refused before it left, by reason."""
        rows = self.rows.values()
        return Counter(str(row.failure) for row in rows if row.state is State.REFUSED)

    def refused_by_meta(self) -> Counter[Any]:
        """Our sends that the stand-in refused, by error code, but for what nobody could know."""
        told = [(_code(call), call) for call in self.calls]
        known = [code for code, call in told if code and not self._could_not_know(code, call)]
        return Counter(known) + self._late() + self._gone_again()

    def _could_not_know(self, code: Any, call: Call) -> bool:
        is_repeat = _token_of(call) is not None and key_of(call) in self._taken_keys
        acts = self.play.acts[str(call.recipient)]
        is_back = any(at <= call.at <= at + ON_ITS_WAY for at in acts)
        if code == ASKED_ALREADY:
            return bool(self.play.stored.opt_ins.stops(key_of(call)[0]))
        if call.body.get("tag") == "HUMAN_AGENT" and is_back:  # the window is open again
            return True
        return code[0] in GONE or is_repeat or self._is_news(str(call.recipient), call.at)

    def _is_news(self, contact_id: str, at: datetime) -> bool:
        """The webhook that tells of it may still be on its way."""
        news = self.play.news[contact_id] + self.play.news[NUMBER]
        return any(since <= at <= since + ON_ITS_WAY for since in news)

    def _late(self) -> Counter[Any]:
        failed = self.play.meta.late_failures
        return Counter(
            (code, None)
            for code, contact_id, at in failed
            if code not in GONE and not self._is_news(contact_id, at)
        )

    def _gone_again(self) -> Counter[Any]:
        """Who was told to be gone is left alone."""
        gone = Counter(call.recipient for call in self.calls if (_code(call) or (0,))[0] in GONE)
        return Counter({("gone", who): n - 1 for who, n in gone.items() if n > 1})

    def taken_twice(self) -> list[Key]:
        return [key for key, n in Counter(map(key_of, self.taken)).items() if n > 1]

    def not_in_the_ledger(self) -> list[Key]:
        """Calls without an attempt that was permitted. The post of a one-time token may be
        repeated: the platform takes it once."""
        posted = Counter(key_of(call) for call in self.calls)
        return [
            key
            for key, n in posted.items()
            if n > self._permitted(key) and not _spends_a_token(self.rows.get(key))
        ]

    def not_at_meta(self) -> list[Key]:
        """What the ledger calls accepted or arrived, and the stand-in never took."""
        taken = {key_of(call) for call in self.taken}
        return [key for key, row in self.rows.items() if key not in taken and _says_sent(row)]

    def unaccounted(self) -> list[Key]:
        """What the stand-in took, and we believe not to be sent: echoes and statuses tell."""
        return [key for key in map(key_of, self.taken) if not self._is_sent(key)]

    def wrong_ids(self) -> list[Key]:
        pairs = [(self.rows.get(key_of(call)), call) for call in self.taken]
        return [key_of(c) for row, c in pairs if row and row.platform_message_id != c.message_id]

    def never_posted(self) -> list[Key]:
        """Messages with a permitted attempt that no call followed, though they were such as the
        platform shows: a process died in between, once for each."""
        posted = Counter(key_of(call) for call in self.calls)
        return [key for key in self.rows if self._permitted(key) > posted[key]]

    def tokens_twice(self) -> list[str]:
        tokens = Counter(map(_token_of, self.taken))
        return [token for token, n in tokens.items() if token and n > 1]

    def after_a_stop(self) -> list[Key]:
        """Notifications that went out although the customer had asked for none."""
        return [key_of(call) for call in self.taken if self._is_unwanted(call)]

    def lost(self) -> list[str]:
        """Messages of customers and persons that webhooks told, and we have not stored."""
        return list(self._lost())

    def _lost(self) -> Iterator[str]:
        ids: Any = self.play.stored.messages.ids  # type: ignore[attr-defined]
        for customer in self.customers:
            told = self.play.told[f"{customer.channel_id}:{customer.contact_id}"]
            yield from (mid for mid in told if mid not in ids.get(customer.conversation, ()))

    def _is_unwanted(self, call: Call) -> bool:
        row = self.rows.get(key_of(call))
        if row is None or row.author != Author.CAMPAIGN:
            return False
        known = call.at - ON_ITS_WAY
        wishes = self.play.wishes[row.conversation_id]
        settled = [is_wanted for at, is_wanted in wishes if at <= known]
        since = [is_wanted for at, is_wanted in wishes if known < at <= call.at]
        return bool(settled) and not settled[-1] and not any(since)

    def _permitted(self, key: Key) -> int:
        row = self.rows.get(key)
        told = attempts.attempts(row) if row else ()
        return sum(each.verdict == "permitted" for each in told)

    def _is_sent(self, key: Key) -> bool:
        row = self.rows.get(key)
        return row is not None and row.state is State.SENT


def key_of(call: Call) -> Key:
    """The row that travelled with the call."""
    callback = call.body.get("biz_opaque_callback_data") or call.body["message"].get("metadata")
    return row_of_callback(callback) or ("", "")


def _code(call: Call) -> tuple[int, int | None] | None:
    """Code and subcode of a refusal; None for an answer, or none."""
    answer = call.answer if isinstance(call.answer, dict) else {}
    error = answer.get("error")
    if call.accepted or error is None or (call.status or 500) >= 500:
        return None
    code, subcode = error.get("code"), error.get("error_subcode")
    return None if code in TRANSIENT and subcode is None else (code, subcode)


def _token_of(call: Call) -> str | None:
    recipient = call.body.get("recipient")
    return recipient.get("one_time_notif_token") if isinstance(recipient, dict) else None


def _spends_a_token(row: Message | None) -> bool:
    return row is not None and row.basis == "one_time_token"


def _says_sent(row: Message) -> bool:
    return row.state is State.SENT
