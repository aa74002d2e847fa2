"""The stand-in keeps what channels show, tells it, and refuses what Meta would."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.conftest import NUMBER, PAGE, PROFESSIONAL, TOKENS, Meta, code_of

PATH = "/me/messenger_profile"
MENU = {
    "persistent_menu": [
        {
            "locale": "default",
            "call_to_actions": [{"type": "postback", "title": "A", "payload": "a"}],
        }
    ]
}
START = {"get_started": {"payload": "start"}}


def asks(
    meta: Meta, method: str, path: str = PATH, body: Any = None, channel: str = PAGE
) -> tuple[int, Any]:
    headers = {"authorization": f"Bearer {TOKENS[channel]}"}
    answer = meta.simulator.answer(method, f"/v25.0{path}", headers, body)
    return answer.status, answer.body


def greeting(text: str, locale: str = "default") -> dict[str, Any]:
    return {"greeting": [{"locale": locale, "text": text}]}


def questions(*several: str) -> dict[str, Any]:
    asked = [{"question": each, "payload": "x"} for each in several]
    return {"ice_breakers": [{"locale": "default", "call_to_actions": asked}]}


def test_what_was_set_is_told_as_far_as_it_is_asked_for(meta: Meta) -> None:
    assert asks(meta, "POST", body=START | greeting("Hi"))[1] == {"result": "success"}
    assert asks(meta, "GET", f"{PATH}?fields=get_started,commands")[1] == {"data": [START]}


def test_nothing_set_is_nothing_told(meta: Meta) -> None:
    assert asks(meta, "GET", f"{PATH}?fields=greeting")[1] == {"data": []}


def test_what_was_deleted_is_gone(meta: Meta) -> None:
    asks(meta, "POST", body=START)
    assert asks(meta, "DELETE", body={"fields": ["get_started"]})[0] == 200
    assert asks(meta, "GET", f"{PATH}?fields=get_started")[1] == {"data": []}


@pytest.mark.parametrize(
    "body",
    [
        MENU,
        {"description": "x"},
        {},
        greeting("x" * 161),
        greeting("Hi", "tr_TR"),
        questions("x" * 81),
        questions(*"abcde"),
        {"commands": [{"locale": "default", "commands": [{"name": "x" * 33}]}]},
        START | {"persistent_menu": [{"locale": "default", "call_to_actions": [{"type": "x"}]}]},
    ],
)
def test_what_meta_would_refuse_is_refused(meta: Meta, body: dict[str, Any]) -> None:
    assert code_of(asks(meta, "POST", body=body)) == (100, None)


def test_a_menu_comes_with_the_button_and_goes_before_it(meta: Meta) -> None:
    assert asks(meta, "POST", body=START | MENU)[0] == 200
    assert code_of(asks(meta, "DELETE", body={"fields": ["get_started"]}))[0] == 100
    assert asks(meta, "DELETE", body={"fields": ["get_started", "persistent_menu"]})[0] == 200


def test_an_account_says_that_it_is_one_and_needs_no_button(meta: Meta) -> None:
    assert code_of(asks(meta, "POST", PATH, MENU, PROFESSIONAL))[0] == 100
    path = f"{PATH}?platform=instagram"
    assert asks(meta, "POST", path, MENU, PROFESSIONAL)[0] == 200
    assert code_of(asks(meta, "POST", path, START, PROFESSIONAL))[0] == 100


def test_a_number_has_prompts_and_commands(meta: Meta) -> None:
    path = f"/{NUMBER}/conversational_automation"
    assert asks(meta, "POST", path, {"prompts": ["Open?"]}, NUMBER)[0] == 200
    told = asks(meta, "GET", f"/{NUMBER}?fields=conversational_automation", None, NUMBER)[1]
    assert told["conversational_automation"] == {"prompts": ["Open?"], "id": NUMBER}


@pytest.mark.parametrize(
    "body", [{"prompts": ["x"] * 5}, {"prompts": ["x" * 81]}, {"commands": [{}]}]
)
def test_a_number_has_limits_too(meta: Meta, body: dict[str, Any]) -> None:
    path = f"/{NUMBER}/conversational_automation"
    assert code_of(asks(meta, "POST", path, body, NUMBER)) == (100, None)


def test_pages_have_no_prompts_and_numbers_no_menu(meta: Meta) -> None:
    assert code_of(asks(meta, "POST", f"/{PAGE}/conversational_automation", {}))[0] == 100
    assert code_of(asks(meta, "POST", f"/{NUMBER}/messenger_profile", START, NUMBER))[0] == 100
