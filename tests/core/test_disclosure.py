"""That an automated assistant answers is said at the start, after a lapse, and after a person."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.core.disclosure import NOTICES, disclosed, sentence
from chalicelib.core.handling_settings import Disclosure
from tests.builders import NOON, channel, conversation

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
SAID = "A machine answers.\n\nWe are in Bebek."
ALWAYS = Disclosure(when="always", text="A machine answers.")


def said(*, automation="location", before=None, contact="8245617392045510", **facts) -> str:
    settings = channel(**({"disclosure": Disclosure(text="A machine answers.")} | facts))
    known = before or conversation()
    return disclosed(
        "We are in Bebek.", automation, settings, at=NOON, before=known, contact_id=contact
    )


def test_the_first_automatic_text_says_it():
    assert said() == SAID


def test_the_next_one_does_not():
    assert said(before=conversation(automated_at=(NOON - HOUR,))) == "We are in Bebek."


@pytest.mark.parametrize(("ago", "is_said"), [(24 * HOUR - SECOND, False), (24 * HOUR, True)])
def test_after_a_day_without_automation_it_is_said_again(ago, is_said):
    assert (said(before=conversation(automated_at=(NOON - ago,))) == SAID) is is_said


def test_the_lapse_is_a_setting():
    weekly = Disclosure(text="A machine answers.", again_after_hours=168)
    before = conversation(automated_at=(NOON - 25 * HOUR,))
    assert said(before=before, disclosure=weekly) == "We are in Bebek."


@pytest.mark.parametrize(
    ("person_at", "is_said"),
    [(NOON - 2 * HOUR, False), (NOON - HOUR, False), (NOON - HOUR + SECOND, True), (NOON, True)],
)
def test_from_a_person_back_to_automation_it_is_said_again(person_at, is_said):
    before = conversation(automated_at=(NOON - HOUR,), last_person_at=person_at)
    assert (said(before=before) == SAID) is is_said


def test_a_redelivered_input_finds_its_own_slot_and_says_the_same():
    assert said(before=conversation(automated_at=(NOON,))) == SAID


@pytest.mark.parametrize("automation", sorted(NOTICES))
def test_a_notice_that_a_person_will_answer_carries_it_only_if_the_channel_wants_it(automation):
    texts = [said(automation=automation), said(automation=automation, disclosure=ALWAYS)]
    assert texts == ["We are in Bebek.", SAID]


def test_never_is_never():
    assert said(disclosure=Disclosure(when="never")) == "We are in Bebek."


@pytest.mark.parametrize(
    ("contact", "is_said"),
    [
        ("4915112345678", True),
        ("14155550123", True),
        ("US.1A2B", True),
        ("905321234567", False),
        ("TR.1A2B", False),
        ("no number", True),
    ],
)
def test_by_region_it_is_said_where_a_law_wants_it_or_nobody_knows(contact, is_said):
    regions = Disclosure(when="regions", text="A machine answers.")
    found = said(contact=contact, platform="whatsapp", disclosure=regions)
    assert (found == SAID) is is_said


def test_where_the_platform_tells_no_region_it_is_said():
    regions = Disclosure(when="regions", text="A machine answers.")
    assert said(contact="905321234567", disclosure=regions) == SAID


@pytest.mark.parametrize("language", ["en", "tr", "az", "ko"])
def test_without_words_of_the_channel_the_ready_ones_are_said(language):
    assert len(sentence(channel(language=language, disclosure=Disclosure()))) > 10
