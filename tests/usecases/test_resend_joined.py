"""A send that went wrong is made again once, whichever conversation of its contact is named."""

from __future__ import annotations

import pytest

from chalicelib.core.ids import conversation_id
from chalicelib.core.messages import Author, State
from chalicelib.core.steps import Step
from chalicelib.platforms import ErrorClass, SendError
from chalicelib.ports import Runtime
from chalicelib.usecases import join_by_hand, move_conversation, resend_message, send_message
from tests import builders, fakes
from tests.builders import CHANNEL, CONTACT, CONVERSATION, outbound

OTHER = "7002"
OTHER_CONVERSATION = conversation_id("messenger", CHANNEL, OTHER)


@pytest.fixture
def rt() -> Runtime:
    """Both keys of a person wrote; a message to the one failed; then somebody joined them."""
    runtime = fakes.runtime(builders.channel())
    for contact in (CONTACT, OTHER):
        step = Step(at=runtime.now(), day=builders.TODAY, author=Author.CUSTOMER, opens="message")
        move_conversation.run(builders.channel(), contact, lambda _, step=step: step, runtime)
    runtime.sender.outcomes = [SendError("policy_368", error_class=ErrorClass.POLICY)]
    send_message.run(outbound(), runtime)
    join_by_hand.merge(CONVERSATION, OTHER_CONVERSATION, runtime)
    return runtime


@pytest.mark.parametrize("first", [CONVERSATION, OTHER_CONVERSATION])
def test_the_same_key_sends_it_again_once(rt: Runtime, first: str) -> None:
    rows = [
        resend_message.run(
            conversation_id=named,
            message_id=outbound().key,
            idempotency_key="k",
            is_confirmed=False,
            rt=rt,
        )
        for named in (first, CONVERSATION, OTHER_CONVERSATION)
    ]
    assert [row.state for row in rows] == [State.SENT] * 3
    assert len(rt.sender.posts) == 2
