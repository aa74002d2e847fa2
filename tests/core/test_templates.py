"""Approved templates: what a channel may name, and how one is filled."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.channel import ApprovedTemplate, TemplateButton
from chalicelib.core.messages import (
    CurrencyParameter,
    DateTimeParameter,
    FilledTemplate,
    Media,
    TextParameter,
)
from chalicelib.core.templates import (
    approved,
    filling_problem,
    problems,
    reply_problem,
    with_words,
    words,
)

PICTURE = Media(kind="image", url="https://shop.example/mug.jpg")


def known(**facts: Any) -> ApprovedTemplate:
    defaults = {"name": "order_ready", "language": "en_US", "category": "utility"}
    return ApprovedTemplate(**(defaults | facts))


def filled(**facts: Any) -> FilledTemplate:
    return FilledTemplate(**({"name": "order_ready", "language": "en_US"} | facts))


def wrong_settings(*templates: ApprovedTemplate, platform: str = "whatsapp") -> list[str]:
    return [field for field, _ in problems(templates, platform)]


def wrong_field(template: FilledTemplate, measure: ApprovedTemplate | None = None) -> str | None:
    wrong = filling_problem(template, measure)
    return wrong[0] if wrong else None


@pytest.mark.parametrize(
    ("facts", "fields"),
    [
        ({}, []),
        ({"language": "tr"}, []),
        ({"header": "file", "buttons": (TemplateButton(index=0, kind="url"),)}, []),
        ({"name": "Order Ready"}, ["templates[0].name"]),
        ({"name": "x" * 513}, ["templates[0].name"]),
        ({"language": "english"}, ["templates[0].language"]),
        ({"category": "service"}, ["templates[0].category"]),
        ({"header": "audio"}, ["templates[0].header"]),
        ({"buttons": (TemplateButton(index=0, kind="call"),)}, ["templates[0].buttons"]),
    ],
)
def test_a_template_of_a_whatsapp_number_is_named_by_its_field(
    facts: dict[str, Any], fields: list[str]
) -> None:
    assert wrong_settings(known(**facts)) == fields


@pytest.mark.parametrize(
    ("facts", "fields"),
    [
        ({"parameters": 2}, []),
        ({"category": "marketing"}, ["templates[0].category"]),
        ({"header": "image"}, ["templates[0].header"]),
    ],
)
def test_a_template_of_a_page_is_a_utility_message_with_a_body(
    facts: dict[str, Any], fields: list[str]
) -> None:
    assert wrong_settings(known(**facts), platform="messenger") == fields


def test_instagram_has_no_templates() -> None:
    assert wrong_settings(known(), platform="instagram") == ["templates"]


def test_a_name_may_occur_once_in_each_language() -> None:
    assert wrong_settings(known(), known(language="tr"), known()) == ["templates[2]"]


def test_a_template_is_found_by_name_and_language() -> None:
    turkish = known(language="tr")
    assert approved((known(), turkish), "order_ready", "tr") is turkish
    assert approved((known(), turkish), "order_ready", "de") is None


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({}, None),
        ({"parameters": ("A-17", TextParameter(text="blue", name="mug"))}, None),
        ({"parameters": ("a    b",)}, None),
        ({"parameters": ("",)}, "template.parameters[0]"),
        ({"parameters": ("A", "two\nlines")}, "template.parameters[1]"),
        ({"parameters": ("a     b",)}, "template.parameters[0]"),
        ({"parameters": ("x" * 1025,)}, "template.parameters[0]"),
        (
            {"parameters": (CurrencyParameter(code="€", amount_1000=1, fallback_value="1"),)},
            "template.parameters[0]",
        ),
        ({"parameters": (DateTimeParameter(fallback_value="\t"),)}, "template.parameters[0]"),
        ({"header": "x" * 61}, "template.header"),
        ({"header": ""}, "template.header"),
        ({"header": Media(kind="image", url="http://a.example")}, "template.header.url"),
    ],
)
def test_a_value_that_no_template_takes_is_named(facts: dict[str, Any], field: str | None) -> None:
    assert wrong_field(filled(**facts)) == field


@pytest.mark.parametrize(
    ("measure", "facts", "field"),
    [
        ({"parameters": 1}, {"parameters": ("A-17",)}, None),
        ({"parameters": 1}, {}, "template.parameters"),
        ({"parameters": 1}, {"parameters": ("A-17", "B")}, "template.parameters"),
        ({"header": "image"}, {"header": PICTURE}, None),
        ({"header": "video"}, {"header": PICTURE}, "template.header"),
        ({"header": "text"}, {"header": PICTURE}, "template.header"),
        ({"header": "text"}, {"header": "Mugs"}, None),
        ({"header": "image"}, {}, "template.header"),
        ({}, {"header": "Mugs"}, "template.header"),
        ({"buttons": (TemplateButton(index=0, kind="url"),)}, {}, "template.buttons"),
        ({}, {"buttons": ("A-17",)}, "template.buttons"),
    ],
)
def test_a_template_is_filled_as_the_settings_measure_it(
    measure: dict[str, Any], facts: dict[str, Any], field: str | None
) -> None:
    assert wrong_field(filled(**facts), known(**measure)) == field


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"parameters": ("{first_name}",)}, None),
        ({"parameters": (TextParameter(text="Hi {first_name}"),)}, None),
        ({"parameters": ("{name}",)}, "template.parameters[0]"),
        ({"parameters": ("x" * 985 + "{first_name}",)}, "template.parameters[0]"),
        ({"parameters": ()}, "template.parameters"),
        ({"parameters": ("A",), "topic": "mug"}, "template.topic"),
        ({"parameters": ("A",), "language": "tr"}, "template"),
    ],
)
def test_a_template_that_answers_by_itself_is_measured_with_its_longest_words(
    facts: dict[str, Any], field: str | None
) -> None:
    wrong = reply_problem(filled(**facts), (known(parameters=1),))
    assert (wrong[0] if wrong else None) == field


lines = st.text(st.characters(exclude_characters="\n"), min_size=1, max_size=20)
price = st.just(CurrencyParameter(code="EUR", amount_1000=1, fallback_value="1"))


@given(st.lists(lines | st.builds(TextParameter, text=lines, name=st.none()) | price))
def test_the_words_of_a_template_are_put_back_where_they_stood(parameters: list[Any]) -> None:
    template = filled(parameters=tuple(parameters))
    assert with_words(template, words(template)) == template


def test_only_words_are_replaced() -> None:
    fixed = CurrencyParameter(code="EUR", amount_1000=1, fallback_value="1")
    named = TextParameter(text="{first_name}", name="who")
    template = filled(parameters=("{opens_at}", fixed, named))
    assert with_words(template, "soon\nAda").parameters == (
        "soon",
        fixed,
        TextParameter(text="Ada", name="who"),
    )
