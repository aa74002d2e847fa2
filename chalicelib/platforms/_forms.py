"""A pin on the map and Messenger's feedback form, as each platform wants them.

Few messages are one of them, so this is imported late.
"""

from __future__ import annotations

from typing import Any

from chalicelib.core.attachments import is_public_address
from chalicelib.core.messages import FeedbackForm, Location, OutboundMessage
from chalicelib.platforms._sendable import refused

# developers.google.com/maps/documentation/urls/get-started (read 2026-11): opens in any browser.
MAP = "https://www.google.com/maps/search/?api=1&query={latitude}%2C{longitude}"
# Of the customer-feedback template (send-messages/templates/customer-feedback-template): title,
# subtitle, button.
FEEDBACK_CHARACTERS = {"title": 65, "subtitle": 80, "button": 20}
# The same page: which answers each kind of question offers.
SCORES = {"csat": "five_stars", "nps": "zero_to_ten", "ces": "one_to_seven"}
FEEDBACK_DAYS = 7  # the longest that it may be answered


def checked_location(message: OutboundMessage) -> Location:
    """The pin. Raises if there is none."""
    if message.location is None:
        raise refused("location_missing")
    return message.location


def as_text(location: Location) -> str:
    """Name, address and a link to the map, for platforms that have no pins."""
    link = MAP.format(latitude=location.latitude, longitude=location.longitude)
    return "\n".join(line for line in (location.name, location.address, link) if line)


def as_pin(location: Location) -> dict[str, Any]:
    """As the Cloud API wants it (whatsapp/messages/location-messages, 2025-11)."""
    facts = {"name": location.name, "address": location.address}
    place: dict[str, Any] = {"latitude": location.latitude, "longitude": location.longitude}
    place |= {name: value for name, value in facts.items() if value}
    return {"type": "location", "location": place}


def feedback(message: OutboundMessage) -> dict[str, Any]:
    """The payload of the customer-feedback template. Raises for a form that Messenger would not
    show."""
    form = _checked(message.feedback)
    question = {
        "id": form.question_id,
        "type": form.score,
        "title": form.question,
        "score_option": SCORES[form.score],
        "follow_up": {"type": "free_form"},
    }
    return {
        "template_type": "customer_feedback",
        "title": form.title,
        "subtitle": form.subtitle,
        "button_title": form.button,
        "feedback_screens": [{"questions": [question]}],
        "business_privacy": {"url": form.privacy_url},
        "expires_in_days": FEEDBACK_DAYS,
    }


def feedback_problem(form: FeedbackForm) -> tuple[str, str] | None:
    """The field at fault and what was expected; None if Messenger shows the form."""
    for name, most in FEEDBACK_CHARACTERS.items():
        if not 1 <= len(getattr(form, name)) <= most:
            return name, f"1 to {most} characters"
    if not form.question_id or not form.question:
        return "question", "an id and a question"
    if form.score not in SCORES:
        return "score", "one of " + ", ".join(SCORES)
    if not is_public_address(form.privacy_url):
        return "privacy_url", "the https address of the business's privacy policy"
    return None


def _checked(form: FeedbackForm | None) -> FeedbackForm:
    if form is None:
        raise refused("feedback_missing")
    if feedback_problem(form):
        raise refused("feedback_not_offered")
    return form
