"""Bytes to JSON values: tolerant of what can be read, one error for the rest."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.platforms import Unreadable, decode


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b"NaN", None),
        (b"[Infinity, -Infinity, 1e999]", [None, None, None]),
        (b'"\\u0000"', "\x00"),
        (b"\xef\xbb\xbf{}", {}),
        (b"9223372036854775807", 2**63 - 1),
        (b"[NaN, 12345678901234567890]", [None, "12345678901234567890"]),
        (b"9" * 5000, "9" * 5000),
        (b'"\\/ \\u00e4"', "/ \u00e4"),
    ],
)
def test_f33_odd_but_readable_json_is_read(raw: bytes, value: Any) -> None:
    assert decode(raw) == value


@pytest.mark.parametrize(
    "raw",
    [b'"\\ud83d"', b'"\\udc00x"', b'"\\uffff"', b'"\\uFFFE"', b'"\xef\xbf\xbf"', b'"\xef\xbf\xbe"'],
)
def test_f33_characters_that_no_store_takes_are_replaced(raw: bytes) -> None:
    assert "\ufffd" in decode(raw)


def test_f33_such_characters_are_replaced_in_keys_and_lists_too() -> None:
    assert decode(b'{"\\ud83d": ["\\ud83d", 1, null]}') == {"\ufffd": ["\ufffd", 1, None]}


def test_a_pair_of_surrogates_is_the_character_that_it_means() -> None:
    assert decode(b'["\\ud83d\\ude00", NaN]') == ["\U0001f600", None]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"hello", "not JSON"),
        (b'"\xff"', "not UTF-8"),
        (b"[" * 100_000 + b"]" * 100_000, "nested too deep"),
        (b"[NaN," + b"[" * 100_000 + b"]" * 100_001, "nested too deep"),
    ],
)
def test_f33_f34_what_cannot_be_read_says_why_and_quotes_nothing(raw: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        decode(raw)

    assert str(caught.value) == reason


@given(st.binary(max_size=40))
def test_f33_bytes_are_read_or_unreadable(raw: bytes) -> None:
    try:
        value = decode(raw)
    except Unreadable:
        value = None

    msgspec.json.encode(value)


@given(
    st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.lists(inner), max_leaves=5)
)
def test_f34_valid_json_comes_back_as_it_went(value: Any) -> None:
    raw = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")

    assert json.dumps(decode(raw)).count("[") == raw.count(b"[")
