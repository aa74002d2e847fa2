"""A business's own rules: when this happens, then say or do that. Without code, in the settings.

Of the rules that match an input, the first that says something is the answer; those that only sort
the conversation do so all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

from msgspec import Meta, Struct

from chalicelib.core.keywords import is_asked
from chalicelib.core.messages import Button, QuickReply

MOST_RULES = 50

_WORD = Annotated[str, Meta(min_length=1, max_length=100)]
_TAG = Annotated[str, Meta(min_length=1, max_length=50)]


class When(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that is named must hold; of `words` one is enough."""

    # message: written by the customer; tap: of a button or quick reply; visit: came through a link
    # or an ad without a word. A visit is meant only where this or the referral is named.
    on: str | None = None
    words: Annotated[tuple[_WORD, ...], Meta(max_length=50)] = ()
    payload: Annotated[str, Meta(min_length=1, max_length=256)] | None = None  # of a tap
    is_open: bool | None = None  # within the opening hours, or outside
    tag: _TAG | None = None  # of the conversation
    referral_source: _WORD | None = None  # ADS, SHORTLINK ...
    referral_ref: Annotated[str, Meta(min_length=1, max_length=2083)] | None = None


class Then(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is said, and what becomes of the conversation."""

    text: Annotated[str, Meta(min_length=1, max_length=5000)] | None = None
    quick_replies: Annotated[tuple[QuickReply, ...], Meta(max_length=13)] = ()
    buttons: Annotated[tuple[Button, ...], Meta(max_length=3)] = ()
    ask: _WORD | None = None  # a notification topic, with a word to tap beside the text
    ask_label: Annotated[str, Meta(min_length=1, max_length=20)] | None = None  # the word to tap
    tags: Annotated[tuple[_TAG, ...], Meta(max_length=10)] = ()
    assign_to: _WORD | None = None
    hands_over: bool = False


class Rule(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One rule; `name` is for people and for the dry run."""

    name: _WORD
    when: When
    then: Then
    is_on: bool = True

    @property
    def says_something(self) -> bool:
        return bool(self.then.text or self.then.hands_over)


class Moment(Struct, frozen=True, kw_only=True):
    """What rules look at: an input of a customer, and how things stood."""

    text: str | None
    payload: str | None
    is_open: bool
    tags: Sequence[str] = ()
    referral_source: str | None = None
    referral_ref: str | None = None
    is_visit: bool = False

    @property
    def kind(self) -> str:
        if self.is_visit:
            return "visit"
        return "message" if self.payload is None else "tap"


def answering(rules: Sequence[Rule], moment: Moment) -> Rule | None:
    """The rule that answers."""
    return next((rule for rule in _matching(rules, moment) if rule.says_something), None)


def sorting(rules: Sequence[Rule], moment: Moment) -> tuple[Rule, ...]:
    """The rules that say nothing, but tag or assign."""
    return tuple(rule for rule in _matching(rules, moment) if not rule.says_something)


def look_at_tags(rules: Sequence[Rule]) -> bool:
    """Whether any of them depends on a tag."""
    return any(rule.when.tag for rule in rules)


def _matching(rules: Sequence[Rule], moment: Moment) -> Iterator[Rule]:
    return (
        rule
        for rule in rules
        if rule.is_on and _holds(rule.when, moment) and (not moment.is_visit or _is_for_visit(rule))
    )


def _is_for_visit(rule: Rule) -> bool:
    """Nobody needs a person before they have written."""
    when = rule.when
    is_named = when.on or when.referral_source or when.referral_ref
    return bool(is_named) and not rule.then.hands_over


def _holds(when: When, moment: Moment) -> bool:
    exact = (
        (when.on, moment.kind),
        (when.payload, moment.payload),
        (when.is_open, moment.is_open),
        (when.referral_ref, moment.referral_ref),
        (_folded(when.referral_source), _folded(moment.referral_source)),
    )
    if any(wanted is not None and wanted != found for wanted, found in exact):
        return False
    if when.tag is not None and when.tag not in moment.tags:
        return False
    return not when.words or is_asked(when.words, moment.text)


def _folded(source: str | None) -> str | None:
    return source.casefold() if source else None
