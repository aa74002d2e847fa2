"""The fakes of Campaigns and of what asks for their lanes."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime
from threading import RLock

from msgspec.structs import replace

from chalicelib.core.campaigns import Campaign, Lane, Page, lanes
from chalicelib.ports import CampaignPage, LaneWanted


class FakeCampaigns:
    def __init__(self) -> None:
        self._campaigns: dict[str, Campaign] = {}
        self._lanes: dict[tuple[str, str], Lane] = {}
        self._pages: dict[tuple[str, str, int], tuple[int, Page]] = {}
        self._lock = RLock()

    def create(self, campaign: Campaign) -> Campaign:
        with self._lock:
            stored = self._campaigns.setdefault(campaign.campaign_id, campaign)
            for lane in lanes(stored):
                self._lanes.setdefault((lane.campaign_id, lane.lane_id), lane)
            return stored

    def load(self, campaign_id: str) -> Campaign | None:
        return self._campaigns.get(campaign_id)

    def cancel(self, campaign_id: str, at: datetime) -> None:
        with self._lock:
            known = self._campaigns.get(campaign_id)
            if known and known.cancelled_at is None:
                self._campaigns[campaign_id] = replace(known, cancelled_at=at)

    def newest(self, *, cursor: str | None, limit: int) -> CampaignPage:
        start = _offset(cursor)
        shown = [each for each in self._campaigns.values() if not each.is_dry_run]
        shown.sort(key=lambda each: (each.created_at, each.campaign_id), reverse=True)
        following = base64.urlsafe_b64encode(str(start + limit).encode()).decode()
        is_more = start + limit < len(shown)
        return CampaignPage(tuple(shown[start : start + limit]), following if is_more else None)

    def due(self, *, before: datetime, limit: int) -> tuple[LaneWanted, ...]:
        known = [lane for lane in self._lanes.values() if lane.due_at and lane.due_at <= before]
        known.sort(key=lambda lane: (lane.due_at, lane.campaign_id, lane.lane_id))
        return tuple(LaneWanted(lane.campaign_id, lane.lane_id) for lane in known[:limit])

    def lane(self, campaign_id: str, lane_id: str) -> Lane | None:
        return self._lanes.get((campaign_id, lane_id))

    def lanes(self, campaign_id: str) -> tuple[Lane, ...]:
        found = [lane for lane in self._lanes.values() if lane.campaign_id == campaign_id]
        return tuple(sorted(found, key=lambda lane: (lane.channel_id, lane.number)))

    def move(self, before: Lane, after: Lane) -> Lane | None:
        with self._lock:
            key = (before.campaign_id, before.lane_id)
            if self._lanes[key].version != before.version:
                return None
            self._lanes[key] = replace(after, version=before.version + 1)
            return self._lanes[key]

    def keep_page(self, lane: Lane, page: Page) -> Page:
        with self._lock:
            return self._pages.setdefault(_key(lane, page), (lane.version, page))[1]

    def save_page(self, lane: Lane, page: Page) -> bool:
        with self._lock:
            if self._pages[_key(lane, page)][0] > lane.version:
                return False
            self._pages[_key(lane, page)] = (lane.version, page)
            return True

    def page(self, campaign_id: str, lane_id: str, number: int) -> Page | None:
        found = self._pages.get((campaign_id, lane_id, number))
        return found[1] if found else None


class FakeLaneRequests:
    """Takes every lane, unless told by `refusing` which calls refuse which positions."""

    def __init__(self) -> None:
        self.lanes: list[LaneWanted] = []
        self.refusing: list[tuple[int, ...]] = []  # one tuple of positions per coming call

    def ask(self, lanes: Sequence[LaneWanted]) -> tuple[int, ...]:
        refused = self.refusing.pop(0) if self.refusing else ()
        self.lanes += [lane for place, lane in enumerate(lanes) if place not in refused]
        return refused


def _key(lane: Lane, page: Page) -> tuple[str, str, int]:
    return lane.campaign_id, lane.lane_id, page.number


def _offset(cursor: str | None) -> int:
    try:
        return int(base64.urlsafe_b64decode(cursor or "")) if cursor else 0
    except ValueError:
        raise ValueError("cursor") from None
