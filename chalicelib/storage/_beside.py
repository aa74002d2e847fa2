"""Beside a conversation row: the profile, watermarks, the first and the latest referral; the links
to other keys of the contact, and what the key brought by itself before it was joined with them.

Each is an item of its own, so that the row stays small and none of them costs a look-up.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from pynamodb.exceptions import DoesNotExist, PutError, UpdateError

from chalicelib.core.contacts import Key, Link, Why
from chalicelib.core.events import Referral
from chalicelib.core.frequency import Slot
from chalicelib.core.marketing_waits import MarketingWait
from chalicelib.storage._connection import refused_by
from chalicelib.storage._models import BesideItem
from chalicelib.storage._times import dated, undated

PROFILE = "profile"
SEEN = "seen"
OWN = "own"
MARKETING = "marketing"
SLOTS = "slots"
_REFERRAL = "referral#"
_LINK = "link#"


def load(
    item: type[BesideItem], conversation_id: str, name: str, *, is_fresh: bool = False
) -> BesideItem | None:
    try:
        return item.get(conversation_id, name, consistent_read=is_fresh)
    except DoesNotExist:
        return None


def raise_mark(item: type[BesideItem], conversation_id: str, name: str, at: datetime) -> None:
    mark = getattr(BesideItem, name)
    try:
        item(conversation_id, SEEN).update([mark.set(at)], mark.does_not_exist() | (mark < at))
    except UpdateError as error:
        refused_by(error, item)  # a higher one is there


def hold_marketing(item: type[BesideItem], conversation_id: str, wait: MarketingWait) -> None:
    told = dated(wait.since, msgspec.json.encode(wait).decode())
    try:
        item(conversation_id, MARKETING, dated=told).save(
            BesideItem.dated.does_not_exist() | (BesideItem.dated < told)
        )
    except PutError as error:
        refused_by(error, item)  # a later one is there


def marketing_wait(item: type[BesideItem], conversation_id: str) -> MarketingWait | None:
    row = load(item, conversation_id, MARKETING)
    return msgspec.json.decode(undated(row.dated)[1], type=MarketingWait) if row else None


def slots(item: type[BesideItem], conversation_id: str) -> tuple[Slot, ...]:
    row = load(item, conversation_id, SLOTS, is_fresh=True)
    return _slots(row) if row else ()


def save_slots(
    item: type[BesideItem],
    conversation_id: str,
    before: tuple[Slot, ...],
    after: tuple[Slot, ...],
) -> bool:
    stored = BesideItem.document
    is_before = stored == before if before else stored.does_not_exist()
    try:
        item(conversation_id, SLOTS, document=after).save(is_before)
    except PutError as error:
        there = refused_by(error, item)
        return there is not None and _slots(there) == after  # only its answer was lost
    return True


def _slots(row: BesideItem) -> tuple[Slot, ...]:
    return msgspec.convert(row.document, tuple[Slot, ...])


def save_referral(
    item: type[BesideItem], conversation_id: str, referral: Referral, at: datetime
) -> None:
    told = dated(at, msgspec.json.encode(referral).decode())
    for name, is_better in (
        ("first", BesideItem.dated > told),
        ("latest", BesideItem.dated < told),
    ):
        try:
            item(conversation_id, f"{_REFERRAL}{name}", dated=told).save(
                BesideItem.dated.does_not_exist() | is_better
            )
        except PutError as error:
            refused_by(error, item)  # a better one is there


def referrals(item: type[BesideItem], conversation_id: str) -> dict[str, tuple[datetime, Referral]]:
    rows = item.query(conversation_id, BesideItem.item.startswith(_REFERRAL))
    return {row.item.removeprefix(_REFERRAL): _referral(row) for row in rows}


def save_link(item: type[BesideItem], link: Link) -> None:
    """The same fact beside both rows: whoever comes from either side finds it."""
    told = dated(link.at, msgspec.json.encode((link.first, link.second)).decode())
    is_better = BesideItem.dated > told if link.why is Why.SAME_MESSAGE else BesideItem.dated < told
    for key, other in ((link.first, link.second), (link.second, link.first)):
        name = f"{_LINK}{link.why}#{other.conversation_id}"
        try:
            item(key.conversation_id, name, dated=told).save(
                BesideItem.dated.does_not_exist() | is_better
            )
        except PutError as error:
            refused_by(error, item)  # a better one is there


def links(item: type[BesideItem], conversation_id: str) -> tuple[Link, ...]:
    rows = item.query(conversation_id, BesideItem.item.startswith(_LINK), consistent_read=True)
    return tuple(sorted(_link(row) for row in rows))


def _link(row: BesideItem) -> Link:
    at, document = undated(row.dated)
    first, second = msgspec.json.decode(document, type=tuple[Key, Key])
    return Link(at, Why(row.item.split("#")[1]), first, second)


def _referral(row: BesideItem) -> tuple[datetime, Referral]:
    at, document = undated(row.dated)
    return at, msgspec.json.decode(document, type=Referral)
