"""Every call to Graph's messages has exactly one attempt in the ledger, and every attempt that was
permitted one call: whatever the platform answers, however often it is tried again."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core import attempts
from chalicelib.core.ids import attempt_id, row_of_callback
from chalicelib.core.messages import Origin, State
from chalicelib.platforms import Accepted, ErrorClass, SendError
from chalicelib.ports import Runtime
from chalicelib.usecases import record_echo, send_due, send_message
from tests import builders, fakes
from tests.builders import CONVERSATION, NOON

SHOP = builders.channel()
ANSWERS = st.lists(st.sampled_from([None, *ErrorClass]), max_size=30)
SENDS = st.lists(
    st.tuples(st.sampled_from(Origin), st.integers(0, 30), st.booleans()), min_size=1, max_size=12
)


def answer(error_class: ErrorClass | None) -> Accepted | SendError:
    """What the platform answers; a refused access token would stop the channel for good."""
    if error_class in (None, ErrorClass.TOKEN):
        return Accepted("mid.of.ours")
    return SendError(f"{error_class}_1", error_class=error_class, trace="AbC")


def play(sends, answers) -> Runtime:
    """Sends, hours apart, each perhaps asked for twice; retries in between; some echoes."""
    rt = fakes.runtime(SHOP)
    ends = NOON + timedelta(hours=24)
    rt.conversations.save(
        builders.conversation(last_customer_at=NOON, window_opened_at=NOON, window_ends_at=ends)
    )
    rt.sender.outcomes = [answer(each) for each in answers]
    for number, (origin, hours, is_twice) in enumerate(sends):
        message = builders.outbound(key=attempt_id(f"send {number}"), origin=origin)
        for _ in range(1 + is_twice):
            send_message.run(message, rt)
            rt.now.advance(seconds=1)
        rt.now.advance(hours=hours)
        send_due.run(rt)
    return rt


def posted(rt: Runtime) -> Counter[str]:
    """How often each message was posted, by the key that travelled with it."""
    keys = [row_of_callback(body["message"]["metadata"]) for body in rt.sender.bodies]
    return Counter(key[1] for key in keys if key)


def tried(rt: Runtime, verdict: str) -> Counter[str]:
    told = [(row.message_id, each) for row in rt.messages.all for each in attempts.attempts(row)]
    return Counter(message_id for message_id, each in told if each.verdict == verdict)


@settings(max_examples=60, deadline=None)
@given(sends=SENDS, answers=ANSWERS)
def test_every_post_is_an_attempt_and_every_permitted_attempt_a_post(sends, answers):
    rt = play(sends, answers)
    assert posted(rt) == tried(rt, "permitted")
    assert sum(posted(rt).values()) == len(rt.sender.posts)


@settings(max_examples=60, deadline=None)
@given(sends=SENDS, answers=ANSWERS)
def test_every_attempt_has_the_answer_that_came(sends, answers):
    rt = play(sends, answers)
    told = [each for row in rt.messages.all for each in attempts.attempts(row)]
    assert all((each.answer is None) == (each.verdict == "refused") for each in told)


@settings(max_examples=60, deadline=None)
@given(sends=SENDS, answers=ANSWERS)
def test_every_refused_message_has_one_refusal_with_its_inputs(sends, answers):
    rt = play(sends, answers)
    refused = [row for row in rt.messages.all if row.state is State.REFUSED]
    last = [attempts.attempts(row)[-1] for row in refused]
    assert all(each.verdict == "refused" and each.inputs for each in last)
    assert tried(rt, "refused") == Counter(row.message_id for row in refused)


def test_an_echo_that_is_faster_than_the_answer_is_told_beside_it():
    rt = play([(Origin.PERSON, 0, False)], [])
    (row,) = rt.messages.all
    echo = builders.echo(
        message_id="mid.1", metadata=f"{CONVERSATION}.{row.message_id}", occurred_at=rt.now()
    )
    record_echo.run(echo, SHOP, rt)
    record_echo.run(echo, SHOP, rt)
    (row,) = rt.messages.all
    assert [each.what for each in attempts.told(row)] == ["arrived"]
    assert [each.answer for each in attempts.attempts(row)] == ["accepted"]
