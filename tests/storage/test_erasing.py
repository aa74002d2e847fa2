"""What the stores remove of an erased contact, and what they keep."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.core import decisions
from chalicelib.core.contacts import Erased
from chalicelib.core.conversation import Profile
from chalicelib.core.events import Referral
from chalicelib.core.frequency import Slot
from chalicelib.core.handling import Handling
from chalicelib.core.marketing_waits import MarketingWait
from chalicelib.core.messages import MessageKind, Origin, State, Status
from chalicelib.core.messaging_policy import Basis, Permit, Question
from tests.builders import (
    CHANNEL,
    CONVERSATION,
    NOON,
    TODAY,
    conversation,
    message,
    opt_in,
    our_message,
)
from tests.storage.test_links import told

MARK = Erased(NOON, CHANNEL, (CONVERSATION,))
OURS = our_message().message_id
ASKED = Question(
    platform="messenger",
    origin=Origin.AUTOMATION,
    kind=MessageKind.TEXT,
    at=NOON,
    window_ends_at=NOON + timedelta(hours=1),
)
ENTRY = decisions.permitted(ASKED, Permit(Basis.STANDARD_WINDOW))


def forget(stores) -> int:
    return sum(1 for _ in stores.messages.forget(CONVERSATION, NOON))


def test_a_message_loses_what_it_said_and_keeps_when_it_was(stores):
    stores.messages.record(message(payload="p", raw=b"{}"))
    before = stores.messages.of_day(CHANNEL, TODAY)
    forget(stores)
    row = stores.messages.load(CONVERSATION, "mid.customer")
    assert (row.text, row.payload, row.raw, row.deleted_at) == (None, None, None, NOON)
    assert stores.messages.of_day(CHANNEL, TODAY) == before


def test_reactions_and_edits_go(stores):
    stores.messages.record(message())
    stores.messages.react(CONVERSATION, "mid.customer", emoji="x", is_by_business=False, at=NOON)
    stores.messages.edit(CONVERSATION, "mid.customer", "Better words", NOON)
    forget(stores)
    stores.messages.edit(CONVERSATION, "mid.customer", "Even later", NOON + timedelta(hours=1))
    row = stores.messages.load(CONVERSATION, "mid.customer")
    assert (row.customer_reaction, row.text) == (None, None)


def test_statuses_stay(stores):
    stores.messages.claim(our_message())
    stores.messages.status(CONVERSATION, OURS, Status.READ, NOON)
    forget(stores)
    assert stores.messages.load(CONVERSATION, OURS).statuses == {"read": NOON}


def test_of_the_ledger_the_hashes_stay(stores):
    stores.messages.claim(our_message(ledger=(ENTRY,)))
    forget(stores)
    assert stores.messages.load(CONVERSATION, OURS).ledger == (decisions.erased(ENTRY),)


def test_what_is_planned_is_due_no_more(stores):
    stores.messages.plan(our_message(state=State.PLANNED, due_at=NOON, lease_until=None))
    forget(stores)
    row = stores.messages.load(CONVERSATION, OURS)
    assert (row.state, row.failure) == (State.FAILED, "contact_erased")
    assert list(stores.messages.due(CHANNEL, before=NOON)) == []


def test_a_second_time_there_is_nothing_to_forget(stores):
    stores.messages.record(message())
    stores.messages.claim(our_message(ledger=(ENTRY,)))
    stores.messages.keep_raw(CONVERSATION, "event", b"{}", NOON)
    assert (forget(stores), forget(stores)) == (3, 0)


def test_an_erasure_that_stopped_halfway_goes_on(stores):
    stores.messages.record(message(message_id="mid.1"))
    stores.messages.record(message(message_id="mid.2"))
    next(stores.messages.forget(CONVERSATION, NOON))
    assert (forget(stores), forget(stores)) == (1, 0)


def test_raw_events_are_removed(dynamodb, connection, settings):
    dynamodb.messages.keep_raw(CONVERSATION, "event", b"{}", NOON)
    forget(dynamodb)
    assert connection.client.scan(TableName=settings.messages_table)["Items"] == []


def test_of_the_conversation_only_the_mark_stays(stores):
    stores.conversations.save(conversation())
    stores.conversations.save_own(conversation())
    stores.conversations.save_profile(CONVERSATION, Profile(fetched_at=NOON, name="Ayse"))
    stores.conversations.save_referral(CONVERSATION, Referral(ref="a"), NOON)
    stores.conversations.see(CONVERSATION, read_until=NOON)
    stores.conversations.link(told(NOON))
    stores.conversations.forget(CONVERSATION, MARK)
    assert stores.conversations.load(CONVERSATION) is None
    assert stores.conversations.profile(CONVERSATION) is None
    assert stores.conversations.referrals(CONVERSATION) == {}
    assert stores.conversations.links(CONVERSATION) == ()
    assert stores.conversations.erased(CONVERSATION) == MARK


def test_nothing_but_the_mark_is_in_the_table(dynamodb, connection, settings):
    dynamodb.conversations.save(conversation())
    dynamodb.conversations.save_profile(CONVERSATION, Profile(fetched_at=NOON, name="Ayse"))
    dynamodb.conversations.forget(CONVERSATION, MARK)
    (item,) = connection.client.scan(TableName=settings.conversations_table)["Items"]
    assert item["item"]["S"] == "erased"


def test_opt_ins_go_and_stops_stay(stores):
    stores.opt_ins.record(opt_in())
    stores.opt_ins.stop(CONVERSATION, "mug", NOON)
    stores.opt_ins.forget(CONVERSATION)
    assert stores.opt_ins.of_conversation(CONVERSATION) == ()
    assert [stop.topic for stop in stores.opt_ins.stops(CONVERSATION)] == ["mug"]


def test_everything_beside_the_row_goes(stores):
    told = conversation()
    stores.conversations.save(told)
    stores.conversations.hold_marketing(CONVERSATION, MarketingWait(NOON, NOON, 131049))
    stores.conversations.save_slots(CONVERSATION, (), (Slot("hb-1", NOON),))
    stores.conversations.save_handling(told, Handling(needs_person_since=NOON, tags=("vip",)))
    stores.conversations.forget(CONVERSATION, MARK)
    assert stores.conversations.marketing_wait(CONVERSATION) is None
    assert stores.conversations.slots(CONVERSATION) == ()
    assert stores.conversations.handling(CONVERSATION) == Handling()
    assert stores.conversations.needing_person(CHANNEL, cursor=None, limit=9).items == ()
