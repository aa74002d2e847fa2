"""Who is the same person, and which key leads: what follows from a set of links."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import permutations

import pytest

from chalicelib.core.contacts import (
    Key,
    Link,
    Why,
    address,
    aliases,
    contacts,
    cut,
    link,
)
from tests.builders import NOON

U1, U2, U3 = (Key(f"c-{name}", name) for name in ("TR.1", "TR.2", "TR.3"))
P1, P2 = (Key(f"c-{name}", name) for name in ("905551112233", "905559998877"))


def at(minute: int) -> datetime:
    return NOON + timedelta(minutes=minute)


def told(minute: int, one: Key, other: Key) -> Link:
    return link(one, other, Why.SAME_MESSAGE, at(minute))


def number(minute: int, old: Key, new: Key) -> Link:
    return link(old, new, Why.NUMBER_CHANGED, at(minute))


def user_id(minute: int, old: Key, new: Key) -> Link:
    return link(old, new, Why.USER_ID_CHANGED, at(minute))


def merged(minute: int, one: Key, other: Key) -> Link:
    return link(one, other, Why.MERGED, at(minute))


def separated(minute: int, one: Key, other: Key) -> Link:
    return link(one, other, Why.SEPARATED, at(minute))


def groups(*links: Link) -> list[list[Key]]:
    """The keys of each contact, the leading one first."""
    return [list(contact.keys) for contact in contacts([], links)]


# What is told, and who leads whom.
CASES: dict[str, tuple[list[Link], list[list[Key]]]] = {
    "user id before number": ([told(0, U1, P1)], [[U1, P1]]),
    "new number": ([number(0, P1, P2)], [[P2, P1]]),
    "new number and back": ([number(0, P1, P2), number(5, P2, P1)], [[P1, P2]]),
    "new user id": ([user_id(0, U1, U2)], [[U2, U1]]),
    "user id goes with its number": ([told(0, U1, P1), number(5, P1, P2)], [[P2, P1, U1]]),
    "told with the new number": (
        [told(0, U1, P1), number(5, P1, P2), told(9, U2, P2)],
        [[U2, P1, P2, U1]],
    ),
    "number of a new owner": ([told(0, U1, P1), told(5, U2, P1)], [[U1, P1], [U2]]),
    "number of a changed user id": (
        [told(0, U1, P1), user_id(4, U1, U2), told(5, U2, P1)],
        [[U2, P1, U1]],
    ),
    "two by hand": ([merged(0, U1, U2)], [[U1, U2]]),
    "separated by hand": ([told(0, U1, P1), separated(5, U1, P1)], [[P1], [U1]]),
    "told again": ([told(9, U1, P1), separated(5, U1, P1)], [[P1], [U1]]),
    "merged again": ([separated(5, U1, U2), merged(9, U1, U2)], [[U1, U2]]),
    "merged before": ([separated(9, U1, U2), merged(5, U1, U2)], [[U1], [U2]]),
    "free for another": (
        [told(0, U1, P1), separated(5, U1, P1), told(9, U2, P1)],
        [[U2, P1], [U1]],
    ),
}


@pytest.mark.parametrize(("links", "expected"), CASES.values(), ids=CASES.keys())
def test_who_is_who_follows_from_the_links(links: list[Link], expected: list[list[Key]]) -> None:
    assert groups(*links) == expected


@pytest.mark.parametrize("links", [case[0] for case in CASES.values()], ids=CASES.keys())
def test_the_order_of_the_links_does_not_matter(links: list[Link]) -> None:
    assert {str(groups(*order)) for order in permutations(links)} == {str(groups(*links))}


def test_a_key_without_links_is_a_contact() -> None:
    assert [contact.keys for contact in contacts([U1], [])] == [(U1,)]


def test_aliases_tell_since_when_why_and_until_when() -> None:
    [contact] = contacts([], [told(0, U1, P1), user_id(5, U1, U2)])
    assert [(a.key, a.since, a.why, a.until) for a in aliases(contact)] == [
        (P1, at(0), Why.SAME_MESSAGE, None),
        (U1, at(0), Why.SAME_MESSAGE, at(5)),
    ]


@pytest.mark.parametrize(
    ("links", "writer", "expected"),
    [
        ([told(0, U1, P1)], P1, U1),
        ([merged(0, U1, U2)], U2, U2),
        ([merged(0, U1, U2), user_id(3, U2, U3)], U2, U3),
        ([told(0, U1, P1), merged(2, U1, U2), told(3, U2, P2)], P2, U2),
    ],
)
def test_a_message_goes_to_the_key_that_wrote_or_to_what_took_its_place(
    links: Iterable[Link], writer: Key, expected: Key
) -> None:
    [contact] = contacts([], list(links))
    assert address(contact, writer.conversation_id) == expected


def test_a_writer_who_is_not_of_the_contact_is_answered_by_its_leader() -> None:
    [contact] = contacts([], [told(0, U1, P1)])
    assert address(contact, "c-unknown") == U1


@pytest.mark.parametrize(
    ("links", "one", "other", "expected"),
    [
        ([told(0, U1, P1)], U1, P1, [{P1}, {U1}]),
        ([told(0, U1, P1), merged(2, U1, U2), told(3, U2, P2)], U1, U2, [{U1, P1}, {U2, P2}]),
        ([merged(0, U1, U2), merged(1, U2, U3)], U1, U3, [{U1, U2}, {U3}]),
        ([merged(0, U1, U2), user_id(3, U2, U3)], U1, U3, [{U1}, {U2, U3}]),
        (
            [told(0, U1, P1), number(3, P1, P2), told(5, U2, P2)],
            *(U1, U2),
            [{U1, P1}, {U2, P2}],
        ),
        (
            [user_id(0, U1, U2), number(0, P1, P2), merged(1, U1, P1)],
            U1,
            P1,
            [{P1, P2}, {U1, U2}],
        ),
    ],
)
def test_a_key_that_is_cut_off_leaves_with_those_that_the_platform_told_of_it(
    links: list[Link], one: Key, other: Key, expected: list[set[Key]]
) -> None:
    [contact] = contacts([], links)
    apart = contacts([], [*links, *cut(contact, one, other, at(60))])
    assert sorted(map(str, map(sorted, expected))) == sorted(str(sorted(c.keys)) for c in apart)
