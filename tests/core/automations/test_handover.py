"""Customers who get a person: they ask for one, or nothing they write is understood."""

from __future__ import annotations

import pytest

from chalicelib.core.automations import handover_missed, handover_request
from chalicelib.core.automations.custom_rules import said
from chalicelib.core.custom_rules import Then
from chalicelib.core.handling_settings import Handover
from chalicelib.core.handover_words import text_of_reminder
from chalicelib.core.informing import ContactInformation
from chalicelib.core.person_words import ALONE, ANYWHERE, asks_for_person
from chalicelib.core.texts import ready
from tests.core.automations.situations import MUG, closed, shop, situation

ON = shop(handover=Handover(text="A person comes."))
REACHED = ContactInformation(phone="+90 212 555 01 01", email="shop@example.com")


def asked(text=None, payload=None, channel=ON):
    return handover_request.decide(situation(text=text, payload=payload, channel=channel))


@pytest.mark.parametrize("word", sorted({w for words in ALONE.values() for w in words}))
def test_one_word_as_the_whole_message_asks_for_a_person(word):
    assert asks_for_person(f" {word.upper()}! ")


@pytest.mark.parametrize("words", sorted({w for each in ANYWHERE.values() for w in each}))
def test_these_words_ask_for_a_person_wherever_they_stand(words):
    assert asks_for_person(f"Hello, {words}, please")


@pytest.mark.parametrize(
    "text",
    [
        "Agent please",
        "I want to speak to a representative",
        "Can I speak with an agent?",
        "Please connect me to an agent",
        "customer support agent please",
        "müşteri temsilcisi istiyorum",
        "Beni temsilciye bağlayın",
        "temsilciye bağlanmak istiyorum",
        "operatöre bağlan",
        "Müşteri hizmetlerine bağlanmak istiyorum",
        "Bir insanla görüşmek istiyorum",
        "CANLI DESTEĞE BAĞLANMAK İSTİYORUM",
        "yetkili biriyle görüşebilir miyim",
        "operatora qoşun",
        "musteri temsilcisi istiyorum",
        "GERCEK BIR INSAN",
        "Operatorla əlaqə",
        "İnsanla danışmaq istəyirəm",
        "상담원연결",
        "상담원 연결해주세요",
        "상담원과 통화하고 싶어요",
        "사람과 대화하고 싶어요",
        "상담원 바꿔주세요",
        "상담사랑 얘기할래요",
    ],
)
def test_people_ask_for_a_person_in_many_words(text):
    assert asks_for_person(text)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "A table for one person, please",
        "The agent was late",
        "Is this for human use?",
        "İnsanlar ne diyor?",
        "Bu bardak insan sağlığına uygun mu?",
        "Temsilciniz dün aradı, teşekkürler",
        "직원분이 친절했어요",
        "두 사람이 쓸 컵 있나요?",
        "Is the blue mug back?",
    ],
)
def test_other_messages_do_not(text):
    assert not asks_for_person(text)


def test_who_asks_is_told_once_that_a_person_comes_and_automation_hands_over():
    answer = asked("Can I talk to a human?")
    assert (answer.text, answer.hands_over) == ("A person comes.", True)


def test_the_channels_own_words_ask_too():
    own = shop(handover=Handover(words=("patron",)))
    assert asked("Where is the PATRON?", channel=own).hands_over


@pytest.mark.parametrize(
    ("payload", "is_asked"), [("handover", True), ("CALL_US", True), ("other", False)]
)
def test_a_tap_asks_by_what_it_brings_back_not_by_its_title(payload, is_asked):
    own = shop(handover=Handover(payloads=("CALL_US",)))
    assert (asked("human", payload, own) is not None) is is_asked


def test_a_channel_with_handover_off_hands_nobody_over():
    assert asked("human", channel=shop()) is None


def test_while_open_the_ready_text_says_that_a_person_takes_over():
    answer = asked("human", channel=shop(handover=Handover(), contact_information=REACHED))
    assert answer.text == ready("handover_request", "en")


def test_while_closed_it_names_the_other_ways_to_reach_the_business():
    away = shop(handover=Handover(), contact_information=REACHED)
    answer = handover_request.decide(closed(text="human", channel=away))
    assert answer.text == (
        ready("handover_closed", "en")
        + "\n\nYou can also reach us this way:\nPhone: +90 212 555 01 01\nE-mail: shop@example.com"
    )


def test_without_any_other_way_it_names_none():
    answer = handover_request.decide(closed(text="human", channel=shop(handover=Handover())))
    assert answer.text == ready("handover_closed", "en")


def test_the_reminder_names_the_other_ways_too():
    own = shop(handover=Handover(unanswered_text="Sorry."), contact_information=REACHED)
    assert text_of_reminder(own).startswith("Sorry.\n\nYou can also")


def test_who_did_not_ask_for_a_person_is_not_told_of_course():
    answer = handover_missed.decide(situation(channel=shop(handover=Handover()), misses=1))
    assert answer.text == ready("handover_missed", "en")


def test_a_rule_that_hands_over_without_words_of_its_own_does_not_say_of_course_either():
    then, own = Then(hands_over=True), shop(handover=Handover())
    assert said(then, own, is_open=True).text == ready("handover_missed", "en")


@pytest.mark.parametrize(("misses", "hands_over"), [(0, False), (1, True), (5, True)])
def test_the_second_miss_in_a_row_hands_over(misses, hands_over):
    answer = handover_missed.decide(situation(channel=ON, misses=misses))
    assert (answer is not None) is hands_over


@pytest.mark.parametrize(
    "facts",
    [
        {"channel": shop()},
        {"channel": shop(handover=Handover(after_misses=None))},
        {"channel": shop(handover=Handover(), notification_topics=())},
        {"text": None},
        {"text": ""},
    ],
)
def test_what_nobody_can_understand_or_is_not_to_be_counted_is_no_miss(facts):
    assert handover_missed.decide(situation(**({"channel": ON, "misses": 9} | facts))) is None


def test_a_topic_with_a_keyword_is_something_to_be_understood():
    assert shop(notification_topics=(MUG,)).answers_requests
