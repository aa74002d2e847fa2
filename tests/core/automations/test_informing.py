"""The automations that inform: what is asked for, by words or by a tap, and what is told."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.core.automations import (
    Answer,
    ad_questions,
    contact_details,
    contact_information,
    frequent_questions,
    location,
)
from chalicelib.core.events import Referral
from chalicelib.core.informing import (
    AdQuestions,
    ContactDetails,
    ContactInformation,
    FrequentQuestion,
    Link,
    Place,
    ways,
)
from chalicelib.core.messages import Button, Location, MessageKind, QuickReply
from chalicelib.core.texts import LANGUAGES, ready
from tests.core.automations.situations import shop, situation

SHOP = Link(title="Shop", url="https://shop.example")
REACHED = ContactInformation(phone="+90 212 555 11 22", email="mugs@shop.example", links=(SHOP,))
TOLD = "Phone: +90 212 555 11 22\nE-mail: mugs@shop.example\nShop: https://shop.example"
HERE = Place(name="The Mug Shop", address="Divanyolu 1", latitude=41.0, longitude=28.9)
PIN = Location(latitude=41.0, longitude=28.9, name="The Mug Shop", address="Divanyolu 1")
SHIPPING = FrequentQuestion(
    name="shipping",
    question="How long does shipping take?",
    title="Shipping",
    answer="Two days.",
    keywords=("shipping", "kargo", "배송"),
)
RETURNS = FrequentQuestion(
    name="returns",
    question="Can I return it?",
    answer="Within 30 days.",
    keywords=("return", "shipping back"),
    quick_replies=(QuickReply(title="How?", payload="question:how"),),
    buttons=(),
)
SELLING = shop(
    contact_information=REACHED,
    location=HERE,
    frequent_questions=(SHIPPING, RETURNS),
    contact_details=ContactDetails(),
    ad_questions=AdQuestions(questions=("returns", "shipping")),
)
AD = Referral(source="ADS", ad_id="238")


def _asked(text: str | None = None, *, payload: str | None = None, **facts: Any) -> Any:
    return situation(text=text, payload=payload, **({"channel": SELLING} | facts))


@pytest.mark.parametrize(
    "text",
    ["What is your phone number?", "Telefon numaranız?", "ƏLAQƏ NÖMRƏSİ", "전화번호가 뭐예요?"],
)
def test_who_asks_how_to_reach_the_business_is_told(text: str) -> None:
    answer = contact_information.decide(_asked(text))
    assert answer == Answer(text=f"This is how you reach us:\n{TOLD}")


def test_contact_information_is_told_in_the_words_of_the_channel() -> None:
    own = ContactInformation(phone="444 1 555", text="Call us:", keywords=("hotline",))
    answer = contact_information.decide(
        _asked("Hotline?", channel=shop(contact_information=own, language="tr"))
    )
    assert answer == Answer(text="Call us:\nTelefon: 444 1 555")


def test_own_keywords_stand_in_place_of_the_ready_ones() -> None:
    own = ContactInformation(phone="444 1 555", keywords=("hotline",))
    asked = _asked("Your phone number?", channel=shop(contact_information=own))
    assert contact_information.decide(asked) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_way_has_a_line_of_its_own(language: str) -> None:
    assert len(ways(REACHED, language).split("\n")) == 3


def test_without_any_way_there_is_no_line() -> None:
    assert ways(ContactInformation(), "en") == ""


def test_who_asks_where_the_business_is_gets_a_pin() -> None:
    answer = location.decide(_asked("Adresiniz nerede?"))
    assert answer == Answer(
        kind=MessageKind.LOCATION, location=PIN, text="The Mug Shop\nDivanyolu 1"
    )


def test_a_pin_may_have_no_words() -> None:
    place = Place(latitude=41.0, longitude=28.9)
    answer = location.decide(_asked("Where are you?", channel=shop(location=place)))
    assert answer == Answer(
        kind=MessageKind.LOCATION, location=Location(latitude=41.0, longitude=28.9)
    )


def test_an_address_alone_is_told_in_words() -> None:
    place = Place(name="The Mug Shop", address="Divanyolu 1")
    answer = location.decide(_asked("Where are you?", channel=shop(location=place)))
    assert answer == Answer(text="The Mug Shop\nDivanyolu 1")


@pytest.mark.parametrize(
    ("platform", "offered"),
    [
        (
            "messenger",
            (QuickReply(kind="user_phone_number"), QuickReply(kind="user_email")),
        ),
        ("instagram", ()),
        ("whatsapp", ()),
    ],
)
def test_who_wants_to_be_called_is_asked_where(
    platform: str, offered: tuple[QuickReply, ...]
) -> None:
    channel = shop(platform=platform, contact_details=ContactDetails())
    answer = contact_details.decide(_asked("Please call me back!", channel=channel))
    assert answer == Answer(text=ready("contact_details", "en"), quick_replies=offered)


def test_only_what_the_channel_wants_is_asked_for() -> None:
    channel = shop(contact_details=ContactDetails(asks=("email",), text="Your e-mail?"))
    answer = contact_details.decide(_asked(payload="contact_details", channel=channel))
    assert answer == Answer(text="Your e-mail?", quick_replies=(QuickReply(kind="user_email"),))


@pytest.mark.parametrize(
    "asked",
    [
        _asked("Kargo ne kadar?"),
        _asked("배송은 얼마나 걸려요?"),
        _asked("HOW LONG DOES SHIPPING TAKE?"),
        _asked("Shipping"),
        _asked("Anything", payload="question:shipping"),
    ],
)
def test_a_frequent_question_is_answered_to_who_writes_or_taps_it(asked: Any) -> None:
    assert frequent_questions.decide(asked) == Answer(text="Two days.")


def test_the_very_question_goes_before_a_keyword_of_another() -> None:
    other = FrequentQuestion(name="a", question="Is shipping free?", answer="Yes.")
    channel = shop(frequent_questions=(SHIPPING, other))
    assert frequent_questions.decide(_asked("is shipping free?", channel=channel)) == Answer(
        text="Yes."
    )


def test_an_answer_may_have_more_to_tap() -> None:
    assert frequent_questions.decide(_asked(payload="question:returns")) == Answer(
        text="Within 30 days.", quick_replies=RETURNS.quick_replies, title="Choose"
    )


def test_an_answer_may_have_buttons() -> None:
    button = Button(title="Order", url="https://shop.example/order")
    channel = shop(
        frequent_questions=(
            FrequentQuestion(name="a", question="Order?", answer="Here.", buttons=(button,)),
        )
    )
    assert frequent_questions.decide(_asked("order?", channel=channel)) == Answer(
        text="Here.", buttons=(button,)
    )


def test_who_comes_through_an_ad_is_offered_the_questions_of_the_channel() -> None:
    assert ad_questions.decide(_asked("Hi", referral=AD)) == Answer(
        text=ready("ad_questions", "en"),
        quick_replies=(
            QuickReply(title="Can I return it?", payload="question:returns"),
            QuickReply(title="Shipping", payload="question:shipping"),
        ),
    )


def test_the_channel_has_words_of_its_own_for_who_comes_through_an_ad() -> None:
    channel = shop(
        frequent_questions=(SHIPPING,),
        ad_questions=AdQuestions(questions=("shipping",), text="Welcome!"),
    )
    answer = ad_questions.decide(_asked("Hi", referral=AD, channel=channel))
    assert answer is not None
    assert answer.text == "Welcome!"


@pytest.mark.parametrize("referral", [None, Referral(source="SHORTLINK", ref="qr-1")])
def test_nobody_else_is_offered_the_questions_of_ads(referral: Referral | None) -> None:
    assert ad_questions.decide(_asked("Hi", referral=referral)) is None


@pytest.mark.parametrize(
    "decide",
    [contact_information.decide, location.decide, contact_details.decide],
)
def test_a_tap_with_the_name_of_the_automation_asks_for_it(decide: Any) -> None:
    assert decide(_asked("Menu", payload=decide.__module__.rpartition(".")[2])) is not None


EVERY = [
    *(contact_information.decide, location.decide, contact_details.decide),
    *(frequent_questions.decide, ad_questions.decide),
]


@pytest.mark.parametrize("decide", EVERY)
@pytest.mark.parametrize(
    "asked",
    [
        _asked("Is the blue mug back?"),
        _asked(None),
        _asked(""),
        _asked("phone number, address, call me, shipping", payload="another"),
    ],
)
def test_other_messages_and_taps_are_left_alone(decide: Any, asked: Any) -> None:
    assert decide(asked) is None


@pytest.mark.parametrize("decide", EVERY)
@pytest.mark.parametrize("text", ["phone number", "address", "call me", "shipping"])
def test_all_are_off_until_the_channel_has_something_to_tell(decide: Any, text: str) -> None:
    assert decide(_asked(text, channel=shop(), referral=AD)) is None


@pytest.mark.parametrize(
    ("decide", "off"),
    [
        (contact_information.decide, {"contact_information": ContactInformation(is_on=False)}),
        (location.decide, {"location": Place(is_on=False, address="Divanyolu 1")}),
        (contact_details.decide, {"contact_details": ContactDetails(is_on=False)}),
        (
            ad_questions.decide,
            {
                "ad_questions": AdQuestions(is_on=False, questions=("shipping",)),
                "frequent_questions": (SHIPPING,),
            },
        ),
    ],
)
def test_what_is_turned_off_says_nothing(decide: Any, off: dict[str, Any]) -> None:
    text = "phone number, address, call me"
    assert decide(_asked(text, channel=shop(**off), referral=AD)) is None
