"""What a message on WhatsApp would cost."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from chalicelib.core.expected_price import ExpectedPrice, expected_price
from chalicelib.core.messages import MessageKind, Origin
from chalicelib.core.messaging_policy import Question
from tests import builders
from tests.builders import NOON

UTC_ZONE, ISTANBUL = ZoneInfo("UTC"), ZoneInfo("Europe/Istanbul")
SECOND = timedelta(seconds=1)
JUNE = builders.at("12:00", day="2026-06-15")  # answers in the window are free, until 2026-10-01


def asked(at=NOON, **facts) -> Question:
    kind = MessageKind.TEMPLATE if "category" in facts else MessageKind.TEXT
    return Question(platform="whatsapp", origin=Origin.PERSON, kind=kind, at=at, **facts)


def price(question: Question, *, zone=UTC_ZONE, country=None, free_until=None) -> ExpectedPrice:
    return expected_price(question, zone=zone, country=country, free_until=free_until)


@pytest.mark.parametrize(
    ("after", "kind"), [(-SECOND, "free_entry_point"), (SECOND * 0, "regular")]
)
@pytest.mark.parametrize("facts", [{}, {"category": "marketing"}, {"category": "utility"}])
def test_all_is_free_until_a_free_entry_point_ends(after, kind, facts):
    question = asked(NOON + after, **facts)
    assert price(question, free_until=NOON).price == kind


def test_a_template_has_the_price_of_its_category():
    assert price(asked(category="marketing")).category == "marketing"


def test_a_template_of_a_category_that_nobody_told_says_so():
    assert price(asked(category=None)).category == "unknown"


def test_anything_but_a_template_is_an_answer():
    found = price(asked(JUNE, window_ends_at=JUNE + SECOND))
    assert (found.category, found.price) == ("service", "free_window")


@pytest.mark.parametrize(("zone", "kind"), [(UTC_ZONE, "free_window"), (ISTANBUL, "regular")])
def test_the_day_is_that_of_the_accounts_zone(zone, kind):
    at = builders.at("22:00", day="2026-09-30")
    assert price(asked(at, window_ends_at=at + SECOND), zone=zone).price == kind


@pytest.mark.parametrize(("region", "country"), [("DE", "DE"), (None, "TR")])
def test_what_the_question_tells_of_the_country_goes_first(region, country):
    assert price(asked(region=region), country="TR").country == country
