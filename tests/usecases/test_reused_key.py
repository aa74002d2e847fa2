"""An Idempotency-Key stands for one message: again the same is answered, another one refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core.channel import ApprovedTemplate, ChannelSettings, NotificationTopic
from chalicelib.core.messages import FilledTemplate, Media, Message, State
from chalicelib.platforms import ErrorClass, SendError
from chalicelib.ports import Runtime
from chalicelib.usecases import answer_message, notify, reply_as_person
from chalicelib.usecases.errors import KeyReused
from tests import builders, fakes
from tests.builders import NOON

PICTURE = Media(kind="image", url="https://shop.example/mug.jpg")
READY = ApprovedTemplate(name="order_ready", language="en", category="utility", parameters=1)
FIRST = FilledTemplate(name="order_ready", language="en", parameters=("A-17",))
SECOND = FilledTemplate(name="order_ready", language="en", parameters=("A-18",))
TOPICS = (
    NotificationTopic(topic="mug", title="Mugs"),
    NotificationTopic(topic="jug", title="Jugs"),
)


@pytest.fixture
def rt() -> Runtime:
    """A customer on WhatsApp wrote at noon."""
    return wrote(channel())


def channel(**facts: Any) -> ChannelSettings:
    known = {"platform": "whatsapp", "templates": (READY,), "notification_topics": TOPICS}
    return builders.channel(**known | facts)


def wrote(settings: ChannelSettings) -> Runtime:
    rt = fakes.runtime(settings)
    event = builders.message_received(platform=settings.platform)
    answer_message.run(event, settings, rt)
    return rt


def conversation(rt: Runtime) -> str:
    (known,) = rt.channels.all()
    return builders.conversation(platform=known.platform).conversation_id


def reply(rt: Runtime, **content: Any) -> Message:
    known = {"author": "Ayse", "idempotency_key": "k", "conversation_id": conversation(rt)}
    return reply_as_person.run(**known | content, rt=rt)


def ask(rt: Runtime, topic: str) -> Message:
    known = conversation(rt)
    return notify.request(conversation_id=known, topic=topic, idempotency_key="k", rt=rt)


def schedule(rt: Runtime, **content: Any) -> Message:
    known = {"topic": "mug", "text": "It is back", "send_at": NOON + timedelta(days=1)}
    identity = {"conversation_id": conversation(rt), "idempotency_key": "k"}
    return notify.schedule(**identity | known | content, rt=rt)


@pytest.mark.parametrize("content", [{"text": "Hi"}, {"attachment": PICTURE}, {"template": FIRST}])
def test_the_same_reply_again_is_answered_as_it_stands(rt, content):
    first = reply(rt, **content)
    assert reply(rt, **content).message_id == first.message_id
    assert len(rt.sender.posts) == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"text": "Hi"}, {"text": "Hello"}),
        ({"text": "Hi"}, {"text": "Hi", "author": "Bob"}),
        ({"text": "Hi"}, {"text": "Hi", "attachment": PICTURE}),
        ({"attachment": PICTURE}, {"template": FIRST}),
        ({"template": FIRST}, {"template": SECOND}),
    ],
)
def test_another_reply_under_the_same_key_is_refused_and_not_sent(rt, first, second):
    reply(rt, **first)
    with pytest.raises(KeyReused):
        reply(rt, **second)
    assert len(rt.sender.posts) == 1


def test_a_planned_reply_keeps_its_words(rt):
    rt.sender.outcomes.append(SendError("busy", error_class=ErrorClass.RETRY))
    planned = reply(rt, text="Hi")
    with pytest.raises(KeyReused):
        reply(rt, text="Hello")
    stored = rt.messages.load(planned.conversation_id, planned.message_id)
    assert (stored.state, stored.text) == (State.PLANNED, "Hi")


def test_a_reply_whose_content_is_gone_cannot_be_told_from_another(rt):
    first = reply(rt, text="Hi")
    rt.messages.delete(first.conversation_id, first.message_id, NOON)
    assert reply(rt, text="Hello").message_id == first.message_id


def test_of_two_different_replies_at_the_same_moment_the_later_is_refused(rt, monkeypatch):
    """Its look came before the other was stored."""
    reply(rt, text="Hi")
    monkeypatch.setattr(rt.messages, "load", lambda *_: None)
    with pytest.raises(KeyReused):
        reply(rt, text="Hello")
    assert len(rt.sender.posts) == 1


def test_the_same_key_in_another_conversation_is_another_message(rt):
    reply(rt, text="Hi")
    event = builders.message_received(platform="whatsapp", contact_id="15550002")
    (settings,) = rt.channels.all()
    answer_message.run(event, settings, rt)
    other = builders.conversation(platform="whatsapp", contact_id="15550002").conversation_id
    assert reply(rt, text="Hello", conversation_id=other).state is State.SENT


def test_another_topic_under_the_same_key_is_not_asked_about():
    rt = wrote(channel(platform="messenger", one_time_notifications=True))
    ask(rt, "mug")
    with pytest.raises(KeyReused):
        ask(rt, "jug")
    assert len(rt.sender.posts) == 1


def test_a_topic_that_got_another_title_is_the_same_topic():
    rt = wrote(channel(platform="messenger", one_time_notifications=True))
    first = ask(rt, "mug")
    title = NotificationTopic(topic="mug", title="All about mugs")
    rt.channels.save(channel(platform="messenger", notification_topics=(title,)))
    assert ask(rt, "mug").message_id == first.message_id


@pytest.mark.parametrize("other", [{"topic": "jug"}, {"text": "They are back"}])
def test_another_notification_under_the_same_key_is_refused(rt, other):
    schedule(rt)
    with pytest.raises(KeyReused):
        schedule(rt, **other)


def test_the_same_notification_again_is_answered_as_it_stands(rt):
    assert schedule(rt).message_id == schedule(rt).message_id
