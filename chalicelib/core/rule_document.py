"""What is wrong with a channel's own rules: refused when they are saved or tried, not when a
customer is waiting."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from chalicelib.core import personalisation
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.custom_rules import Rule, Then, When
from chalicelib.core.handling import A_TAG, TAG_PATTERN
from chalicelib.core.messages import Button, QuickReply

TextLimit = Callable[[str], str | None]
# Text, quick replies and buttons -> None, or the field at fault and what was expected.
ChoicesLimit = Callable[
    [str | None, Sequence[QuickReply], Sequence[Button]], tuple[str, str] | None
]
Problems = Iterator[tuple[str, str]]

_ON = ("message", "tap", "visit")


def problems(
    channel: ChannelSettings, text_limit: TextLimit, choices_limit: ChoicesLimit
) -> Problems:
    """The fields at fault and what was expected there."""
    names: set[str] = set()
    for index, rule in enumerate(channel.rules):
        path = f"rules[{index}]"
        if rule.name in names or not personalisation.is_plain(rule.name):
            yield f"{path}.name", "a name without control characters that occurs only once"
        names.add(rule.name)
        yield from _when_problems(f"{path}.when", rule.when)
        yield from _then_problems(f"{path}.then", rule, channel)
        yield from _said_problems(f"{path}.then", rule.then, text_limit, choices_limit)


def _when_problems(path: str, when: When) -> Problems:
    if when == When():
        yield path, "at least one condition"
    if when.on not in (None, *_ON):
        yield f"{path}.on", " or ".join(_ON)
    if when.on in ("message", "visit") and when.payload is not None:
        yield f"{path}.payload", "nothing: only a tap brings one"
    if when.on == "visit" and when.words:
        yield f"{path}.words", "nothing: a visit has none"
    if when.tag is not None and not re.fullmatch(TAG_PATTERN, when.tag):
        yield f"{path}.tag", A_TAG


def _then_problems(path: str, rule: Rule, channel: ChannelSettings) -> Problems:
    then, topics = rule.then, [one.topic for one in channel.notification_topics]
    if not (rule.says_something or then.tags or then.assign_to):
        yield path, "a text, tags, assign_to or hands_over"
    if then.hands_over and rule.when.on == "visit":
        yield f"{path}.hands_over", "nothing: who has not written needs no person yet"
    if then.hands_over and not channel.handover.is_on:
        yield f"{path}.hands_over", "nothing, while the channel has no handover"
    if then.ask is not None and then.ask not in topics:
        yield f"{path}.ask", "one of the channel's notification topics"
    if (then.ask is None) is not (then.ask_label is None):
        yield f"{path}.ask_label", "the word to tap, together with ask"
    yield from _sorting_problems(path, then)


def _sorting_problems(path: str, then: Then) -> Problems:
    """As where a person assigns and tags."""
    if then.assign_to is not None and not _is_name(then.assign_to):
        yield f"{path}.assign_to", "a name without control characters"
    for index, tag in enumerate(then.tags):
        if not re.fullmatch(TAG_PATTERN, tag):
            yield f"{path}.tags[{index}]", A_TAG


def _is_name(text: str) -> bool:
    return bool(text.strip()) and personalisation.is_plain(text)


def _said_problems(
    path: str, then: Then, text_limit: TextLimit, choices_limit: ChoicesLimit
) -> Problems:
    choices = then.quick_replies
    if then.ask and then.ask_label:
        choices += (QuickReply(title=then.ask_label, payload=f"notify:{then.ask}"),)
    if then.text is None:
        if choices or then.buttons:
            yield f"{path}.text", "a text: it stands above what there is to tap"
        return
    wrong = choices_limit("x", choices, then.buttons)
    if wrong:
        yield f"{path}.{wrong[0]}", wrong[1]

    def both_limits(text: str) -> str | None:
        above = choices_limit(text, choices, then.buttons)
        return text_limit(text) or (above[1] if above else None)

    expected = personalisation.problem(then.text, text_limit if wrong else both_limits)
    if expected:
        yield f"{path}.text", expected
