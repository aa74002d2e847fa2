"""Campaigns: one notification to all who agreed to hear about a topic, and how far it is.

The recipients of a channel are divided into lanes by the first character of their opt-ins' ids,
which are digests and so evenly spread. A lane works through its opt-ins page by page. A page is
stored before anything of it is sent, so that whoever repeats it has the same recipients; what the
lane has counted follows from its pages, so that nothing is counted twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from chalicelib.core.ids import attempt_id, digest
from chalicelib.core.looking import UNCONFIRMED
from chalicelib.core.messages import Button, FilledTemplate, Message, State, state_now
from chalicelib.core.quiet_hours import QuietHours

# A send takes about a tenth of a second, so eight at a time are the 80 a second of a WhatsApp
# number (whatsapp/throughput, read 2025-12) and a quarter of a Page's 300.
LANES = 8
PAGE_SIZE = 100  # recipients: what one BatchGetItem reads
EXPIRES_AFTER = timedelta(hours=24)  # of send_at, unless the campaign says otherwise
LONGEST = timedelta(days=30)

EXPIRED = "notification_expired"
CANCELLED = "campaign_cancelled"
TOO_MANY = "too_many_notifications"
# Of opt-ins that make no recipient.
SPENT, TOO_OLD, TOLD_BY_ANOTHER = "opt_in_used", "opt_in_expired", "same_contact"

# base64url in the order in which DynamoDB sorts it; before and after it come other characters.
_ALPHABET = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
_FIRST, _LAST = " ", "~"

_CHANNEL = Annotated[str, Meta(min_length=1, max_length=64)]


class Campaign(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is told to whom and when. A dry run has verdicts made, and sends nothing."""

    campaign_id: str
    topic: str
    channels: tuple[_CHANNEL, ...]
    send_at: datetime
    expires_at: datetime  # what is not sent by then is not sent
    created_at: datetime
    text: str | None = None
    template: FilledTemplate | None = None  # in place of the topic's own
    button: Button | None = None
    quiet_hours: QuietHours | None = None  # None: those of the channel
    is_promotional: bool = False
    is_dry_run: bool = False
    cancelled_at: datetime | None = None


class Lane(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of a channel's recipients, worked on by one at a time: who moves `due_at` on has it
    until then. `version` rises by one with every move."""

    campaign_id: str
    channel_id: str
    number: int
    due_at: datetime | None  # None: finished
    version: int = 0
    page: int = 0  # the one to work on next
    cursor: str | None = None  # where it begins among the opt-ins
    is_listed: bool = False  # there are no more pages
    counted: dict[str, int] = {}  # of pages with nothing left open
    open: dict[int, dict[str, int]] = {}  # of each page with sends whose end is not known
    looks: int = 0  # how often the open ones were looked at
    stumbles: int = 0  # how often the page could not be worked on to its end

    @property
    def lane_id(self) -> str:
        return lane_id(self.channel_id, self.number)

    @property
    def tally(self) -> dict[str, int]:
        return total([self.counted, *self.open.values()])


class Page(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Recipients, by their conversations, and what became of each: "" as long as it was not tried.
    `next_cursor` is where the next page begins; None: there is none."""

    number: int
    recipients: tuple[str, ...]
    outcomes: tuple[str, ...]
    skipped: dict[str, int] = {}  # opt-ins that make no recipient, by reason
    next_cursor: str | None = None

    @property
    def is_tried(self) -> bool:
        return all(self.outcomes)


class Word(StrEnum):
    """What became of a recipient; the first word of an outcome, before the reason or basis."""

    SENT = "sent"
    PLANNED = "planned"  # tried, and to be tried again
    REFUSED = "refused"
    FAILED = "failed"
    UNKNOWN = "unknown"
    UNCONFIRMED = "unconfirmed"
    STOPPED = "stopped"  # cancelled before it was tried
    PERMITTED = "permitted"  # of a dry run
    SKIPPED = "skipped"  # an opt-in that makes no recipient


OPEN = frozenset({Word.PLANNED, Word.UNKNOWN})


def campaign_id(idempotency_key: str) -> str:
    return digest("campaign", idempotency_key)


def lane_id(channel_id: str, number: int) -> str:
    return f"{channel_id}#{number}"


def lanes(campaign: Campaign) -> tuple[Lane, ...]:
    """The lanes of a new campaign."""
    return tuple(
        Lane(
            campaign_id=campaign.campaign_id,
            channel_id=channel_id,
            number=number,
            due_at=campaign.created_at if campaign.is_dry_run else campaign.send_at,
        )
        for channel_id in campaign.channels
        for number in range(LANES)
    )


def bounds(number: int) -> tuple[str, str]:
    """Between which two texts the opt-ins of this lane have their ids."""
    width = len(_ALPHABET) // LANES
    first = _ALPHABET[number * width] if number else _FIRST
    last = _ALPHABET[(number + 1) * width] if number + 1 < LANES else _LAST
    return first, last


def attempt_of(campaign_id: str, conversation_id: str) -> str:
    """The one attempt of a campaign at a contact, however many opt-ins the contact gave."""
    return attempt_id(f"{campaign_id}#{conversation_id}")


def page_id(lane: Lane, page: Page) -> str:
    """Names the page of its campaign and channel in the messages that were tried for it."""
    return f"{lane.number}.{page.number}"


def is_told_elsewhere(row: Message, lane: Lane, page: Page) -> bool:
    """The contact agreed more than once, and another page has the message."""
    its_page: str | None = (row.request or {}).get("campaign_page")
    return its_page not in (None, page_id(lane, page))


def outcome_of(row: Message, now: datetime) -> str:
    """How a message of a campaign stands, as the outcome of its recipient."""
    match state_now(row, now):
        case State.SENT:
            return named(Word.SENT, row.basis)
        case State.REFUSED:
            return named(Word.REFUSED, row.failure)
        case State.UNKNOWN if row.failure == UNCONFIRMED:
            return Word.UNCONFIRMED
        case State.FAILED:
            return named(Word.FAILED, row.failure)
        case State.PLANNED:
            return named(Word.PLANNED, row.failure)
    return Word.UNKNOWN


def named(word: Word, detail: str | None) -> str:
    """An outcome."""
    return f"{word}:{detail}" if detail else str(word)


def parts(outcome: str) -> tuple[Word, str, str]:
    """The word of an outcome, its reason or basis, and its price; each of both may be empty."""
    word, _, more = outcome.partition(":")
    detail, _, price = more.partition(":")
    return Word(word), detail, price


def tally_of(page: Page) -> dict[str, int]:
    """How many have which outcome; nothing of those not tried."""
    skipped = {named(Word.SKIPPED, reason): count for reason, count in page.skipped.items()}
    return total([Counter(filter(None, page.outcomes)), skipped])


def total(tallies: Iterable[Mapping[str, int]]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for tally in tallies:
        found.update(tally)
    return dict(sorted(found.items()))


def is_open(page: Page) -> bool:
    """Whether a recipient's end is not known yet."""
    return any(outcome and parts(outcome)[0] in OPEN for outcome in page.outcomes)


def counting(lane: Lane, page: Page) -> Lane:
    """The lane with the page as it stands now. To be stored in one write with the step to the next
    page: a page that is not open any more is counted for good."""
    others = {number: tally for number, tally in lane.open.items() if number != page.number}
    if is_open(page):
        return replace(lane, open=others | {page.number: tally_of(page)})
    return replace(lane, open=others, counted=total([lane.counted, tally_of(page)]))


def with_outcome(page: Page, place: int, outcome: str) -> Page:
    outcomes = (*page.outcomes[:place], outcome, *page.outcomes[place + 1 :])
    return replace(page, outcomes=outcomes)


def stopped(page: Page) -> Page:
    """Nobody who was not tried will be."""
    mark = named(Word.STOPPED, CANCELLED)
    return replace(page, outcomes=tuple(outcome or mark for outcome in page.outcomes))
