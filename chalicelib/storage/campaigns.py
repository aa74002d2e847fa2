"""Campaigns: what is sent to many, the lanes that work on it, and the pages of their recipients."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import replace
from pynamodb.exceptions import DoesNotExist, PutError, UpdateError
from pynamodb.expressions.update import Action

from chalicelib.core.campaigns import Campaign, Lane, Page, lanes
from chalicelib.ports import CampaignPage, LaneWanted
from chalicelib.storage import _cursor
from chalicelib.storage._connection import refused_by
from chalicelib.storage._models import CampaignItem
from chalicelib.storage._owner import new_owner
from chalicelib.storage._times import dated, micros
from chalicelib.storage.tables import RETENTION

_ROW = "row"
_LANE = "lane#"
_PAGE = "page#"
_CAMPAIGNS, _LANES = "campaigns", "lanes"  # parts of the index
_NUMBER_DIGITS = 6


class Campaigns:
    """Fulfils `ports.Campaigns`."""

    def __init__(self, item: type[CampaignItem]) -> None:
        self._item = item

    def create(self, campaign: Campaign) -> Campaign:
        """Store it unless there is one of this id, and after it its lanes; returns the campaign
        that is stored."""
        expires_at = _expiry(campaign.send_at)
        listed = {} if campaign.is_dry_run else _due(_CAMPAIGNS, campaign.created_at)
        row = self._new(campaign.campaign_id, _ROW, campaign, expires_at=expires_at, **listed)
        stored = _campaign(row)
        for lane in lanes(stored):
            facts = {"version": lane.version, "expires_at": expires_at}
            facts |= _due(_LANES, lane.due_at)
            self._new(lane.campaign_id, f"{_LANE}{lane.lane_id}", lane, **facts)
        return stored

    def load(self, campaign_id: str) -> Campaign | None:
        row = self._get(campaign_id, _ROW)
        return _campaign(row) if row else None

    def cancel(self, campaign_id: str, at: datetime) -> None:
        """The first time stays."""
        told = CampaignItem.cancelled_at
        try:
            self._item(campaign_id, _ROW).update(
                [told.set(at)], CampaignItem.document.exists() & told.does_not_exist()
            )
        except UpdateError as error:
            refused_by(error, self._item)

    def newest(self, *, cursor: str | None, limit: int) -> CampaignPage:
        """By when they were created, the newest first."""
        entries = self._item.due.query(
            _CAMPAIGNS,
            scan_index_forward=False,
            limit=limit,
            last_evaluated_key=_position(cursor) if cursor else None,
        )
        ids = [entry.campaign_id for entry in entries]
        last = entries.last_evaluated_key
        found = {row.campaign_id: row for row in self._rows(ids)}
        items = tuple(_campaign(found[each]) for each in ids if each in found)
        return CampaignPage(items, _packed(last) if last else None)

    def due(self, *, before: datetime, limit: int) -> tuple[LaneWanted, ...]:
        """The lanes whose time has come, the longest due first."""
        is_due = CampaignItem.due_key <= dated(before)
        rows = self._item.due.query(_LANES, is_due, limit=limit)
        return tuple(LaneWanted(row.campaign_id, row.item.removeprefix(_LANE)) for row in rows)

    def lane(self, campaign_id: str, lane_id: str) -> Lane | None:
        row = self._get(campaign_id, f"{_LANE}{lane_id}")
        return _lane(row) if row else None

    def lanes(self, campaign_id: str) -> tuple[Lane, ...]:
        rows = self._item.query(campaign_id, CampaignItem.item.startswith(_LANE))
        return tuple(sorted(map(_lane, rows), key=lambda lane: (lane.channel_id, lane.number)))

    def move(self, before: Lane, after: Lane) -> Lane | None:
        """Store `after` in place of `before`, one version on; None if somebody else moved it."""
        moved, owner = replace(after, version=before.version + 1), new_owner()
        due = _due(_LANES, after.due_at)
        actions: list[Action] = [
            CampaignItem.document.set(moved),
            CampaignItem.version.set(moved.version),
            CampaignItem.written_by.set(owner),
            *(getattr(CampaignItem, name).set(value) for name, value in due.items()),
        ]
        if not due:
            actions += [CampaignItem.due_shard.remove(), CampaignItem.due_key.remove()]
        row = self._item(before.campaign_id, f"{_LANE}{before.lane_id}")
        try:
            row.update(actions, CampaignItem.version == before.version)
        except UpdateError as error:
            there = refused_by(error, self._item)
            return moved if there and there.written_by == owner else None
        return moved

    def keep_page(self, lane: Lane, page: Page) -> Page:
        """Store it unless the lane has one of this number; returns the one that is stored."""
        row = self._new(
            lane.campaign_id,
            _page_item(lane.lane_id, page.number),
            page,
            version=lane.version,
            expires_at=self._expires_with(lane),
        )
        return msgspec.convert(row.document, Page)

    def save_page(self, lane: Lane, page: Page) -> bool:
        """Store it in place of the one there is; False if a later holder of the lane did."""
        row = self._item(lane.campaign_id, _page_item(lane.lane_id, page.number))
        actions: list[Action] = [
            CampaignItem.document.set(page),
            CampaignItem.version.set(lane.version),
        ]
        try:
            row.update(actions, CampaignItem.version <= lane.version)
        except UpdateError as error:
            refused_by(error, self._item)
            return False
        return True

    def page(self, campaign_id: str, lane_id: str, number: int) -> Page | None:
        row = self._get(campaign_id, _page_item(lane_id, number))
        return msgspec.convert(row.document, Page) if row else None

    def _new(self, campaign_id: str, name: str, document: object, **facts: Any) -> CampaignItem:
        """The item as it is stored: this one, or the one that was there."""
        row = self._item(campaign_id, name, document=document, **facts)
        try:
            row.save(CampaignItem.document.does_not_exist())
        except PutError as error:
            there = refused_by(error, self._item)
            if there is None:
                raise
            return there
        return self._item(campaign_id, name, document=msgspec.to_builtins(document), **facts)

    def _rows(self, ids: Sequence[str]) -> list[CampaignItem]:
        return list(self._item.batch_get([(each, _ROW) for each in ids])) if ids else []

    def _get(self, campaign_id: str, name: str) -> CampaignItem | None:
        try:
            return self._item.get(campaign_id, name, consistent_read=True)
        except DoesNotExist:
            return None

    def _expires_with(self, lane: Lane) -> int | None:
        return _expiry(lane.due_at) if lane.due_at else None


def _due(part: str, at: datetime | None) -> dict[str, Any]:
    return {"due_shard": part, "due_key": dated(at)} if at else {}


def _expiry(at: datetime) -> int:
    return micros(at + RETENTION) // 1_000_000


def _page_item(lane_id: str, number: int) -> str:
    return f"{_PAGE}{lane_id}#{number:0{_NUMBER_DIGITS}d}"


def _campaign(row: CampaignItem) -> Campaign:
    campaign = msgspec.convert(row.document, Campaign)
    return replace(campaign, cancelled_at=row.cancelled_at)


def _lane(row: CampaignItem) -> Lane:
    return msgspec.convert(row.document, Lane, str_keys=True)


def _packed(position: dict[str, Any]) -> str:
    return _cursor.pack([position["due_key"]["S"], position["campaign_id"]["S"]])


def _position(cursor: str) -> dict[str, Any]:
    due_key, campaign_id = _cursor.unpack(cursor, tuple[str, str])
    key = {"campaign_id": campaign_id, "item": _ROW, "due_shard": _CAMPAIGNS, "due_key": due_key}
    return {name: {"S": value} for name, value in key.items()}
