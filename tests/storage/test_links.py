"""Contract of the links between the keys of a person, and of what a key brought by itself."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from chalicelib.core.contacts import Key, Link, Why, link
from chalicelib.core.conversation import RecentSend
from tests.builders import CHANNEL, CONTACT, CONVERSATION, NOON, TODAY, at, conversation, wait

MINE, OTHER = Key(CONVERSATION, CONTACT), Key("another-conversation-1", "TR.1A2B")
AGO = at("11:00")


def told(when: datetime) -> Link:
    return link(MINE, OTHER, Why.SAME_MESSAGE, when)


def replaced(when: datetime) -> Link:
    return link(MINE, OTHER, Why.NUMBER_CHANGED, when)


def test_a_link_is_found_from_either_side(stores):
    stores.conversations.link(replaced(NOON))
    found = [stores.conversations.links(key.conversation_id) for key in (MINE, OTHER)]
    assert found == [(replaced(NOON),)] * 2


@pytest.mark.parametrize("order", [(AGO, NOON), (NOON, AGO)])
def test_of_two_messages_that_name_both_keys_the_first_stays(stores, order):
    for when in order:
        stores.conversations.link(told(when))
    assert stores.conversations.links(CONVERSATION) == (told(AGO),)


@pytest.mark.parametrize("order", [(AGO, NOON), (NOON, AGO)])
def test_of_two_changes_the_latest_stays_whichever_way_it_went(stores, order):
    back = link(OTHER, MINE, Why.NUMBER_CHANGED, NOON)
    for fact in sorted((replaced(AGO), back), key=lambda fact: order.index(fact.at)):
        stores.conversations.link(fact)
    assert stores.conversations.links(CONVERSATION) == (back,)


def test_links_of_different_reasons_stand_side_by_side_oldest_first(stores):
    facts = [link(MINE, OTHER, why, NOON + timedelta(n)) for n, why in enumerate(Why)]
    for fact in reversed(facts):
        stores.conversations.link(fact)
    assert stores.conversations.links(CONVERSATION) == tuple(facts)


def test_a_key_without_links_has_none(stores):
    assert stores.conversations.links(CONVERSATION) == ()


def test_what_a_key_brought_by_itself_is_kept_as_it_was(stores):
    row = conversation(
        first_contact_at=AGO,
        window_ends_at=NOON,
        recent_sends=(RecentSend("hb1", AGO, "away_message"),),
        automated_at=(AGO,),
        version=7,
    )
    stores.conversations.save_own(row)
    assert stores.conversations.own(CONVERSATION) == row


def test_nothing_is_kept_of_a_key_that_was_never_joined(stores):
    assert stores.conversations.own(CONVERSATION) is None


def test_a_row_says_for_whom_it_stands(stores):
    row = conversation(told="told", is_joint=True, wrote_as="another", merged_into="TR.1A2B")
    stores.conversations.save(row)
    stored = stores.conversations.load(CONVERSATION, is_fresh=True)
    assert (stored.told, stored.is_joint, stored.wrote_as, stored.merged_into) == (
        "told",
        True,
        "another",
        "TR.1A2B",
    )


def test_the_rows_that_stand_for_contacts_are_found_as_far_as_there_are_any(stores):
    leader, resting = conversation(), conversation(contact_id="old", merged_into=CONTACT)
    for row in (leader, resting):
        stores.conversations.save(row)
    found = stores.conversations.load_leading([resting.conversation_id, "unknown"])
    assert found == {resting.conversation_id: conversation(version=1)}


def test_the_waits_of_one_conversation_are_found_by_their_days(stores):
    mine = [wait(), wait(opened_at=AGO), wait(day="2026-11-20", opened_at=at(day="2026-11-20"))]
    others = [
        wait(day="2026-11-19", opened_at=at(day="2026-11-19")),
        wait(conversation_id=OTHER.conversation_id),
    ]
    for each in (*mine, *others):
        stores.waits.record(each)
    found = stores.waits.of_conversation(CHANNEL, CONVERSATION, {TODAY, "2026-11-20"})
    assert found == (mine[2], mine[1], mine[0])
