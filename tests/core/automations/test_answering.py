"""The one reply to an input, its slot, and the two loops that must never start."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.catalogue import AUTOMATIONS
from chalicelib.core import answering, events
from chalicelib.core.answering import (
    Reply,
    Silence,
    answer_again,
    first_reply,
    release_slot,
    take_slot,
)
from chalicelib.core.automations import Answer, Automation, Situation, Tier
from chalicelib.core.automations._guard import REASONS
from chalicelib.core.channel import AutomaticReply, ChannelSettings
from chalicelib.core.conversation import RECENT_SENDS, Conversation, RecentSend
from chalicelib.core.custom_rules import Rule, Then, When
from chalicelib.core.events import MessageReceived, Postback
from tests.builders import CHANNEL, CONTACT, ITEM, NOON, PLATFORM, conversation, message_received
from tests.core.automations.situations import NIGHT, NIGHT_PERIOD, shop

HELLO = Reply("instant_reply", Answer(text="Hello!"))
AWAY = Reply("away_message", Answer(text="Away.", away_period=NIGHT_PERIOD))


def chatty(_situation: Situation) -> Answer:
    return Answer(text="I always answer.")


CHATTY = (Automation("chatty", Tier.GREETING, chatty),)


def postback(**facts: Any) -> Postback:
    defaults: dict[str, Any] = {
        "event_id": "messenger:postback:1",
        "platform": PLATFORM,
        "channel_id": CHANNEL,
        "contact_id": CONTACT,
        "occurred_at": NOON,
        "item": ITEM,
        "message_id": None,
        "title": "Get Started",
        "payload": "START",
    }
    return Postback(**(defaults | facts))


def answer(
    event: MessageReceived | Postback | None = None,
    *,
    before: Conversation | None = None,
    settings: ChannelSettings | None = None,
    delay: timedelta = timedelta(seconds=1),
    automations: Sequence[Automation] = AUTOMATIONS,
) -> Reply | Silence:
    event = event or message_received(text="Hello?")
    return first_reply(
        event,
        before=before,
        channel=settings or shop(),
        now=(event.occurred_at or NOON) + delay,
        automations=automations,
    )


def test_the_catalogue_holds_the_automations_in_their_order() -> None:
    assert [(automation.tier, automation.name) for automation in AUTOMATIONS] == [
        (Tier.REQUEST, "contact_details"),
        (Tier.REQUEST, "contact_information"),
        (Tier.REQUEST, "frequent_questions"),
        (Tier.REQUEST, "handover_request"),
        (Tier.REQUEST, "location"),
        (Tier.REQUEST, "notification_request"),
        (Tier.REQUEST, "stop"),
        (Tier.RULE, "custom_rules"),
        (Tier.MISSED, "handover_missed"),
        (Tier.AVAILABILITY, "away_message"),
        (Tier.GREETING, "ad_questions"),
        (Tier.GREETING, "instant_reply"),
        (Tier.HANDOVER, "handover_notice"),
        (Tier.OCCASION, "job_application"),
        (Tier.OCCASION, "page_not_recommended"),
        (Tier.OCCASION, "page_recommended"),
        (Tier.OCCASION, "private_reply"),
    ]


@pytest.mark.parametrize("automation", AUTOMATIONS, ids=lambda one: one.name)
def test_an_automation_is_named_as_its_module(automation: Automation) -> None:
    assert automation.decide.__module__ == f"chalicelib.core.automations.{automation.name}"


@pytest.mark.parametrize(
    "before", [None, conversation(), conversation(first_contact_at=NOON - timedelta(days=1))]
)
def test_a_first_message_gets_the_instant_reply(before: Conversation | None) -> None:
    assert answer(before=before) == HELLO


def test_a_first_tap_gets_the_instant_reply() -> None:
    assert answer(postback()) == HELLO


def test_a_second_message_gets_nothing() -> None:
    before = conversation(last_customer_at=NOON - timedelta(hours=1))
    assert answer(before=before) == Silence("nothing_to_say")


def test_a_first_message_at_night_gets_the_away_message() -> None:
    assert answer(message_received(text="Hello?", occurred_at=NIGHT)) == AWAY


def test_what_to_answer_is_decided_by_the_time_of_the_message() -> None:
    before_closing = message_received(
        text="Hello?", occurred_at=NOON + timedelta(hours=2, minutes=59)
    )
    assert answer(before_closing, delay=timedelta(minutes=5)) == HELLO


def test_a_request_comes_before_the_greeting() -> None:
    reply = answer(message_received(text="Is the mug back?"))
    assert isinstance(reply, Reply)
    assert reply.automation == "notification_request"


def test_the_title_of_a_tap_is_a_request_if_it_is_what_the_tap_brings_back() -> None:
    title = "Tell me when the mug is back"
    reply = answer(postback(title=title, payload=title))
    assert isinstance(reply, Reply)
    assert reply.automation == "notification_request"


def test_a_tap_that_a_rule_of_the_business_is_for_is_no_consent() -> None:
    rule = Rule(name="blue", when=When(payload="mug:blue"), then=Then(text="It is sold out."))
    tapped = postback(title="The blue mug", payload="mug:blue")
    reply = answer(tapped, settings=shop(rules=(rule,)))
    assert isinstance(reply, Reply)
    assert reply.automation == "custom_rules"


@pytest.mark.parametrize(
    "sides",
    ["last_customer_at", "last_person_at", "last_automated_at", "last_other_app_at"],
)
def test_silence_is_counted_from_the_last_word_of_either_side(sides: str) -> None:
    settings = shop(instant_reply=AutomaticReply(text="Hello!", again_after_days=7))
    long_ago = conversation(last_customer_at=NOON - timedelta(days=30))
    spoken = replace(long_ago, **{sides: NOON - timedelta(days=6)})
    replies = [answer(before=before, settings=settings) for before in (long_ago, spoken)]
    assert replies == [HELLO, Silence("nothing_to_say")]


def test_f36_a_replay_of_an_old_message_is_silent() -> None:
    assert answer(delay=timedelta(days=9)) == Silence("too_old")


def test_an_event_without_a_time_is_not_answered() -> None:
    assert answer(message_received(occurred_at=None)) == Silence("no_time")


def test_standby_is_not_answered() -> None:
    assert answer(message_received(is_standby=True)) == Silence("standby")


def test_a_message_to_a_group_is_not_answered() -> None:
    assert answer(message_received(group_id="120363"), automations=CHATTY) == Silence("group")


def test_f39_only_what_a_customer_writes_or_taps_can_be_answered() -> None:
    assert set(get_args(answering.Input)) == {events.MessageReceived, events.Postback}


def test_f39_an_echo_moves_no_automation_but_stops_it() -> None:
    echoed = conversation(last_person_at=NOON - timedelta(seconds=1))
    assert answer(before=echoed, automations=CHATTY) == Silence("person_active")


def test_a_slot_remembers_the_reply() -> None:
    taken = take_slot(conversation(), HELLO, message_received(), attempt_id="a")
    assert taken == conversation(
        recent_sends=(RecentSend("a", NOON, "instant_reply"),), automated_at=(NOON,)
    )


def test_a_slot_of_the_away_message_spends_the_closed_period() -> None:
    event = message_received(occurred_at=NIGHT)
    assert take_slot(conversation(), AWAY, event, attempt_id="a").away_period == NIGHT_PERIOD


def test_a_slot_of_another_automation_leaves_the_closed_period_alone() -> None:
    told = conversation(away_period=NIGHT_PERIOD)
    taken = take_slot(told, HELLO, message_received(), attempt_id="a")
    assert taken.away_period == NIGHT_PERIOD


def test_an_event_without_a_time_takes_no_slot() -> None:
    event = message_received(occurred_at=None)
    assert take_slot(conversation(), HELLO, event, attempt_id="a") == conversation()


def with_slots(times: Iterable[datetime]) -> Conversation:
    row = conversation()
    for number, at in enumerate(times):
        row = take_slot(row, HELLO, message_received(occurred_at=at), attempt_id=f"a{number}")
    return row


def test_only_the_latest_slots_are_remembered() -> None:
    row = with_slots(NOON + timedelta(hours=n) for n in range(12))
    assert (len(row.recent_sends), len(row.automated_at)) == (RECENT_SENDS, 10)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_slots_are_remembered_in_the_order_of_time(order: tuple[int, ...]) -> None:
    row = with_slots(NOON + timedelta(hours=n) for n in order)
    assert row.automated_at == tuple(NOON + timedelta(hours=n) for n in range(3))


def test_a_released_slot_leaves_no_trace() -> None:
    taken = take_slot(conversation(), HELLO, message_received(), attempt_id="a")
    assert release_slot(taken, "a") == conversation()


def test_releasing_a_slot_leaves_the_others() -> None:
    both = with_slots([NOON, NOON + timedelta(hours=1)])
    assert release_slot(both, "a1") == with_slots([NOON])


def test_releasing_what_was_never_taken_changes_nothing() -> None:
    row = with_slots([NOON])
    assert release_slot(row, "other") == row


def test_a_slot_taken_again_leaves_the_row_as_it_was() -> None:
    row = with_slots([NOON, NOON + timedelta(hours=1)])
    again = take_slot(release_slot(row, "a0"), HELLO, message_received(), attempt_id="a0")
    assert again == row


@pytest.mark.parametrize(("at", "reply"), [(NOON, HELLO), (NIGHT, AWAY)])
def test_a_redelivery_finds_its_slot_and_answers_the_same(at: datetime, reply: Reply) -> None:
    event = message_received(occurred_at=at)
    row = take_slot(conversation(last_customer_at=at), reply, event, attempt_id="a")
    again = answer_again(
        event, row.recent_sends[0], before=row, channel=shop(), now=at, automations=AUTOMATIONS
    )
    assert again == Reply(reply.automation, Answer(text=reply.answer.text))


def test_a_redelivery_does_not_spend_a_closed_period_again() -> None:
    later = "2026-11-22T15:00:00+00:00"
    event = message_received(occurred_at=NIGHT)
    row = replace(take_slot(conversation(), AWAY, event, attempt_id="a"), away_period=later)
    again = answer_again(
        event, row.recent_sends[0], before=row, channel=shop(), now=NIGHT, automations=AUTOMATIONS
    )
    assert again is not None
    assert take_slot(row, again, event, attempt_id="a").away_period == later


def test_a_reply_that_was_turned_off_meanwhile_is_not_given_again() -> None:
    row = take_slot(conversation(), HELLO, message_received(), attempt_id="a")
    off = shop(instant_reply=AutomaticReply(is_on=False))
    again = answer_again(
        message_received(),
        row.recent_sends[0],
        before=row,
        channel=off,
        now=NOON,
        automations=AUTOMATIONS,
    )
    assert again is None


def test_an_event_without_a_time_has_no_reply_to_repeat() -> None:
    again = answer_again(
        message_received(occurred_at=None),
        RecentSend("a", NOON, "instant_reply"),
        before=conversation(),
        channel=shop(),
        now=NOON,
        automations=AUTOMATIONS,
    )
    assert again is None


@pytest.mark.parametrize(
    ("facts", "minutes"),
    [
        ({}, 11),
        ({"last_person_at": NOON + timedelta(minutes=2)}, 3),
        ({"last_other_app_at": NOON + timedelta(minutes=2)}, 3),
        ({"thread_owner": "other"}, 3),
    ],
    ids=["too old by now", "a person was faster", "another app was faster", "thread taken"],
)
def test_f07_a_redelivery_is_not_answered_once_it_is_too_late(
    facts: dict[str, object], minutes: int
) -> None:
    event = message_received()
    row = replace(take_slot(conversation(), HELLO, event, attempt_id="a"), **facts)
    again = answer_again(
        event,
        row.recent_sends[0],
        before=row,
        channel=shop(),
        now=NOON + timedelta(minutes=minutes),
        automations=AUTOMATIONS,
    )
    assert again is None


def replies_to(
    times: Iterable[datetime],
    *,
    automations: Sequence[Automation],
    settings: ChannelSettings,
) -> list[Reply | Silence]:
    """What messages at these times get, each seeing the slots of those before it in the list."""
    row, replies = conversation(), []
    for number, at in enumerate(times):
        event = message_received(occurred_at=at, text="Hello?")
        reply = answer(event, before=row, settings=settings, automations=automations)
        if isinstance(reply, Reply):
            row = take_slot(row, reply, event, attempt_id=f"a{number}")
        row = replace(row, last_customer_at=max(at, row.last_customer_at or at))
        replies.append(reply)
    return replies


def most_within(times: list[datetime], length: timedelta) -> int:
    """The largest number of these times in any stretch shorter than `length`."""
    return max(
        (sum(start <= time < start + length for time in times) for start in times), default=0
    )


def answered_at(times: list[datetime], replies: list[Reply | Silence]) -> list[datetime]:
    pairs = zip(times, replies, strict=True)
    return [at for at, reply in pairs if isinstance(reply, Reply)]


@given(
    st.lists(
        st.integers(1, 4 * 3600 * 1000).map(lambda ms: timedelta(milliseconds=ms)),
        min_size=1,
        max_size=120,
    )
)
def test_f40_two_bots_never_exceed_the_limits(pauses: list[timedelta]) -> None:
    times = [NOON + sum(pauses[: n + 1], timedelta()) for n in range(len(pauses))]
    replies = replies_to(times, automations=CHATTY, settings=shop())
    sent = answered_at(times, replies)
    assert most_within(sent, timedelta(minutes=10)) <= 3
    assert most_within(sent, timedelta(hours=24)) <= 10


@given(st.lists(st.integers(0, 600), min_size=1, max_size=60))
def test_f40_the_limits_hold_in_whatever_order_messages_come(seconds: list[int]) -> None:
    times = [NOON + timedelta(seconds=second) for second in seconds]
    sent = answered_at(times, replies_to(times, automations=CHATTY, settings=shop()))
    assert most_within(sent, timedelta(minutes=10)) <= 3


def test_f40_a_bot_that_answers_every_reply_gets_ten_a_day() -> None:
    times = [NOON + timedelta(seconds=12 * n) for n in range(24 * 300)]
    replies = replies_to(times, automations=CHATTY, settings=shop())
    reasons = {reply.reason for reply in replies if isinstance(reply, Silence)}
    assert len(answered_at(times, replies)) == 10
    assert reasons == {"limit_of_10_minutes", "limit_of_a_day"}


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_f41_an_album_gets_one_reply_in_whatever_order_it_comes(order: tuple[int, ...]) -> None:
    times = [NOON + timedelta(milliseconds=300 * n) for n in order]
    replies = replies_to(times, automations=AUTOMATIONS, settings=shop())
    assert [type(reply) for reply in replies] == [Reply, Silence, Silence, Silence]


def test_the_away_message_goes_out_once_a_night() -> None:
    times = [NIGHT + timedelta(hours=hour) for hour in (0, 1, 2, 5, 24, 25)]
    replies = replies_to(times, automations=AUTOMATIONS, settings=shop())
    assert answered_at(times, replies) == [NIGHT, NIGHT + timedelta(hours=24)]


@given(
    event=st.builds(
        message_received,
        occurred_at=st.one_of(
            st.none(), st.integers(-90000, 90000).map(lambda s: NOON + timedelta(seconds=s))
        ),
        text=st.one_of(st.none(), st.text()),
        is_standby=st.booleans(),
    )
)
def test_every_silence_has_a_reason_we_know(event: MessageReceived) -> None:
    reply = first_reply(event, before=None, channel=shop(), now=NOON, automations=AUTOMATIONS)
    assert isinstance(reply, Reply) or reply.reason in REASONS
