"""The ready texts of the automations."""

from __future__ import annotations

from chalice.app import Blueprint, Response
from msgspec import Struct

from chalicelib.api import answers
from chalicelib.api.endpoint import endpoint
from chalicelib.api.shapes import Page
from chalicelib.core.access import Role

texts = Blueprint(__name__)


class ReadyText(Struct, frozen=True):
    """What is said under this name where a channel wrote nothing of its own, by language."""

    name: str
    texts: dict[str, str]


@endpoint(texts, "GET", "/v1/texts", role=Role.READ, answer=Page[ReadyText])
def list_texts() -> Response:
    """The ready texts of the automations in every language, to choose a channel's `language` by, or
    to write texts of your own from."""
    from chalicelib.core.texts import in_all_languages

    named = in_all_languages().items()
    return answers.ok(Page([ReadyText(name, by_language) for name, by_language in named], None))
