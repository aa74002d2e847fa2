"""Units as DynamoDB bills them: sizes of items, refused writes, queries."""

from __future__ import annotations

from typing import Any

import pytest

from devtools.benchmark.metering import Item, read_units, size, write_units

REFUSED = {"Error": {"Code": "ConditionalCheckFailedException"}}


def text_of(length: int) -> Item:
    """An item of exactly so many bytes."""
    return {"t": {"S": "x" * (length - 1)}}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"S": "mug"}, 3),
        ({"S": "ğ🙂"}, 6),
        ({"N": "1795262401"}, 6),
        ({"N": "1795262400"}, 5),
        ({"N": "-123"}, 3),
        ({"B": b"1234"}, 4),
        ({"BOOL": True}, 1),
        ({"NULL": True}, 1),
        ({"SS": ["ab", "c"]}, 3),
        ({"L": [{"S": "ab"}]}, 6),
        ({"M": {"k": {"S": "ab"}}}, 7),
    ],
)
def test_an_attribute_costs_its_name_and_its_value(value: dict[str, Any], expected: int) -> None:
    assert size({"ab": value}) == 2 + expected


def test_a_write_costs_what_was_reported() -> None:
    assert write_units({}, {"ConsumedCapacity": {"CapacityUnits": 2.0}}) == 2


def test_a_batch_write_costs_what_was_reported_of_all_tables() -> None:
    reported = [{"CapacityUnits": 2.0}, {"CapacityUnits": 1.0}]
    assert write_units({}, {"ConsumedCapacity": reported}) == 3


@pytest.mark.parametrize(("stored", "new", "units"), [(1024, 10, 1), (1025, 10, 2), (10, 2049, 3)])
def test_a_refused_put_costs_the_larger_item(stored: int, new: int, units: int) -> None:
    answer = REFUSED | {"Item": text_of(stored)}
    assert write_units({"Item": text_of(new)}, answer) == units


def test_a_refused_update_of_nothing_costs_one_unit() -> None:
    assert write_units({"Key": text_of(30)}, REFUSED) == 1


def test_a_refused_update_costs_what_it_would_have_set() -> None:
    params = {
        "Key": text_of(30),
        "ExpressionAttributeNames": {"#0": "t"},
        "ExpressionAttributeValues": {":0": {"S": "x" * 1024}},
    }
    assert write_units(params, REFUSED) == 2


@pytest.mark.parametrize(
    ("params", "answer", "units"),
    [
        ({}, {}, 0.5),
        ({}, {"Item": text_of(4096)}, 0.5),
        ({}, {"Item": text_of(4097)}, 1.0),
        ({"ConsistentRead": True}, {"Item": text_of(100)}, 1.0),
        ({}, {"Items": []}, 0.5),
        ({}, {"Items": [text_of(3000), text_of(3000)]}, 1.0),
    ],
)
def test_a_read_costs_by_size(params: dict[str, Any], answer: dict[str, Any], units: float) -> None:
    assert read_units(params, answer) == units


def test_a_batch_get_costs_each_item_alone_and_each_that_is_missing() -> None:
    params = {"RequestItems": {"table": {"Keys": [{}, {}, {}]}}}
    answer = {"Responses": {"table": [text_of(3000), text_of(5000)]}}
    assert read_units(params, answer) == 2.0
