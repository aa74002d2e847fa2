"""The shop of the fortnight: a Page, an Instagram account and a WhatsApp number, with every
automation that there is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec

from chalicelib.core.business_hours import WEEKDAYS, OpeningHours, Span
from chalicelib.core.channel import (
    ApprovedTemplate,
    AutomaticReply,
    ChannelSettings,
    NotificationTopic,
    PrivateReply,
)
from chalicelib.core.custom_rules import Rule, Then, When
from chalicelib.core.frequency import NotificationCap
from chalicelib.core.handling_settings import (
    ClosingMessage,
    Disclosure,
    FeedbackRequest,
    Handover,
)
from chalicelib.core.informing import (
    AdQuestions,
    ContactDetails,
    ContactInformation,
    FrequentQuestion,
    Place,
)
from chalicelib.core.policy_settings import Budget
from chalicelib.core.quiet_hours import QuietHours
from devtools.simulator import state
from tests import builders

PAGE, PROFESSIONAL, NUMBER = "100100100100101", "17841400000000001", "106540352242922"
PLATFORMS = {PAGE: "messenger", PROFESSIONAL: "instagram", NUMBER: "whatsapp"}
ACCOUNT, APP_ID, INBOX_APP_ID = "102290129340398", "987654321", "263902037430900"
# Beside the free ones. It is used up after some days; later the business notices.
BUDGET, LARGER_BUDGET = Budget(paid_service_messages=1000), Budget(paid_service_messages=50_000)
MORE_BUDGET_AFTER = timedelta(days=9)
TOPICS = (
    NotificationTopic(
        topic="mug",
        title="When the mug is back",
        keywords=("tell me",),
        template_name="mug_is_back",
        template_language="en",
    ),
    NotificationTopic(
        topic="offers",
        title="Our offers",
        keywords=("offers",),
        template_name="offers",
        template_language="en",
    ),
)
TEMPLATES = {"mug_is_back": "utility", "offers": "marketing"}
DELIVERY = FrequentQuestion(
    name="delivery",
    title="Delivery",
    question="How long is delivery?",
    answer="Two days.",
    keywords=("delivery",),
)
RULE = Rule(name="price", when=When(on="message", words=("price",)), then=Then(text="12.50 a mug."))


def channels() -> tuple[ChannelSettings, ...]:
    return tuple(_channel(channel_id) for channel_id in PLATFORMS)


def connected() -> list[state.Channel]:
    """The same as Meta knows them."""
    return [
        state.Channel(
            platform=platform,
            channel_id=channel_id,
            token=f"token-of-{channel_id}",
            app_id=APP_ID,
            business_id=ACCOUNT if platform == "whatsapp" else "",
            marketing_cap=1,
        )
        for channel_id, platform in PLATFORMS.items()
    ]


def templates() -> list[state.Template]:
    return [
        state.Template(channel_id=channel_id, name=name, language="en", category=category.upper())
        for channel_id in (PAGE, NUMBER)
        for name, category in TEMPLATES.items()
        if channel_id == NUMBER or category == "utility"
    ]


def _channel(channel_id: str) -> ChannelSettings:
    platform = PLATFORMS[channel_id]
    by_platform: dict[str, dict[str, Any]] = {
        "messenger": {
            "has_human_agent": True,
            "one_time_notifications": True,
            "feedback_request": FeedbackRequest(privacy_url="https://shop.example/privacy"),
            "page_recommended": AutomaticReply(text="Thank you!"),
            "page_not_recommended": AutomaticReply(text="We are sorry."),
            "handover": Handover(unanswered_minutes=60, target_app_id=INBOX_APP_ID),
        },
        "instagram": {"has_human_agent": True, "feedback_request": FeedbackRequest()},
        "whatsapp": {
            "business_account_id": ACCOUNT,
            "feedback_request": FeedbackRequest(),
            "budget": BUDGET,
        },
    }
    has_comments = platform != "whatsapp"
    return builders.channel(
        channel_id=channel_id,
        platform=platform,
        own_app_id=APP_ID,
        hours=_hours(),
        instant_reply=AutomaticReply(text="Hello!", again_after_days=2),
        away_message=AutomaticReply(text="We are closed."),
        private_reply=PrivateReply(is_on=has_comments, text="Thank you for your comment!"),
        contact_information=ContactInformation(phone="+902120000000", email="hi@shop.example"),
        location=Place(name="Shop", address="Istiklal 1", latitude=41.03, longitude=28.97),
        frequent_questions=(DELIVERY,),
        ad_questions=AdQuestions(questions=("delivery",)),
        contact_details=ContactDetails(),
        job_application=AutomaticReply(text="Thank you for applying."),
        rules=(RULE,),
        closing_message=ClosingMessage(after_hours=20),
        disclosure=Disclosure(when="always"),
        notification_topics=TOPICS,
        templates=_approved(platform),
        quiet_hours=QuietHours(starts="22:00", ends="08:00"),
        notification_cap=NotificationCap(messages=3, days=7),
        **({"handover": Handover(unanswered_minutes=60)} | by_platform[platform]),
    )


def _approved(platform: str) -> tuple[ApprovedTemplate, ...]:
    known = TEMPLATES.items() if platform == "whatsapp" else (("mug_is_back", "utility"),)
    if platform == "instagram":
        return ()
    return tuple(
        ApprovedTemplate(name=name, language="en", category=category, parameters=1)
        for name, category in known
    )


def _hours() -> OpeningHours:
    return msgspec.convert(dict.fromkeys(WEEKDAYS, (Span("09:00", "18:00"),)), OpeningHours)
