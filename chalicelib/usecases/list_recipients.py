"""The recipients of a page of a campaign: who agreed to hear about its topic and may still."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from msgspec.structs import replace

from chalicelib.core.campaigns import PAGE_SIZE, SPENT, TOO_OLD, Campaign, Lane, Page, bounds
from chalicelib.core.opt_in import OptIn
from chalicelib.core.opt_in_stage import is_over_unposted
from chalicelib.ports import Runtime


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
    reasons = {opt_in.opt_in_id: _skipped(opt_in, campaign) for opt_in in opt_ins}
    usable = [each.conversation_id for each in opt_ins if not reasons[each.opt_in_id]]
    leading = rt.conversations.load_leading(usable)
    rows = [leading[each].conversation_id if each in leading else each for each in usable]
    recipients = tuple(dict.fromkeys(rows))
    return Page(
        number=lane.page,
        recipients=recipients,
        outcomes=("",) * len(recipients),
        skipped=dict(Counter(reason for reason in reasons.values() if reason)),
        next_cursor=found.next_cursor,
    )


def _skipped(opt_in: OptIn, campaign: Campaign) -> str | None:
    """Why this consent makes nobody a recipient. Spent and old ones gather over the years: no
    attempt is made at them."""
    if opt_in.expires_at <= campaign.send_at:
        return TOO_OLD
    return SPENT if opt_in.used_by is not None else None


def _as_free(opt_ins: Sequence[OptIn], campaign: Campaign, rt: Runtime) -> tuple[OptIn, ...]:
    """With those free that a refused message seems to have in vain (usecases/held_consent.py): who
    sends looks closely."""
    spent = [each for each in opt_ins if _skipped(each, campaign) == SPENT]
    keys = [(each.conversation_id, each.used_by or "") for each in spent]
    holders = rt.messages.load_all(keys) if keys else ()
    idle = {row.message_id for row in holders if is_over_unposted(row) and row.resent_as is None}
    return tuple(
        replace(each, used_by=None, used_at=None) if each.used_by in idle else each
        for each in opt_ins
    )
