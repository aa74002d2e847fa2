"""What channels may tell by themselves: checked when the settings are saved, field by field."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.catalogue import PLATFORMS
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.channel_document import from_document
from chalicelib.core.documents import InvalidField

QUESTION = {"name": "hours", "question": "When are you open?", "answer": "From nine to six."}
FULL: dict[str, Any] = {
    "contact_information": {
        "phone": "+90 (212) 555 11 22",
        "email": "mugs@shop.example",
        "links": [{"title": "Shop", "url": "https://shop.example/mugs"}],
        "text": "Reach us here, {first_name}:",
        "keywords": ["hotline"],
    },
    "location": {"name": "Shop", "address": "Divanyolu 1", "latitude": 41.0, "longitude": 28.9},
    "frequent_questions": [
        QUESTION
        | {
            "title": "Opening hours",
            "keywords": ["hours", "saatler", "영업시간"],
            "buttons": [{"title": "Shop", "url": "https://shop.example"}],
        }
    ],
    "ad_questions": {"questions": ["hours"], "text": "What would you like to know?"},
    "contact_details": {"asks": ["email"], "text": "Your e-mail?"},
}
LONG = "x" * 1001


def _read(platform: str = "instagram", **facts: Any) -> ChannelSettings:
    known = PLATFORMS[platform]
    return from_document(
        "1067",
        {"platform": platform, "name": "The Mug Shop"} | facts,
        text_limit=known.text_limit,
        attachment_limit=known.attachment_limit,
        choices_limit=known.choices_limit,
    )


def _questions(*several: dict[str, Any]) -> dict[str, Any]:
    return {"frequent_questions": [QUESTION | facts for facts in several]}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_setting_is_taken_on_every_platform(platform: str) -> None:
    channel = _read(platform, **FULL)
    assert channel.frequent_questions[0].payload == "question:hours"
    assert channel.ad_questions is not None


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"contact_information": {}}, "contact_information"),
        ({"contact_information": {"phone": "call us"}}, "contact_information.phone"),
        ({"contact_information": {"phone": "12{opens_at}"}}, "contact_information.phone"),
        ({"contact_information": {"email": "mugs"}}, "contact_information.email"),
        (
            {"contact_information": {"links": [{"title": "x", "url": "http://a.example"}]}},
            "contact_information.links[0].url",
        ),
        (
            {"contact_information": {"links": [{"title": "{x}", "url": "https://a.example"}]}},
            "contact_information.links[0].title",
        ),
        ({"contact_information": {"phone": "44415", "text": LONG}}, "contact_information.text"),
        ({"contact_information": {"phone": "44415", "text": "{x}"}}, "contact_information.text"),
        ({"contact_information": {"phone": "44415", "keywords": [""]}}, "contact_information.k"),
        ({"location": {}}, "location"),
        ({"location": {"address": "Divanyolu 1", "latitude": 41.0}}, "location"),
        ({"location": {"address": "a\nb"}}, "location.address"),
        ({"location": {"address": "ş" * 200, "name": "ş" * 200, "latitude": 91}}, "location.lat"),
        (
            {"location": {"address": "\u260e" * 200, "name": "\u260e" * 200}},
            "location.address",
        ),
        (_questions({"name": "a b"}), "frequent_questions[0].name"),
        (_questions({"question": "x" * 81}), "frequent_questions[0].question"),
        (_questions({"question": "When\n?"}), "frequent_questions[0].question"),
        (_questions({"answer": LONG}), "frequent_questions[0].answer"),
        (_questions({"answer": ""}), "frequent_questions[0].answer"),
        (_questions({}, {}), "frequent_questions[1]"),
        (_questions({}, {"name": "b"}), "frequent_questions[1]"),
        (_questions({}, {"keywords": ["WHEN ARE YOU OPEN?"]}), "frequent_questions[1]"),
        (_questions({"keywords": ["a", "A"]}), "frequent_questions[0]"),
        (
            _questions({"buttons": [{"title": "x"}]}),
            "frequent_questions[0].buttons[0]",
        ),
        (
            _questions({"answer": "x" * 641, "buttons": [{"title": "x", "payload": "y"}]}),
            "frequent_questions[0].answer",
        ),
        (
            # Filled in, a name may take 40 characters.
            _questions(
                {"answer": "{first_name}" + "x" * 620, "buttons": [{"title": "x", "payload": "y"}]}
            ),
            "frequent_questions[0].answer",
        ),
        ({"ad_questions": {"questions": ["hours"]}}, "ad_questions.questions"),
        (
            _questions({"question": "x" * 21}) | {"ad_questions": {"questions": ["hours"]}},
            "ad_questions.questions",
        ),
        (
            _questions({}) | {"ad_questions": {"questions": ["hours", "hours"]}},
            "ad_questions.questions",
        ),
        (_questions({}) | {"ad_questions": {"questions": []}}, "ad_questions.questions"),
        (
            _questions({}) | {"ad_questions": {"questions": ["hours"], "text": "{x}"}},
            "ad_questions.text",
        ),
        ({"contact_details": {"asks": []}}, "contact_details.asks"),
        ({"contact_details": {"asks": ["fax"]}}, "contact_details.asks"),
        ({"contact_details": {"asks": ["email", "email"]}}, "contact_details.asks"),
        ({"contact_details": {"text": " "}}, "contact_details.text"),
        ({"language": "de"}, "language"),
    ],
)
def test_what_could_not_be_sent_is_refused_by_its_field(facts: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidField) as caught:
        _read(**facts)
    assert caught.value.field.startswith(field)


@pytest.mark.parametrize("language", ["en", "tr", "az", "ko"])
def test_a_channel_speaks_one_of_the_known_languages(language: str) -> None:
    assert _read(language=language).language == language


def test_more_than_forty_questions_are_refused() -> None:
    many = [{"name": f"n{each}", "question": f"Question {each}?"} for each in range(41)]
    with pytest.raises(InvalidField, match="frequent_questions"):
        _read(**_questions(*many))
