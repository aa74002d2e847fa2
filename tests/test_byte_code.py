"""What ships in place of sources: nothing that is read at run time is missing, lines stay."""

from __future__ import annotations

import dis
import marshal
from collections.abc import Iterator
from types import CodeType
from typing import Any

import pytest

from devtools import byte_code

HEADER = 16  # bytes: https://peps.python.org/pep-0552/
FAR_BELOW = 200  # lines; more than six bits hold


def _code(source: str, *shown: str) -> CodeType:
    content = byte_code.compiled(source.encode(), "a.py", shown)
    code: CodeType = marshal.loads(content[HEADER:])  # noqa: S302 - the source is the test's
    return code


def _run(source: str, *shown: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "a"}
    exec(_code(source, *shown), names)  # noqa: S102 - the source is the test's
    return names


@pytest.mark.parametrize(
    "source", ["class A:\n    '''Told.'''\n", "def A():\n    '''Told.'''\n    return 1\n"]
)
def test_a_docstring_that_nobody_is_shown_is_left_out(source: str) -> None:
    assert _run(source)["A"].__doc__ is None


def test_the_docstring_of_a_module_is_left_out() -> None:
    assert _run("'''Told.'''\n").get("__doc__") is None


def test_a_docstring_that_is_shown_stays_with_its_line_breaks() -> None:
    told = _run("class A:\n    '''One\n    two.'''\n", "One two.")["A"].__doc__
    assert byte_code.on_one_line(told) == "One two."


def test_other_constants_stay_where_a_docstring_would_be() -> None:
    assert _run("def a():\n    return 'Told.'\n")["a"]() == "Told."


def test_functions_lose_their_annotations() -> None:
    source = "def a(b: int, *c: int, d: int = 1, **e: int) -> int:\n    return b + d\n"
    found = _run(source)["a"]
    assert (found.__annotations__, found(1, d=2)) == ({}, 3)


def test_classes_keep_theirs() -> None:
    assert _run("class A:\n    b: int = 1\n")["A"].__annotations__ == {"b": int}


def test_what_is_imported_for_type_checkers_is_left_out() -> None:
    source = "TYPE_CHECKING = False\nif TYPE_CHECKING:\n    import nowhere\nelse:\n    a = 1\n"
    assert _run(source)["a"] == 1
    assert "nowhere" not in _code(source).co_names


@pytest.mark.parametrize(
    "source",
    [
        "a = 1\nb = 2\n",
        "def a(b):\n    while b:\n        b = b - 1\n    return b\n",
        "def a(b):\n    return b(\n        b,\n        b[0],\n    )\n",
        "a = 1" + "\n" * FAR_BELOW + "b = 2\n",
        "a = [" + "b, " * FAR_BELOW + "]\n",
        "def a(b):\n    try:\n        b()\n    except KeyError as c:\n        raise c from c\n",
        "class A:\n    def a(self):\n        return lambda: (\n            self\n        )\n",
    ],
)
def test_every_instruction_keeps_its_line(source: str) -> None:
    assert list(_lines(_code(source))) == list(_lines(compile(source, "a.py", "exec")))


def test_columns_are_left_out() -> None:
    found = {(start, end) for _, _, start, end in _code("a = b(1) + 2\n").co_positions()}
    assert found == {(None, None)}


def test_it_is_never_compared_with_a_source() -> None:
    assert byte_code.compiled(b"", "a.py", ())[4:HEADER] == b"\1" + bytes(11)


def _lines(code: CodeType) -> Iterator[tuple[str, int | None]]:
    """Of every instruction of the code and of what is defined in it."""
    for instruction in dis.get_instructions(code):
        positions = instruction.positions
        yield instruction.opname, positions.lineno if positions else None
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _lines(inner)
