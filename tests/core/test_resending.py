"""Whether a send that went wrong may be made again, and as what."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.core import ids
from chalicelib.core.delayed import ANY_MESSAGE, Unless
from chalicelib.core.messages import Author, Message, MessageKind, Origin, State
from chalicelib.core.messaging_policy import Basis
from chalicelib.core.outbound import row_of
from chalicelib.core.resending import OBSTACLES, again, may_be_twice, obstacle
from tests.builders import NOON, TODAY, conversation, our_message, outbound

LATER = NOON + timedelta(hours=1)


def row(**facts) -> Message:
    return our_message(**({"state": State.FAILED, "lease_until": None} | facts))


def reason(message: Message, now=LATER) -> str | None:
    found = obstacle(message, now)
    return found.reason if found else None


@pytest.mark.parametrize("state", [State.FAILED, State.REFUSED, State.UNKNOWN])
def test_what_went_wrong_may_be_made_again(state):
    assert reason(row(state=state)) is None


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"state": State.SENT}, "already_sent"),
        ({"state": State.UNKNOWN, "statuses": {"delivered": NOON}}, "already_sent"),
        ({"state": State.PLANNED}, "still_planned"),
        ({"state": State.CLAIMED, "lease_until": LATER + timedelta(seconds=1)}, "being_sent"),
        ({"resent_as": "hb-second"}, "already_resent"),
        ({"state": State.UNKNOWN, "basis": "one_time_token"}, "one_message_agreed"),
        ({"state": State.UNKNOWN, "basis": "approved_template"}, "one_message_agreed"),
        ({"text": None}, "content_gone"),
        ({"kind": MessageKind.TEMPLATE, "text": "filled in"}, "content_gone"),
    ],
)
def test_what_stands_against_it(facts, expected):
    assert reason(row(**facts)) == expected


def test_a_claim_whose_worker_died_may_be_made_again():
    assert reason(row(state=State.CLAIMED, lease_until=NOON)) is None


def test_what_failed_after_it_was_sent_may_be_made_again():
    assert reason(row(state=State.SENT, statuses={"failed": NOON})) is None


@pytest.mark.parametrize("basis", [Basis.ONE_TIME_TOKEN, Basis.APPROVED_TEMPLATE])
def test_a_failed_send_on_a_consent_brought_the_customer_nothing(basis):
    assert reason(row(basis=basis)) is None


def test_an_attachment_or_a_template_is_content_too():
    template = row(kind=MessageKind.TEMPLATE, text=None, request={"template": {"name": "mug"}})
    assert reason(template) is None


@pytest.mark.parametrize(
    ("state", "expected"), [(State.UNKNOWN, True), (State.FAILED, False), (State.REFUSED, False)]
)
def test_only_an_unknown_send_may_arrive_twice(state, expected):
    assert may_be_twice(row(state=state), LATER) is expected


def test_every_obstacle_is_a_sentence():
    assert [text for text in OBSTACLES.values() if not text.endswith(".")] == []


def test_the_new_attempt_says_the_same_under_an_id_of_its_own():
    failed = row(author=Author.PERSON_API, author_name="Ayse", automation=None)
    attempt = again(failed, conversation(), "key-1")
    assert (attempt.text, attempt.origin, attempt.author) == (failed.text, Origin.PERSON, "Ayse")
    assert attempt.resend_of == failed.message_id != attempt.key
    assert attempt.key == ids.attempt_id(f"{failed.message_id}#again#key-1")


def test_another_key_is_another_attempt():
    first, second = (again(row(), conversation(), key) for key in ("key-1", "key-2"))
    assert first.key != second.key


def test_the_third_attempt_has_the_consent_of_the_first():
    second = again(row(message_id="hb-first"), conversation(), "k")
    stored = row(message_id=second.key, request={"consent_of": second.consent_of})
    assert again(stored, conversation(), "k").consent_key == "hb-first"


def test_a_person_sends_what_was_delayed_whatever_happened_since():
    delayed = outbound(unless=Unless(NOON, ANY_MESSAGE))
    stored = replace(row_of(delayed, at=NOON, day=TODAY), state=State.FAILED)
    assert again(stored, conversation(), "k").unless is None
