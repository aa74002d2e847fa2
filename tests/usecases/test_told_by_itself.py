"""A customer asks what the shop tells by itself: what leaves for the platform."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core.channel import ChannelSettings
from chalicelib.core.events import Referral
from chalicelib.core.handling_settings import Disclosure
from chalicelib.core.informing import (
    AdQuestions,
    ContactDetails,
    ContactInformation,
    FrequentQuestion,
    Place,
)
from chalicelib.core.messages import MessageKind, OutboundMessage
from chalicelib.core.outbound import message_of
from chalicelib.ports import Runtime
from chalicelib.usecases import answer_message
from tests import builders, fakes
from tests.builders import CONVERSATION, NOON
from tests.core.automations.situations import shop

SHIPPING = FrequentQuestion(
    name="shipping", question="Shipping?", answer="Two days, {first_name}.", keywords=("kargo",)
)
TOLD: dict[str, Any] = {
    "contact_information": ContactInformation(phone="444 1 555"),
    "location": Place(address="Divanyolu 1", latitude=41.0, longitude=28.9),
    "frequent_questions": (SHIPPING,),
    "ad_questions": AdQuestions(questions=("shipping",)),
    "contact_details": ContactDetails(asks=("phone",)),
    "disclosure": Disclosure(when="never"),
}


def _shop(platform: str = "messenger", **facts: Any) -> ChannelSettings:
    return shop(**(TOLD | {"platform": platform} | facts))


def _asked(text: str, channel: ChannelSettings, **facts: Any) -> Runtime:
    rt = fakes.runtime(channel, now=NOON + timedelta(seconds=1))
    known = {"platform": channel.platform, "text": text}
    answer_message.run(builders.message_received(**(known | facts)), channel, rt)
    return rt


def _body(rt: Runtime) -> dict[str, Any]:
    [body] = rt.sender.bodies
    return dict(body)


@pytest.mark.parametrize("platform", ["messenger", "instagram"])
def test_a_place_leaves_as_a_link_to_the_map(platform: str) -> None:
    said = _body(_asked("Adresiniz?", _shop(platform)))["message"]["text"]
    assert said.startswith("Divanyolu 1\nhttps://www.google.com/maps/")


def test_a_place_leaves_as_a_pin_on_whatsapp() -> None:
    body = _body(_asked("Adresiniz?", _shop("whatsapp")))
    assert body["location"] == {"latitude": 41.0, "longitude": 28.9, "address": "Divanyolu 1"}


def test_an_answer_calls_the_customer_by_the_fallback_of_the_language() -> None:
    said = _body(_asked("Kargo?", _shop(language="tr")))["message"]["text"]
    assert said == "Two days, değerli müşterimiz."


def test_who_comes_through_an_ad_sees_questions_in_place_of_the_greeting() -> None:
    rt = _asked("Hi", _shop(), referral=Referral(source="ADS", ad_id="238"))
    assert _body(rt)["message"]["quick_replies"] == [
        {"content_type": "text", "title": "Shipping?", "payload": "question:shipping"}
    ]


def test_a_tapped_question_is_answered() -> None:
    said = _body(_asked("Shipping?", _shop(), payload="question:shipping"))["message"]["text"]
    assert said == "Two days, there."


def test_messenger_offers_to_fill_in_the_phone() -> None:
    body = _body(_asked("Beni arar mısınız?", _shop()))
    assert body["message"]["quick_replies"] == [{"content_type": "user_phone_number"}]


def test_a_redelivered_question_is_answered_once() -> None:
    channel = _shop()
    rt = _asked("Kargo?", channel)
    answer_message.run(builders.message_received(text="Kargo?"), channel, rt)
    assert len(rt.sender.bodies) == 1


def test_what_waits_to_be_sent_keeps_its_form() -> None:
    rt = _asked("Adresiniz?", _shop())
    conversation = rt.conversations.load(CONVERSATION)
    assert conversation is not None
    [row] = [row for row in rt.messages.all if row.author == "automation"]
    kept: OutboundMessage = message_of(row, conversation)
    assert (kept.kind, kept.location is not None) == (MessageKind.LOCATION, True)
