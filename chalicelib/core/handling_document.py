"""What would only fail when a customer wants a person, or a conversation is closed, is refused when
a channel is saved: handover, closing message, feedback request, disclosure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from chalicelib.core import attachments, disclosure, personalisation
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.feedback import words_to_tap
from chalicelib.core.handling_settings import FeedbackRequest, Handover
from chalicelib.core.handover_words import text_for, text_of_reminder
from chalicelib.core.messages import Button, QuickReply
from chalicelib.core.texts import ready

TextLimit = Callable[[str], str | None]
# Text, quick replies and buttons -> None, or the field at fault and what was expected.
ChoicesLimit = Callable[
    [str | None, Sequence[QuickReply], Sequence[Button]], tuple[str, str] | None
]
Problems = Iterator[tuple[str, str]]

_HAS_THREADS = ("messenger", "instagram")


def problems(
    channel: ChannelSettings, text_limit: TextLimit, choices_limit: ChoicesLimit
) -> Problems:
    """The fields at fault and what was expected there."""
    if channel.handover.is_on:
        yield from _handover_problems(channel, channel.handover, text_limit)
    if channel.closing_message.text is not None:
        yield from _text_problem("closing_message.text", channel.closing_message.text, text_limit)
    yield from _feedback_problems(channel, channel.feedback_request, text_limit, choices_limit)
    yield from _disclosure_problems(channel)


def beside_disclosure(channel: ChannelSettings, text_limit: TextLimit) -> TextLimit:
    """The limit of automatic texts where the channel wants the disclosure before all of them."""
    if channel.disclosure.when not in ("always", "regions"):
        return text_limit
    return lambda text: text_limit(f"{disclosure.sentence(channel)}\n\n{text}")


def _handover_problems(
    channel: ChannelSettings, handover: Handover, text_limit: TextLimit
) -> Problems:
    said = [text_for(channel, is_open=is_open) for is_open in (True, False)]
    for text in said:
        yield from _text_problem("handover.text", text, text_limit)
    yield from _text_problem("handover.unanswered_text", text_of_reminder(channel), text_limit)
    app_id = handover.target_app_id
    if app_id is not None and not (app_id.isascii() and app_id.isdigit() and len(app_id) <= 32):
        yield "handover.target_app_id", "digits"
    if app_id is not None and channel.platform not in _HAS_THREADS:
        yield "handover.target_app_id", "nothing: this platform has no control of threads"


def _feedback_problems(
    channel: ChannelSettings,
    request: FeedbackRequest,
    text_limit: TextLimit,
    choices_limit: ChoicesLimit,
) -> Problems:
    question = request.question or ready("feedback_request", channel.language)
    if not personalisation.is_plain(question) or set(question) & set("{}"):
        yield "feedback_request.question", "a line without braces and control characters"
    wrong = choices_limit(question, words_to_tap(channel.language), ())
    if wrong:
        yield "feedback_request.question", wrong[1]
    if request.thanks is not None and set(request.thanks) & set("{}"):
        yield "feedback_request.thanks", "text without braces"
    yield from _text_problem("feedback_request.thanks", request.thanks, text_limit)
    yield from _privacy_problem(channel, request.privacy_url)


def _privacy_problem(channel: ChannelSettings, url: str | None) -> Problems:
    if url is None:
        return
    if channel.platform != "messenger":
        yield "feedback_request.privacy_url", "nothing: only Messenger has the form it is for"
    elif not attachments.is_public_address(url):
        yield "feedback_request.privacy_url", attachments.ADDRESS


def _disclosure_problems(channel: ChannelSettings) -> Problems:
    told = channel.disclosure
    if told.when is not None and told.when not in disclosure.WHEN:
        yield "disclosure.when", "one of " + ", ".join(disclosure.WHEN)
    if told.text is None:
        return
    if not personalisation.is_plain(told.text) or set(told.text) & set("{}"):
        yield "disclosure.text", "a text without braces and control characters"


def _text_problem(field: str, text: str | None, text_limit: TextLimit) -> Problems:
    expected = None if text is None else personalisation.problem(text, text_limit)
    if expected:
        yield field, expected
