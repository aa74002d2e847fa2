"""Profiles: refused by their field where Meta would refuse them, and compared field by field."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.catalogue import PLATFORMS
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.channel_document import from_document
from chalicelib.core.documents import InvalidField
from chalicelib.core.profile import (
    Greeting,
    IceBreaker,
    IceBreakers,
    Profile,
)
from chalicelib.core.profile_document import LIMITS
from chalicelib.core.profile_drift import Drift, DriftState, drift

QUESTION = {"name": "hours", "question": "When are you open?", "answer": "From nine to six."}
START = {"get_started": "start"}
FULL: dict[str, Any] = START | {
    "greeting": [{"text": "Hi {{user_first_name}}!"}, {"text": "Merhaba!", "locale": "tr_TR"}],
    "ice_breakers": [{"questions": [{"question": "Open?", "payload": "question:hours"}]}],
    "persistent_menu": [
        {
            "items": [
                {"title": "A person", "payload": "own-words"},
                {"title": "Shop", "url": "https://shop.example/mugs"},
            ],
            "is_composer_off": True,
        }
    ],
    "commands": [{"commands": [{"name": "track", "description": "Where is my mug?"}]}],
}
OF_NUMBER: dict[str, Any] = {
    "ice_breakers": [{"questions": [{"question": "When are you open?"}]}],
    "commands": FULL["commands"],
}


def read(profile: object, platform: str = "messenger", **settings: Any) -> ChannelSettings:
    known = PLATFORMS[platform]
    named = {"platform": platform, "name": "The Mug Shop", "frequent_questions": [QUESTION]}
    return from_document(
        "1",
        named | settings | {"profile": profile},
        text_limit=known.text_limit,
        attachment_limit=known.attachment_limit,
        choices_limit=known.choices_limit,
    )


def at_fault(profile: object, platform: str = "messenger", **settings: Any) -> str:
    with pytest.raises(InvalidField) as refused:
        read(profile, platform, **settings)
    return refused.value.field.removeprefix("profile.")


def asked(*questions: dict[str, Any], **facts: Any) -> dict[str, Any]:
    return {"ice_breakers": [{"questions": list(questions), **facts}]}


def menu(*items: dict[str, Any], **facts: Any) -> dict[str, Any]:
    return START | {"persistent_menu": [{"items": list(items), **facts}]}


def commands(*several: dict[str, str]) -> dict[str, Any]:
    return {"commands": [{"commands": list(several)}]}


def question(text: str = "Open?", payload: str = "x") -> dict[str, Any]:
    return {"question": text, "payload": payload}


def item(title: str = "Shop", **facts: str) -> dict[str, Any]:
    return {"title": title, **(facts or {"payload": "x"})}


def command(name: str = "track", description: str = "Where?") -> dict[str, str]:
    return {"name": name, "description": description}


def test_every_platform_has_limits() -> None:
    assert LIMITS.keys() == PLATFORMS.keys()


@pytest.mark.parametrize(
    ("platform", "profile"),
    [
        ("messenger", FULL),
        ("instagram", asked(question())),
        ("instagram", {"persistent_menu": [{"items": [item()]}]}),
        ("whatsapp", OF_NUMBER),
        ("messenger", {}),
        ("messenger", asked(*(question(str(number)) for number in range(4)))),
        ("messenger", asked(question("x" * 80, "y" * 1000))),
        ("messenger", {"greeting": [{"text": "x" * 160}]}),
        ("messenger", menu(*(item("x" * 30) for _ in range(20)))),
        ("messenger", commands(*(command(f"{number:032}", "x" * 64) for number in range(100)))),
        ("whatsapp", commands(*(command(f"{number:032}", "x" * 256) for number in range(30)))),
    ],
)
def test_what_the_platform_has_room_for_is_taken(platform: str, profile: dict[str, Any]) -> None:
    assert read(profile, platform).profile is not None


def test_a_channel_has_no_profile_of_ours_unless_told() -> None:
    assert read(None).profile is None


@pytest.mark.parametrize(
    ("profile", "field"),
    [
        ({"greetings": []}, "greetings"),
        ({"greeting": [{"text": "x" * 161}]}, "greeting[0].text"),
        ({"greeting": [{"text": " "}]}, "greeting[0].text"),
        ({"greeting": [{"text": "a\x00"}]}, "greeting[0].text"),
        ({"greeting": [{"text": "a", "locale": "tr_TR"}]}, "greeting"),
        ({"greeting": [{"text": "a"}, {"text": "b"}]}, "greeting"),
        ({"greeting": [{"text": "a", "locale": "turkish"}]}, "greeting[0].locale"),
        ({"get_started": "question:prices"}, "get_started"),
        (asked(), "ice_breakers[0].questions"),
        (asked(*(question(str(n)) for n in range(5))), "ice_breakers[0].questions"),
        (asked(question(), question()), "ice_breakers[0].questions"),
        (asked(question("x" * 81)), "ice_breakers[0].questions[0].question"),
        (asked({"question": "Open?"}), "ice_breakers[0].questions[0].payload"),
        (asked(question(), locale="en_US"), "ice_breakers"),
        ({"persistent_menu": [{"items": [item()]}]}, "get_started"),
        (menu(), "persistent_menu[0].items"),
        (menu(*(item() for _ in range(21))), "persistent_menu[0].items"),
        (menu(item("x" * 31)), "persistent_menu[0].items[0].title"),
        (menu(item(payload="x", url="https://a.example")), "persistent_menu[0].items[0]"),
        (menu({"title": "Shop"}), "persistent_menu[0].items[0]"),
        (menu(item(url="http://a.example")), "persistent_menu[0].items[0].url"),
        (commands(), "commands[0].commands"),
        (commands(command(), command()), "commands[0].commands"),
        (commands(command("/track")), "commands[0].commands[0].name"),
        (commands(command("x" * 33)), "commands[0].commands[0].name"),
        (commands(command(description="x" * 65)), "commands[0].commands[0].description"),
    ],
)
def test_what_messenger_would_refuse_is_refused_by_its_field(
    profile: dict[str, Any], field: str
) -> None:
    assert at_fault(profile) == field


@pytest.mark.parametrize(
    ("platform", "profile", "field"),
    [
        ("instagram", START, "get_started"),
        ("instagram", {"greeting": [{"text": "Hi"}]}, "greeting"),
        ("instagram", commands(command()), "commands"),
        (
            "instagram",
            {"persistent_menu": [{"items": [item()], "is_composer_off": True}]},
            "persistent_menu[0].is_composer_off",
        ),
        ("whatsapp", {"greeting": [{"text": "Hi"}]}, "greeting"),
        ("whatsapp", START, "get_started"),
        ("whatsapp", {"persistent_menu": [{"items": [item()]}]}, "persistent_menu"),
        ("whatsapp", asked(question()), "ice_breakers[0].questions[0].payload"),
        ("whatsapp", asked({"question": "Mugs ☕?"}), "ice_breakers[0].questions[0].question"),
        ("whatsapp", asked({"question": "Hi 👋"}), "ice_breakers[0].questions[0].question"),
        ("whatsapp", commands(command("mug🎁")), "commands[0].commands[0]"),
        (
            "whatsapp",
            commands(command(description="x" * 257)),
            "commands[0].commands[0].description",
        ),
        ("whatsapp", commands(*(command(str(n)) for n in range(31))), "commands[0].commands"),
        (
            "whatsapp",
            {"ice_breakers": OF_NUMBER["ice_breakers"] * 2},
            "ice_breakers",
        ),
    ],
)
def test_what_the_platform_does_not_have_is_refused(
    platform: str, profile: dict[str, Any], field: str
) -> None:
    assert at_fault(profile, platform) == field


@pytest.mark.parametrize(
    "payload",
    ["question:prices", "notify:mug", "handover", "location", "contact_information"],
)
def test_a_tap_that_no_automation_would_answer_is_refused(payload: str) -> None:
    field = "persistent_menu[0].items[0].payload"
    assert at_fault(menu(item(payload=payload))) == field


@pytest.mark.parametrize(
    ("payload", "settings"),
    [
        ("question:hours", {}),
        ("notify:mug", {"notification_topics": [{"topic": "mug", "title": "The mug"}]}),
        ("handover", {"handover": {}}),
        ("location", {"location": {"address": "Divanyolu 1"}}),
        ("contact_information", {"contact_information": {"email": "mugs@shop.example"}}),
        ("contact_details", {"contact_details": {}}),
        ("stop", {}),
        (
            "handover",
            {
                "rules": [
                    {"name": "own", "when": {"payload": "handover"}, "then": {"text": "Hello"}}
                ]
            },
        ),
    ],
)
def test_a_tap_may_name_what_the_settings_have(payload: str, settings: dict[str, Any]) -> None:
    assert read(menu(item(payload=payload)), **settings).profile is not None


HI, MERHABA = Greeting(text="Hi"), Greeting(text="Merhaba", locale="tr_TR")
OPEN = IceBreakers(questions=(IceBreaker(question="Open?", payload="x"),))
WANTED = Profile(greeting=(HI, MERHABA), get_started="start", ice_breakers=(OPEN,))


def test_the_order_of_languages_is_no_difference() -> None:
    turned = Profile(greeting=(MERHABA, HI), get_started="start", ice_breakers=(OPEN,))
    assert drift(WANTED, turned) == ()


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (WANTED, []),
        (Profile(), ["greeting missing", "get_started missing", "ice_breakers missing"]),
        (
            Profile(greeting=(HI,), get_started="go", ice_breakers=(OPEN,)),
            ["greeting differs", "get_started differs"],
        ),
    ],
)
def test_the_fields_that_differ_are_named(actual: Profile, expected: list[str]) -> None:
    assert [f"{each.field} {each.state}" for each in drift(WANTED, actual)] == expected


def test_what_is_not_wanted_is_extra() -> None:
    assert drift(Profile(), WANTED)[0] == Drift("greeting", DriftState.EXTRA)
