"""Frequent questions: answered to who writes or taps them.

A tapped ice breaker comes back as a postback on Messenger and Instagram, on WhatsApp as a text in
its very words (conversational-automation, 2026).
"""

from __future__ import annotations

from chalicelib.core.automations import Answer, Automation, Situation, Tier
from chalicelib.core.informing import FrequentQuestion
from chalicelib.core.keywords import folded, occurs
from chalicelib.core.texts import ready


def decide(situation: Situation) -> Answer | None:
    meant = _meant(situation, situation.channel.frequent_questions)
    return None if meant is None else answer_to(meant, situation.channel.language)


def answer_to(question: FrequentQuestion, language: str) -> Answer:
    """Its answer, with what there is to tap."""
    return Answer(
        text=question.answer,
        quick_replies=question.quick_replies,
        buttons=question.buttons,
        title=ready("list_button", language) if question.quick_replies else None,
    )


def _meant(
    situation: Situation, questions: tuple[FrequentQuestion, ...]
) -> FrequentQuestion | None:
    if not questions:
        return None
    tapped = next((each for each in questions if each.payload == situation.payload), None)
    words = folded(situation.words or "")
    if tapped or not words:
        return tapped
    asked = (each for each in questions if words in _own_words(each))
    return next(asked, None) or _by_keyword(words, questions)


def _own_words(question: FrequentQuestion) -> tuple[str, str]:
    return folded(question.question), folded(question.short_title)


def _by_keyword(words: str, questions: tuple[FrequentQuestion, ...]) -> FrequentQuestion | None:
    return next(
        (each for each in questions if any(occurs(word, words) for word in each.keywords)), None
    )


AUTOMATION = Automation("frequent_questions", Tier.REQUEST, decide)
