"""Each finding says what is so and, where something is missing, what to do."""

from __future__ import annotations

from datetime import date

import pytest

from chalicelib.core.connection import Check, CheckState, Reason
from chalicelib.core.connection_findings import CATALOGUE, Finding, worst

NOT_OK = [reason for reason, entry in CATALOGUE.items() if entry.state is not CheckState.OK]


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_in_the_catalogue_and_says_a_sentence(reason: Reason) -> None:
    assert CATALOGUE[reason].sentence.endswith(".")


@pytest.mark.parametrize("reason", NOT_OK)
def test_whatever_is_not_ok_names_its_remedy(reason: Reason) -> None:
    assert str(Finding(reason, ("messages",)).remedy).endswith(".")


@pytest.mark.parametrize("reason", sorted(set(CATALOGUE) - set(NOT_OK)))
def test_what_is_ok_needs_no_remedy(reason: Reason) -> None:
    assert Finding(reason).remedy is None


@pytest.mark.parametrize("check", Check)
def test_every_check_can_be_passed_and_failed(check: Check) -> None:
    states = {entry.state for entry in CATALOGUE.values() if entry.check is check}
    assert states >= {CheckState.OK, CheckState.MISSING}


@pytest.mark.parametrize("reason", Reason)
def test_no_placeholder_is_left(reason: Reason) -> None:
    finding = Finding(reason, ("messages",), date(2026, 11, 22))
    assert "{" not in f"{finding.sentence}{finding.remedy}"


def test_what_was_found_stands_in_the_words() -> None:
    finding = Finding(Reason.PERMISSIONS_MISSING, ("pages_messaging", "pages_manage_metadata"))
    assert finding.sentence == (
        "The token lacks permissions: pages_messaging, pages_manage_metadata."
    )


@pytest.mark.parametrize(
    ("reasons", "expected"),
    [
        ([], CheckState.OK),
        ([Reason.TOKEN_OK], CheckState.OK),
        ([Reason.TOKEN_OK, Reason.EXPIRY_NOT_TOLD], CheckState.UNKNOWN),
        ([Reason.EXPIRY_NOT_TOLD, Reason.NOT_SUBSCRIBED, Reason.TOKEN_OK], CheckState.MISSING),
    ],
)
def test_the_worst_state_counts(reasons: list[Reason], expected: CheckState) -> None:
    assert worst(map(Finding, reasons)) is expected
