"""No code path reaches Graph's messages endpoint but through `usecases/send_message.py`."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SHIPPED = [ROOT / "app.py", *sorted((ROOT / "chalicelib").rglob("*.py"))]

# Who may name the endpoint, and who may make, and post, a request to it.
NAMES_THE_PATH = "chalicelib/platforms/_sendable.py"
RENDERERS = {"chalicelib/platforms/_cloud_api.py", "chalicelib/platforms/_send_api.py"}
THE_WAY_OUT = "chalicelib/usecases/send_message.py"
# Gives a conversation to another app: a request of its own, to paths of its own.
THREAD_CONTROL = "chalicelib/usecases/thread_control.py"

ENDPOINT = "/messages"


def breaches(path: str, source: str) -> list[str]:
    """What this module does that would be a second way out."""
    nodes = list(ast.walk(ast.parse(source)))
    told = {
        "names the endpoint": _names_endpoint(nodes) and path != NAMES_THE_PATH,
        "makes a request to it": _takes_path(nodes) and path not in RENDERERS,
        "renders a message": "render" in _called(nodes) and path != THE_WAY_OUT,
        "posts": "post" in _called(nodes) and not _may_post(path),
    }
    return [what for what, is_so in told.items() if is_so]


def _may_post(path: str) -> bool:
    return path in (THE_WAY_OUT, THREAD_CONTROL) or path.startswith("chalicelib/adapters/")


def _names_endpoint(nodes: list[ast.AST]) -> bool:
    """As a text of its own or at the end of an f-string: routes of our own API go on or begin
    with a version."""
    texts = [node.value for node in nodes if isinstance(node, ast.Constant)]
    return any(
        isinstance(text, str) and text.endswith(ENDPOINT) and not text.startswith("/v1/")
        for text in texts
    )


def _takes_path(nodes: list[ast.AST]) -> bool:
    imported = (node for node in nodes if isinstance(node, ast.ImportFrom))
    return any(alias.name == "MESSAGES_PATH" for node in imported for alias in node.names)


def _called(nodes: list[ast.AST]) -> set[str]:
    calls = (node.func for node in nodes if isinstance(node, ast.Call))
    return {func.attr for func in calls if isinstance(func, ast.Attribute)}


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", SHIPPED, ids=_name)
def test_a_message_leaves_by_one_way_only(path: Path) -> None:
    assert breaches(_name(path), path.read_text()) == []


@pytest.mark.parametrize(
    ("source", "breach"),
    [
        ("PATH = '/messages'", "names the endpoint"),
        ("def path(number): return f'/{number}/messages'", "names the endpoint"),
        ("from chalicelib.platforms._sendable import MESSAGES_PATH", "makes a request to it"),
        ("def run(p, m): return p.render(m, None, '')", "renders a message"),
        ("def run(rt, request): rt.sender.post(None, request)", "posts"),
    ],
)
def test_a_second_way_out_is_found(source: str, breach: str) -> None:
    assert breaches("chalicelib/usecases/somewhere.py", source) == [breach]


def test_control_of_a_thread_is_no_message() -> None:
    source = (ROOT / THREAD_CONTROL).read_text()
    assert "OutboundMessage" not in source
