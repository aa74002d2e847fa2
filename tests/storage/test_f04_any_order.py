"""F04: all orders of the facts of a conversation end in the same history, fake and DynamoDB."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import permutations
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace as msgspec_replace

from chalicelib.core.messages import State, Status
from tests.builders import CONVERSATION, NOON, message, our_message
from tests.fakes import FakeMessages

MID, OURS, PLATFORM_ID = "mid.customer", our_message().message_id, "mid.ours"

Fact = Callable[[object], object]


def minute(n: int):
    return NOON + timedelta(minutes=n)


def record(messages):
    messages.record(message(raw=b'{"text":"Is the blue mug back?"}', payload="p"))


def edit(n: int, text: str | None) -> Fact:
    return lambda messages: messages.edit(CONVERSATION, MID, text, minute(n))


def delete(n: int, message_id: str = MID) -> Fact:
    return lambda messages: messages.delete(CONVERSATION, message_id, minute(n))


def react(n: int, emoji: str | None, *, business: bool = False, message_id: str = MID) -> Fact:
    return lambda messages: messages.react(
        CONVERSATION, message_id, emoji=emoji, is_by_business=business, at=minute(n)
    )


def status(n: int, status: Status, message_id: str = MID, **told) -> Fact:
    return lambda messages: messages.status(CONVERSATION, message_id, status, minute(n), **told)


def sent(messages):
    messages.settle(CONVERSATION, OURS, State.SENT, platform_message_id=PLATFORM_ID)


def claimed(messages):
    messages.claim(our_message())
    return messages


SETS = {
    "two edits and a repetition": [record, edit(1, "first"), edit(2, "second"), edit(1, "first")],
    "edits of the same moment": [record, edit(1, "a"), edit(1, "b"), edit(1, None)],
    "an edit and an unsend": [record, edit(1, "first"), delete(2), delete(3)],
    "a reaction taken back": [record, react(1, "❤"), react(2, None), react(1, "👍", business=True)],
    "reactions of the same moment": [record, react(1, "❤"), react(1, None), react(1, "👍")],
    "a repeated message": [record, record, delete(1), record],
    "statuses": [
        record,
        status(3, Status.READ),
        status(1, Status.DELIVERED),
        status(2, Status.READ),
    ],
    "failures of the same moment": [
        record,
        status(1, Status.FAILED, failure="window", facts={"code": 1}),
        status(1, Status.FAILED, failure="policy"),
        status(1, Status.FAILED),
    ],
}


def history_after(messages, facts):
    for fact in facts:
        fact(messages)
    return messages.history(CONVERSATION)


def shown_after(messages, facts):
    """Without the ledger: it keeps what was told in the order in which it was told."""
    history = history_after(messages, facts)
    return tuple(msgspec_replace(row, ledger=()) for row in history)


@pytest.mark.parametrize("name", SETS)
def test_f04_all_orders_end_alike_in_the_fake(name):
    ends = {str(shown_after(FakeMessages(), order)) for order in permutations(SETS[name])}
    assert len(ends) == 1


@pytest.mark.parametrize("name", SETS)
def test_f04_all_orders_end_alike_in_dynamodb(dynamodb, name):
    expected = shown_after(FakeMessages(), SETS[name])
    for number, order in enumerate(permutations(SETS[name])):
        assert moved(shown_after(conversation(dynamodb, number), order)) == expected


def test_f04_the_ledger_has_the_earliest_status_in_any_order():
    earliest = history_after(FakeMessages(), SETS["statuses"][:1] + SETS["statuses"][2:])[0].ledger
    orders = permutations(SETS["statuses"])
    found = [history_after(FakeMessages(), order)[0].ledger for order in orders]
    assert [set(earliest) <= set(ledger) for ledger in found] == [True] * len(found)


OURS_SET = [
    sent,
    status(2, Status.DELIVERED, PLATFORM_ID),
    status(1, Status.DELIVERED, OURS),
    react(3, "👍", message_id=PLATFORM_ID),
    delete(4, PLATFORM_ID),
]


def test_f04_facts_about_ours_come_in_any_order_in_the_fake():
    ends = {str(history_after(claimed(FakeMessages()), order)) for order in permutations(OURS_SET)}
    assert len(ends) == 1


@pytest.mark.slow
def test_f04_facts_about_ours_come_in_any_order_in_dynamodb(dynamodb):
    expected = history_after(claimed(FakeMessages()), OURS_SET)
    for number, order in enumerate(permutations(OURS_SET)):
        messages = claimed(conversation(dynamodb, number))
        assert moved(history_after(messages, order)) == expected


FACTS = st.one_of(
    st.just(record),
    st.builds(edit, st.integers(0, 3), st.sampled_from(["a", "b", "", None])),
    st.builds(delete, st.integers(0, 3)),
    st.builds(react, st.integers(0, 3), st.sampled_from(["❤", "👍", None]), business=st.booleans()),
    st.builds(status, st.integers(0, 3), st.sampled_from(Status)),
)


@given(st.lists(FACTS, max_size=12), st.randoms(use_true_random=False))
@settings(max_examples=200)
def test_f04_any_facts_shuffled_end_alike_in_the_fake(facts, random):
    shuffled = random.sample(facts, len(facts))
    assert shown_after(FakeMessages(), facts) == shown_after(FakeMessages(), shuffled)


_examples = iter(range(10**9))


@pytest.mark.slow
@given(st.lists(FACTS, max_size=8))
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_f04_the_fake_ends_as_dynamodb_does(dynamodb, facts):
    messages = conversation(dynamodb, next(_examples))
    expected = history_after(FakeMessages(), facts)
    assert moved(history_after(messages, facts)) == expected


def conversation(dynamodb, number: int):
    """The store, with everything about CONVERSATION going to a conversation of its own."""
    name = f"{CONVERSATION}-{number}"

    def in_it(method):
        return lambda first, *args, **facts: method(
            name if isinstance(first, str) else msgspec_replace(first, conversation_id=name),
            *args,
            **facts,
        )

    names = ("record", "edit", "delete", "react", "status", "claim", "settle", "history")
    return SimpleNamespace(**{each: in_it(getattr(dynamodb.messages, each)) for each in names})


def moved(history):
    return tuple(msgspec_replace(row, conversation_id=CONVERSATION) for row in history)
