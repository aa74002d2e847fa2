"""The page on failures names the tests that there are, and every row that has some."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
PAGE = (TESTS.parent / "docs" / "failures.md").read_text()
REQUIRED = {
    f"F{number:02}" for number in (*range(1, 9), 24, 16, 21, 22, 27, *range(33, 42))
}  # of the failure catalogue
TRIED = {
    f"F{number}"
    for path in TESTS.rglob("test_*.py")
    for number in re.findall(r"def test_f(\d\d)_", path.read_text())
}


def files_with(row: str) -> set[str]:
    """The files below tests/ with a test whose name has the row."""
    pattern = re.compile(rf"def test_{row.lower()}_")
    paths = (path for path in TESTS.rglob("test_*.py") if pattern.search(path.read_text()))
    return {str(path.relative_to(TESTS)) for path in paths}


def files_named(row: str) -> set[str]:
    """The files that the page names for the row."""
    (line,) = re.findall(rf"^\| {row} \|.*$", PAGE, flags=re.MULTILINE)
    return set(re.findall(r"`([\w/]+\.py)`", line.rsplit("|", 2)[1]))


@pytest.mark.parametrize("row", sorted(REQUIRED))
def test_every_row_has_tests(row: str) -> None:
    assert files_with(row)


@pytest.mark.parametrize("row", sorted(REQUIRED | TRIED))
def test_the_page_names_files_that_try_the_row(row: str) -> None:
    named = files_named(row)
    assert named
    assert named - files_with(row) == set()
