"""Contract of Messages: what others sent."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.core.events import Attachment
from chalicelib.core.messages import Author, Message, MessageFact, MessageKind, State, Status
from tests.builders import CHANNEL, CONVERSATION, NOON, TODAY, at, message

LATER = NOON + timedelta(minutes=5)
MID = "mid.customer"
IMAGE = Attachment(kind="image", url="https://cdn.example/1.jpg", facts={"mime_type": "image/jpeg"})


def only(stores) -> Message:
    (row,) = stores.messages.history(CONVERSATION)
    return row


def test_a_message_is_read_as_it_was_recorded(stores):
    told = message(
        kind=MessageKind.POSTBACK,
        attachments=(IMAGE,),
        payload="SHOW_MUGS",
        reply_to="mid.before",
        is_standby=True,
        raw=b'{"object":"page","section":"messaging","body":{"message":{"text":"Is the blue"}}}',
        occurred_at=at("12:00:00.123456"),
    )
    stores.messages.record(told)
    assert only(stores) == told


def test_a_recorded_message_is_loaded_by_its_id(stores):
    stores.messages.record(message())
    assert stores.messages.load(CONVERSATION, MID) == message()


def test_an_unknown_message_is_none(stores):
    assert stores.messages.load(CONVERSATION, "mid.unknown") is None


def test_f01_a_new_message_is_new_once(stores):
    assert [stores.messages.record(message()) for _ in range(3)] == [True, False, False]


def test_f01_a_repeated_message_is_one_row(stores):
    stores.messages.record(message())
    stores.messages.record(message())
    assert stores.messages.history(CONVERSATION) == (message(),)


@pytest.mark.parametrize(
    "arrive",
    [
        lambda messages: messages.edit(CONVERSATION, MID, "The red mug?", LATER),
        lambda messages: messages.delete(CONVERSATION, MID, LATER),
        lambda messages: messages.react(
            CONVERSATION, MID, emoji="👍", is_by_business=True, at=LATER
        ),
        lambda messages: messages.status(CONVERSATION, MID, Status.READ, LATER),
    ],
    ids=["edit", "deletion", "reaction", "status"],
)
def test_f02_another_fact_under_its_id_is_no_duplicate_of_a_message(stores, arrive):
    arrive(stores.messages)
    assert stores.messages.history(CONVERSATION) == ()
    assert stores.messages.record(message())


def test_history_is_oldest_first(stores):
    for name, clock in (("b", "12:02"), ("a", "12:02"), ("c", "12:01")):
        stores.messages.record(message(message_id=name, occurred_at=at(clock)))
    assert [row.message_id for row in stores.messages.history(CONVERSATION)] == ["c", "a", "b"]


def test_history_is_of_one_conversation(stores):
    stores.messages.record(message(conversation_id="another"))
    assert stores.messages.history(CONVERSATION) == ()


def test_an_edit_replaces_the_text(stores):
    stores.messages.record(message())
    stores.messages.edit(CONVERSATION, MID, "The red mug?", LATER)
    assert (only(stores).text, only(stores).edited_at) == ("The red mug?", LATER)


def test_an_older_edit_changes_nothing(stores):
    stores.messages.record(message())
    stores.messages.edit(CONVERSATION, MID, "second", LATER)
    stores.messages.edit(CONVERSATION, MID, "first", NOON)
    assert only(stores).text == "second"


def test_an_edit_may_leave_no_text(stores):
    stores.messages.record(message())
    stores.messages.edit(CONVERSATION, MID, None, LATER)
    assert only(stores).text is None


def test_an_unsent_message_keeps_a_tombstone_only(stores):
    stores.messages.record(message(attachments=(IMAGE,), payload="p", raw=b"{}"))
    stores.messages.delete(CONVERSATION, MID, LATER)
    row = only(stores)
    assert (row.text, row.attachments, row.payload, row.raw) == (None, (), None, None)
    assert (row.deleted_at, row.author) == (LATER, Author.CUSTOMER)


def test_a_message_that_comes_after_its_deletion_has_no_content(stores):
    stores.messages.delete(CONVERSATION, MID, LATER)
    is_new = stores.messages.record(message(raw=b"{}"))
    assert (is_new, only(stores).text, only(stores).raw) == (True, None, None)


def test_a_reaction_may_be_taken_back(stores):
    stores.messages.record(message())
    for emoji, clock in (("❤", "12:01"), (None, "12:02")):
        stores.messages.react(CONVERSATION, MID, emoji=emoji, is_by_business=False, at=at(clock))
    assert only(stores).customer_reaction is None


def test_each_side_reacts_for_itself(stores):
    stores.messages.record(message())
    stores.messages.react(CONVERSATION, MID, emoji="❤", is_by_business=False, at=LATER)
    stores.messages.react(CONVERSATION, MID, emoji="👍", is_by_business=True, at=LATER)
    assert (only(stores).customer_reaction, only(stores).business_reaction) == ("❤", "👍")


def test_the_earliest_date_of_a_status_stays(stores):
    stores.messages.record(message())
    for clock in ("12:03", "12:02", "12:04"):
        stores.messages.status(CONVERSATION, MID, Status.READ, at(clock))
    assert only(stores).statuses == {"read": at("12:02")}


def test_a_status_keeps_what_came_along(stores):
    stores.messages.record(message())
    stores.messages.status(
        CONVERSATION, MID, Status.FAILED, LATER, failure="window", facts={"code": 131047}
    )
    assert only(stores).failure == "window"
    assert only(stores).status_facts == {"failed": {"code": 131047}}


def test_a_status_returns_the_row_as_it_stands(stores):
    stores.messages.record(message())
    row = stores.messages.status(CONVERSATION, MID, Status.READ, LATER)
    assert row == only(stores)


def test_a_repeated_status_returns_the_row_too(stores):
    stores.messages.record(message())
    stores.messages.status(CONVERSATION, MID, Status.READ, LATER)
    assert stores.messages.status(CONVERSATION, MID, Status.READ, LATER) == only(stores)


def test_a_status_before_its_message_returns_none(stores):
    assert stores.messages.status(CONVERSATION, MID, Status.READ, LATER) is None


def test_the_day_knows_time_and_author_of_its_messages(stores):
    stores.messages.record(message(message_id="b", occurred_at=at("12:00:00.000002")))
    stores.messages.record(message(message_id="a", occurred_at=at("12:00:00.000001")))
    stores.messages.record(message(message_id="c", day="2026-11-20"))
    assert stores.messages.of_day(CHANNEL, TODAY) == (
        MessageFact(at("12:00:00.000001"), CONVERSATION, "a", Author.CUSTOMER),
        MessageFact(at("12:00:00.000002"), CONVERSATION, "b", Author.CUSTOMER),
    )


def test_the_day_gathers_all_conversations_of_the_channel(stores):
    names = {f"conversation-{n}" for n in range(12)}
    for name in names:
        stores.messages.record(message(conversation_id=name))
    stores.messages.record(message(conversation_id="elsewhere", channel_id="another"))
    assert {fact.conversation_id for fact in stores.messages.of_day(CHANNEL, TODAY)} == names


def test_facts_before_the_message_are_not_of_the_day(stores):
    stores.messages.edit(CONVERSATION, MID, "early", NOON)
    assert stores.messages.of_day(CHANNEL, TODAY) == ()


def test_a_reclassified_message_has_its_new_author_everywhere(stores):
    stores.messages.record(message(author=Author.PERSON_NATIVE))
    stores.messages.reclassify(only(stores), Author.PLATFORM_AUTOMATION)
    (fact,) = stores.messages.of_day(CHANNEL, TODAY)
    assert (only(stores).author, fact.author) == (Author.PLATFORM_AUTOMATION,) * 2


def test_a_reclassified_message_keeps_the_rest(stores):
    told = message(author=Author.PERSON_NATIVE, raw=b'{"a":1}', attachments=(IMAGE,))
    stores.messages.record(told)
    stores.messages.reclassify(told, Author.CUSTOMER)
    assert only(stores) == message(raw=b'{"a":1}', attachments=(IMAGE,))


def test_what_others_sent_is_received(stores):
    stores.messages.record(message())
    assert only(stores).state is State.RECEIVED
