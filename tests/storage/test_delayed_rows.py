"""A delayed message keeps its conditions in the table, and nothing of the common path grows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.core.delayed import ANY_MESSAGE, Unless
from chalicelib.core.messages import Origin, OutboundMessage
from chalicelib.core.outbound import message_of, row_of
from tests.builders import CONVERSATION, NOON, TODAY, conversation, outbound

DUE = NOON + timedelta(minutes=10)
LATER: OutboundMessage = outbound(
    origin=Origin.AUTOMATION,
    author=None,
    automation="page_recommended",
    unless=Unless(NOON, ANY_MESSAGE),
)
TO_COMMENT = replace(LATER, unless=None, comment_id="c1", comment_at=NOON)


@pytest.mark.parametrize("message", [LATER, TO_COMMENT], ids=["delayed", "private reply"])
def test_what_is_planned_comes_back_as_it_was_wanted(stores, message: OutboundMessage) -> None:
    stores.messages.plan(replace(row_of(message, at=NOON, day=TODAY), due_at=DUE))
    row = stores.messages.load_now(CONVERSATION, message.key)
    assert message_of(row, conversation()) == message
