"""A profile that the platform would refuse, or whose taps nobody would answer, is refused when it
is saved.

Limits: messenger-platform/reference/messenger-profile-api (2026-03-18) with its pages greeting,
ice-breakers, persistent-menu and commands (2024-01-11); instagram-messaging/features/ice-breakers
(2026-04-01) and persistent-menu (2026-07-02); whatsapp conversational-components; all read
2026-11-22.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from msgspec import Struct

from chalicelib.core import attachments
from chalicelib.core.automations.contact_details import NAME as CONTACT_DETAILS
from chalicelib.core.automations.contact_information import NAME as CONTACT_INFORMATION
from chalicelib.core.automations.handover_request import PAYLOAD as HANDOVER
from chalicelib.core.automations.location import NAME as LOCATION
from chalicelib.core.automations.notification_request import PAYLOAD as NOTIFY
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.personalisation import is_plain
from chalicelib.core.profile import (
    DEFAULT_LOCALE,
    Command,
    Greeting,
    IceBreaker,
    IceBreakers,
    Menu,
    MenuItem,
    Profile,
)

Problems = Iterator[tuple[str, str]]

QUESTION = "question:"
_LOCALE = re.compile(r"default|[a-z]{2,3}_[A-Z]{2}")
_EMOJI_FROM = 0x1F000


class Limits(Struct, frozen=True, kw_only=True):
    """What a platform has room for; 0: it has no such thing. Counts of characters but for
    `questions`, `items` and `commands`."""

    greeting: int = 0
    get_started: bool = False
    questions: int = 4
    question: int = 80
    payloads: bool = True  # else a tap brings back the words
    items: int = 0
    title: int = 30
    composer: bool = False  # can be switched off
    commands: int = 0
    name: int = 32
    description: int = 0
    locales: bool = True


LIMITS = {
    "messenger": Limits(
        greeting=160, get_started=True, items=20, composer=True, commands=100, description=64
    ),
    "instagram": Limits(items=20),
    "whatsapp": Limits(payloads=False, commands=30, description=256, locales=False),
}


def problems(channel: ChannelSettings) -> Problems:
    """The fields at fault, by their path below `profile`, and what was expected there."""
    if channel.profile is None:
        return
    for field, expected in _of_profile(channel.profile, channel, LIMITS[channel.platform]):
        yield f"profile.{field}", expected


def _of_profile(profile: Profile, channel: ChannelSettings, limits: Limits) -> Problems:
    yield from _greeting_problems(profile.greeting, limits)
    yield from _start_problems(profile, channel, limits)
    yield from _localised("ice_breakers", profile.ice_breakers, limits)
    for index, asked in enumerate(profile.ice_breakers):
        yield from _question_problems(f"ice_breakers[{index}].questions", asked, channel, limits)
    yield from _menu_problems(profile, channel, limits)
    yield from _command_problems(profile, limits)


def _greeting_problems(greetings: tuple[Greeting, ...], limits: Limits) -> Problems:
    if greetings and not limits.greeting:
        yield "greeting", "nothing: the platform has none"
    yield from _localised("greeting", greetings, limits)
    for index, greeting in enumerate(greetings):
        yield from _line(f"greeting[{index}].text", greeting.text, limits.greeting)


def _start_problems(profile: Profile, channel: ChannelSettings, limits: Limits) -> Problems:
    if profile.get_started is not None:
        if not limits.get_started:
            yield "get_started", "nothing: the platform has no such button"
        yield from _payload("get_started", profile.get_started, channel)
    elif profile.persistent_menu and limits.get_started:
        yield "get_started", "what a tap brings back: there is no menu without this button"


def _question_problems(
    path: str, asked: IceBreakers, channel: ChannelSettings, limits: Limits
) -> Problems:
    yield from _counted(path, asked.questions, limits.questions)
    if len({each.question for each in asked.questions}) < len(asked.questions):
        yield path, "questions that occur once"
    for index, question in enumerate(asked.questions):
        yield from _line(f"{path}[{index}].question", question.question, limits.question)
        yield from _tap_problems(f"{path}[{index}]", question, channel, limits)


def _tap_problems(
    path: str, asked: IceBreaker, channel: ChannelSettings, limits: Limits
) -> Problems:
    if limits.payloads:
        yield from _payload(f"{path}.payload", asked.payload, channel)
        return
    if asked.payload is not None:
        yield f"{path}.payload", "nothing: a tap brings back the words of the question"
    if _has_emoji(asked.question):
        yield f"{path}.question", "words without emoji"


def _menu_problems(profile: Profile, channel: ChannelSettings, limits: Limits) -> Problems:
    if profile.persistent_menu and not limits.items:
        yield "persistent_menu", "nothing: the platform has none"
        return
    yield from _localised("persistent_menu", profile.persistent_menu, limits)
    for index, menu in enumerate(profile.persistent_menu):
        path = f"persistent_menu[{index}]"
        if menu.is_composer_off and not limits.composer:
            yield f"{path}.is_composer_off", "false: on the platform customers can always write"
        yield from _counted(f"{path}.items", menu.items, limits.items)
        yield from _items(f"{path}.items", menu, channel, limits)


def _items(path: str, menu: Menu, channel: ChannelSettings, limits: Limits) -> Problems:
    for index, item in enumerate(menu.items):
        yield from _line(f"{path}[{index}].title", item.title, limits.title)
        yield from _item_problems(f"{path}[{index}]", item, channel)


def _item_problems(path: str, item: MenuItem, channel: ChannelSettings) -> Problems:
    if (item.payload is None) == (item.url is None):
        yield path, "either a payload or a url"
    elif item.url is None:
        yield from _payload(f"{path}.payload", item.payload, channel)
    elif not attachments.is_public_address(item.url):
        yield f"{path}.url", attachments.ADDRESS


def _command_problems(profile: Profile, limits: Limits) -> Problems:
    if profile.commands and not limits.commands:
        yield "commands", "nothing: the platform has none"
        return
    yield from _localised("commands", profile.commands, limits)
    for index, group in enumerate(profile.commands):
        path = f"commands[{index}].commands"
        yield from _counted(path, group.commands, limits.commands)
        if len({each.name for each in group.commands}) < len(group.commands):
            yield path, "names that occur once"
        for number, command in enumerate(group.commands):
            yield from _one_command(f"{path}[{number}]", command, limits)


def _one_command(path: str, command: Command, limits: Limits) -> Problems:
    yield from _line(f"{path}.name", command.name, limits.name)
    yield from _line(f"{path}.description", command.description, limits.description)
    if command.name.startswith("/"):
        yield f"{path}.name", "a name without the slash"
    if not limits.payloads and _has_emoji(command.name + command.description):
        yield path, "words without emoji"


def _localised(
    field: str,
    several: Sequence[object],
    limits: Limits,
) -> Problems:
    """Every list of languages has one for all others, and each language once."""
    locales = [getattr(each, "locale", "") for each in several]
    for index, locale in enumerate(locales):
        if not _LOCALE.fullmatch(locale):
            yield f"{field}[{index}].locale", "default, or a locale of Meta such as tr_TR"
    if not locales:
        return
    if not limits.locales and locales != [DEFAULT_LOCALE]:
        yield field, "one entry, default: the platform has no languages here"
    if DEFAULT_LOCALE not in locales or len(set(locales)) < len(locales):
        yield field, "an entry for default, and each locale once"


def _payload(path: str, payload: str | None, channel: ChannelSettings) -> Problems:
    """What a tap brings back must be answered, if it is a name of ours."""
    if payload is None:
        yield path, "what a tap brings back"
    elif payload not in _rules(channel):
        expected = _unanswered(payload, channel)
        if expected:
            yield path, expected


def _unanswered(payload: str, channel: ChannelSettings) -> str | None:
    if payload.startswith(QUESTION):
        known = {each.payload for each in channel.frequent_questions}
        return None if payload in known else "question: and the name of a frequent question"
    if payload.startswith(NOTIFY):
        topics = {NOTIFY + each.topic for each in channel.notification_topics}
        return None if payload in topics else "notify: and a notification topic"
    switched = _switches(channel).get(payload, True)
    return None if switched else f"another: {payload} is not on in the settings"


def _switches(channel: ChannelSettings) -> dict[str, bool]:
    """The automations that a tap may ask for by their names."""
    informing = {
        CONTACT_INFORMATION: channel.contact_information,
        LOCATION: channel.location,
        CONTACT_DETAILS: channel.contact_details,
    }
    on = {name: setting is not None and setting.is_on for name, setting in informing.items()}
    return on | {HANDOVER: channel.handover.is_on}


def _rules(channel: ChannelSettings) -> set[str | None]:
    """What rules of the business's own answer."""
    return {rule.when.payload for rule in channel.rules if rule.is_on}


def _counted(path: str, several: Sequence[object], most: int) -> Problems:
    if not 1 <= len(several) <= most:
        yield path, f"1 to {most} entries"


def _line(path: str, text: str, most: int) -> Problems:
    if not text.strip() or len(text) > most or not is_plain(text):
        yield path, f"1 to {most} characters, none of them control characters"


def _has_emoji(text: str) -> bool:
    return any(ord(sign) >= _EMOJI_FROM or unicodedata.category(sign) == "So" for sign in text)
