"""Keywords without a letter or sign are refused by their field: they could not be meant."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.test_handling_document import field_at_fault

QUESTION = {"name": "hours", "question": "When are you open?", "answer": "Always."}


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"handover": {"words": ["boss", " "]}}, "handover.words[1]"),
        (
            {"contact_information": {"phone": "+90 212 555", "keywords": [" "]}},
            "contact_information.keywords[0]",
        ),
        ({"location": {"address": "Here", "keywords": ["\u3000"]}}, "location.keywords[0]"),
        ({"contact_details": {"keywords": ["\n"]}}, "contact_details.keywords[0]"),
        ({"private_reply": {"keywords": [" "]}}, "private_reply.keywords[0]"),
        (
            {"frequent_questions": [QUESTION | {"keywords": [" "]}]},
            "frequent_questions[0].keywords[0]",
        ),
        (
            {"notification_topics": [{"topic": "mug", "title": "Mug", "keywords": [" "]}]},
            "notification_topics[0].keywords[0]",
        ),
        (
            {"rules": [{"name": "a", "when": {"words": [" "]}, "then": {"text": "Hi"}}]},
            "rules[0].when.words[0]",
        ),
    ],
)
def test_a_blank_keyword_is_refused(settings: dict[str, Any], field: str) -> None:
    assert field_at_fault(**settings) == field
