"""Erasing a contact: nothing of the person stays or comes back, the ledger still verifies."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from chalicelib.core import attempts
from chalicelib.core.conversation import Profile
from chalicelib.core.events import Item, Referral
from chalicelib.core.messages import Origin, State
from chalicelib.usecases import (
    answer_message,
    digest_hour,
    erase_contact,
    process_event,
    record_echo,
    send_due,
    send_message,
)
from chalicelib.usecases.errors import NotFound
from devtools import verify_ledger
from tests import builders, fakes
from tests.builders import CHANNEL, CONTACT, CONVERSATION, NOON, TODAY

SHOP = builders.channel()
CANARY = "canary-5f1c"
SENT_AT = {
    "sender": {"id": CONTACT},
    "recipient": {"id": CHANNEL},
    "timestamp": int(NOON.timestamp() * 1000),
}
LATE = {
    "referral": SENT_AT
    | {"referral": {"ref": CANARY, "source": "SHORTLINK", "type": "OPEN_THREAD"}},
    "reaction": SENT_AT
    | {"reaction": {"mid": "mid.customer", "action": "react", "emoji": CANARY, "reaction": "love"}},
}


@pytest.fixture
def rt():
    """A customer wrote, was answered, told a name, came by an ad, agreed to hear about the mug."""
    runtime = fakes.runtime(SHOP)
    answer_message.run(builders.message_received(text=CANARY), SHOP, runtime)
    send_message.run(builders.outbound(text=CANARY), runtime)
    runtime.conversations.save_profile(CONVERSATION, Profile(fetched_at=NOON, name=CANARY))
    runtime.conversations.save_referral(CONVERSATION, Referral(ref=CANARY), NOON)
    runtime.opt_ins.record(builders.opt_in(title=CANARY, token=CANARY))
    runtime.opt_ins.stop(CONVERSATION, "mug", NOON)
    runtime.messages.keep_raw(CONVERSATION, "event", CANARY.encode(), NOON)
    runtime.now.advance(minutes=1)
    return runtime


def erase(rt):
    return erase_contact.run(CONVERSATION, rt)


def everything(rt) -> str:
    """All that the stores hold, as text."""
    stores = (rt.conversations, rt.messages, rt.opt_ins, rt.waits)
    return repr([vars(store) for store in stores])


def test_before_the_erasure_it_is_there(rt):
    assert CANARY in everything(rt)
    assert CONTACT in everything(rt)


def test_nothing_that_was_said_is_left_anywhere(rt):
    erase(rt)
    assert CANARY not in everything(rt)


def test_the_key_of_the_contact_is_left_nowhere(rt):
    erase(rt)
    assert CONTACT not in everything(rt)


def test_what_the_policy_was_asked_is_gone_and_the_verdict_stays(rt):
    erase(rt)
    row = rt.messages.load(CONVERSATION, builders.outbound().key)
    (attempt,) = attempts.attempts(row)
    assert (attempt.inputs, attempt.is_erased, attempt.verdict) == (None, True, "permitted")


def test_the_counts_of_the_day_stay(rt):
    before = rt.messages.of_day(CHANNEL, TODAY)
    erase(rt)
    assert rt.messages.of_day(CHANNEL, TODAY) == before


def test_a_stop_stays(rt):
    erase(rt)
    assert [stop.topic for stop in rt.opt_ins.stops(CONVERSATION)] == ["mug"]


def test_the_ledger_still_fits_its_digests(rt):
    rt.now.advance(hours=1, minutes=15)
    digest_hour.run(rt)
    erase(rt)
    verified = verify_ledger.run(SHOP, rt)
    assert (verified.rows, verified.difference) == (1, None)


def test_what_persons_and_campaigns_sent_still_fits_when_it_is_covered_again_a_day_later(rt):
    send_message.run(builders.outbound(key="person", origin=Origin.PERSON, author="Mia"), rt)
    send_message.run(builders.outbound(key="campaign", origin=Origin.CAMPAIGN, topic="mug"), rt)
    rt.now.advance(hours=1, minutes=15)
    digest_hour.run(rt)
    erase(rt)
    rt.now.advance(days=1, hours=1)
    runs = [digest_hour.run(rt) for _ in range(5)]
    verified = verify_ledger.run(SHOP, rt)
    assert (sum(runs), verified.rows, verified.difference) == (25, 2 * 3, None)


def test_erasing_again_changes_nothing(rt):
    first = erase(rt)
    before = everything(rt)
    again = erase(rt)
    assert (first.messages > 0, again.messages, again.is_complete) == (True, 0, True)
    assert everything(rt) == before


def test_what_is_planned_is_sent_no_more(rt):
    planned = builders.our_message(message_id="later", state=State.PLANNED, due_at=NOON)
    rt.messages.plan(planned)
    erase(rt)
    posts = len(rt.sender.posts)
    send_due.run(rt)
    row = rt.messages.load(CONVERSATION, "later")
    assert (row.state, row.failure, len(rt.sender.posts)) == (
        State.FAILED,
        "contact_erased",
        posts,
    )


def test_a_message_that_comes_late_is_kept_without_its_content_and_not_answered(rt):
    erase(rt)
    posts = len(rt.sender.posts)
    late = builders.message_received(message_id="mid.late", text=CANARY)
    answer_message.run(late, SHOP, rt)
    row = rt.messages.load(CONVERSATION, "mid.late")
    assert (row.text, row.deleted_at is not None, len(rt.sender.posts)) == (None, True, posts)
    assert rt.conversations.load(CONVERSATION) is None


def test_a_redelivered_message_brings_nothing_back(rt):
    erase(rt)
    answer_message.run(builders.message_received(text=CANARY), SHOP, rt)
    assert CANARY not in everything(rt)


def test_a_late_echo_brings_nothing_back(rt):
    erase(rt)
    record_echo.run(builders.echo(text=CANARY, occurred_at=NOON), SHOP, rt)
    assert CANARY not in everything(rt)


@pytest.mark.parametrize("kind", ["referral", "reaction"])
def test_a_late_visit_or_reaction_brings_nothing_back(rt, kind):
    erase(rt)
    process_event.run(Item(object="page", section="messaging", body=LATE[kind]), rt.now(), rt)
    assert (CANARY in everything(rt), rt.conversations.load(CONVERSATION)) == (False, None)


def test_a_stop_that_comes_late_counts(rt):
    erase(rt)
    answer_message.run(builders.message_received(message_id="mid.late", text="STOP"), SHOP, rt)
    assert [stop.topic for stop in rt.opt_ins.stops(CONVERSATION)] == [None, "mug"]


def test_a_stop_at_the_platform_that_comes_late_counts(rt):
    erase(rt)
    body = SENT_AT | {
        "optin": {
            "type": "notification_messages",
            "notification_messages_status": "STOP NOTIFICATIONS",
            "notification_messages_token": CANARY,
            "payload": "cup",
        }
    }
    process_event.run(Item(object="page", section="messaging", body=body), rt.now(), rt)
    assert "cup" in [stop.topic for stop in rt.opt_ins.stops(CONVERSATION)]
    assert CANARY not in everything(rt)


def test_a_late_edit_brings_nothing_back(rt):
    erase(rt)
    rt.messages.edit(CONVERSATION, "mid.customer", CANARY, NOON + timedelta(seconds=9))
    row = rt.messages.load(CONVERSATION, "mid.customer")
    assert row.text is None


def test_whoever_writes_again_begins_anew(rt):
    erase(rt)
    rt.now.advance(minutes=5)
    new = builders.message_received(message_id="mid.new", occurred_at=rt.now(), text="Hello")
    answer_message.run(new, SHOP, rt)
    answer_message.run(builders.message_received(message_id="mid.late", text=CANARY), SHOP, rt)
    row = rt.conversations.load(CONVERSATION)
    assert (row.first_contact_at, CANARY in everything(rt)) == (rt.now(), False)


def test_an_erasure_that_takes_long_tells_that_it_is_not_complete(rt):
    seconds = count(step=6)
    slow = replace(rt, now=lambda: NOON + timedelta(hours=1, seconds=next(seconds)))
    runs = [erase(slow) for _ in range(3)]
    assert [run.is_complete for run in runs] == [False, True, True]
    assert CANARY not in everything(rt)


def test_an_unknown_conversation_is_not_found(rt):
    with pytest.raises(NotFound):
        erase_contact.run("nobody", rt)
