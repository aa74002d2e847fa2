"""make connect asks for what it needs, and its words are those of the API."""

from __future__ import annotations

import pytest

from devtools import connect, reach
from devtools.reach import Reply
from devtools.stage import UsageError

TOKEN_OK = {"check": "token", "state": "ok", "sentence": "Taken.", "remedy": None}
LACKING = {
    "check": "permissions",
    "state": "missing",
    "sentence": "Lacks.",
    "remedy": "Grant it.",
}
CONNECTION = {"state": "missing", "has_token": True, "checks": [TOKEN_OK, LACKING]}


class FakeStage:
    """The API of a stage that knows this channel, or none."""

    name = "prod"

    def __init__(self, known: dict[str, object] | None) -> None:
        self.known = known
        self.made: list[tuple[str, str, object, dict[str, str]]] = []

    def call(self, method: str, path: str, content: object = None, **headers: str) -> Reply:
        self.made.append((method, path, content, headers))
        if method == "GET":
            return Reply(200 if self.known else 404, self.known, {"ETag": '"3"'})
        if method == "PUT":
            return Reply(200, {"connection": CONNECTION}, {})
        return Reply(200, CONNECTION, {})


@pytest.fixture(autouse=True)
def _nobody_at_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    for name in ("PLATFORM", "NAME", "GRAPH_HOST", "PAGE", "META_ACCESS_TOKEN", "META_APP_ID"):
        monkeypatch.delenv(name, raising=False)


def given(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)


def test_a_new_channel_is_put_with_its_token(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, PLATFORM="whatsapp", NAME="Shop", META_ACCESS_TOKEN=" EAAG ")
    where = FakeStage(None)
    assert connect.connect(where, "1") == CONNECTION  # type: ignore[arg-type]
    document = {"platform": "whatsapp", "name": "Shop", "access_token": "EAAG"}
    assert where.made[-1] == ("PUT", "/v1/channels/1", document, {"If_None_Match": "*"})


def test_a_known_channel_keeps_its_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, META_ACCESS_TOKEN="EAAG")
    where = FakeStage({"platform": "messenger", "name": "Shop", "time_zone": "UTC"})
    connect.connect(where, "1")  # type: ignore[arg-type]
    method, _, document, condition = where.made[-1]
    assert (method, condition) == ("PUT", {"If_Match": '"3"'})
    assert document == {
        "platform": "messenger",
        "name": "Shop",
        "time_zone": "UTC",
        "access_token": "EAAG",
        "token_parameter": "/hearback/prod/channels/1/token",
    }


def test_without_a_new_token_a_known_channel_is_subscribed_again() -> None:
    where = FakeStage({"platform": "messenger", "name": "Shop"})
    connect.connect(where, "1")  # type: ignore[arg-type]
    assert where.made[-1][:2] == ("POST", "/v1/channels/1/connection")


@pytest.mark.parametrize(
    ("values", "missing"),
    [
        ({}, "PLATFORM"),
        ({"PLATFORM": "messenger"}, "NAME"),
        ({"PLATFORM": "telegram"}, "PLATFORM: one of"),
        ({"PLATFORM": "messenger", "NAME": "Shop"}, "META_ACCESS_TOKEN"),
        ({"PLATFORM": "instagram", "NAME": "Shop"}, "GRAPH_HOST"),
        ({"PLATFORM": "instagram", "NAME": "Shop", "GRAPH_HOST": "facebook"}, "PAGE"),
    ],
)
def test_what_is_not_given_and_cannot_be_asked_is_named(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, str], missing: str
) -> None:
    given(monkeypatch, **values)
    with pytest.raises(UsageError, match=missing):
        connect.connect(FakeStage(None), "1")  # type: ignore[arg-type]


def test_who_sits_at_the_terminal_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda question: f"answer to {question}")
    assert reach.ask("NAME", "Name") == "answer to Name:"


def test_each_check_is_a_line_and_its_remedy_another() -> None:
    assert list(connect.lines(CONNECTION)) == [
        "ok       token          Taken.",
        "missing  permissions    Lacks.",
        "                        -> Grant it.",
    ]


@pytest.mark.parametrize(
    ("check", "state", "said"),
    [
        ("token", "ok", "Settings and access token are stored"),
        ("token", "unknown", "The settings are saved, the access token is not stored"),
        ("channel", "unknown", "The settings are saved, the access token is not stored"),
        ("permissions", "unknown", "Settings and access token are stored"),
    ],
)
def test_it_says_what_was_stored(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    check: str,
    state: str,
    said: str,
) -> None:
    told = {"state": state, "checks": [TOKEN_OK | {"check": check, "state": state}]}
    given(monkeypatch, PLATFORM="messenger", NAME="Shop", META_ACCESS_TOKEN="EAAG")
    monkeypatch.setitem(CONNECTION, "checks", told["checks"])
    connect.connect(FakeStage(None), "1")  # type: ignore[arg-type]
    assert capsys.readouterr().out.strip() == said


def test_stage_that_is_not_named_is_refused() -> None:
    with pytest.raises(UsageError, match="STAGE=prod"):
        reach.reach("")
