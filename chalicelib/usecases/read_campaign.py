"""How far a notification to many is, and what became of each recipient."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from itertools import groupby

from msgspec import Struct

from chalicelib.core.campaigns import (
    Campaign,
    Lane,
    Page,
    Word,
    attempt_of,
    is_told_elsewhere,
    outcome_of,
    parts,
    total,
)
from chalicelib.core.charges import REGULAR
from chalicelib.core.charges import parts as charge_parts
from chalicelib.core.messages import Message
from chalicelib.core.rate_cards import RateCard, card_for, rate_for
from chalicelib.ports import Runtime
from chalicelib.usecases import ask_campaign
from chalicelib.usecases.errors import InvalidInput, NotFound

_POSITION = re.compile(r"([0-9]{1,6})\.([0-9]{1,6})")  # lane and page, as the rows number them


class Phase(StrEnum):
    """Where a notification stands as a whole."""

    PLANNED = "planned"
    RUNNING = "running"
    DONE = "done"  # what is open still is looked at for a day
    CANCELLED = "cancelled"


class Count(Struct, frozen=True):
    """How many recipients have this outcome; `detail` is a reason code, or what permitted it."""

    outcome: Word
    detail: str
    price: str  # category/kind/country of a dry run on WhatsApp (core/charges.py)
    recipients: int


class Estimate(Struct, frozen=True):
    """What the permitted recipients of a dry run would cost at the most, in one currency;
    `unpriced` of them have no rate on the business's card."""

    currency: str
    amount: Decimal
    unpriced: int


class ChannelProgress(Struct, frozen=True):
    channel_id: str
    counts: tuple[Count, ...]


class CampaignView(Struct, frozen=True):
    campaign: Campaign
    phase: Phase
    channels: tuple[ChannelProgress, ...]

    @property
    def counts(self) -> tuple[Count, ...]:
        """Of all channels together."""
        every = [{_key(one): one.recipients} for each in self.channels for one in each.counts]
        return _counts(total(every))


class Recipient(Struct, frozen=True):
    """A contact and what became of it. `message_id` is that of its message, if one was tried;
    `row` the message itself."""

    channel_id: str
    conversation_id: str
    message_id: str
    outcome: Word | None  # None: not tried yet
    detail: str
    row: Message | None


class RecipientPage(Struct, frozen=True):
    items: tuple[Recipient, ...]
    next_cursor: str | None


def run(campaign_id: str, rt: Runtime) -> CampaignView:
    """The campaign with what its lanes have counted. Raises NotFound."""
    campaign = rt.campaigns.load(campaign_id)
    if campaign is None:
        raise NotFound("notification")
    lanes = rt.campaigns.lanes(campaign_id)
    by_channel = groupby(lanes, key=lambda lane: lane.channel_id)
    channels = tuple(
        ChannelProgress(channel_id, _counts(total(lane.tally for lane in its)))
        for channel_id, its in by_channel
    )
    return CampaignView(campaign, _phase(campaign, lanes, rt.now()), channels)


def estimates(view: CampaignView, rt: Runtime) -> tuple[Estimate, ...]:
    """Of a dry run on WhatsApp, in each currency that the business has rate cards of, by those that
    hold on the channel's day on which it goes out; none where nothing would be paid by a card."""
    paid = [
        (count, _day(view.campaign, each.channel_id, rt))
        for each in view.channels
        for count in each.counts
        if count.price.split("/")[1:2] == [REGULAR]
    ]
    cards = rt.rate_cards.all() if paid else ()
    currencies = sorted({card.currency for card in cards})
    return tuple(_estimate(paid, cards, currency) for currency in currencies)


def _day(campaign: Campaign, channel_id: str, rt: Runtime) -> date:
    channel = rt.channels.load(channel_id)
    if channel is None:
        return campaign.send_at.date()
    at = ask_campaign.allowed_from(campaign, channel, campaign.send_at)
    return at.astimezone(channel.zone).date()


def _estimate(
    paid: Sequence[tuple[Count, date]], cards: Sequence[RateCard], currency: str
) -> Estimate:
    amount, unpriced = Decimal(0), 0
    for count, day in paid:
        category, _, country = charge_parts(count.price)
        rate = rate_for(card_for(cards, currency, day), country, category)
        amount += rate.amount * count.recipients if rate else 0
        unpriced += 0 if rate else count.recipients
    return Estimate(currency, amount, unpriced)


def recipients(campaign_id: str, *, cursor: str | None, rt: Runtime) -> RecipientPage:
    """Those on one page of the campaign, each as its message stands now; the cursor tells the lane
    and the page. Raises NotFound, InvalidInput for a cursor of somebody else."""
    lanes = rt.campaigns.lanes(campaign_id)
    if not lanes:
        raise NotFound("notification")
    place, number = _position(cursor, lanes)
    while place < len(lanes):
        lane = lanes[place]
        page = rt.campaigns.page(campaign_id, lane.lane_id, number)
        place, number = (place, number + 1) if page else (place + 1, 0)
        if page and page.recipients:
            return RecipientPage(_shown(lane, page, rt), f"{place}.{number}")
    return RecipientPage((), None)


def _shown(lane: Lane, page: Page, rt: Runtime) -> tuple[Recipient, ...]:
    """Each contact once: whom another page has told is left out."""
    both = zip(page.recipients, page.outcomes, strict=True)
    found = (_recipient(lane, page, each, outcome, rt) for each, outcome in both)
    return tuple(each for each in found if each)


def _recipient(
    lane: Lane, page: Page, conversation_id: str, outcome: str, rt: Runtime
) -> Recipient | None:
    message_id = attempt_of(lane.campaign_id, conversation_id)
    row = rt.messages.load(conversation_id, message_id)
    if row and is_told_elsewhere(row, lane, page):
        return None
    now = outcome_of(row, rt.now()) if row else outcome
    word, detail, _ = parts(now) if now else (None, "", "")
    return Recipient(lane.channel_id, conversation_id, message_id, word, detail, row)


def _position(cursor: str | None, lanes: Sequence[Lane]) -> tuple[int, int]:
    told = _POSITION.fullmatch(cursor or "0.0")
    if told is None or int(told[1]) > len(lanes):
        raise InvalidInput("cursor", "the next_cursor of an earlier page")
    return int(told[1]), int(told[2])


def _phase(campaign: Campaign, lanes: Sequence[Lane], now: datetime) -> Phase:
    if campaign.cancelled_at:
        return Phase.CANCELLED
    worked_on = {lane.channel_id for lane in lanes}  # not all, if whoever planned it died
    if worked_on == set(campaign.channels) and all(lane.is_listed for lane in lanes):
        return Phase.DONE
    is_begun = any(lane.version for lane in lanes)
    return Phase.RUNNING if is_begun or campaign.send_at <= now else Phase.PLANNED


def _counts(tally: dict[str, int]) -> tuple[Count, ...]:
    return tuple(Count(*parts(outcome), recipients) for outcome, recipients in tally.items())


def _key(count: Count) -> str:
    return ":".join(filter(None, (count.outcome, count.detail, count.price)))
