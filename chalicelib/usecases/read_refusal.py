"""What the policy said when it refused a message: the same question has the same answer."""

from __future__ import annotations

from chalicelib.core import decisions
from chalicelib.core.decision_inputs import unpack
from chalicelib.core.decisions import Entry, What
from chalicelib.core.messages import AUTHOR_OF, Message, Origin
from chalicelib.core.messaging_policy import Refusal, check
from chalicelib.ports import Runtime


def run(row: Message, rt: Runtime) -> Refusal | None:
    """By the ledger of the refused message; None if it was not the policy that refused it, its
    inputs were erased, or the rules say something else by now."""
    channel = rt.channels.load(row.channel_id)
    entry = _last_refusal(row)
    if channel is None or entry is None or entry.verdict is None or entry.verdict.i is None:
        return None
    question = unpack(
        entry.verdict.i,
        platform=channel.platform,
        origin=_origin(row),
        kind=row.kind,
        at=entry.asked_for,
        attempt_id=row.message_id,
    )
    verdict = check(question)
    return verdict if isinstance(verdict, Refusal) and verdict.reason == row.failure else None


def _last_refusal(row: Message) -> Entry | None:
    entries = map(decisions.read, row.ledger)
    return max((e for e in entries if e.what is What.REFUSED), key=lambda e: e.at, default=None)


def _origin(row: Message) -> Origin:
    return next(origin for origin, author in AUTHOR_OF.items() if author is row.author)
