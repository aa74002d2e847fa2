"""A channel's profile at Meta: how it is read, set and deleted, and what the answers mean.

Pages messenger-platform/reference/messenger-profile-api (2026-03-18: 10 calls in 10 minutes for a
Page), instagram-messaging/features/ice-breakers (2026-04-01) and persistent-menu (2026-07-02),
whatsapp conversational-components; read 2026-11-22. That WhatsApp takes an empty list for "none" is
told by partners, not by Meta.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from msgspec import Struct

from chalicelib.core.channel import ChannelSettings
from chalicelib.core.profile import (
    DEFAULT_LOCALE,
    Command,
    Commands,
    Greeting,
    IceBreaker,
    IceBreakers,
    Menu,
    MenuItem,
    Profile,
)
from chalicelib.platforms._connecting import Answer, Call, host_of
from chalicelib.platforms._values import mapping, objects, text

_FIELDS = {
    "messenger": ("greeting", "get_started", "ice_breakers", "persistent_menu", "commands"),
    "instagram": ("ice_breakers", "persistent_menu"),
}
_AUTOMATION = "conversational_automation"
# On pages, not among the parameters of Meta's SDK for v26: goes alone, so that a refusal of it is
# no refusal of the rest.
_ALONE = "greeting"


class Change(Struct, frozen=True):
    """A call that makes these fields as they are wanted."""

    fields: tuple[str, ...]
    call: Call


def reading_call(channel: ChannelSettings) -> Call:
    """What the platform has."""
    if channel.platform == "whatsapp":
        return Call(path=f"/{channel.channel_id}", query={"fields": _AUTOMATION})
    return _call(channel, "GET", query={"fields": ",".join(_FIELDS[channel.platform])})


def parsed(channel: ChannelSettings, answer: Answer) -> Profile | None:
    """The platform's profile; None if it was not told. What our settings have no word for is left
    out."""
    if not answer.is_ok:
        return None
    if channel.platform == "whatsapp":
        return _of_number(mapping(answer.content.get(_AUTOMATION)))
    return _of_page(_properties(answer))


def changes(
    channel: ChannelSettings, wanted: Profile, fields: Collection[str]
) -> tuple[Change, ...]:
    """The calls that change these fields and no others: what is wanted first, then what is not."""
    if channel.platform == "whatsapp":
        return _of_number_changes(channel, wanted, fields)
    return tuple(_of_page_changes(channel, wanted, fields))


def _call(
    channel: ChannelSettings,
    method: str,
    query: Mapping[str, str] = {},
    body: Mapping[str, Any] | None = None,
) -> Call:
    platform = {"platform": "instagram"} if channel.platform == "instagram" else {}
    return Call(
        method=method,
        path="/me/messenger_profile",
        query={**query, **platform},
        body=body,
        host=host_of(channel),
    )


def _of_page_changes(
    channel: ChannelSettings, wanted: Profile, fields: Collection[str]
) -> Iterator[Change]:
    given = {name: value for name in fields if (value := _RENDER[name](wanted))}
    together = {name: value for name, value in given.items() if name != _ALONE}
    alone = {name: value for name, value in given.items() if name == _ALONE}
    for body in (together, alone):
        if body:
            yield Change(tuple(body), _call(channel, "POST", body=body))
    unwanted = tuple(name for name in fields if name not in given)
    if unwanted:
        yield Change(unwanted, _call(channel, "DELETE", body={"fields": list(unwanted)}))


def _of_number_changes(
    channel: ChannelSettings, wanted: Profile, fields: Collection[str]
) -> tuple[Change, ...]:
    known = {"ice_breakers": ("prompts", _prompts), "commands": ("commands", _number_commands)}
    chosen = [known[name] for name in fields]
    if not chosen:
        return ()
    body = {name: render(wanted) for name, render in chosen}
    call = Call(method="POST", path=f"/{channel.channel_id}/{_AUTOMATION}", body=body)
    return (Change(tuple(fields), call),)


def _greeting(profile: Profile) -> Any:
    return [{"locale": each.locale, "text": each.text} for each in profile.greeting]


def _get_started(profile: Profile) -> Any:
    return {"payload": profile.get_started} if profile.get_started else None


def _ice_breakers(profile: Profile) -> Any:
    return [
        {"locale": each.locale, "call_to_actions": [_question(asked) for asked in each.questions]}
        for each in profile.ice_breakers
    ]


def _question(asked: IceBreaker) -> dict[str, Any]:
    return {"question": asked.question, "payload": asked.payload}


def _persistent_menu(profile: Profile) -> Any:
    """Instagram knows no composer to switch off, and is not told of any."""
    return [
        {
            "locale": menu.locale,
            **({"composer_input_disabled": True} if menu.is_composer_off else {}),
            "call_to_actions": [_item(item) for item in menu.items],
        }
        for menu in profile.persistent_menu
    ]


def _item(item: MenuItem) -> dict[str, Any]:
    if item.url is not None:
        return {"type": "web_url", "title": item.title, "url": item.url}
    return {"type": "postback", "title": item.title, "payload": item.payload}


def _commands(profile: Profile) -> Any:
    return [
        {"locale": group.locale, "commands": [_command(each) for each in group.commands]}
        for group in profile.commands
    ]


def _command(command: Command) -> dict[str, str]:
    return {"name": command.name, "description": command.description}


_RENDER: dict[str, Callable[[Profile], Any]] = {
    "greeting": _greeting,
    "get_started": _get_started,
    "ice_breakers": _ice_breakers,
    "persistent_menu": _persistent_menu,
    "commands": _commands,
}


def _prompts(profile: Profile) -> Any:
    return [asked.question for each in profile.ice_breakers for asked in each.questions]


def _number_commands(profile: Profile) -> Any:
    return [
        {"command_name": each.name, "command_description": each.description}
        for group in profile.commands
        for each in group.commands
    ]


def _properties(answer: Answer) -> dict[str, Any]:
    """All fields in one. Instagram's page shows its questions without the name around them."""
    entries, found = objects(answer.content.get("data")), {}
    for entry in entries:
        found.update(entry)
    bare = [entry for entry in entries if "call_to_actions" in entry]
    return {"ice_breakers": bare, **found} if bare else found


def _of_page(told: Mapping[str, Any]) -> Profile:
    return Profile(
        greeting=tuple(
            Greeting(locale=_locale(each), text=text(each.get("text")) or "")
            for each in objects(told.get("greeting"))
        ),
        get_started=text(mapping(told.get("get_started")).get("payload")),
        ice_breakers=_asked(objects(told.get("ice_breakers"))),
        persistent_menu=tuple(_menu(each) for each in objects(told.get("persistent_menu"))),
        commands=tuple(
            Commands(locale=_locale(each), commands=_told_commands(each, "name", "description"))
            for each in objects(told.get("commands"))
        ),
    )


def _asked(told: tuple[dict[str, Any], ...]) -> tuple[IceBreakers, ...]:
    """Before they had languages (2021) the questions stood in the list itself."""
    if told and all("question" in each for each in told):
        told = ({"call_to_actions": list(told)},)
    return tuple(
        IceBreakers(
            locale=_locale(each),
            questions=tuple(
                IceBreaker(
                    question=text(asked.get("question")) or "",
                    payload=text(asked.get("payload")),
                )
                for asked in objects(each.get("call_to_actions"))
            ),
        )
        for each in told
    )


def _menu(told: dict[str, Any]) -> Menu:
    return Menu(
        locale=_locale(told),
        is_composer_off=told.get("composer_input_disabled") is True,
        items=tuple(
            MenuItem(
                title=text(item.get("title")) or "",
                payload=text(item.get("payload")),
                url=text(item.get("url")),
            )
            for item in objects(told.get("call_to_actions"))
        ),
    )


def _told_commands(told: Mapping[str, Any], name: str, description: str) -> tuple[Command, ...]:
    return tuple(
        Command(name=text(each.get(name)) or "", description=text(each.get(description)) or "")
        for each in objects(told.get("commands"))
    )


def _of_number(told: Mapping[str, Any]) -> Profile:
    listed = told.get("prompts")
    prompts = [prompt for prompt in listed if text(prompt)] if isinstance(listed, list) else []
    questions = tuple(IceBreaker(question=prompt) for prompt in prompts)
    commands = _told_commands(told, "command_name", "command_description")
    return Profile(
        ice_breakers=(IceBreakers(questions=questions),) if questions else (),
        commands=(Commands(commands=commands),) if commands else (),
    )


def _locale(told: Mapping[str, Any]) -> str:
    return text(told.get("locale")) or DEFAULT_LOCALE
