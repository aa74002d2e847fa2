"""What a channel shows before anybody writes: kept, checked and told as Meta does.

Pages messenger-platform/reference/messenger-profile-api, instagram-messaging/features and whatsapp
conversational-components (read 2026-11-22).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from devtools.simulator import errors
from devtools.simulator.answers import Answer
from devtools.simulator.state import Channel
from devtools.simulator.world import World

KNOWN = {
    "messenger": {"get_started", "greeting", "ice_breakers", "persistent_menu", "commands"},
    "instagram": {"ice_breakers", "persistent_menu"},
}
MENU_ITEMS, MENU_TITLE = 20, 30
QUESTIONS, QUESTION = 4, 80
GREETING = 160
COMMANDS, COMMAND_NAME, COMMAND_DESCRIPTION = 100, 32, 64
PROMPTS, NUMBER_COMMANDS, NUMBER_DESCRIPTION = 4, 30, 256

Json = dict[str, Any]


def answer(
    world: World, channel: Channel, kind: str, method: str, query: dict[str, str], body: Any
) -> Answer:
    """The answer to any call about a profile. Raises GraphError."""
    is_number = channel.platform == "whatsapp"
    if is_number != (kind == "conversational_automation"):
        raise errors.no_such_node(kind)
    with world.lock:
        stored = world.state.profiles.setdefault(channel.channel_id, {})
        told = body if isinstance(body, dict) else {}
        if is_number:
            found = _number(stored, method, told)
        else:
            _check_platform(channel, query)
            found = _page(channel, stored, method, told, query.get("fields", ""))
        world.save()
    return Answer(status=200, body=found)


def of_number(world: World, channel: Channel, query: dict[str, str]) -> Json:
    """What a number's node tells beside its identity, if it is asked for."""
    if "conversational_automation" not in query.get("fields", "").split(","):
        return {}
    stored = world.state.profiles.get(channel.channel_id, {})
    return {"conversational_automation": {**stored, "id": channel.channel_id}}


def _number(stored: Json, method: str, body: Json) -> Json:
    if method != "POST":
        raise errors.parameter("Only POST is known here")
    for prompt in _at_most(body.get("prompts", []), PROMPTS, "prompts"):
        _text(prompt, QUESTION, "prompts")
    for command in _at_most(body.get("commands", []), NUMBER_COMMANDS, "commands"):
        _text(command.get("command_name"), COMMAND_NAME, "command_name")
        _text(command.get("command_description"), NUMBER_DESCRIPTION, "command_description")
    stored.update({name: body[name] for name in ("prompts", "commands") if name in body})
    return {"success": True}


def _check_platform(channel: Channel, query: dict[str, str]) -> None:
    """The Page's own profile and its Instagram account's are told apart by a parameter."""
    if query.get("platform", "messenger") != channel.platform:
        raise errors.parameter("Param platform must be that of the channel")


def _page(channel: Channel, stored: Json, method: str, body: Json, asked: str) -> Json:
    known = KNOWN[channel.platform]
    if method == "GET":
        fields = _fields(asked.split(","), known)
        shown = {name: stored[name] for name in fields if name in stored}
        return {"data": [shown] if shown else []}
    if method == "DELETE":
        _delete(stored, _fields(body.get("fields", []), known))
    else:
        _set(channel, stored, {name: body[name] for name in _fields(list(body), known)})
    return {"result": "success"}


def _fields(asked: list[str], known: set[str]) -> list[str]:
    if not asked or not known >= set(asked):
        raise errors.parameter("Param fields must be of the enum: " + ", ".join(sorted(known)))
    return asked


def _delete(stored: Json, fields: list[str]) -> None:
    left = stored.keys() - set(fields)
    if "persistent_menu" in left and "get_started" in fields:
        raise errors.parameter("You must delete the persistent menu before the get started button")
    for name in fields:
        stored.pop(name, None)


def _set(channel: Channel, stored: Json, body: Json) -> None:
    has_start = channel.platform == "instagram" or "get_started" in {**stored, **body}
    if "persistent_menu" in body and not has_start:
        raise errors.parameter("You must set a Get Started button if you also wish to use a menu")
    for name, value in body.items():
        _check(name, value)
    stored.update(body)


def _check(name: str, value: Any) -> None:
    if name == "get_started":
        _text(value.get("payload"), 1000, name)
        return
    entries, most, check = ENTRIES[name]
    for each in _localised(value, name):
        for entry in _at_most(each.get(entries) if entries else [each], most, name):
            check(entry)


def _check_greeting(greeting: Json) -> None:
    _text(greeting.get("text"), GREETING, "greeting")


def _check_question(asked: Json) -> None:
    _text(asked.get("question"), QUESTION, "question")
    _text(asked.get("payload"), 1000, "payload")


def _check_command(command: Json) -> None:
    _text(command.get("name"), COMMAND_NAME, "name")
    _text(command.get("description"), COMMAND_DESCRIPTION, "description")


def _check_item(item: Json) -> None:
    _text(item.get("title"), MENU_TITLE, "title")
    match item.get("type"):
        case "postback":
            _text(item.get("payload"), 1000, "payload")
        case "web_url":
            _text(item.get("url"), 2000, "url")
        case _:
            raise errors.parameter("Param type must be one of postback, web_url")


def _localised(value: Any, name: str) -> list[Json]:
    listed = _at_most(value, 100, name)
    locales = [each.get("locale") for each in listed]
    if "default" not in locales or len(set(locales)) < len(locales):
        raise errors.parameter(f"Param {name} must have the default locale, and each locale once")
    return listed


def _at_most(value: Any, most: int, name: str) -> list[Any]:
    if not isinstance(value, list) or len(value) > most:
        raise errors.parameter(f"Param {name} must be a list of at most {most}")
    return value


def _text(value: Any, most: int, name: str) -> None:
    if not isinstance(value, str) or not 1 <= len(value) <= most:
        raise errors.parameter(f"Param {name} must be a string of 1 to {most} characters")


# Field -> the list within each language ("": none), how many entries, and what each must be.
ENTRIES: dict[str, tuple[str, int, Callable[[Json], None]]] = {
    "greeting": ("", 1, _check_greeting),
    "ice_breakers": ("call_to_actions", QUESTIONS, _check_question),
    "persistent_menu": ("call_to_actions", MENU_ITEMS, _check_item),
    "commands": ("commands", COMMANDS, _check_command),
}
