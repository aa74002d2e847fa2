"""Contacts over HTTP: what is known of a person's keys, merge and unmerge."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from chalicelib.core.access import Role
from chalicelib.core.contacts import Key, Why, link
from tests import builders
from tests.builders import CHANNEL, CONTACT, CONVERSATION, NOON, at

OTHER = builders.conversation(contact_id="7777777777")
PAIR = {"conversation_id": CONVERSATION, "other_conversation_id": OTHER.conversation_id}
MINE, THEIRS = Key(CONVERSATION, CONTACT), Key(OTHER.conversation_id, OTHER.contact_id)


@pytest.fixture(autouse=True)
def two_conversations(rt):
    mine = builders.conversation(first_contact_at=at("11:00"), last_customer_at=at("11:00"))
    for row in (mine, OTHER):
        rt.conversations.save(row)
    for row in (mine, OTHER):
        rt.messages.record(
            builders.message(
                conversation_id=row.conversation_id,
                message_id=f"m-{row.contact_id}",
                occurred_at=at("11:00"),
            )
        )


def leaders(api) -> set[str]:
    paths = [f"/v1/conversations/{one}" for one in PAIR.values()]
    return {api.get(path).body["id"] for path in paths}


def test_merged_conversations_are_one_by_either_id(api):
    answer = api.post("/v1/contacts/merge", PAIR)
    assert (answer.status, leaders(api)) == (200, {answer.body["id"]})


def test_a_merged_conversation_tells_its_other_key_since_when_and_why(api):
    answer = api.post("/v1/contacts/merge", PAIR)
    keys = {CONTACT: CONVERSATION, OTHER.contact_id: OTHER.conversation_id}
    del keys[answer.body["contact"]["id"]]
    [(contact_id, conversation_id)] = keys.items()
    assert answer.body["contact"]["aliases"] == [
        {
            "id": contact_id,
            "conversation_id": conversation_id,
            "since": "2026-11-21T12:00:00Z",
            "why": "merged",
            "until": None,
        }
    ]


def test_a_key_that_was_replaced_tells_until_when_it_was_in_use(api, rt):
    rt.conversations.link(link(THEIRS, MINE, Why.USER_ID_CHANGED, at("10:00")))
    [alias] = api.get(f"/v1/conversations/{CONVERSATION}").body["contact"]["aliases"]
    assert (alias["why"], alias["until"]) == ("user_id_changed", "2026-11-21T10:00:00Z")


def test_a_contact_of_one_key_has_no_aliases(api):
    assert api.get(f"/v1/conversations/{CONVERSATION}").body["contact"]["aliases"] == []


def test_lists_do_not_look_for_aliases(api):
    items = api.get(f"/v1/conversations?channel_id={CHANNEL}").body["items"]
    assert [item["contact"]["aliases"] for item in items] == [None]


def test_the_messages_of_both_keys_are_one_list(api):
    api.post("/v1/contacts/merge", PAIR)
    items = api.get(f"/v1/conversations/{CONVERSATION}/messages").body["items"]
    assert {item["id"] for item in items} == {f"m-{CONTACT}", f"m-{OTHER.contact_id}"}


def test_what_was_unmerged_is_two_again(api):
    api.post("/v1/contacts/merge", PAIR)
    answer = api.post("/v1/contacts/unmerge", PAIR)
    assert (answer.status, leaders(api)) == (200, set(PAIR.values()))


@pytest.mark.parametrize("what", ["merge", "unmerge"])
def test_asking_again_changes_nothing(api, rt, what):
    api.post("/v1/contacts/merge", PAIR)
    once = api.post(f"/v1/contacts/{what}", PAIR).body
    rows = dict(rt.conversations.rows)
    assert (api.post(f"/v1/contacts/{what}", PAIR).body, rt.conversations.rows) == (once, rows)


@pytest.mark.parametrize("what", ["merge", "unmerge"])
def test_conversations_of_two_channels_stay_two(api, rt, what):
    stranger = builders.conversation(channel_id="another")
    rt.conversations.save(stranger)
    pair = PAIR | {"other_conversation_id": stranger.conversation_id}
    answer = api.post(f"/v1/contacts/{what}", pair)
    assert (answer.status, answer.body["field"]) == (400, "other_conversation_id")


@pytest.mark.parametrize("what", ["merge", "unmerge"])
def test_a_conversation_is_not_joined_with_itself(api, what):
    pair = PAIR | {"other_conversation_id": CONVERSATION}
    assert api.post(f"/v1/contacts/{what}", pair).body["field"] == "other_conversation_id"


@pytest.mark.parametrize("name", PAIR)
@pytest.mark.parametrize("what", ["merge", "unmerge"])
def test_an_unknown_conversation_is_not_found(api, what, name):
    assert api.post(f"/v1/contacts/{what}", PAIR | {name: "x" * 22}).status == 404


@pytest.mark.parametrize("what", ["merge", "unmerge"])
def test_who_may_only_read_may_not_join(api, keys, what):
    [key] = keys.all()
    keys.add(replace(key, role=Role.READ))
    assert api.post(f"/v1/contacts/{what}", PAIR).status == 403


def test_now_is_when_it_was_said(api, rt):
    api.post("/v1/contacts/merge", PAIR)
    assert [each.at for each in rt.conversations.links(CONVERSATION)] == [NOON]


@pytest.mark.parametrize("told", [{}, {"confirm": False}, {"confirm": "yes"}])
def test_an_erasure_that_nobody_confirmed_is_refused(api, told):
    answer = api.post("/v1/contacts/erase", {"conversation_id": CONVERSATION} | told)
    assert (answer.status, answer.body["field"]) == (400, "confirm")
    assert answer.body["detail"] == "confirm: expected true"
