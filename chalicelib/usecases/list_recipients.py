"""The recipients of a page of a campaign: who agreed to hear about its topic and may still."""

from __future__ import annotations

from collections import Counter

from chalicelib.core.campaigns import PAGE_SIZE, SPENT, TOO_OLD, Campaign, Lane, Page, bounds
from chalicelib.core.opt_in import OptIn
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
    reasons = {opt_in.opt_in_id: _skipped(opt_in, campaign) for opt_in in found.items}
    usable = [each.conversation_id for each in found.items if not reasons[each.opt_in_id]]
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
    if opt_in.used_by is not None:
        return SPENT
    return TOO_OLD if opt_in.expires_at <= campaign.send_at else None
