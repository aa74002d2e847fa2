"""A filled template as Meta's messages want it."""

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
from chalicelib.platforms._templates import as_sent

PICTURE = Media(kind="image", url="https://shop.example/mug.jpg")


def known(**facts: Any) -> ApprovedTemplate:
    return ApprovedTemplate(name="order_ready", language="en_US", category="utility", **facts)


def filled(**facts: Any) -> FilledTemplate:
    return FilledTemplate(name="order_ready", language="en_US", **facts)


def test_a_template_without_anything_to_fill_in_is_its_name_and_language() -> None:
    assert as_sent(filled(), known()) == {"name": "order_ready", "language": {"code": "en_US"}}


def test_the_whole_template_leaves_as_the_cloud_api_wants_it() -> None:
    price = CurrencyParameter(code="EUR", amount_1000=12500, fallback_value="12.50")
    day = DateTimeParameter(fallback_value="Tuesday")
    named = TextParameter(text="blue", name="mug")
    buttons = (TemplateButton(index=0, kind="url"), TemplateButton(index=2, kind="quick_reply"))
    template = filled(
        parameters=("A-17", price, day, named), header=PICTURE, buttons=("A-17", "STOP")
    )
    assert as_sent(template, known(buttons=buttons))["components"] == [
        {
            "type": "header",
            "parameters": [{"type": "image", "image": {"link": "https://shop.example/mug.jpg"}}],
        },
        {
            "type": "body",
            "parameters": [
                {"type": "text", "text": "A-17"},
                {
                    "type": "currency",
                    "currency": {"fallback_value": "12.50", "code": "EUR", "amount_1000": 12500},
                },
                {"type": "date_time", "date_time": {"fallback_value": "Tuesday"}},
                {"type": "text", "text": "blue", "parameter_name": "mug"},
            ],
        },
        {
            "type": "button",
            "sub_type": "url",
            "index": "0",
            "parameters": [{"type": "text", "text": "A-17"}],
        },
        {
            "type": "button",
            "sub_type": "quick_reply",
            "index": "2",
            "parameters": [{"type": "payload", "payload": "STOP"}],
        },
    ]


@pytest.mark.parametrize(
    ("header", "parameter"),
    [
        ("Mugs", {"type": "text", "text": "Mugs"}),
        (
            Media(kind="file", media_id="4001", filename="a.pdf"),
            {"type": "document", "document": {"id": "4001", "filename": "a.pdf"}},
        ),
    ],
)
def test_a_header_is_a_text_or_an_attachment(header: Any, parameter: dict[str, Any]) -> None:
    [component] = as_sent(filled(header=header), known())["components"]
    assert component == {"type": "header", "parameters": [parameter]}


@given(st.lists(st.text(min_size=1, max_size=20), max_size=5))
def test_a_filling_that_passes_leaves_with_every_parameter_in_order(texts: list[str]) -> None:
    template = filled(parameters=tuple(texts))
    measure = known(parameters=len(texts))
    [*components] = as_sent(template, measure).get("components", [])
    sent = [each["text"] for component in components for each in component["parameters"]]
    assert sent == texts
