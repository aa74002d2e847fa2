"""What no customer wants who has asked for no messages: all that is no answer to them."""

from __future__ import annotations

from datetime import datetime

from chalicelib.core.messages import Author, Message, MessageKind
from devtools.simulator.state import Call
from tests.fortnight.play import Play, Wish

# Automations that write by themselves, and not because the customer just did something.
OWN_WISHES = {
    *("closing_message", "feedback_request", "handover_reminder", "job_application"),
    *("page_recommended", "page_not_recommended"),
}


def is_answer(row: Message) -> bool:
    """A person's own words, and what an automation says at once."""
    if row.author == Author.PERSON_API:
        return row.kind is not MessageKind.TEMPLATE
    return row.author == Author.AUTOMATION and bool(row.automation) and not _is_own_wish(row)


def is_unwanted(row: Message, call: Call, play: Play) -> bool:
    """It was sent after a stop that we knew of, and that the customer had not taken back: by
    START, or for this topic by asking for it."""
    if is_answer(row):
        return False
    said = [wish for wish in play.wishes[str(call.recipient)] if wish.at <= call.at]
    stops = [wish.at for wish in said if wish.what == "stop" and wish.news.is_known(call.at)]
    return bool(stops) and not any(_takes_back(each, row, max(stops)) for each in said)


def _takes_back(wish: Wish, row: Message, stopped_at: datetime) -> bool:
    """Of an erased contact nobody knows any more what a message was about."""
    topic = (row.request or {}).get("topic", wish.what if row.deleted_at else None)
    return wish.at > stopped_at and wish.what in ("start", topic)


def _is_own_wish(row: Message) -> bool:
    return row.kind is MessageKind.FEEDBACK or row.automation in OWN_WISHES
