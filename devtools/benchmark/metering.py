"""What DynamoDB would bill: every call is asked for its consumed capacity, indexes included.

Two things the embedded AWS does not say, so they are computed from the sizes of items
(docs.aws.amazon.com/amazondynamodb: CapacityUnitCalculations.html, read-write-operations.html,
read 2026-11-21): reads of queries, which it always reports as 0.5, and refused conditional writes,
which report nothing and are billed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from typing import Any

from msgspec import Struct

WRITE_BYTES = 1024
READ_BYTES = 4096
_WRITES = ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems")
_REFUSED = "ConditionalCheckFailedException"

Item = dict[str, dict[str, Any]]


class Units(Struct):
    """What was consumed."""

    write: float = 0.0
    read: float = 0.0
    calls: int = 0


class Meter:
    """Counts the units of all DynamoDB calls of clients that are made after `install`."""

    def __init__(self) -> None:
        self.units = Units()

    def install(self) -> None:
        import botocore

        botocore.register_initializer(self._listen)

    @contextmanager
    def counting(self) -> Iterator[Units]:
        """The units of what is done within the block."""
        self.units = Units()
        yield self.units
        self.units = Units()

    def _listen(self, session: Any) -> None:
        session.register("before-parameter-build.dynamodb.*", _ask_for_capacity)
        session.register("after-call.dynamodb.*", self._count)

    def _count(
        self, model: Any, parsed: dict[str, Any], context: dict[str, Any], **_: object
    ) -> None:
        params = context["hearback_params"]
        self.units.calls += 1
        if model.name in _WRITES:
            self.units.write += write_units(params, parsed)
        else:
            self.units.read += read_units(params, parsed)


def write_units(params: dict[str, Any], answer: dict[str, Any]) -> float:
    """Of a write: as reported, or of a refused one by the larger of the stored and the new item."""
    if answer.get("Error", {}).get("Code") != _REFUSED:
        return float(sum(each["CapacityUnits"] for each in _consumed(answer)))
    return max(1, ceil(max(size(answer.get("Item", {})), _new_size(params)) / WRITE_BYTES))


def read_units(params: dict[str, Any], answer: dict[str, Any]) -> float:
    """Of a read: each item got, or the items of a query together, per started 4 KB."""
    if "RequestItems" in params:
        found = [item for rows in answer["Responses"].values() for item in rows]
        asked = sum(len(each["Keys"]) for each in params["RequestItems"].values())
        return sum(_read(size(item)) for item in found) + _read(0) * (asked - len(found))
    items = answer.get("Items", [answer.get("Item", {})])
    whole = 2 if params.get("ConsistentRead") else 1
    return whole * _read(sum(map(size, items)))


def size(item: Item) -> int:
    """Bytes of an item as DynamoDB counts them: the names of its attributes, and their values."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _ask_for_capacity(params: dict[str, Any], context: dict[str, Any], **_: object) -> None:
    params["ReturnConsumedCapacity"] = "INDEXES"
    context["hearback_params"] = params


def _consumed(answer: dict[str, Any]) -> list[dict[str, Any]]:
    consumed = answer["ConsumedCapacity"]
    return consumed if isinstance(consumed, list) else [consumed]


def _new_size(params: dict[str, Any]) -> int:
    """Of the item to be put; of an update, of what it would have set and its key."""
    if "Item" in params:
        return size(params["Item"])
    values = params.get("ExpressionAttributeValues", {})
    names = params.get("ExpressionAttributeNames", {})
    return (
        size(params["Key"])
        + sum(map(_value_size, values.values()))
        + sum(len(name) for name in names.values())
    )


def _read(bytes_: int) -> float:
    return max(1, ceil(bytes_ / READ_BYTES)) / 2


def _value_size(value: dict[str, Any]) -> int:
    ((kind, content),) = value.items()
    if kind == "S":
        return len(str(content).encode())
    if kind == "N":
        # Two significant digits a byte, and one more.
        digits = re.sub(r"[-.]|^-?0+|0+$", "", str(content))
        return ceil(len(digits) / 2) + 1
    return len(content) if kind == "B" else _other_size(kind, content)


def _other_size(kind: str, content: Any) -> int:
    if kind == "M":
        return 3 + size(content) + len(content)
    if kind == "L":
        return 3 + sum(1 + _value_size(each) for each in content)
    return sum(map(len, content)) if kind in ("SS", "NS", "BS") else 1
