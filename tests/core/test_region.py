"""In which country a customer is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.region import UNKNOWN, Region, region_of


@pytest.mark.parametrize(
    ("contact", "country"),
    [
        ("905551112233", "TR"),
        ("+905551112233", "TR"),
        ("994501112233", "AZ"),
        ("821012345678", "KR"),
        ("77011234567", "KZ"),
        ("79161234567", "RU"),
        ("5215512345678", "MX"),
        ("35312345678", "IE"),
        ("14165550123", "CA"),
        ("18765550123", "JM"),
        ("18095550123", "DO"),
        ("TR.1A2B", "TR"),
    ],
)
def test_the_country_is_told_by_the_calling_code_or_the_user_id(contact: str, country: str) -> None:
    assert region_of(contact) == Region(country, is_us_number=False)


@pytest.mark.parametrize("contact", ["12125550123", "+12125550123", "US.1234567", "17875550123"])
def test_a_number_of_the_united_states_is_one(contact: str) -> None:
    assert region_of(contact) == Region("US", is_us_number=True)


def test_an_area_code_nobody_knows_counts_as_the_united_states() -> None:
    assert region_of("19995550123").is_us_number


@pytest.mark.parametrize("contact", ["", "+", "us.123", "USA.123", "abc", "٩٠٥٥٥", "999", "É1.2"])
def test_what_tells_no_country_is_unknown(contact: str) -> None:
    assert region_of(contact) == UNKNOWN


@given(st.text())
def test_no_text_is_too_strange(contact: str) -> None:
    assert region_of(contact).country is None or len(region_of(contact).country or "") == 2
