"""Channel settings: the document of the API, what it refuses, the channel's clock and calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.core.business_hours import OpeningHours, Span
from chalicelib.core.channel import ALWAYS_CLOSED, AutomaticReply, ChannelSettings
from chalicelib.core.channel_document import from_document
from chalicelib.core.documents import InvalidField
from chalicelib.core.messages import FilledTemplate, Media

CANARY = "EAAG-secret-canary"
WEDNESDAY_NOON = datetime(2026, 11, 25, 11, 0, tzinfo=UTC)

SMALL = {"platform": "messenger", "name": "The Mug Shop"}
FULL: dict[str, Any] = {
    "platform": "whatsapp",
    "name": "The Mug Shop",
    "time_zone": "Europe/Berlin",
    "hours": {
        "monday": [{"opens": "09:00", "closes": "12:30"}, {"opens": "14:00", "closes": "18:00"}],
        "friday": [{"opens": "18:00", "closes": "02:00"}],
        "special_days": [
            {"on": "2026-12-24", "until": "2026-12-26"},
            {"on": "2026-12-31", "spans": [{"opens": "09:00", "closes": "13:00"}]},
        ],
    },
    "instant_reply": {"text": "Hi {first_name}!", "again_after_days": 30},
    "away_message": {
        "is_on": True,
        "attachment": {"kind": "image", "url": "https://shop.example/hours.png"},
    },
    "person_pause_minutes": 15,
    "sends_per_second": 20,
    "native_automation_seconds": 3,
    "person_app_ids": ["263902037430900"],
    "own_app_id": "123456",
    "has_human_agent": True,
    "one_time_notifications": True,
    "notification_topics": [
        {
            "topic": "mug-back",
            "title": "Tell me when the mug is back",
            "keywords": ["mug"],
            "confirmation": "We will, {first_name}.",
            "template_name": "mug_back",
            "template_language": "en",
        }
    ],
    "templates": [
        {
            "name": "order_ready",
            "language": "en_US",
            "category": "utility",
            "parameters": 1,
            "header": "image",
            "buttons": [{"index": 0, "kind": "url"}],
        }
    ],
    "token_parameter": "/hearback/prod/channels/106540352242922/token",
    "graph_node_id": "106540352242922",
    "graph_host": "facebook",
}
TOPIC = {"topic": "mug-back", "title": "The mug is back", "keywords": ["mug"]}

PICTURE = {"kind": "image", "media_id": "4001"}
VIDEO = {"kind": "video", "media_id": "4001"}
READY = {"name": "order_ready", "language": "en"}
TEMPLATE = READY | {"category": "utility"}


def short(text: str) -> str | None:
    return None if len(text) <= 100 else "at most 100 characters"


def few(media: Media, caption: str | None) -> tuple[str, str] | None:
    if caption and len(caption) > 20:
        return "text", "at most 20 characters"
    return ("attachment.kind", "an image") if media.kind != "image" else None


def any_choices(text: object, quick_replies: object, buttons: object) -> None:
    return None


def read(**facts: Any) -> ChannelSettings:
    return from_document(
        "1067", SMALL | facts, text_limit=short, attachment_limit=few, choices_limit=any_choices
    )


def refusal(document: object, channel_id: str = "1067") -> InvalidField:
    with pytest.raises(InvalidField) as refused:
        from_document(
            channel_id, document, text_limit=short, attachment_limit=few, choices_limit=any_choices
        )
    return refused.value


def test_a_small_document_gets_the_defaults() -> None:
    assert read() == ChannelSettings(
        channel_id="1067", platform="messenger", name="The Mug Shop", time_zone="UTC", hours=None
    )


def test_automatic_replies_are_off_until_somebody_turns_them_on() -> None:
    assert (read().instant_reply.is_on, read().away_message.is_on) == (False, False)


def test_naming_a_text_turns_an_automatic_reply_on() -> None:
    assert read(instant_reply={"text": "Hi!"}).instant_reply == AutomaticReply(text="Hi!")


def test_naming_an_attachment_turns_an_automatic_reply_on_without_words() -> None:
    reply = read(instant_reply={"attachment": PICTURE}).instant_reply
    assert (reply.is_on, reply.text_or("the default")) == (True, None)


def test_an_automatic_reply_may_be_a_template_that_the_channel_names() -> None:
    reply = read(templates=[TEMPLATE], instant_reply={"template": READY}).instant_reply
    assert (reply.text_or("the default"), reply.template) == (None, FilledTemplate(**READY))


def test_a_caption_may_be_as_long_as_its_platform_says() -> None:
    reply = read(instant_reply={"text": "x" * 20, "attachment": PICTURE}).instant_reply
    assert reply.text_or("the default") == "x" * 20


def test_a_full_document_goes_in_and_out_unchanged() -> None:
    channel = from_document(
        "1067", FULL, text_limit=short, attachment_limit=few, choices_limit=any_choices
    )
    assert (
        from_document(
            "1067",
            msgspec.to_builtins(channel),
            text_limit=short,
            attachment_limit=few,
            choices_limit=any_choices,
        )
        == channel
    )


def test_settings_survive_storage_as_json() -> None:
    channel = from_document(
        "1067", FULL, text_limit=short, attachment_limit=few, choices_limit=any_choices
    )
    assert msgspec.json.decode(msgspec.json.encode(channel), type=ChannelSettings) == channel


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"name": None}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x\x00"}, "name"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": "../../../etc/passwd"}, "time_zone"),
        ({"time_zone": "localtime"}, "time_zone"),
        ({"time_zone": "europe/berlin"}, "time_zone"),
        ({"time_zone": ""}, "time_zone"),
        ({"hours": []}, "hours"),
        ({"hours": {"funday": []}}, "hours.funday"),
        ({"hours": {"monday": [{"opens": 9, "closes": "18:00"}]}}, "hours.monday[0].opens"),
        ({"hours": {"monday": [{"opens": "09:00"}]}}, "hours.monday[0].closes"),
        (
            {"hours": {"monday": [{"opens": "09:00", "closes": "25:00"}]}},
            "hours.monday[0].closes",
        ),
        (
            {"hours": {"monday": [{"opens": "09:00", "closes": "10:00", "x": 1}]}},
            "hours.monday[0].x",
        ),
        ({"hours": {"monday": [{"opens": "09:00", "closes": "10:00"}] * 13}}, "hours.monday"),
        ({"hours": {"special_days": [{"on": "Christmas"}]}}, "hours.special_days[0].on"),
        ({"hours": {"special_days": [{}]}}, "hours.special_days[0].on"),
        ({"instant_reply": None}, "instant_reply"),
        ({"instant_reply": {"text": "x" * 101}}, "instant_reply.text"),
        ({"instant_reply": {"text": "x" * 61 + "{first_name}"}}, "instant_reply.text"),
        ({"instant_reply": {"text": "Hi {name}"}}, "instant_reply.text"),
        ({"instant_reply": {"text": " "}}, "instant_reply.text"),
        ({"instant_reply": {"again_after_days": 0}}, "instant_reply.again_after_days"),
        ({"away_message": {"text": "x" * 101}}, "away_message.text"),
        ({"away_message": {"text": "x" * 5001}}, "away_message.text"),
        ({"away_message": {"again_after_days": 1}}, "away_message.again_after_days"),
        ({"away_message": {"on": True}}, "away_message.on"),
        ({"away_message": {"attachment": VIDEO}}, "away_message.attachment.kind"),
        ({"away_message": {"attachment": {}}}, "away_message.attachment.kind"),
        ({"away_message": {"attachment": PICTURE | {"x": 1}}}, "away_message.attachment.x"),
        ({"instant_reply": {"text": "x" * 21, "attachment": PICTURE}}, "instant_reply.text"),
        (
            {"instant_reply": {"text": "{first_name}", "attachment": PICTURE}},
            "instant_reply.text",
        ),
        ({"away_message": {"template": TEMPLATE}}, "away_message.template.category"),
        ({"away_message": {"template": READY}}, "away_message.template"),
        (
            {"templates": [TEMPLATE], "away_message": {"template": READY, "text": "Hi"}},
            "away_message.text",
        ),
        (
            {"templates": [TEMPLATE], "away_message": {"template": READY | {"topic": "mug"}}},
            "away_message.template.topic",
        ),
        ({"templates": [{"name": "mug"}]}, "templates[0].language"),
        ({"templates": [TEMPLATE | {"parameters": -1}]}, "templates[0].parameters"),
        ({"templates": [TEMPLATE | {"category": "news"}]}, "templates[0].category"),
        ({"templates": [TEMPLATE, TEMPLATE]}, "templates[1]"),
        ({"platform": "instagram", "templates": [TEMPLATE]}, "templates"),
        ({"person_pause_minutes": -1}, "person_pause_minutes"),
        ({"sends_per_second": 0}, "sends_per_second"),
        ({"sends_per_second": 1001}, "sends_per_second"),
        ({"person_pause_minutes": "30"}, "person_pause_minutes"),
        ({"native_automation_seconds": 61}, "native_automation_seconds"),
        ({"person_app_ids": [1]}, "person_app_ids[0]"),
        ({"own_app_id": "x"}, "own_app_id"),
        ({"has_human_agent": 1}, "has_human_agent"),
        ({"notification_topics": [{"topic": "mug"}]}, "notification_topics[0].title"),
        ({"notification_topics": [TOPIC | {"topic": "a#b"}]}, "notification_topics[0].topic"),
        ({"notification_topics": [TOPIC | {"title": "x" * 66}]}, "notification_topics[0].title"),
        ({"notification_topics": [TOPIC | {"title": "a\tb"}]}, "notification_topics[0].title"),
        ({"notification_topics": [TOPIC | {"title": " "}]}, "notification_topics[0].title"),
        (
            {"notification_topics": [TOPIC | {"keywords": [""]}]},
            "notification_topics[0].keywords[0]",
        ),
        ({"notification_topics": [TOPIC, TOPIC | {"keywords": []}]}, "notification_topics[1]"),
        ({"notification_topics": [TOPIC, TOPIC | {"topic": "b"}]}, "notification_topics[1]"),
        ({"notification_topics": [TOPIC | {"keywords": ["a", "A"]}]}, "notification_topics[0]"),
        (
            {"notification_topics": [TOPIC | {"confirmation": "{x}"}]},
            "notification_topics[0].confirmation",
        ),
        ({"token_parameter": "EAAGm0PX4ZCpsBA"}, "token_parameter"),
        ({"token_parameter": "/a/../b c"}, "token_parameter"),
        ({"graph_node_id": "1/../../me"}, "graph_node_id"),
        ({"graph_host": "evil.example"}, "graph_host"),
        ({"page_metric_days": 14}, "page_metric_days"),
        ({"updated_at": "yesterday"}, "updated_at"),
        ({"colour": "blue"}, "colour"),
        ({"channel_id": "another"}, "channel_id"),
    ],
)
def test_a_wrong_setting_is_named_by_its_path(facts: dict[str, Any], field: str) -> None:
    assert refusal(SMALL | facts).field == field


@pytest.mark.parametrize("field", ["platform", "name"])
def test_a_missing_setting_is_named(field: str) -> None:
    document = {name: value for name, value in SMALL.items() if name != field}
    assert refusal(document).field == field


@pytest.mark.parametrize("document", [None, [], "text", 1])
def test_something_else_than_an_object_is_refused(document: object) -> None:
    assert refusal(document).field == "document"


@pytest.mark.parametrize("channel_id", ["", "a#b", "a/b", "x" * 65])
def test_a_channel_id_that_is_no_id_is_refused(channel_id: str) -> None:
    assert refusal(SMALL, channel_id).field == "channel_id"


@pytest.mark.parametrize("title", ["x" * 65, "ş" * 65])
def test_a_title_of_65_characters_is_fine(title: str) -> None:
    topics = read(notification_topics=[TOPIC | {"title": title}]).notification_topics
    assert topics[0].title == title


def poisoned(document: Any) -> Iterator[Any]:
    """The document, many times, each time with the canary in another place."""
    yield CANARY
    pairs = document.items() if isinstance(document, dict) else []
    pairs = enumerate(document) if isinstance(document, list) else pairs
    for key, value in pairs:
        for worse in poisoned(value):
            copy = document.copy()
            copy[key] = worse
            yield copy


def said_about(document: object) -> str:
    """Everything that an error says about the document."""
    try:
        return str(
            from_document(
                "1067", document, text_limit=short, attachment_limit=few, choices_limit=any_choices
            ).channel_id
        )
    except InvalidField as error:
        return f"{error} {error.field} {error.expected} {error.__cause__} {error.__context__}"


@pytest.mark.parametrize("document", list(poisoned(FULL)))
def test_a_refusal_never_repeats_what_was_given(document: object) -> None:
    assert CANARY not in said_about(document)


def berlin(**facts: Any) -> ChannelSettings:
    return ChannelSettings(
        channel_id="1067",
        platform="messenger",
        name="The Mug Shop",
        time_zone="Europe/Berlin",
        **facts,
    )


NINE_TO_SIX = OpeningHours(wednesday=(Span("09:00", "18:00"),))


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 11, 25, 22, 59, 59, tzinfo=UTC), "2026-11-25"),
        (datetime(2026, 11, 25, 23, 0, tzinfo=UTC), "2026-11-26"),
        (datetime(2026, 7, 1, 22, 0, tzinfo=UTC), "2026-07-02"),
    ],
)
def test_a_day_is_the_date_on_the_channels_calendar(at: datetime, day: str) -> None:
    assert berlin().local_day(at) == day


def test_the_bounds_of_a_day_are_its_local_midnights() -> None:
    assert berlin().day_bounds("2026-11-25") == (
        datetime(2026, 11, 24, 23, 0, tzinfo=UTC),
        datetime(2026, 11, 25, 23, 0, tzinfo=UTC),
    )


def test_a_channel_without_hours_is_always_open() -> None:
    assert berlin().is_open(WEDNESDAY_NOON)


def test_a_channel_without_hours_has_no_closed_period() -> None:
    assert berlin().closed_period(WEDNESDAY_NOON) is None


def test_a_channel_without_hours_has_no_next_opening() -> None:
    assert berlin().next_opening(WEDNESDAY_NOON) is None


def test_an_open_channel_has_no_closed_period() -> None:
    assert berlin(hours=NINE_TO_SIX).closed_period(WEDNESDAY_NOON) is None


def test_an_open_channel_has_no_next_opening() -> None:
    assert berlin(hours=NINE_TO_SIX).next_opening(WEDNESDAY_NOON) is None


@pytest.mark.parametrize("hours_later", [6, 24, 164])
def test_a_closed_period_is_named_by_its_beginning(hours_later: int) -> None:
    period = berlin(hours=NINE_TO_SIX).closed_period(WEDNESDAY_NOON + timedelta(hours=hours_later))
    assert period == "2026-11-25T17:00:00+00:00"


def test_a_closed_channel_knows_when_it_opens() -> None:
    opening = berlin(hours=NINE_TO_SIX).next_opening(WEDNESDAY_NOON + timedelta(hours=24))
    assert opening == datetime(2026, 12, 2, 8, 0, tzinfo=UTC)


def test_a_channel_that_never_opens_has_one_closed_period_for_ever() -> None:
    assert berlin(hours=OpeningHours()).closed_period(WEDNESDAY_NOON) == ALWAYS_CLOSED


def test_a_channel_that_never_opens_has_no_next_opening() -> None:
    assert berlin(hours=OpeningHours()).next_opening(WEDNESDAY_NOON) is None


def test_pauses_are_durations() -> None:
    channel = berlin(person_pause_minutes=15, native_automation_seconds=3)
    assert (channel.person_pause, channel.native_automation) == (
        timedelta(minutes=15),
        timedelta(seconds=3),
    )
