"""Byte code without what nothing reads at run time: docstrings, annotations of functions, imports
for type checkers, columns.

What tracebacks tell stays: file, function and line. So do the annotations of classes, from which
msgspec and dataclasses make fields.

`package_content.py` runs it as a program, isolated: what marshal writes depends on what else lives
in the process.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import marshal
import sys
from collections.abc import Collection, Iterator
from itertools import groupby
from pathlib import Path
from types import CodeType

# A .pyc that is never compared with a source: https://peps.python.org/pep-0552/ (read 2026-11-22)
UNCHECKED = (1).to_bytes(4, "little") + bytes(8)
# The table of lines, the same in 3.11 to 3.14. The compiler of 3.11 makes an entry for every
# instruction, which costs 5 % of the package; one for every line tells the same.
# https://github.com/python/cpython/blob/3.11/Objects/locations.md (read 2026-11-22)
NO_COLUMNS, NO_LINE = 13, 15
LONGEST = 8  # code units of one entry
CODE_UNIT = 2  # bytes

Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def replace_sources(folder: Path, shown: Collection[str]) -> None:
    """Every source in the folder and below becomes byte code beside it. Of the docstrings those
    stay that are `shown`, told as `on_one_line` gives them."""
    for path in sorted(folder.rglob("*.py")):
        content = compiled(path.read_bytes(), str(path.relative_to(folder)), shown)
        path.with_suffix(".pyc").write_bytes(content)
        path.unlink()


def compiled(source: bytes, name: str, shown: Collection[str]) -> bytes:
    """What a .pyc holds for a source of this file name."""
    tree = ast.parse(source, name)
    for node in ast.walk(tree):
        _lighten(node, shown)
    code = compile(ast.fix_missing_locations(tree), name, "exec", dont_inherit=True, optimize=1)
    return importlib.util.MAGIC_NUMBER + UNCHECKED + marshal.dumps(_by_lines(code))


def on_one_line(text: str) -> str:
    """The text with single spaces in place of line breaks and indents."""
    return " ".join(text.split())


def _lighten(node: ast.AST, shown: Collection[str]) -> None:
    if isinstance(node, Documented):
        told = ast.get_docstring(node)
        if told is not None and on_one_line(told) not in shown:
            node.body = node.body[1:] or [ast.copy_location(ast.Pass(), node.body[0])]
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        node.returns = None
    if isinstance(node, ast.arg):
        node.annotation = None
    if isinstance(node, ast.If) and _is_for_type_checkers(node.test):
        node.body = [ast.copy_location(ast.Pass(), node.body[0])]


def _is_for_type_checkers(test: ast.expr) -> bool:
    return isinstance(test, ast.Name) and test.id == "TYPE_CHECKING"


def _by_lines(code: CodeType) -> CodeType:
    """The same code, and that of what is defined in it, with one entry for every line."""
    inner = (_by_lines(each) if isinstance(each, CodeType) else each for each in code.co_consts)
    return code.replace(co_linetable=b"".join(_entries(code)), co_consts=tuple(inner))


def _entries(code: CodeType) -> Iterator[bytes]:
    before = code.co_firstlineno
    for line, parts in groupby(code.co_lines(), key=lambda part: part[2]):
        units = sum(end - start for start, end, _ in parts) // CODE_UNIT
        while units:
            taken = min(units, LONGEST)
            units -= taken
            if line is None:
                yield _head(NO_LINE, taken)
            else:
                yield _head(NO_COLUMNS, taken) + _signed(line - before)
                before = line


def _head(kind: int, units: int) -> bytes:
    return bytes([0x80 | kind << 3 | units - 1])


def _signed(number: int) -> bytes:
    """Six bits in each byte, the lowest first, of twice the number and its sign."""
    left = -number << 1 | 1 if number < 0 else number << 1
    found = []
    while left >= 64:
        found.append(0x40 | left & 63)
        left >>= 6
    return bytes([*found, left])


if __name__ == "__main__":
    replace_sources(Path(sys.argv[1]), frozenset(json.load(sys.stdin)))
