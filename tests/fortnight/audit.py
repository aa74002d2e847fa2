"""What must hold at the end of a fortnight, read from two sides: what the stand-in took, and what
our stores say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from chalicelib.core import attempts
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.messages import Author, Message, State, Status
from chalicelib.usecases.watch_budgets import EVERY_MINUTES
from devtools import verify_ledger
from devtools.simulator.state import Call
from tests.fortnight import shop, unwanted
from tests.fortnight.calls import Key, code_of, key_of, token_of
from tests.fortnight.mortality import Death
from tests.fortnight.people import Customer
from tests.fortnight.play import BEGINS, Play
from tests.fortnight.unknowable import Unknowable, forgot_thread

# Deaths after which something is claimed and was not posted.
BETWEEN = {Death("messages.claim", True), Death("sender.post", False)}


class Books:
    """Both sides of a fortnight that is over."""

    def __init__(self, play: Play, customers: list[Customer]) -> None:
        self.play, self.customers = play, customers
        self.calls = play.meta.posts
        self.taken = [call for call in self.calls if call.accepted]
        self.rows = {
            (row.conversation_id, row.message_id): row
            for row in play.stored.messages.all  # type: ignore[attr-defined]
            if row.state is not State.RECEIVED
        }

    def happened(self) -> Counter[str]:
        """What came about, and how often: sent by which basis and automation, refused for which
        reason, excused by what, and what is rare."""
        rows, deaths = self.rows.values(), self.play.mortality.deaths
        sent = [row for row in rows if row.state is State.SENT]
        found = Counter(f"sent by {row.basis}" for row in sent)
        found += Counter(f"sent: {row.automation}" for row in sent if row.automation)
        found += Counter(f"refused: {row.failure}" for row in rows if row.state is State.REFUSED)
        found += Counter(f"excused: {why}" for why in Unknowable(self.play).why(self.calls))
        for name in ("pass_thread_control", "take_thread_control"):
            found[name] = len(self.play.meta.calls_of(name))
        reviews = [row for row in rows if self._answers_a_review(row)]
        found += Counter(f"review: {row.failure or row.state}" for row in reviews)
        found["erased"] = len(self.play.erased)
        found["joined"] = sum(self._is_joined(customer) for customer in self.customers)
        found["died"], found["died before a post"] = len(deaths), self.deaths_before_a_post()
        found["died after a post"] = deaths.count(Death("sender.post", True))
        return found

    def refused_by_meta(self) -> Counter[Any]:
        """Our sends that the stand-in refused, by error code, but for what nobody could know."""
        unknowable = Unknowable(self.play)
        refused = [call for call in self.calls if code_of(call)]
        left = [code_of(call) for call in refused if not unknowable.reason(call)]
        return Counter(left) + unknowable.late() + unknowable.gone_again()

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
        sent = (key for key, row in self.rows.items() if row.state is State.SENT)
        return [key for key in sent if key not in taken]

    def unaccounted(self) -> list[Key]:
        """What the stand-in took, and we do not know to be sent, or to have failed afterwards:
        echoes and statuses tell."""
        return [key for key in map(key_of, self.taken) if not self._is_settled(key)]

    def wrong_ids(self) -> list[Key]:
        pairs = [(self.rows.get(key_of(call)), call) for call in self.taken]
        sent = [(row, call) for row, call in pairs if row and row.state is State.SENT]
        return [key_of(call) for row, call in sent if row.platform_message_id != call.message_id]

    def never_posted(self) -> list[Key]:
        """Messages with a permitted attempt that no call followed."""
        posted = Counter(key_of(call) for call in self.calls)
        return [key for key in self.rows if self._permitted(key) > posted[key]]

    def deaths_before_a_post(self) -> int:
        return sum(map(self.play.mortality.deaths.count, BETWEEN))

    def tokens_twice(self) -> list[str]:
        tokens = Counter(map(token_of, self.taken))
        return [token for token, n in tokens.items() if token and n > 1]

    def after_a_stop(self) -> list[Key]:
        """What went out, and was no answer, although the customer had asked for none."""
        pairs = [(self.rows.get(key_of(call)), call) for call in self.taken]
        found = [c for row, c in pairs if row and unwanted.is_unwanted(row, c, self.play)]
        return [key_of(call) for call in found]

    def lost(self) -> list[str]:
        """Messages of customers and persons that webhooks told, and we have not stored."""
        return list(self._lost())

    def _lost(self) -> Iterator[str]:
        ids: Any = self.play.stored.messages.ids  # type: ignore[attr-defined]
        for customer in self.customers:
            told = self.play.told[f"{customer.channel_id}:{customer.contact_id}"]
            known = {mid for each in customer.conversations for mid in ids.get(each, ())}
            yield from (mid for mid in told if mid not in known)

    def not_forgotten(self) -> list[Key]:
        """Rows with words from before their contact was erased, and what was planned then and was
        sent all the same."""
        left = [key_of(call) for call in self.calls if self._is_doomed(call)]
        for customer in self.customers:
            at = max(self.play.erased.get(customer.contact_id, ()), default=None)
            rows: Any = self._rows_of(customer) if at else ()
            left += [(r.conversation_id, r.message_id) for r in rows if _has_words(r, at)]
        return left

    def _is_doomed(self, call: Call) -> bool:
        erased = self.play.erased.get(str(call.recipient))
        doomed = self.play.doomed[str(call.recipient)]
        return bool(erased) and key_of(call) in doomed and call.at > erased[0]

    def _rows_of(self, customer: Customer) -> tuple[Message, ...]:
        stored: Any = self.play.stored.messages
        found: tuple[Message, ...] = stored.of_conversations(customer.conversations)
        return found

    def verified(self) -> list[verify_ledger.Verified]:
        """Each channel's ledger compared with its hourly digests."""
        return [verify_ledger.run(channel, self.play.stored) for channel in self._channels()]

    def beyond_the_budget(self) -> list[Key]:
        """Automations of the number after the stand-in had charged the month's budget, and the
        schedule could know; until there was more."""
        most = shop.BUDGET.paid_service_messages or 0
        if len(self.play.meta.paid) < most:
            return []
        begins = self.play.meta.paid[most - 1] + timedelta(minutes=EVERY_MINUTES + 1)
        ends = BEGINS + shop.MORE_BUDGET_AFTER
        return [key_of(call) for call in self._automated(begins, ends)]

    def _automated(self, begins: datetime, ends: datetime) -> Iterator[Call]:
        for call in self.taken:
            row = self.rows.get(key_of(call))
            is_ours = row is not None and row.author == Author.AUTOMATION
            if is_ours and call.channel_id == shop.NUMBER and begins <= call.at < ends:
                yield call

    def wrong_owners(self) -> list[str]:
        """Conversations of the Page about whose thread we are wrong in the end."""
        contacts = self.play.meta.world.state.contacts
        found = []
        for customer in (c for c in self.customers if c.channel_id == shop.PAGE):
            row = self.play.stored.conversations.load(customer.conversation)
            theirs = contacts.get("\x1f".join((customer.channel_id, customer.contact_id)))
            is_others = row is not None and row.thread_owner == "other"
            is_wrong = row and theirs and is_others != bool(theirs.thread_owner)
            if is_wrong and not forgot_thread(customer.contact_id, self.play, self.play.clock()):
                found.append(customer.conversation)
        return found

    def _channels(self) -> tuple[ChannelSettings, ...]:
        return self.play.stored.channels.all()

    def _answers_a_review(self, row: Message) -> bool:
        """That the platform told; others are told by the business."""
        is_triggered = row.message_id in self.play.triggered
        return row.automation in ("page_recommended", "page_not_recommended") and not is_triggered

    def _is_joined(self, customer: Customer) -> bool:
        rows = map(self.play.stored.conversations.load, customer.conversations)
        return any(row is not None and row.merged_into is not None for row in rows)

    def _permitted(self, key: Key) -> int:
        row = self.rows.get(key)
        told = attempts.attempts(row) if row else ()
        return sum(each.verdict == "permitted" for each in told)

    def _is_settled(self, key: Key) -> bool:
        row = self.rows.get(key)
        return row is not None and (row.state is State.SENT or Status.FAILED in row.statuses)


def _spends_a_token(row: Message | None) -> bool:
    return row is not None and row.basis == "one_time_token"


def _has_words(row: Message, at: datetime) -> bool:
    words = row.text or row.attachments or row.payload or row.request
    return row.occurred_at <= at and bool(words)
