"""A person replies with a text, an attachment or a template; the platform and its rules decide."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core.channel import ApprovedTemplate, ChannelSettings
from chalicelib.core.messages import FilledTemplate, Media, Message, State
from chalicelib.platforms import ErrorClass, SendError
from chalicelib.ports import Runtime
from chalicelib.usecases import answer_message, reply_as_person, send_due
from chalicelib.usecases.errors import InvalidInput, NotFound
from tests import builders, fakes
from tests.builders import NOON

PICTURE = Media(kind="image", url="https://shop.example/mug.jpg")
FILE = Media(kind="file", url="https://shop.example/prices.pdf", filename="Prices.pdf")
READY = ApprovedTemplate(name="order_ready", language="en", category="utility", parameters=1)
FILLED = FilledTemplate(name="order_ready", language="en", parameters=("A-17",))
ABOUT_MUGS = FilledTemplate(name="order_ready", language="en", parameters=("A-17",), topic="mug")


def wrote(platform: str, **facts: Any) -> Runtime:
    """A customer of this channel wrote at noon; a person is about to answer."""
    channel = builders.channel(platform=platform, **facts)
    rt = fakes.runtime(channel)
    answer_message.run(builders.message_received(platform=platform), channel, rt)
    return rt


def conversation(rt: Runtime) -> str:
    (channel,) = rt.channels.all()
    return builders.conversation(platform=channel.platform).conversation_id


def reply(rt: Runtime, key: str = "k", **content: Any) -> Message:
    return reply_as_person.run(
        conversation_id=conversation(rt), author="Ayse", idempotency_key=key, rt=rt, **content
    )


def refused_field(rt: Runtime, **content: Any) -> str:
    with pytest.raises(InvalidInput) as caught:
        reply(rt, **content)
    assert rt.sender.posts == []
    return caught.value.field


def settings(rt: Runtime) -> ChannelSettings:
    (channel,) = rt.channels.all()
    return channel


class TestAnAttachment:
    @pytest.mark.parametrize("platform", ["messenger", "instagram"])
    def test_it_goes_out_by_itself(self, platform: str) -> None:
        rt = wrote(platform)
        assert reply(rt, attachment=PICTURE).state is State.SENT
        sent = rt.sender.bodies[0]["message"]
        assert sent["attachment"] == {"type": "image", "payload": {"url": PICTURE.url}}
        assert "text" not in sent

    def test_on_whatsapp_it_has_a_caption_and_a_name(self) -> None:
        rt = wrote("whatsapp")
        reply(rt, attachment=FILE, text="Our prices")
        assert rt.sender.bodies[0]["document"] == {
            "link": FILE.url,
            "caption": "Our prices",
            "filename": "Prices.pdf",
        }

    def test_the_row_shows_what_was_sent(self) -> None:
        rt = wrote("whatsapp")
        row = rt.messages.load(conversation(rt), reply(rt, attachment=FILE, text="Hi").message_id)
        assert row is not None
        assert [(each.url, each.title) for each in row.attachments] == [(FILE.url, "Prices.pdf")]
        assert row.text == "Hi"

    @pytest.mark.parametrize("platform", ["messenger", "instagram"])
    def test_words_beside_it_are_refused_where_there_are_no_captions(self, platform: str) -> None:
        assert refused_field(wrote(platform), attachment=PICTURE, text="Our mug") == "text"

    @pytest.mark.parametrize(
        ("media", "field"),
        [
            (Media(kind="image", url="http://shop.example/mug.jpg"), "attachment.url"),
            (Media(kind="image", url="https://shop.example/mug.webp"), "attachment.url"),
            (Media(kind="sticker", media_id="1"), "attachment.kind"),
            (Media(kind="image"), "attachment"),
        ],
    )
    def test_what_the_platform_would_not_take_is_named(self, media: Media, field: str) -> None:
        assert refused_field(wrote("whatsapp"), attachment=media) == field

    def test_it_needs_the_window_as_a_text_does(self) -> None:
        rt = wrote("messenger")
        rt.now.at = NOON + timedelta(hours=24)
        row = reply(rt, attachment=PICTURE)
        assert (row.state, row.failure) == (State.REFUSED, "window_closed")

    def test_a_person_may_send_it_for_seven_days(self) -> None:
        rt = wrote("messenger", has_human_agent=True)
        rt.now.at = NOON + timedelta(days=6)
        reply(rt, attachment=PICTURE)
        assert rt.sender.bodies[0]["tag"] == "HUMAN_AGENT"

    def test_it_answers_the_customer_as_a_text_does(self) -> None:
        rt = wrote("messenger")
        reply(rt, attachment=PICTURE)
        row = rt.conversations.load(conversation(rt))
        assert row is not None
        assert row.wait_opened_at is None

    def test_after_a_retryable_failure_the_schedule_sends_the_same(self) -> None:
        rt = wrote("whatsapp")
        rt.sender.outcomes.append(SendError("busy", error_class=ErrorClass.RETRY))
        reply(rt, attachment=FILE, text="Our prices")
        rt.now.at = NOON + timedelta(hours=1)
        send_due.run(rt)
        first, second = rt.sender.bodies
        assert first == second


class TestATemplate:
    def test_in_the_window_it_goes_out_without_consent(self) -> None:
        rt = wrote("whatsapp", templates=(READY,))
        row = reply(rt, template=FILLED)
        assert (row.state, row.basis) == (State.SENT, "standard_window")
        assert rt.sender.bodies[0]["template"] == {
            "name": "order_ready",
            "language": {"code": "en"},
            "components": [{"type": "body", "parameters": [{"type": "text", "text": "A-17"}]}],
        }

    def test_in_the_window_it_spends_no_consent(self) -> None:
        rt = self._agreed()
        rt.now.at = NOON + timedelta(hours=1)
        reply(rt, template=ABOUT_MUGS)
        assert [each.used_by for each in rt.opt_ins.of_conversation(conversation(rt))] == [None]

    def test_outside_it_spends_the_consent_to_its_topic(self) -> None:
        rt = self._agreed()
        row = reply(rt, template=ABOUT_MUGS)
        assert (row.state, row.basis) == (State.SENT, "approved_template")
        [opt_in] = rt.opt_ins.of_conversation(conversation(rt))
        assert opt_in.used_by == row.message_id

    def test_outside_a_consent_serves_once(self) -> None:
        rt = self._agreed()
        reply(rt, "first", template=ABOUT_MUGS)
        again = reply(rt, "second", template=ABOUT_MUGS)
        assert (again.state, again.failure) == (State.REFUSED, "opt_in_used")

    def test_outside_it_is_refused_without_consent(self) -> None:
        rt = wrote("whatsapp", templates=(READY,))
        rt.now.at = NOON + timedelta(days=3)
        row = reply(rt, template=FILLED)
        assert (row.state, row.failure) == (State.REFUSED, "no_opt_in")

    @pytest.mark.parametrize(
        "filled",
        [FILLED, FilledTemplate(name="order_ready", language="tr", parameters=("A-17",))],
    )
    def test_one_that_the_settings_do_not_name_is_not_approved(
        self, filled: FilledTemplate
    ) -> None:
        other = ApprovedTemplate(name="order_late", language="en", category="utility")
        row = reply(wrote("whatsapp", templates=(other,)), template=filled)
        assert (row.state, row.failure) == (State.REFUSED, "template_not_approved")

    @pytest.mark.parametrize(
        ("content", "field"),
        [
            ({"template": FilledTemplate(name="order_ready", language="en")}, "parameters"),
            ({"template": FILLED, "text": "Hi"}, "text"),
            ({"template": FILLED, "attachment": PICTURE}, "attachment"),
        ],
    )
    def test_one_that_is_filled_otherwise_is_refused_by_its_field(
        self, content: dict[str, Any], field: str
    ) -> None:
        rt = wrote("whatsapp", templates=(READY,))
        assert refused_field(rt, **content).endswith(field)

    def test_on_messenger_it_is_a_utility_message(self) -> None:
        rt = wrote("messenger", templates=(READY,))
        reply(rt, template=FILLED)
        body = rt.sender.bodies[0]
        assert body["messaging_type"] == "UTILITY"
        assert body["message"]["template"]["name"] == "order_ready"

    def test_instagram_has_none(self) -> None:
        row = reply(wrote("instagram"), template=FILLED)
        assert (row.state, row.failure) == (State.REFUSED, "not_available_on_platform")

    def test_after_a_retryable_failure_the_schedule_sends_the_same(self) -> None:
        rt = self._agreed()
        rt.sender.outcomes.append(SendError("busy", error_class=ErrorClass.RETRY))
        reply(rt, template=ABOUT_MUGS)
        rt.now.at += timedelta(hours=1)
        send_due.run(rt)
        first, second = rt.sender.bodies
        assert first == second

    @staticmethod
    def _agreed() -> Runtime:
        """Three days ago the customer wrote, and agreed to hear about mugs."""
        rt = wrote("whatsapp", templates=(READY,))
        consent = builders.opt_in(conversation_id=conversation(rt), platform="whatsapp", token=None)
        rt.opt_ins.record(consent)
        rt.now.at = NOON + timedelta(days=3)
        return rt


def test_a_reply_must_say_something() -> None:
    assert refused_field(wrote("messenger")) == "text"


def test_a_text_that_is_too_long_is_refused() -> None:
    assert refused_field(wrote("instagram"), text="ş" * 501) == "text"


def test_nobody_answers_a_conversation_that_is_not_there() -> None:
    with pytest.raises(NotFound):
        reply(fakes.runtime(builders.channel()), text="Hi")
