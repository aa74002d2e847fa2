"""Who is the same person: dated links between the user keys of a channel, and what follows.

A contact is what active links hold together. Which links are active, who is in a contact and whose
conversation leads it depend on the set of links alone, never on the order in which they came.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime
from enum import StrEnum

from msgspec import Struct


class Why(StrEnum):
    """What tells that two keys belong to one person, or that they do not."""

    SAME_MESSAGE = "same_message"  # one message named both
    NUMBER_CHANGED = "number_changed"  # the platform said that the second took the first's place
    USER_ID_CHANGED = "user_id_changed"  # likewise
    MERGED = "merged"  # by hand
    SEPARATED = "separated"  # by hand


CHANGES = frozenset({Why.NUMBER_CHANGED, Why.USER_ID_CHANGED})
BY_HAND = frozenset({Why.MERGED, Why.SEPARATED})
_EVER = datetime.min.replace(tzinfo=UTC)


class Key(Struct, frozen=True, order=True):
    """A user key, and the id of the conversation that it has by itself."""

    conversation_id: str
    contact_id: str

    @property
    def is_number(self) -> bool:
        """A phone number. User ids of WhatsApp are never all digits ("TR.1A2B"); elsewhere every
        key is of one kind, and the answer is without effect."""
        return self.contact_id.isascii() and self.contact_id.isdigit()


class Link(Struct, frozen=True, order=True):
    """A dated fact about two keys. Of a change the second took the place of the first."""

    at: datetime
    why: Why
    first: Key
    second: Key

    @property
    def pair(self) -> frozenset[Key]:
        return frozenset((self.first, self.second))


class Erased(Struct, frozen=True):
    """Since when nothing is kept of a contact, and which conversations it had."""

    at: datetime
    channel_id: str
    conversation_ids: tuple[str, ...]


class Contact(Struct, frozen=True):
    """One person on one channel: the keys, the leading one first, and the links that tell so."""

    keys: tuple[Key, ...]
    links: tuple[Link, ...]

    @property
    def leader(self) -> Key:
        return self.keys[0]


class Alias(Struct, frozen=True):
    """Another key of a contact: since when and why we know it, until when it was in use."""

    key: Key
    since: datetime
    why: Why
    until: datetime | None


def link(one: Key, other: Key, why: Why, at: datetime) -> Link:
    """The fact; of a change `other` took the place of `one`, else their order says nothing."""
    first, second = (one, other) if why in CHANGES else sorted((one, other))
    return Link(at, why, first, second)


def is_better(new: Link, known: Link) -> bool:
    """Which of two facts of the same pair and reason stays: a message that names both says most
    when it is the first, a change and a word by hand when it is the latest."""
    return new < known if new.why is Why.SAME_MESSAGE else new > known


def contacts(keys: Iterable[Key], links: Collection[Link]) -> tuple[Contact, ...]:
    """These keys and all that the links name, as contacts."""
    active = _active(links)
    known = sorted({*keys, *(key for link in links for key in link.pair)})
    return tuple(_contact(members, active) for members in _components(known, active))


def aliases(contact: Contact) -> tuple[Alias, ...]:
    """The keys that do not lead."""
    return tuple(_alias(key, contact.links) for key in contact.keys[1:])


def address(contact: Contact, writer: str) -> Key:
    """The key to which a message goes when the key of the conversation `writer` wrote last."""
    return near(contact, writer).leader


def near(contact: Contact, writer: str) -> Contact:
    """What the platform itself told of the key of the conversation `writer`. Keys joined by hand
    have windows of their own."""
    told = [link for link in contact.links if link.why not in BY_HAND]
    parts = (_contact(m, told) for m in _components(contact.keys, told))
    return next(
        (part for part in parts if any(key.conversation_id == writer for key in part.keys)),
        contact,
    )


def cut(contact: Contact, one: Key, other: Key, at: datetime) -> tuple[Link, ...]:
    """The words by hand that take `other` out of the contact of `one`. The keys that the platform
    told of `other` leave with it; if it told of `one` too, those of the same messages."""
    side = _side(contact, other, [each for each in contact.links if each.why not in BY_HAND])
    if one in side:
        told = [each for each in contact.links if each.why is Why.SAME_MESSAGE]
        side = _side(contact, other, [each for each in told if one not in each.pair])
    crossing = {each.pair for each in contact.links if len(each.pair & side) == 1}
    return tuple(sorted(link(min(pair), max(pair), Why.SEPARATED, at) for pair in crossing))


def _side(contact: Contact, key: Key, links: Collection[Link]) -> frozenset[Key]:
    return next(part for part in _components(contact.keys, links) if key in part)


def _alias(key: Key, links: Collection[Link]) -> Alias:
    told = min(link for link in links if key in link.pair)
    is_in_use, *_ = _standing(key, links)
    return Alias(key, told.at, told.why, None if is_in_use else _left(key, links))


def _active(links: Collection[Link]) -> list[Link]:
    """A phone number belongs to the first user id it was told with: numbers are given to new
    owners, and nobody must get a stranger's history. The latest word by hand about two keys stands
    above what the platform told about them."""
    words = _words(links)
    believed = [link for link in links if words.get(link.pair) is not Why.SEPARATED]
    first = {min(told) for told in _by_number(believed).values()}
    return [
        link
        for link in believed
        if (link.why is not Why.SAME_MESSAGE or not _has_number(link) or link in first)
        and link.why is not Why.SEPARATED
    ]


def _words(links: Iterable[Link]) -> dict[frozenset[Key], Why]:
    by_hand = sorted(link for link in links if link.why in BY_HAND)
    return {link.pair: link.why for link in by_hand}


def _by_number(links: Iterable[Link]) -> dict[Key, list[Link]]:
    found: dict[Key, list[Link]] = defaultdict(list)
    for link in links:
        for key in link.pair:
            if link.why is Why.SAME_MESSAGE and key.is_number:
                found[key].append(link)
    return found


def _has_number(link: Link) -> bool:
    return any(key.is_number for key in link.pair)


def _components(keys: Iterable[Key], links: Collection[Link]) -> Iterator[frozenset[Key]]:
    left = set(keys)
    while left:
        members, fresh = set(), {min(left)}
        while fresh:
            members |= fresh
            near = {key for link in links if link.pair & fresh for key in link.pair}
            fresh = near - members
        yield frozenset(members)
        left -= members


def _contact(members: frozenset[Key], active: Iterable[Link]) -> Contact:
    links = tuple(sorted(link for link in active if link.pair <= members))
    keys = sorted(members)
    leader = max(keys, key=lambda key: _standing(key, links))
    return Contact((leader, *(key for key in keys if key != leader)), links)


def _standing(key: Key, links: Collection[Link]) -> tuple[bool, bool, datetime]:
    """Who leads: a key that is still in use, a user id before a number, the newest;
    of equals the first by id."""
    left, seen = _left(key, links), _seen(key, links)
    return left is None or (seen is not None and seen >= left), not key.is_number, seen or _EVER


def _left(key: Key, links: Collection[Link]) -> datetime | None:
    """When another key took its place. A user id goes with its number (WhatsApp makes a new one
    when the number changes; platform changelog, entries of 2026)."""
    numbers = {
        other
        for link in links
        if link.why is Why.SAME_MESSAGE and key in link.pair
        for other in link.pair
        if other.is_number
    }
    return max(
        (
            link.at
            for link in links
            if (link.why in CHANGES and link.first == key)
            or (link.why is Why.NUMBER_CHANGED and link.first in numbers)
        ),
        default=None,
    )


def _seen(key: Key, links: Collection[Link]) -> datetime | None:
    """The newest sign that it is in use."""
    return max(
        (
            link.at
            for link in links
            if (link.why in CHANGES and link.second == key)
            or (link.why is Why.SAME_MESSAGE and key in link.pair)
        ),
        default=None,
    )
