"""Keywords that could never stand in a message, wherever a channel's settings have some."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chalicelib.core.channel import ChannelSettings
from chalicelib.core.keywords import folded


def problems(channel: ChannelSettings) -> Iterator[tuple[str, str]]:
    """The fields at fault and what was expected there."""
    for field, words in _of(channel):
        for index, word in enumerate(words or ()):
            if not folded(word):
                yield f"{field}[{index}]", "a word"


def _of(channel: ChannelSettings) -> Iterator[tuple[str, Sequence[str] | None]]:
    for name in ("contact_information", "location", "contact_details", "private_reply"):
        setting = getattr(channel, name)
        yield f"{name}.keywords", setting and setting.keywords
    yield "handover.words", channel.handover.words
    for name in ("frequent_questions", "notification_topics"):
        for index, each in enumerate(getattr(channel, name)):
            yield f"{name}[{index}].keywords", each.keywords
    for index, rule in enumerate(channel.rules):
        yield f"rules[{index}].when.words", rule.when.words
