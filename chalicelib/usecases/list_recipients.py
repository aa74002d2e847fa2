"""The recipients of a page of a campaign: who agreed to hear about its topic and may still."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from chalicelib.core.campaigns import (
    PAGE_SIZE,
    SPENT,
    TOLD_BY_ANOTHER,
    TOO_OLD,
    Campaign,
    Lane,
    Page,
    attempt_of,
    bounds,
)
from chalicelib.core.conversation import Conversation
from chalicelib.core.opt_in import OptIn
from chalicelib.core.opt_in_stage import is_over_unposted
from chalicelib.ports import Runtime
from chalicelib.usecases import find_contact


def page(campaign: Campaign, lane: Lane, rt: Runtime) -> Page:
    """The page that the lane is to work on, stored before anybody uses it."""
    known = rt.campaigns.page(lane.campaign_id, lane.lane_id, lane.page)
    return known or rt.campaigns.keep_page(lane, _listed(campaign, lane, rt))


def _listed(campaign: Campaign, lane: Lane, rt: Runtime) -> Page:
    found = rt.opt_ins.page_of_topic(
        lane.channel_id,
        campaign.topic,
        between=bounds(lane.number),
        cursor=lane.cursor,
        limit=PAGE_SIZE,
    )
    opt_ins = _as_free(found.items, campaign, rt)
    skipped = Counter(filter(None, (_skipped(each, campaign) for each in opt_ins)))
    usable = [each for each in opt_ins if not _skipped(each, campaign)]
    recipients = _recipients(usable, campaign, rt)
    skipped[TOLD_BY_ANOTHER] += len(usable) - len(recipients)
    return Page(
        number=lane.page,
        recipients=recipients,
        outcomes=("",) * len(recipients),
        skipped={reason: count for reason, count in skipped.items() if count},
        next_cursor=found.next_cursor,
    )


def _recipients(usable: Sequence[OptIn], campaign: Campaign, rt: Runtime) -> tuple[str, ...]:
    """The conversations of their contacts, each once. Of those on other pages, too, a message tells
    (core/campaigns.is_told_elsewhere); a dry run has none, and looks at all that the contact gave.
    """
    ids = [each.conversation_id for each in usable]
    leading = rt.conversations.load_leading(ids)
    rows = dict.fromkeys(leading[each].conversation_id if each in leading else each for each in ids)
    if not campaign.is_dry_run:
        return tuple(rows)
    listed = {each.opt_in_id for each in usable}
    elsewhere = {
        row.conversation_id
        for row in leading.values()
        if _first(row, campaign, rt) not in (None, *listed)
    }
    return tuple(each for each in rows if each not in elsewhere)


def _first(conversation: Conversation, campaign: Campaign, rt: Runtime) -> str | None:
    """The opt-in by which the contact is a recipient, of those that it gave under all its keys."""
    given = rt.opt_ins.of_conversation(*find_contact.members(conversation, rt))
    of_topic = (each for each in given if each.topic == campaign.topic)
    return min((each.opt_in_id for each in of_topic if not _skipped(each, campaign)), default=None)


def _skipped(opt_in: OptIn, campaign: Campaign) -> str | None:
    """Why this consent makes nobody a recipient. Spent and old ones gather over the years: no
    attempt is made at them."""
    if opt_in.expires_at <= campaign.send_at:
        return TOO_OLD
    if opt_in.used_by == attempt_of(campaign.campaign_id, opt_in.conversation_id):
        return TOLD_BY_ANOTHER
    return SPENT if opt_in.used_by is not None else None


def _as_free(opt_ins: Sequence[OptIn], campaign: Campaign, rt: Runtime) -> tuple[OptIn, ...]:
    """With those free that a refused message seems to have in vain (usecases/held_consent.py): who
    sends looks closely."""
    spent = [each for each in opt_ins if _skipped(each, campaign) == SPENT]
    keys = dict.fromkeys(_places_of_holders(spent, rt)) if spent else {}
    holders = rt.messages.load_all(tuple(keys)) if keys else ()
    idle = {row.message_id for row in holders if is_over_unposted(row) and row.resent_as is None}
    return tuple(
        replace(each, used_by=None, used_at=None) if each.used_by in idle else each
        for each in opt_ins
    )


def _places_of_holders(spent: Sequence[OptIn], rt: Runtime) -> Iterator[tuple[str, str]]:
    """Where the message may be that has each: under any key of the contact."""
    leading = rt.conversations.load_leading([each.conversation_id for each in spent])
    for each in spent:
        row = leading.get(each.conversation_id)
        for place in find_contact.members(row, rt) if row else (each.conversation_id,):
            yield place, each.used_by or ""
