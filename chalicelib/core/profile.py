"""What a channel shows before anybody has written: greeting, buttons, questions, menu, commands.

The settings as the business wants them, of all platforms alike; `profile_document.py` checks them
by what each platform takes, `profile_drift.py` compares.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

DEFAULT_LOCALE = "default"  # shown to whoever has none of the other languages

_TEXT = Annotated[str, Meta(min_length=1, max_length=500)]
_PAYLOAD = Annotated[str, Meta(min_length=1, max_length=1000)]


class Greeting(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a person reads before the first message."""

    text: _TEXT
    locale: str = DEFAULT_LOCALE


class IceBreaker(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A question to tap; WhatsApp brings back its words, the others its `payload`."""

    question: _TEXT
    payload: _PAYLOAD | None = None


class IceBreakers(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The questions for one language."""

    questions: Annotated[tuple[IceBreaker, ...], Meta(max_length=100)]
    locale: str = DEFAULT_LOCALE


class MenuItem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A line of the menu: brings back its `payload`, or opens `url`."""

    title: _TEXT
    payload: _PAYLOAD | None = None
    url: Annotated[str, Meta(max_length=2000)] | None = None


class Menu(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The menu for one language. `is_composer_off`: customers can only tap, not write."""

    items: Annotated[tuple[MenuItem, ...], Meta(max_length=100)] = ()
    is_composer_off: bool = False
    locale: str = DEFAULT_LOCALE


class Command(Struct, frozen=True, kw_only=True):
    """A word to choose after a slash, and what it does."""

    name: _TEXT
    description: _TEXT


class Commands(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The commands for one language."""

    commands: Annotated[tuple[Command, ...], Meta(max_length=200)]
    locale: str = DEFAULT_LOCALE


class Profile(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The whole profile: what it does not name, the channel has not. `get_started` is what a tap
    on that button brings back."""

    greeting: Annotated[tuple[Greeting, ...], Meta(max_length=100)] = ()
    get_started: _PAYLOAD | None = None
    ice_breakers: Annotated[tuple[IceBreakers, ...], Meta(max_length=100)] = ()
    persistent_menu: Annotated[tuple[Menu, ...], Meta(max_length=100)] = ()
    commands: Annotated[tuple[Commands, ...], Meta(max_length=100)] = ()
