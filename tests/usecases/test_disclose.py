"""That an automated assistant answers, as customers read it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.core.channel import AutomaticReply
from chalicelib.core.handling_settings import Disclosure
from chalicelib.core.informing import ContactInformation, FrequentQuestion, Place
from chalicelib.core.messages import Media
from chalicelib.ports import Runtime
from chalicelib.usecases import answer_message, record_echo
from tests import builders, fakes
from tests.builders import NOON
from tests.core.automations.situations import shop

SAID = "A machine answers."
ALWAYS = Disclosure(when="always", text=SAID)
HOUR = timedelta(hours=1)


def at_work(**settings: Any) -> Runtime:
    """A shop that answers who asks for its phone, and greets nobody unless told so."""
    defaults = {
        "instant_reply": shop().handover_notice,
        "contact_information": ContactInformation(phone="+90 212 555 01 01"),
        "disclosure": Disclosure(text=SAID),
    }
    return fakes.runtime(shop(**(defaults | settings)))


def ask(rt: Runtime, at: datetime = NOON, number: int = 1, text: str = "Your phone number?") -> str:
    """What is answered."""
    rt.now.at = at
    (channel,) = rt.channels.all()
    event = builders.message_received(occurred_at=at, message_id=f"mid.{number}", text=text)
    answer_message.run(event, channel, rt)
    return str(rt.sender.bodies[-1]["message"].get("text"))


def test_the_first_answer_says_it_and_the_next_does_not() -> None:
    rt = at_work()
    assert ask(rt).startswith(f"{SAID}\n\nThis is how you reach us")
    assert ask(rt, NOON + HOUR, 2).startswith("This is how you reach us")


def test_after_a_day_it_is_said_again() -> None:
    rt = at_work()
    ask(rt)
    assert ask(rt, NOON + 24 * HOUR, 2).startswith(SAID)


def test_after_a_person_it_is_said_again() -> None:
    rt = at_work()
    ask(rt)
    (channel,) = rt.channels.all()
    record_echo.run(builders.echo(occurred_at=NOON + HOUR), channel, rt)
    assert ask(rt, NOON + 2 * HOUR, 2).startswith(SAID)


def test_delivered_again_after_a_failure_it_says_the_same() -> None:
    rt = at_work()
    rt.sender.outcomes = [RuntimeError("died")]
    with pytest.raises(RuntimeError):
        ask(rt)
    rows = rt.messages.history(builders.CONVERSATION)
    assert [row.text for row in rows if row.text and row.text.startswith(SAID)] != []


def test_a_greeting_says_it_where_the_channel_wants_it_always() -> None:
    greets = shop().instant_reply
    assert ask(at_work(instant_reply=greets), text="Hi") == "Hello!"
    assert ask(at_work(instant_reply=greets, disclosure=ALWAYS), text="Hi") == f"{SAID}\n\nHello!"


def test_a_greeting_that_does_not_say_it_leaves_it_to_the_first_answer() -> None:
    rt = at_work(instant_reply=shop().instant_reply)
    assert ask(rt, text="Hi") == "Hello!"
    assert ask(rt, NOON + HOUR, 2).startswith(SAID)
    assert not ask(rt, NOON + 2 * HOUR, 3).startswith(SAID)


def test_a_pin_leaves_it_to_the_first_text() -> None:
    rt = at_work(location=Place(latitude=41.0, longitude=28.9))
    assert SAID not in ask(rt, text="Your address?")
    assert ask(rt, NOON + HOUR, 2).startswith(SAID)


def test_a_picture_leaves_it_to_the_first_text() -> None:
    picture = AutomaticReply(attachment=Media(kind="image", media_id="1"))
    rt = at_work(instant_reply=picture, disclosure=ALWAYS)
    ask(rt, text="Hi")
    assert ask(rt, NOON + HOUR, 2).startswith(SAID)


def test_an_attachment_goes_alone() -> None:
    picture = AutomaticReply(attachment=Media(kind="image", media_id="1"))
    rt = at_work(instant_reply=picture, disclosure=ALWAYS)
    assert ask(rt, text="Hi") == "None"


def test_a_text_that_leaves_no_room_goes_alone() -> None:
    long = FrequentQuestion(name="long", question="Tell me all", answer="x" * 1999)
    rt = at_work(frequent_questions=(long,))
    assert ask(rt, text="Tell me all") == "x" * 1999
