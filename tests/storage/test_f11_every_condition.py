"""F11: every conditional write of the stores, found in their source, is tried with a lost answer.

A write that nobody listed fails here: it needs its place in the tests of lost answers first.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib import storage
from tests.storage import test_api_keys
from tests.storage.every_write import PORTS, WRITES

FOLDER = Path(storage.__file__).parent
RAW_WRITES = {"update", "save", "delete", "condition_check"}
FIRST_CONDITION = {"update": 1, "save": 0, "delete": 0}  # its place, where it has no name
MODULES = {path.stem for path in FOLDER.glob("*.py")}
Function = str  # "module.function" or "module.Class.function"

# How often each function writes on a condition.
LISTED = {
    "_beside.hold_marketing": 1,
    "_beside.raise_mark": 1,
    "_beside.save_link": 1,
    "_beside.save_referral": 1,
    "_erasing._unplan": 1,
    "_handling.save": 1,
    "api_keys.ApiKeys.rotate": 2,
    "api_keys.ApiKeys.revoke": 2,
    "_beside.save_slots": 1,
    "campaigns.Campaigns._new": 1,
    "campaigns.Campaigns.cancel": 1,
    "campaigns.Campaigns.move": 1,
    "campaigns.Campaigns.save_page": 1,
    "channels.Channels._replace": 1,
    "channels.Channels.stop_sending": 1,
    "channels.Channels.tell_block": 1,
    "conversations.Conversations.save": 1,
    "digests.Digests.save": 1,
    "messages.Messages._update": 1,
    "opt_ins.OptIns._update": 1,
    "rates.Rates._update": 1,
    "readings.Readings.keep_cut": 1,
    "readings.Readings.keep_feedback": 1,
    "templates.Templates.tell": 1,
}
KEYS = {
    "api_keys.ApiKeys.rotate": "test_f11_a_rotation_whose_answer_was_lost_is_done",
    "api_keys.ApiKeys.revoke": "test_f11_a_revocation_whose_answer_was_lost_is_done",
}


def functions() -> Iterator[tuple[Function, ast.FunctionDef]]:
    for path in sorted(FOLDER.glob("*.py")):
        tree = ast.parse(path.read_text())
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                yield f"{path.stem}.{node.name}", node
            if isinstance(node, ast.ClassDef):
                methods = (each for each in node.body if isinstance(each, ast.FunctionDef))
                yield from ((f"{path.stem}.{node.name}.{each.name}", each) for each in methods)


FUNCTIONS = dict(functions())


def calls(function: Function) -> list[ast.Call]:
    return [node for node in ast.walk(FUNCTIONS[function]) if isinstance(node, ast.Call)]


def is_conditional(call: ast.Call) -> bool:
    """A write of a row that takes a condition, straight to the database."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in RAW_WRITES:
        return False
    if any(keyword.arg == "condition" for keyword in call.keywords):
        return True
    return len(call.args) > FIRST_CONDITION.get(call.func.attr, 0) and not is_of_another(call)


def is_of_another(call: ast.Call) -> bool:
    """`batch.save(row)` and `transaction.save(row, condition)` name the row first; a module's own
    `save(...)` is a function; `Item.attribute.delete(values)` is part of a write."""
    match getattr(call.func, "value", None):
        case ast.Name(id=name):
            return name == "batch" or name in MODULES
        case ast.Attribute(value=ast.Name(id=name)):
            return name.endswith("Item")
    return False


def called(function: Function) -> Iterator[Function]:
    """The functions of the stores that this one calls."""
    module, *owner, _ = function.split(".")
    for call in calls(function):
        match call.func:
            case ast.Name(id=name):
                yield f"{module}.{name}"
            case ast.Attribute(value=ast.Name(id="self"), attr=name):
                yield ".".join([module, *owner, name])
            case ast.Attribute(value=ast.Name(id=other), attr=name):
                yield f"{other}.{name}"


def reaches_a_condition(function: Function) -> bool:
    reached, found = {function}, {function}
    while found:
        found = {each for one in found for each in called(one) if each in FUNCTIONS} - reached
        reached |= found
    return any(each in LISTED for each in reached)


def stores() -> list[Function]:
    """The public methods of the stores."""
    return [name for name in FUNCTIONS if name.count(".") == 2 and "._" not in name]


CONDITIONAL = [name for name in stores() if reaches_a_condition(name)]


def test_f11_the_conditional_writes_are_those_that_are_listed() -> None:
    found = Counter(name for name in FUNCTIONS for call in calls(name) if is_conditional(call))
    assert dict(found) == LISTED


def test_f11_the_scan_finds_the_writes_of_every_store() -> None:
    whole_rows_only = {"waits", "rate_cards"}
    assert {name.split(".")[0] for name in CONDITIONAL} == {*PORTS, "api_keys"} - whole_rows_only


@pytest.mark.parametrize("name", [name for name in CONDITIONAL if name not in KEYS])
def test_f11_a_store_that_writes_on_a_condition_is_tried_with_a_lost_answer(name: str) -> None:
    module, _, method = name.split(".")
    assert f"{module}.{method}" in {tried.split()[0] for tried in WRITES}


@pytest.mark.parametrize("test", KEYS.values())
def test_f11_transactions_have_tests_of_their_own(test: str) -> None:
    assert hasattr(test_api_keys, test)
