"""What would only fail when a customer asks is refused when a channel is saved: its contact
information, place, frequent questions and what it asks of customers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from chalicelib.core import attachments, personalisation
from chalicelib.core.automations.ad_questions import quick_reply
from chalicelib.core.automations.contact_details import KINDS
from chalicelib.core.automations.contact_information import text_of
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.informing import ContactInformation, FrequentQuestion, Place
from chalicelib.core.keywords import folded
from chalicelib.core.messages import Button, QuickReply

TextLimit = Callable[[str], str | None]
# Text, quick replies and buttons -> None, or the field at fault and what was expected.
ChoicesLimit = Callable[
    [str | None, Sequence[QuickReply], Sequence[Button]], tuple[str, str] | None
]
Problems = Iterator[tuple[str, str]]

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PHONE = re.compile(r"\+?[0-9][0-9 ()/.-]{2,28}[0-9]")
_EMAIL = re.compile(r"[^\s@{}]{1,64}@[^\s@{}]{1,180}\.[^\s@{}.]{2,20}")
_LONGEST_MAP_LINK = "x" * 100  # below an address where the platform has no pins
_PLAIN = "a line without braces and control characters"


def problems(
    channel: ChannelSettings, text_limit: TextLimit, choices_limit: ChoicesLimit
) -> Problems:
    """The fields at fault and what was expected there."""
    if channel.contact_information:
        yield from _contact_problems(channel.contact_information, channel.language, text_limit)
    if channel.location:
        yield from _place_problems(channel.location, text_limit)
    for index, question in enumerate(channel.frequent_questions):
        path = f"frequent_questions[{index}]"
        yield from _question_problems(path, question, text_limit, choices_limit)
    yield from _repeated(channel.frequent_questions)
    yield from _ad_problems(channel, text_limit, choices_limit)
    yield from _details_problems(channel, text_limit)


def _contact_problems(told: ContactInformation, language: str, limit: TextLimit) -> Problems:
    if not (told.phone or told.email or told.links):
        yield "contact_information", "a phone, an e-mail address or a link"
    if told.phone is not None and not _PHONE.fullmatch(told.phone):
        yield "contact_information.phone", "a phone number of 4 to 30 digits and signs"
    if told.email is not None and not _EMAIL.fullmatch(told.email):
        yield "contact_information.email", "an e-mail address"
    for index, link in enumerate(told.links):
        path = f"contact_information.links[{index}]"
        if "{" in link.url or not attachments.is_public_address(link.url):
            yield f"{path}.url", attachments.ADDRESS
        yield from _plain_problem(f"{path}.title", link.title)
    yield from _text_problem("contact_information.text", text_of(told, language), limit)


def _place_problems(place: Place, limit: TextLimit) -> Problems:
    if (place.latitude is None) != (place.longitude is None):
        yield "location", "both latitude and longitude, or neither"
    if place.latitude is None and not place.address:
        yield "location", "an address, or latitude and longitude"
    yield from _plain_problem("location.name", place.name)
    yield from _plain_problem("location.address", place.address)
    wrong = limit("\n".join((place.name or "", place.address or "", _LONGEST_MAP_LINK)))
    if wrong:
        yield "location.address", wrong


def _question_problems(
    path: str, question: FrequentQuestion, limit: TextLimit, choices_limit: ChoicesLimit
) -> Problems:
    if not _NAME.fullmatch(question.name):
        yield f"{path}.name", "1 to 64 letters, digits, _ and -"
    yield from _plain_problem(f"{path}.question", question.question)
    wrong = choices_limit("x", question.quick_replies, question.buttons)
    if wrong:
        yield f"{path}.{wrong[0]}", wrong[1]

    def both_limits(text: str) -> str | None:
        above = choices_limit(text, question.quick_replies, question.buttons)
        return limit(text) or (above[1] if above else None)

    yield from _text_problem(f"{path}.answer", question.answer, both_limits)


def _repeated(questions: tuple[FrequentQuestion, ...]) -> Problems:
    """One thing that a customer writes or taps has one answer."""
    taken: set[str] = set()
    for index, question in enumerate(questions):
        own = [f"name {question.name}", folded(question.question)]
        own += [folded(word) for word in question.keywords]
        if len(set(own)) < len(own) or not taken.isdisjoint(own):
            yield f"frequent_questions[{index}]", "a name, question and keywords that occur once"
        taken.update(own)


def _ad_problems(
    channel: ChannelSettings, limit: TextLimit, choices_limit: ChoicesLimit
) -> Problems:
    suggested = channel.ad_questions
    if suggested is None:
        return
    known = {question.name: question for question in channel.frequent_questions}
    if not known.keys() >= set(suggested.questions):
        yield "ad_questions.questions", "names of frequent questions"
        return
    replies = [quick_reply(known[name]) for name in suggested.questions]
    wrong = choices_limit("x", replies, ())
    if wrong:
        yield "ad_questions.questions", f"questions with titles to tap ({wrong[1]})"

    def both_limits(text: str) -> str | None:
        above = choices_limit(text, replies, ())
        return limit(text) or (above[1] if above else None)

    yield from _text_problem("ad_questions.text", suggested.text, both_limits)


def _details_problems(channel: ChannelSettings, limit: TextLimit) -> Problems:
    details = channel.contact_details
    if details is None:
        return
    if not details.asks or len(set(details.asks)) < len(details.asks):
        yield "contact_details.asks", "phone, email or both"
    if not KINDS.keys() >= set(details.asks):
        yield "contact_details.asks", "phone, email or both"
    yield from _text_problem("contact_details.text", details.text, limit)


def _text_problem(field: str, text: str | None, limit: TextLimit) -> Problems:
    expected = None if text is None else personalisation.problem(text, limit)
    if expected:
        yield field, expected


def _plain_problem(field: str, line: str | None) -> Problems:
    if line is None:
        return
    if not line.strip() or set(line) & set("{}\n") or not personalisation.is_plain(line):
        yield field, _PLAIN
