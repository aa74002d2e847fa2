"""The row that an event becomes."""

from __future__ import annotations

from chalicelib.core.events import Attachment
from chalicelib.core.messages import Author, MessageKind
from chalicelib.usecases import stored_message
from tests import builders

CHANNEL = builders.channel()
STORY = Attachment(kind="story", url="https://cdn.example/story")


def test_a_reply_to_a_story_keeps_the_story_by_reference() -> None:
    event = builders.message_received(text="nice!", story=STORY)
    assert stored_message.received(event, CHANNEL).attachments == (STORY,)


def test_a_text_is_a_row_of_the_customer_on_the_local_day() -> None:
    event = builders.message_received()
    row = stored_message.received(event, CHANNEL)
    assert (row.author, row.kind, row.day) == (Author.CUSTOMER, MessageKind.TEXT, builders.TODAY)
