"""F12: what a cancelled transaction means. API keys alone are written in transactions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pynamodb.exceptions import CancellationReason, TransactWriteError, VerboseClientError

import chalicelib.storage
from tests.storage.test_api_keys import LATER, key, keys, seconds, table

__all__ = ["keys", "seconds", "table"]
SOURCES = sorted(Path(chalicelib.storage.__path__[0]).glob("*.py"))


@pytest.fixture
def cancelled(keys, monkeypatch, request):
    """The stored keys, and a database that cancels for these reasons."""
    keys.add(key())

    def cancel(*_: Any, **__: Any) -> None:
        told = {"Error": {"Code": "TransactionCanceledException", "Message": "cancelled"}}
        reasons = [CancellationReason(code) if code else None for code in request.param]
        cause = VerboseClientError(told, "TransactWriteItems", cancellation_reasons=reasons)
        raise TransactWriteError("cancelled", cause)

    monkeypatch.setattr(keys._connection, "transact_write_items", cancel)
    return keys


SOMEBODY_ELSES = [
    ("ConditionalCheckFailed", None),
    ("TransactionConflict", None),
    ("ConditionalCheckFailed", "TransactionConflict"),
]
TROUBLE = [
    ("ThrottlingError", None),
    ("ConditionalCheckFailed", "ThrottlingError"),
    ("ValidationError", None),
]


@pytest.mark.parametrize("cancelled", SOMEBODY_ELSES, indirect=True, ids=str)
def test_f12_what_somebody_elses_write_cancels_is_refused_and_nothing_changes(cancelled):
    assert cancelled.rotate(key(), key(key_hash="b" * 64), LATER) is False
    assert cancelled.all() == (key(),)


@pytest.mark.parametrize("cancelled", TROUBLE, indirect=True, ids=str)
def test_f12_what_is_cancelled_for_another_reason_is_an_error(cancelled):
    with pytest.raises(TransactWriteError):
        cancelled.rotate(key(), key(key_hash="b" * 64), LATER)


def test_f12_nothing_but_api_keys_is_written_in_transactions():
    named = [path.name for path in SOURCES if "transactions import" in path.read_text()]
    assert (named, len(SOURCES) > 20) == (["api_keys.py"], True)
