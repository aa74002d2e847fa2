"""A reply of an automation that could not go out at once: it does not come after a person's."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from chalicelib.core.channel import AutomaticReply
from chalicelib.core.handling_settings import ClosingMessage, Handover
from chalicelib.core.messages import State
from chalicelib.platforms import ErrorClass, SendError
from chalicelib.ports import Runtime
from chalicelib.usecases import (
    answer_message,
    close_conversation,
    hand_over,
    record_echo,
    reply_as_person,
    send_due,
    trigger,
)
from tests import builders, fakes
from tests.builders import CHANNEL, CONVERSATION, NOON

BUSY = SendError("retry_2", error_class=ErrorClass.RETRY, code=2)
MINUTE = timedelta(minutes=1)
SHOP = builders.channel(
    instant_reply=AutomaticReply(text="Hello!"), handover_notice=AutomaticReply(is_on=False)
)


def put_off() -> Runtime:
    """A shop that wanted to greet a customer, but Meta was busy."""
    rt = fakes.runtime(SHOP)
    rt.sender.outcomes = [BUSY]
    answer_message.run(builders.message_received(), SHOP, rt)
    assert [row.state for row in rt.messages.all if row.automation] == [State.PLANNED]
    rt.sender.posts.clear()
    return rt


def due(rt: Runtime) -> list[str]:
    rt.now.at = NOON + 10 * MINUTE
    send_due.run(rt)
    return [body["message"]["text"] for body in rt.sender.bodies]


def greeting(rt: Runtime) -> tuple[State | None, str | None]:
    (row,) = (row for row in rt.messages.all if row.automation)
    return row.state, row.failure


def test_it_goes_out_when_nobody_has_answered() -> None:
    assert due(put_off()) == ["Hello!"]


def test_it_is_dropped_once_a_person_has_answered() -> None:
    rt = put_off()
    rt.now.at = NOON + 5 * MINUTE
    record_echo.run(builders.echo(occurred_at=rt.now.at), SHOP, rt)
    assert (due(rt), greeting(rt)) == ([], (State.REFUSED, "superseded"))


def test_it_is_dropped_once_another_app_has_answered() -> None:
    rt = put_off()
    rt.now.at = NOON + 5 * MINUTE
    record_echo.run(builders.echo(occurred_at=rt.now.at, app_id="99"), SHOP, rt)
    assert (due(rt), greeting(rt)) == ([], (State.REFUSED, "superseded"))


def test_more_words_of_the_customer_do_not_drop_it() -> None:
    rt = put_off()
    rt.now.at = NOON + 5 * MINUTE
    more = builders.message_received(message_id="mid.2", occurred_at=rt.now.at)
    answer_message.run(more, SHOP, rt)
    assert due(rt) == ["Hello!"]


def test_it_is_dropped_once_the_conversation_was_handed_over() -> None:
    rt = put_off()
    rt.channels.save(replace(SHOP, handover=Handover(), version=1))
    rt.now.at = NOON + 5 * MINUTE
    hand_over.to_person(CONVERSATION, rt)
    assert (due(rt), greeting(rt)) == ([], (State.REFUSED, "superseded"))


def test_it_is_dropped_once_a_person_has_closed_the_conversation() -> None:
    rt = put_off()
    rt.now.at = NOON + 5 * MINUTE
    close_conversation.run(CONVERSATION, "Mia", rt)
    assert (due(rt), greeting(rt)) == ([], (State.REFUSED, "superseded"))


def test_closing_before_the_customer_wrote_again_drops_nothing() -> None:
    rt = fakes.runtime(SHOP)
    answer_message.run(builders.message_received(occurred_at=NOON - 60 * MINUTE), SHOP, rt)
    close_conversation.run(CONVERSATION, "Mia", rt)
    row = builders.our_message(occurred_at=NOON + MINUTE, due_at=NOON + 5 * MINUTE)
    rt.messages.plan(row)
    assert due(rt) == ["We are closed now."]


def test_a_goodbye_that_has_to_wait_is_said_though_it_is_closed_once_more() -> None:
    shop = replace(SHOP, closing_message=ClosingMessage(text="Goodbye!"))
    rt = fakes.runtime(shop)
    answer_message.run(builders.message_received(text="Hi"), shop, rt)
    rt.sender.outcomes = [BUSY]
    close_conversation.run(CONVERSATION, "Mia", rt)
    rt.channels.stop_sending(CHANNEL, reason="token_dead", at=rt.now())
    rt.now.at = NOON + 3 * MINUTE
    close_conversation.run(CONVERSATION, "Mia", rt)
    rt.channels.resume_sending(CHANNEL)
    rt.sender.posts.clear()
    assert due(rt) == ["Goodbye!"]


def test_thanks_for_a_review_outlive_the_closing() -> None:
    shop = replace(SHOP, page_recommended=AutomaticReply(text="Thank you!"))
    rt = fakes.runtime(shop)
    answer_message.run(builders.message_received(), shop, rt)
    rt.sender.posts.clear()
    rt.now.at = NOON + MINUTE
    trigger.run(conversation_id=CONVERSATION, name="page_recommended", idempotency_key="k", rt=rt)
    rt.now.at = NOON + 2 * MINUTE
    close_conversation.run(CONVERSATION, "Mia", rt)
    rt.now.at = NOON + 12 * MINUTE
    send_due.run(rt)
    assert "Thank you!" in str(rt.sender.bodies)


def test_that_a_person_will_come_is_said_however_late() -> None:
    rt = fakes.runtime(replace(SHOP, handover=Handover(text="A person takes over.")))
    rt.sender.outcomes = [BUSY]
    (channel,) = rt.channels.all()
    rt.now.at = NOON + timedelta(seconds=1)
    answer_message.run(builders.message_received(text="human"), channel, rt)
    rt.sender.posts.clear()
    assert due(rt) == ["A person takes over."]


def test_what_a_person_wrote_goes_out_whoever_else_has_answered() -> None:
    rt = fakes.runtime(SHOP)
    answer_message.run(builders.message_received(), SHOP, rt)
    rt.sender.posts.clear()
    rt.sender.outcomes = [BUSY]
    reply_as_person.run(
        conversation_id=CONVERSATION, author="Mia", idempotency_key="1", text="Yes.", rt=rt
    )
    rt.now.at = NOON + 5 * MINUTE
    record_echo.run(builders.echo(occurred_at=rt.now.at), SHOP, rt)
    rt.sender.posts.clear()
    assert due(rt) == ["Yes."]
