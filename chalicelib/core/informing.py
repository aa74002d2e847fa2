"""What a channel tells by itself to who asks: how to reach the business, where it is, the answers
to questions often asked, and the question for a customer's own details.

`informing_document.py` checks these settings.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from chalicelib.core import texts
from chalicelib.core.messages import Button, QuickReply

# A prompt on WhatsApp (conversational-automation, 2026: at most 80 characters).
QUESTION_CHARACTERS = 80

_WORD = Annotated[str, Meta(min_length=1, max_length=100)]
_LINE = Annotated[str, Meta(min_length=1, max_length=200)]
_TEXT = Annotated[str, Meta(max_length=2000)]
_WORDS = Annotated[tuple[_WORD, ...], Meta(max_length=50)]


class Link(Struct, frozen=True, kw_only=True):
    """A page of the business, and what to call it."""

    title: Annotated[str, Meta(min_length=1, max_length=50)]
    url: Annotated[str, Meta(max_length=500)]


class ContactInformation(Struct, frozen=True, kw_only=True):
    """How else to reach the business. `is_on`: customers who ask for it are told; `keywords`: by
    which words, None: the ready ones of all languages; `text`: said above."""

    is_on: bool = True
    phone: str | None = None
    email: str | None = None
    links: Annotated[tuple[Link, ...], Meta(max_length=5)] = ()
    text: _TEXT | None = None
    keywords: _WORDS | None = None


class Place(Struct, frozen=True, kw_only=True):
    """Where the business is: an address, a pin in degrees, or both."""

    is_on: bool = True
    name: _LINE | None = None
    address: _LINE | None = None
    latitude: Annotated[float, Meta(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Meta(ge=-180, le=180)] | None = None
    keywords: _WORDS | None = None


class FrequentQuestion(Struct, frozen=True, kw_only=True):
    """A question and its answer: given to who writes the question or one of the keywords, of
    whatever language, and to who taps it (`payload`)."""

    name: str
    question: Annotated[str, Meta(min_length=1, max_length=QUESTION_CHARACTERS)]
    answer: _TEXT
    title: Annotated[str, Meta(min_length=1, max_length=20)] | None = None  # where it is short
    keywords: _WORDS = ()
    quick_replies: tuple[QuickReply, ...] = ()
    buttons: tuple[Button, ...] = ()

    @property
    def payload(self) -> str:
        """What a quick reply, a button, an ice breaker or a menu item with it brings back."""
        return f"question:{self.name}"

    @property
    def short_title(self) -> str:
        return self.title or self.question


class AdQuestions(Struct, frozen=True, kw_only=True):
    """What is suggested to customers who come through an ad: names of frequent questions."""

    is_on: bool = True
    questions: Annotated[tuple[_WORD, ...], Meta(min_length=1, max_length=3)]
    text: _TEXT | None = None


class ContactDetails(Struct, frozen=True, kw_only=True):
    """Customers who want to be called or written to are asked for these: `phone`, `email`."""

    is_on: bool = True
    asks: tuple[str, ...] = ("phone", "email")
    text: _TEXT | None = None
    keywords: _WORDS | None = None


def ways(information: ContactInformation, language: str) -> str:
    """Phone, e-mail and links, one a line, with their names in this language; "" if there are
    none."""
    phone, email = texts.ready("phone_label", language), texts.ready("email_label", language)
    named = [(phone, information.phone), (email, information.email)]
    named += [(link.title, link.url) for link in information.links]
    return "\n".join(f"{name}: {value}" for name, value in named if value)
