"""One person, several keys: known, greeted, answered, counted and written to as one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from chalicelib.core import periods
from chalicelib.core.channel import AutomaticReply, NotificationTopic
from chalicelib.core.day_activity import LocalDay
from chalicelib.core.events import Item, MessageReceived
from chalicelib.core.handling import Handling
from chalicelib.platforms._whatsapp_contact import phone_beside
from chalicelib.usecases import (
    compute_daily_metrics,
    gather_day,
    join_by_hand,
    list_conversations,
    list_facts,
    move_conversation,
    notify,
    process_event,
    read_conversation,
    reply_as_person,
)
from chalicelib.usecases.list_conversations import Order
from tests import builders, fakes
from tests.builders import TODAY
from tests.platforms import recorded
from tests.usecases.crashes import Watch
from tests.usecases.journey import NUMBER
from tests.usecases.people import (
    CHANNEL,
    P1,
    P2,
    U1,
    U2,
    U3,
    Tell,
    after,
    at,
    got_number,
    got_user_id,
    id_of,
    item,
    leader,
    merged,
    replied,
    separated,
    shop,
    state,
    wrote,
)

GREETS = replace(
    CHANNEL,
    instant_reply=AutomaticReply(text="Hello!"),
    handover_notice=AutomaticReply(is_on=False),
)


def greeting_shop(minute: float) -> Any:
    return fakes.runtime(GREETS, now=at(minute))


def answer(rt: Any, key: str, *, request: str = "k") -> None:
    reply_as_person.run(
        conversation_id=id_of(key), text="Yes", author="Mia", idempotency_key=request, rt=rt
    )


def recipients(rt: Any) -> list[str]:
    return [body.get("recipient") or body["to"] for body in rt.sender.bodies]


def history(rt: Any, key: str) -> list[str]:
    page = read_conversation.messages(id_of(key), cursor=None, limit=99, rt=rt)
    return [message.message_id for message in page.items]


# ------------------------------------------------------------------------------------ who is it


@pytest.mark.parametrize("key", [P1, U1])
def test_whoever_was_known_by_phone_is_not_greeted_when_a_user_id_comes(key: str) -> None:
    rt = greeting_shop(0)
    wrote(-40, phone=P1)(rt)
    wrote(0, user=U1, phone=P1)(rt)
    assert (recipients(rt), leader(rt, key)) == ([], U1)


def test_of_two_first_messages_by_two_keys_one_is_greeted() -> None:
    rt = greeting_shop(0.1)
    wrote(0, user=U1, phone=P1)(rt)
    wrote(0.05, phone=P1)(rt)
    assert recipients(rt) == [U1]


def test_one_history_holds_what_came_by_any_key() -> None:
    rt = after([wrote(0, phone=P1), wrote(3, user=U1, phone=P1), replied(5, phone=P1)])
    assert history(rt, P1) == history(rt, U1) == ["wamid.0", "wamid.3", "wamid.echo.5"]


def test_an_answer_by_phone_ends_the_wait_that_began_by_user_id() -> None:
    rt = after([wrote(0, user=U1, phone=P1), replied(5, phone=P1)])
    assert [(w.conversation_id, w.answered_at) for w in rt.waits.all] == [(id_of(U1), at(5))]


def test_a_message_that_tells_nothing_new_costs_one_read() -> None:
    rt = after([wrote(0, user=U1, phone=P1)])
    watch = Watch()
    wrote(3, user=U1, phone=P1)(watch.over(rt))
    assert [call for call in watch.calls if not call.startswith(("channels", "log"))] == [
        "conversations.load",
        "messages.record",
        "conversations.save",
    ]


def test_a_first_contact_by_both_keys_costs_a_link_and_a_row_that_points() -> None:
    rt, watch = shop(), Watch()
    wrote(0, user=U1, phone=P1)(watch.over(rt))
    assert [call for call in watch.calls if not call.startswith(("channels", "log"))] == [
        "conversations.load",
        "conversations.erased",
        "conversations.link",
        "conversations.save",
        "messages.record",
        "conversations.save",
        "conversations.save_profile",
    ]


def test_a_number_given_to_somebody_else_brings_no_history() -> None:
    rt = after([wrote(0, user=U1, phone=P1), wrote(40, user=U3, phone=P1)])
    assert (history(rt, U1), history(rt, U3)) == (["wamid.0"], ["wamid.40"])


def test_a_device_change_changes_no_key() -> None:
    body = {
        "from": P1,
        "id": "wamid.s",
        "timestamp": str(int(at(3).timestamp())),
        "type": "system",
        "system": {"type": "customer_identity_changed"},
    }
    rt = after([wrote(0, phone=P1)])
    process_event.run(item("messages", body), rt.now(), rt)
    assert (rt.conversations.links(id_of(P1)), rt.quarantine.kept) == ((), [])


def _told(file: str) -> dict[tuple[str, str], str]:
    """Channel and phone -> the user id that a message of the recorded file names beside it."""
    found = {}
    for event in recorded.events(file):
        phone = phone_beside(event.item, event.contact_id or "") if event.channel_id else None
        if phone and isinstance(event, MessageReceived):
            found[event.channel_id, phone] = event.contact_id
    return {place: user for place, user in found.items() if place[1] != user}


BOTH_KEYS = [
    pytest.param(file, channel_id, phone, user, id=file)
    for file in recorded.WEBHOOKS
    for (channel_id, phone), user in _told(file).items()
]


@pytest.mark.parametrize(("file", "channel_id", "phone", "user"), BOTH_KEYS)
def test_a_recorded_event_leads_from_the_phone_to_the_user_id(
    file: str, channel_id: str, phone: str, user: str
) -> None:
    shown = replace(CHANNEL, channel_id=channel_id)
    rt = fakes.runtime(shown, now=at(60 * 24 * 365))
    for event in recorded.events(file):
        process_event.run(_queued(event.item), rt.now(), rt)
    assert move_conversation.load(shown, phone, rt).contact_id == user


def _queued(one: Item) -> Item:
    queued: Item = msgspec.json.decode(msgspec.json.encode(one), type=Item)
    return queued


# ------------------------------------------------------------------------------------ sending


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([wrote(0, user=U1, phone=P1)], U1),
        ([wrote(0, phone=P1), got_number(5, P1, P2)], f"+{P2}"),
        ([wrote(0, user=U1, phone=P1), got_number(5, P1, P2)], f"+{P2}"),
        ([wrote(0, user=U1, phone=P1), got_number(5, P1, P2, user=U2)], U2),
        ([wrote(0, user=U1), got_user_id(5, U1, U2)], U2),
        ([got_user_id(5, U1, U2), wrote(0, user=U1)], U2),
    ],
)
def test_a_person_writes_to_the_newest_key(told: list[Tell], expected: str) -> None:
    rt = after(told)
    first = next(each for each in (U1, P1) if id_of(each) in rt.conversations.rows)
    answer(rt, first)
    assert recipients(rt) == [expected]


def test_of_keys_joined_by_hand_the_one_that_wrote_last_is_answered() -> None:
    rt = after([wrote(0, user=U1), wrote(3, user=U3), merged(20, U1, U3), wrote(30, user=U1)])
    wrote(35, user=U3, phone=P2)(rt)
    answer(rt, U1)
    wrote(40, user=U1)(rt)
    answer(rt, U1, request="again")
    assert recipients(rt) == [U3, U1]


def test_a_redelivered_message_is_not_answered_again_after_its_contact_was_joined() -> None:
    rt = greeting_shop(0)
    first = wrote(0, phone=P1)
    for tell in (first, wrote(0.2, user=U1, phone=P1)):
        tell(rt)
    watch = Watch()
    first(watch.over(rt))
    assert (len(recipients(rt)), "messages.claim" in watch.calls) == (1, False)


def test_an_answer_asked_for_again_after_a_join_is_sent_once() -> None:
    rt = after([wrote(0, phone=P1)])
    answer(rt, P1)
    wrote(5, user=U1, phone=P1)(rt)
    answer(rt, P1)
    assert len(recipients(rt)) == 1


def test_the_window_is_that_of_the_contact_by_whichever_id_it_is_asked() -> None:
    rt = after([wrote(-60 * 48, phone=P1), wrote(0, user=U1, phone=P1)])
    answer(rt, P1)
    assert recipients(rt) == [U1]


def test_a_stop_by_one_key_stops_what_the_other_agreed_to() -> None:
    topic = NotificationTopic(topic="mug", title="When the mug is back", template_name="mug")
    rt = fakes.runtime(replace(CHANNEL, notification_topics=(topic,)), now=at(60))
    after([wrote(0, phone=P1), wrote(3, user=U1, phone=P1)], rt)
    consent = builders.opt_in(
        conversation_id=id_of(P1), channel_id=NUMBER, contact_id=P1, platform="whatsapp"
    )
    rt.opt_ins.record(consent)
    rt.opt_ins.stop(id_of(U1), None, at(5) + timedelta(days=1))
    row = notify.schedule(
        conversation_id=id_of(U1),
        topic="mug",
        text="It is back",
        send_at=None,
        idempotency_key="k",
        rt=rt,
    )
    assert (row.state, row.failure) == ("refused", "stopped_all")


def test_content_unsent_by_another_key_goes() -> None:
    rt = after([wrote(0, phone=P1), wrote(3, user=U1, phone=P1)])
    revoke = {
        "from_user_id": U1,
        "id": "wamid.revoke",
        "timestamp": str(int(at(4).timestamp())),
        "type": "revoke",
        "revoke": {"original_message_id": "wamid.0"},
    }
    process_event.run(item("messages", revoke), rt.now(), rt)
    assert [m.text for m in rt.messages.history(id_of(P1))] == [None]


# ------------------------------------------------------------------------------------ counting


@pytest.mark.parametrize("order", [Order.WAITING, Order.NEWEST, Order.NEEDS_PERSON])
def test_a_contact_is_listed_once(order: Order) -> None:
    rt = after([wrote(0, phone=P1), wrote(3, user=U1, phone=P1), wrote(5, phone=P1)])
    called = Handling(needs_person_since=at(5))
    rt.conversations.save_handling(rt.conversations.load(id_of(P1)), called)
    page = list_conversations.run(NUMBER, order, cursor=None, limit=9, rt=rt)
    assert [view.conversation.contact_id for view in page.items] == [U1]


def test_the_name_that_one_key_told_is_the_contacts() -> None:
    rt = after([wrote(0, phone=P1)])
    profile = replace(rt.conversations.profile(id_of(P1)), name="Ana")
    rt.conversations.save_profile(id_of(P1), profile)
    wrote(3, user=U1, phone=P1)(rt)
    assert read_conversation.run(id_of(U1), rt).profile == profile


def test_metrics_count_a_person_once() -> None:
    told = [wrote(-60 * 30, phone=P1), wrote(0, user=U1, phone=P1), wrote(3, phone=P1)]
    rt = after(told)
    day = LocalDay(NUMBER, TODAY, *CHANNEL.day_bounds(TODAY))
    facts = gather_day.run(day, CHANNEL, rt, now=at(60))
    assert {fact.conversation_id for fact in facts.messages} == {id_of(U1)}
    assert [e.conversation_id for e in facts.episodes] == [id_of(U1)]
    assert facts.new_contacts == frozenset()


def test_metrics_pass_over_a_wait_of_a_worker_that_was_overtaken_by_a_join() -> None:
    rt = after([wrote(0, phone=P1), wrote(3, user=U1, phone=P1), replied(9, user=U1)])
    rt.waits.record(builders.wait(conversation_id=id_of(P1), channel_id=NUMBER, day=TODAY))
    day = LocalDay(NUMBER, TODAY, *CHANNEL.day_bounds(TODAY))
    facts = gather_day.run(day, CHANNEL, rt, now=at(60))
    assert [wait.conversation_id for wait in facts.waits] == [id_of(U1)]


@pytest.mark.parametrize("metric", ["response_rate", "response_time"])
def test_the_facts_behind_a_number_pass_over_it_too(metric: str) -> None:
    rt = after([wrote(0, phone=P1), wrote(3, user=U1, phone=P1), replied(9, user=U1)])
    rt.waits.record(builders.wait(conversation_id=id_of(P1), channel_id=NUMBER, day=TODAY))
    compute_daily_metrics.run(NUMBER, TODAY, rt)
    day = periods.days(TODAY, TODAY)
    page = list_facts.run(NUMBER, metric, day, rt, cursor=None, limit=9)
    assert [fact.conversation_id for fact in page.items] == [id_of(U1)]


# ------------------------------------------------------------------------------------ by hand


BEFORE = [wrote(0, user=U1), replied(2, user=U1), wrote(3, user=U3), wrote(9, user=U1)]


def test_what_is_merged_and_unmerged_is_as_it_was() -> None:
    rt = after(BEFORE)
    was = state(rt)
    join_by_hand.merge(id_of(U1), id_of(U3), rt)
    between = state(rt)
    join_by_hand.separate(id_of(U1), id_of(U3), rt)
    assert (state(rt), between == was) == (was, False)


@pytest.mark.parametrize("key", [U1, U3])
def test_what_no_message_tells_is_as_it_was_too(key: str) -> None:
    rt = greeting_shop(0)
    wrote(0, user=U1)(rt)
    wrote(0, user=U3)(rt)
    was = rt.conversations.rows[id_of(key)]
    join_by_hand.merge(id_of(U1), id_of(U3), rt)
    join_by_hand.separate(id_of(U1), id_of(U3), rt)
    row = rt.conversations.rows[id_of(key)]
    assert (row.automated_at, row.recent_sends) == (was.automated_at, was.recent_sends)
    assert len(row.automated_at) == 1


def test_what_a_user_id_brought_before_its_phone_wrote_is_as_it_was_too() -> None:
    rt = greeting_shop(0)
    after([wrote(0, user=U1, phone=P1)], rt)
    was = rt.conversations.rows[id_of(U1)]
    after([replied(5, phone=P1), separated(20, U1, P1)], rt)
    row = rt.conversations.rows[id_of(U1)]
    assert (row.automated_at, row.last_person_at) == (was.automated_at, None)
    assert len(row.automated_at) == 1


def test_what_came_in_between_belongs_to_the_key_that_wrote_it() -> None:
    rt = after(BEFORE)
    join_by_hand.merge(id_of(U1), id_of(U3), rt)
    after([wrote(20, user=U3), replied(25, user=U1)], rt)
    join_by_hand.separate(id_of(U1), id_of(U3), rt)
    assert state(rt) == state(after([*BEFORE, wrote(20, user=U3), replied(25, user=U1)]))


def test_what_was_separated_by_hand_is_not_joined_again_by_the_same_evidence() -> None:
    rt = after([wrote(0, phone=P1), wrote(3, user=U1, phone=P1), separated(5, U1, P1)])
    wrote(9, user=U1, phone=P1)(rt)
    assert (leader(rt, P1), leader(rt, U1)) == (P1, U1)


def test_a_key_leaves_with_those_named_in_the_same_messages() -> None:
    rt = after([wrote(0, user=U1, phone=P1), wrote(3, user=U3, phone=P2), merged(5, U1, U3)])
    join_by_hand.separate(id_of(U1), id_of(U3), rt)
    groups = [{key for key in (U1, U3, P1, P2) if leader(rt, key) == one} for one in (U1, U3)]
    assert groups == [{U1, P1}, {U3, P2}]
