"""A customer with several keys: one goodbye, one reminder, and an occasion told twice is one."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.core.channel import AutomaticReply
from chalicelib.core.handling_settings import ClosingMessage, Handover
from chalicelib.core.messages import State
from chalicelib.usecases import close_conversation, send_due, trigger
from tests import fakes
from tests.usecases.people import CHANNEL, P1, U1, Tell, after, at, id_of, merged, replied, wrote

SHOP = replace(
    CHANNEL,
    closing_message=ClosingMessage(text="Goodbye!", after_hours=3),
    handover=Handover(unanswered_minutes=90, unanswered_text="We are sorry."),
    job_application=AutomaticReply(text="We have your application."),
)


def open_shop(*told: Tell, minute: float = 10) -> Any:
    return after(told, fakes.runtime(SHOP, now=at(minute)))


def close(rt: Any, contact_id: str) -> None:
    rt.now.at = at(30)
    close_conversation.run(id_of(contact_id), "Mia", rt)


def said(rt: Any) -> list[str]:
    return [body["text"]["body"] for body in rt.sender.bodies]


def due(rt: Any, minute: float) -> list[str]:
    rt.now.at = at(minute)
    send_due.run(rt)
    return said(rt)


@pytest.mark.parametrize("contact_id", [P1, U1])
def test_joined_before_the_answer_it_is_one_goodbye(contact_id: str) -> None:
    rt = open_shop(wrote(0, user=U1, phone=P1), replied(5, phone=P1))
    close(rt, contact_id)
    assert due(rt, 190) == ["Goodbye!"]


@pytest.mark.parametrize("contact_id", [P1, U1])
def test_joined_after_the_answer_it_is_one_goodbye(contact_id: str) -> None:
    rt = open_shop(wrote(0, phone=P1), wrote(1, user=U1), replied(5, phone=P1), merged(7, P1, U1))
    close(rt, contact_id)
    assert due(rt, 190) == ["Goodbye!"]


@pytest.mark.parametrize("contact_id", [P1, U1])
def test_closed_after_a_join_nobody_is_reminded(contact_id: str) -> None:
    rt = open_shop(wrote(0, phone=P1, words="human"), wrote(1, user=U1), merged(7, P1, U1))
    before = said(rt)
    close(rt, contact_id)
    assert due(rt, 100) == [*before, "Goodbye!"]


def test_an_occasion_told_again_after_a_join_is_the_same() -> None:
    rt = open_shop(wrote(0, phone=P1), wrote(1, user=U1))
    facts = {"conversation_id": id_of(P1), "name": "job_application", "idempotency_key": "k"}
    first = trigger.run(**facts, rt=rt)
    merged(7, P1, U1)(rt)
    again = trigger.run(**facts, rt=rt)
    assert (said(rt), again.message_id) == (["We have your application."], first.message_id)
    assert again.state is State.SENT


def test_an_occasion_of_a_joined_contact_told_again_is_the_same() -> None:
    rt = open_shop(wrote(0, user=U1, phone=P1))
    facts = {"conversation_id": id_of(P1), "name": "job_application", "idempotency_key": "k"}
    first = trigger.run(**facts, rt=rt)
    wrote(11, user=U1, words="human")(rt)
    rt.now.at = at(12)
    assert trigger.run(**facts, rt=rt).message_id == first.message_id
