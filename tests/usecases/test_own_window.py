"""Keys joined by hand: the window of the one permits nothing to be sent to the other."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.core.ids import conversation_id
from chalicelib.core.messages import Message, State
from chalicelib.usecases import join_by_hand, reply_as_person
from tests import builders
from tests.usecases.journey import PAGE, Journey, messaging, page, shop, text

ONE, OTHER = "7001", "7002"
CONVERSATION, OTHER_CONVERSATION = (
    conversation_id("messenger", PAGE, contact) for contact in (ONE, OTHER)
)
REACTION = {"reaction": {"mid": "m_1", "action": "react", "emoji": "\u2764"}}
VISIT = {"referral": {"ref": "mug", "source": "SHORTLINK", "type": "OPEN_THREAD"}}


class Shop(Journey):
    """A Page without automatic replies, whose people answer."""

    def __init__(self) -> None:
        off = builders.channel().instant_reply
        super().__init__(shop(PAGE, "messenger", instant_reply=off))

    def hears(self, contact: str, after_hours: float = 0) -> None:
        self.clock.advance(hours=after_hours)
        words = text(contact, mid=f"m_{contact}{self.clock():%d%H}", at=self.clock())
        self.deliver(page(words))

    def sees(self, contact: str, done: dict[str, Any], after_hours: float) -> None:
        self.clock.advance(hours=after_hours)
        self.deliver(page(messaging(contact, done, at=self.clock())))

    def replies(self, after_hours: float) -> Message:
        self.clock.advance(hours=after_hours)
        return reply_as_person.run(
            conversation_id=CONVERSATION,
            author="Ann",
            idempotency_key=f"{self.clock()}",
            rt=self.rt,
            text="Hello",
        )


@pytest.fixture
def mugs() -> Shop:
    """The one wrote, an hour later the other, then somebody joined them."""
    found = Shop()
    found.hears(ONE)
    found.hears(OTHER, after_hours=1)
    join_by_hand.merge(CONVERSATION, OTHER_CONVERSATION, found.rt)
    return found


def test_the_key_that_wrote_last_is_answered_in_its_window(mugs: Shop) -> None:
    assert mugs.replies(after_hours=23.9).state is State.SENT
    assert mugs.posts[0]["recipient"] == {"id": OTHER}


def test_and_not_after_it(mugs: Shop) -> None:
    assert (mugs.replies(after_hours=24).failure, mugs.posts) == ("window_closed", [])


@pytest.mark.parametrize("done", [REACTION, VISIT])
def test_what_the_one_does_without_a_word_opens_no_window_to_the_other(mugs: Shop, done) -> None:
    mugs.sees(ONE, done, after_hours=23)
    assert (mugs.replies(after_hours=2).failure, mugs.posts) == ("window_closed", [])


def test_what_the_other_does_without_a_word_opens_its_own(mugs: Shop) -> None:
    mugs.sees(OTHER, VISIT, after_hours=23)
    assert mugs.replies(after_hours=23).state is State.SENT


def test_a_later_message_opens_it_anew(mugs: Shop) -> None:
    mugs.hears(OTHER, after_hours=23)
    assert mugs.replies(after_hours=23).state is State.SENT


def test_after_a_message_by_the_one_the_answer_goes_there(mugs: Shop) -> None:
    mugs.hears(ONE, after_hours=30)
    assert mugs.replies(after_hours=1).state is State.SENT
    assert mugs.posts[0]["recipient"] == {"id": ONE}
