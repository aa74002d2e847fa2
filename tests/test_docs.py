"""The documents tell what the code does, and point to what exists.

Automations, metrics, policy and routes are compared with their pages beside their own tests.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest
from msgspec import Struct

from chalicelib import usecases
from chalicelib.catalogue import PLATFORMS
from chalicelib.core.business_hours import OpeningHours, Span, SpecialDay
from chalicelib.core.channel import (
    ApprovedTemplate,
    AutomaticReply,
    ChannelSettings,
    NotificationTopic,
    TemplateButton,
)
from chalicelib.core.handling_settings import (
    ClosingMessage,
    Disclosure,
    FeedbackRequest,
    Handover,
)
from chalicelib.core.informing import (
    AdQuestions,
    ContactDetails,
    ContactInformation,
    FrequentQuestion,
    Link,
    Place,
)
from chalicelib.core.messages import Button, Media, QuickReply
from chalicelib.core.profile import (
    Command,
    Commands,
    Greeting,
    IceBreaker,
    IceBreakers,
    Menu,
    MenuItem,
    Profile,
)

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
SOURCES = [path.read_text() for path in sorted((ROOT / "chalicelib").rglob("*.py"))]
SETTINGS = (
    *(ChannelSettings, AutomaticReply, NotificationTopic, OpeningHours, SpecialDay, Span),
    *(ApprovedTemplate, TemplateButton, Media),
    *(AdQuestions, Button, ContactDetails, ContactInformation, FrequentQuestion, Link, Place),
    QuickReply,
    *(Handover, ClosingMessage, FeedbackRequest, Disclosure),
    *(Command, Commands, Greeting, IceBreaker, IceBreakers, Menu, MenuItem, Profile),
)
IGNORED = [".git", *(line.strip("/") for line in (ROOT / ".gitignore").read_text().split())]
# Spelled in two parts, or this file would be the first that has them.
FOREIGN = [part.encode() for part in ("../" + "shared", "/" + "work/")]


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _first_cells(page: str) -> set[str]:
    """All that stands in `code` in the first cells of a page's tables."""
    rows = re.findall(r"^\| (.+?) \|", (DOCS / page).read_text(), re.MULTILINE)
    return {code for row in rows for code in re.findall(r"`([^`]+)`", row)}


@cache
def _project() -> tuple[Path, ...]:
    """Every file of the project, without what .gitignore names."""
    return tuple(_files())


def _files() -> Iterator[Path]:
    for parent, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if not _is_ignored(Path(parent, name))]
        yield from (Path(parent, n) for n in names if not _is_ignored(Path(parent, n)))


def _is_ignored(path: Path) -> bool:
    return any(fnmatch(path.name, each) or fnmatch(_name(path), each) for each in IGNORED)


def _slug(heading: str) -> str:
    """The anchor that GitHub makes of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _resolves(page: Path, link: str) -> bool:
    name, _, anchor = link.partition("#")
    target = (page.parent / name).resolve() if name else page
    if not anchor:
        return target.exists()
    headings = re.findall(r"^#+ (.+)$", target.read_text(), re.MULTILINE)
    return anchor in map(_slug, headings)


@pytest.mark.parametrize("struct", SETTINGS, ids=lambda struct: struct.__name__)
def test_every_setting_of_a_channel_stands_on_its_page(struct: type[Struct]) -> None:
    assert set(struct.__struct_fields__) - _first_cells("settings.md") == set()


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_platform_has_its_page(platform: str) -> None:
    assert (DOCS / "platforms" / f"{platform}.md").exists()


def test_every_variable_that_a_function_reads_stands_in_operations() -> None:
    config = (ROOT / "chalicelib" / "config.py").read_text()
    variables = set(re.findall(r'env(?:\.get\(|, )"([A-Z_]+)"', config))
    assert variables >= {"STAGE", "GRAPH_URL"}
    assert variables - _first_cells("operations.md") == set()


def test_every_counter_stands_in_operations() -> None:
    counters = {name for text in SOURCES for name in re.findall(r'log\.count\(\s*"(\w+)"', text)}
    assert counters >= {"deliveries_refused", "sends_not_accepted"}
    assert counters - _first_cells("operations.md") == set()


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_what_a_page_has_made_exists_in_the_makefile(page: Path) -> None:
    known = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    told = re.findall(r"(?:^|`)(?:[A-Z_]+=\S+ )*make ([a-z]+)", page.read_text(), re.MULTILINE)
    assert set(told) - known == set()


@pytest.mark.parametrize("word", ["run", "test", "check", "deploy"])
def test_the_first_page_names_the_words_that_a_newcomer_needs(word: str) -> None:
    assert f"make {word}" in (ROOT / "README.md").read_text()


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_link_into_the_project_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?://)([^)\s]+)\)", page.read_text())
    assert [link for link in links if not _resolves(page, link)] == []


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_source_file_that_a_page_names_exists(page: Path) -> None:
    told = set(re.findall(r"`([\w./-]+\.(?:py|yaml|toml))`", page.read_text()))
    known = [f"/{_name(path)}" for path in _project()]
    assert {name for name in told if not any(path.endswith(f"/{name}") for path in known)} == set()


@pytest.mark.parametrize("page", sorted(DOCS.glob("decisions/*.md")), ids=_name)
def test_a_decision_tells_context_decision_and_consequence(page: Path) -> None:
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    assert headings[0].startswith(f"{page.name[:4]} ")
    assert headings[1:] == ["Context", "Decision", "Consequence"]


def test_every_use_case_stands_once_in_the_map_of_its_folder() -> None:
    folder = ROOT / "chalicelib" / "usecases"
    groups = re.findall(r"^(?:[A-Z][a-z ]+| +)  +([a-z].*)$", usecases.__doc__ or "", re.MULTILINE)
    told = sorted(name for line in groups for name in re.findall(r"\w+", line))
    assert told == sorted(path.stem for path in folder.glob("[a-z]*.py"))


def test_every_page_stands_in_the_index() -> None:
    index = (DOCS / "README.md").read_text()
    pages = {str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md")} - {"README.md"}
    assert {page for page in pages if f"]({page})" not in index} == set()


def test_the_project_stands_on_its_own() -> None:
    """No file leads to a folder that only somebody's machine has."""
    texts = ((path, path.read_bytes()) for path in _project())
    assert [_name(path) for path, text in texts if any(part in text for part in FOREIGN)] == []
