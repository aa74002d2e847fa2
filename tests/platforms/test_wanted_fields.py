"""What channels are subscribed to is understood: no wanted field ends as an unknown event."""

from __future__ import annotations

from typing import Any

import pytest

from tests.platforms.bodies import kinds, messaging, page

TEMPLATE = {
    "event": "APPROVED",
    "message_template_id": 501,
    "message_template_name": "order",
    "message_template_language": "en_US",
}
QUALITY = {"new_quality_score": "YELLOW"} | TEMPLATE
ANSWERS = {"questions": {"q1": {"type": "csat", "payload": "4"}}}
COMMENT = {"item": "comment", "verb": "add", "comment_id": "c1", "from": {"id": "7001"}}
REVIEW = {"item": "rating", "verb": "add", "recommendation_type": "POSITIVE"}


def changed(name: str, field: str, value: dict[str, Any]) -> dict[str, Any]:
    entry = {"id": "1001", "time": 1763700000, "changes": [{"field": field, "value": value}]}
    return {"object": name, "entry": [entry]}


@pytest.mark.parametrize(
    ("name", "field", "value", "expected"),
    [
        ("page", "message_template_status_update", TEMPLATE, "AccountChanged"),
        ("page", "feed", COMMENT, "CommentReceived"),
        ("page", "ratings", REVIEW, "PageReviewed"),
        ("instagram", "comments", {"id": "c1", "text": "price?"}, "CommentReceived"),
        *(
            ("whatsapp_business_account", field, value, "AccountChanged")
            for field, value in (
                ("message_template_status_update", TEMPLATE),
                ("message_template_quality_update", QUALITY),
                ("template_category_update", TEMPLATE | {"new_category": "MARKETING"}),
                ("account_update", {"event": "ACCOUNT_DELETED"}),
            )
        ),
    ],
)
def test_a_wanted_change_is_understood(
    name: str, field: str, value: dict[str, Any], expected: str
) -> None:
    assert kinds(changed(name, field, value)) == [expected]


def test_answers_to_a_feedback_form_are_understood() -> None:
    item = messaging(messaging_feedback={"feedback_screens": [{"screen_id": 0} | ANSWERS]})
    assert "UnknownEvent" not in kinds(page(item))
