"""Recorded webhooks: all parse, and the facts that their sources state about them hold."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chalicelib.core.events import (
    Event,
    MessageEchoed,
    MessageReceived,
    OptedIn,
    Postback,
    UnknownEvent,
)
from devtools.replay import details
from tests.platforms.recorded import WEBHOOKS, events, table

NOTHING_TO_SAY = {
    "Secreto31126__whatsapp-api-js/message-empty-messages.json",
    "Secreto31126__whatsapp-api-js/message-no-metadata.json",
    "Secreto31126__whatsapp-api-js/message-only-metadata.json",
    "Secreto31126__whatsapp-api-js/status-empty.json",
    "Yoctol__bottender/MessengerConnector-otherRequest.json",
    "Yoctol__bottender/MessengerConnector-standbyRequest.json",
    "Yoctol__bottender/MessengerConnector-webhookTestRequest.json",
    "botman__driver-facebook/FacebookDriver-it_calls_generic_event_for_unkown_facebook_events.json",
    "botman__driver-facebook/FacebookDriver-it_can_reply_string_messages.json",
    "botman__driver-facebook/FacebookDriver-it_returns_the_message-2.json",
    "chatwoot__chatwoot/cloud2026-entry_is_an_object.json",
    "chatwoot__chatwoot/whatsapp_events_job-params.json",
    *(
        file
        for file in WEBHOOKS
        if "/whatsapp_events_job-when-whatsapp-business-params-will-not" in file
    ),
    *(
        file
        for file in WEBHOOKS
        if "/whatsapp_events_job-when-whatsapp_cloud-provider-will-not" in file
    ),
    "hyperoslo__facebook-messenger/server_no_error-payload-2.json",
    "machinat__sociably/fb-Receiver-respond-404-if.json",
    "machinat__sociably/wa-Receiver-respond-404-if.json",
}

FIRST_WORD = {
    "AccountLinking": "AccountLinkChanged",
    "Delivery": "StatusChanged",
    "GamePlay": "OtherReported",
    "Message": "MessageReceived",
    "MessageEcho": "MessageEchoed",
    "MessageReaction": "Reacted",
    "MessageRequest": "OtherReported",
    "Optin": "OptedIn",
    "PassThreadControl": "ThreadControlChanged",
    "Payment": "OtherReported",
    "Postback": "Postback",
    "Read": "StatusChanged",
    "Referral": "Referred",
}


def attribute(name: str) -> Callable[[Event], str]:
    return lambda event: str(getattr(event, name, None) or "null")


def text(event: Event) -> str:
    return str(getattr(event, "text", None) or getattr(event, "title", None) or "null")


def is_a(*kinds: type[Event]) -> Callable[[Event], str]:
    return lambda event: str(isinstance(event, kinds)).lower()


def has(kind: str) -> Callable[[Event], str]:
    def fact(event: Event) -> str:
        return str(kind in {found.kind for found in getattr(event, "attachments", ())}).lower()

    return fact


def status(word: str) -> Callable[[Event], str]:
    return lambda event: str(getattr(event, "status", None) == word).lower()


def detail(key: str) -> Callable[[Event], str]:
    return lambda event: str(key in details(event)).lower()


def moment(unit: int) -> Callable[[Event], str]:
    def fact(event: Event) -> str:
        return str(event.occurred_at and round(event.occurred_at.timestamp() * unit))

    return fact


def reacted(event: Event) -> str:
    kinds = (type(event).__name__, getattr(event, "item_kind", None))
    return str("Reacted" in kinds or "reaction" in kinds).lower()


def ref(event: Event) -> str:
    return str(getattr(getattr(event, "referral", None), "ref", None) or "null")


FACTS: dict[str, Callable[[Event], str]] = {
    "text": text,
    "sender": attribute("contact_id"),
    "recipient": attribute("channel_id"),
    "page_id": attribute("channel_id"),
    "payload": attribute("payload"),
    "contact_name": attribute("contact_name"),
    "delivery_status": attribute("status"),
    "ref": ref,
    "timestamp_ms": moment(1000),
    "timestamp_s": moment(1),
    "event_class": lambda event: type(event).__name__,
    "is_message": is_a(MessageReceived, MessageEchoed),
    "is_echo": is_a(MessageEchoed),
    "is_postback": is_a(Postback),
    "is_optin": is_a(OptedIn),
    "is_text": lambda event: str(text(event) != "null").lower(),
    "is_image": has("image"),
    "is_video": has("video"),
    "is_audio": has("audio"),
    "is_file": has("file"),
    "is_location": has("location"),
    "is_fallback": has("fallback"),
    "is_sticker": detail("sticker_id"),
    "is_quick_reply": detail("quick_reply"),
    "is_referral": lambda event: str(ref(event) != "null").lower(),
    "is_reaction": reacted,
    "is_delivery": status("delivered"),
    "is_read": status("read"),
}

EXPECTATIONS = [
    (row["file"], row["field"], row["canonical"], row["expected"])
    for row in table("expectations.tsv")
    if row["canonical"] and row["file"] in WEBHOOKS
]
DEVIATIONS = {(row["file"], row["field"], row["expected"]): row for row in table("deviations.tsv")}


def ours(file: str, fact: str) -> str:
    return FACTS[fact](events(file)[0])


def stated(fact: str, expected: str) -> str:
    return FIRST_WORD[expected] if fact == "event_class" else expected or "null"


@pytest.mark.parametrize("file", WEBHOOKS)
def test_every_recorded_webhook_parses_without_a_surprise(file: str) -> None:
    reasons = [event.reason for event in events(file) if isinstance(event, UnknownEvent)]

    assert not [reason for reason in reasons if "while reading" in reason]


@pytest.mark.parametrize("file", sorted(set(WEBHOOKS) - NOTHING_TO_SAY))
def test_what_says_something_is_known(file: str) -> None:
    assert not [event for event in events(file) if isinstance(event, UnknownEvent)]


@pytest.mark.parametrize("file", sorted(NOTHING_TO_SAY))
def test_what_says_nothing_is_one_unknown_event(file: str) -> None:
    assert [type(event) for event in events(file)] == [UnknownEvent]


@pytest.mark.parametrize(
    ("file", "field", "fact", "expected"),
    [row for row in EXPECTATIONS if (row[0], row[1], row[3]) not in DEVIATIONS],
)
def test_the_facts_of_the_sources_hold(file: str, field: str, fact: str, expected: str) -> None:
    assert ours(file, fact) == stated(fact, expected)


@pytest.mark.parametrize("key", sorted(DEVIATIONS))
def test_every_deviation_still_deviates_as_it_says(key: tuple[str, str, str]) -> None:
    (fact,) = {row[2] for row in EXPECTATIONS if (row[0], row[1], row[3]) == key}

    assert ours(key[0], fact) == DEVIATIONS[key]["ours"] != stated(fact, key[2])


@pytest.mark.parametrize("key", sorted(DEVIATIONS))
def test_every_deviation_has_a_reason(key: tuple[str, str, str]) -> None:
    assert len(DEVIATIONS[key]["reason"]) > 20
