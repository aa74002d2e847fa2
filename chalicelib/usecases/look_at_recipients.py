"""Look at the recipients of whom it was not known how their send ended."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from chalicelib.core.campaigns import OPEN, Lane, Page, attempt_of, counting, outcome_of, parts
from chalicelib.ports import Runtime

# When, one after the other: what is tried again mostly ends within minutes, what is unknown within
# a quarter of an hour (core/looking.py), and nobody looks for longer than a day.
WAITS = tuple(timedelta(minutes=each) for each in (2, 15, 60, 6 * 60, 24 * 60))


def run(lane: Lane, rt: Runtime) -> Lane:
    """The lane with its open pages as they stand now, due again if some are open still. Storing it
    is the caller's part."""
    for number in lane.open:
        page = rt.campaigns.page(lane.campaign_id, lane.lane_id, number)
        if page:
            looked = _looked(lane, page, rt)
            rt.campaigns.save_page(lane, looked)
            lane = counting(lane, looked)
    if not lane.open or lane.looks >= len(WAITS):
        return replace(lane, due_at=None)
    return replace(lane, due_at=rt.now() + WAITS[lane.looks], looks=lane.looks + 1)


def _looked(lane: Lane, page: Page, rt: Runtime) -> Page:
    outcomes = [
        _outcome(lane, conversation_id, outcome, rt)
        for conversation_id, outcome in zip(page.recipients, page.outcomes, strict=True)
    ]
    return replace(page, outcomes=tuple(outcomes))


def _outcome(lane: Lane, conversation_id: str, outcome: str, rt: Runtime) -> str:
    if parts(outcome)[0] not in OPEN:
        return outcome
    row = rt.messages.load(conversation_id, attempt_of(lane.campaign_id, conversation_id))
    return outcome_of(row, rt.now()) if row else outcome
