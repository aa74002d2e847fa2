"""The replay tool: one line per event, exit 0 whatever is in the files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from devtools.replay import main
from tests.platforms.recorded import FOLDER, WEBHOOKS, named

KEYS = [
    "file",
    "event",
    "platform",
    "channel_id",
    "contact_id",
    "event_id",
    "occurred_at",
    "text",
    "attachments",
    "is_standby",
    "details",
]


def printed(capsysbinary: pytest.CaptureFixture[bytes], *names: str) -> list[dict[str, Any]]:
    assert main(list(names)) == 0
    return [json.loads(line) for line in capsysbinary.readouterr().out.splitlines()]


def of(name: str, capsysbinary: pytest.CaptureFixture[bytes]) -> dict[str, Any]:
    (line,) = printed(capsysbinary, str(FOLDER / named(name)))
    return line


def test_every_recorded_webhook_has_its_lines(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    lines = printed(capsysbinary, *(str(FOLDER / file) for file in WEBHOOKS))

    assert {line["file"] for line in lines} == {str(FOLDER / file) for file in WEBHOOKS}
    assert [line for line in lines if list(line) != KEYS] == []


def test_a_line_tells_the_facts_of_a_message(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    line = of("cloud2026-phone_with_bsuid.json", capsysbinary)

    assert (line["event"], line["platform"]) == ("MessageReceived", "whatsapp")
    assert line["contact_id"] == "IN.2081978709342942"
    assert line["occurred_at"] == "2026-05-12T09:53:02+00:00"
    assert line["text"] == "phone and bsuid"
    assert line["attachments"] is None
    assert line["details"]["from"] == "919745786257"
    assert line["details"]["wa_id"] == "919745786257"
    assert line["details"]["user_id"] == "IN.2081978709342942"


@pytest.mark.parametrize(
    ("name", "key", "value"),
    [
        ("fb_message_reads.json", "watermark", "1648581633369"),
        (
            "delivery-payload.json",
            "mids",
            ["mid.1457764197618:41d102a3e1ae206a38", "mid.1458668856218:ed81099e15d3f4f233"],
        ),
        ("messaging_seen_event.json", "mid", "message-id-1"),
        ("instagram_message_reply_event.json", "reply_to", {"mid": "message-id-1"}),
        ("message_status-with_tracker.json", "status", "sent"),
        ("message_status-with_tracker.json", "recipient_id", "972987654321"),
        ("MessengerEvent-linkReferral.json", "ref", None),
        (
            "MessengerEvent-linkReferral.json",
            "referral",
            {"ref": "aaaa", "source": "SHORTLINK", "type": "OPEN_THREAD"},
        ),
        ("update-status-message-to-failed.json", "errors", [{"code": 123, "title": "abc"}]),
        ("MessengerEvent-textMessage.json", "sender", {"id": "1423587017700273"}),
        ("MessengerEvent-textMessage.json", "recipient", {"id": "404217156637689"}),
    ],
)
def test_details_keep_the_keys_of_the_platform(
    name: str, key: str, value: Any, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert of(name, capsysbinary)["details"].get(key) == value


def test_a_tapped_title_is_the_text(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert of("MessengerEvent-postbackReferral.json", capsysbinary)["text"] == "Get Started"


def test_attachments_are_objects(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    (attachment,) = of("message-media_with_url.json", capsysbinary)["attachments"]

    assert (attachment["type"], attachment["media_id"]) == ("image", "65463453")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not JSON"),
        (b"<html>", "not JSON"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"[" * 50_000, "nested too deep"),
        (b"[]", "no object that we know, a list in place of an object"),
        (b'{"object": "page"}', "no entries, keys: object"),
        (
            b'{"object":"page","entry":[{"messaging":[{"x":' + b"[" * 700 + b"]" * 700 + b"}]}]}",
            None,
        ),
    ],
)
def test_f33_a_file_without_events_is_one_unknown_event(
    content: bytes, reason: str | None, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    file = tmp_path / "body.json"
    file.write_bytes(content)

    (line,) = printed(capsysbinary, str(file))

    assert line["event"] == "UnknownEvent"
    assert line["details"]["reason"] in (reason, "messaging, keys: x")


def test_a_file_that_is_not_there_is_one_unknown_event(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    (line,) = printed(capsysbinary, str(tmp_path / "missing.json"))

    assert line["details"] == {"reason": "cannot be read: FileNotFoundError"}


@pytest.mark.parametrize("shared", ["x", 5, ["a"], {"a": 1}, [["a"]], ["a", "b"]])
@pytest.mark.parametrize("key", ["metadata", "contacts"])
def test_f33_whatever_an_item_shares_with_its_neighbours_it_is_printed(
    key: str, shared: Any, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    value = {"messages": [{"id": "wamid.A", "timestamp": "1763700000"}], key: shared}
    change = {"field": "messages", "value": value}
    file = tmp_path / "body.json"
    file.write_text(
        json.dumps({"object": "whatsapp_business_account", "entry": [{"changes": [change]}]})
    )

    (line,) = printed(capsysbinary, str(file))

    assert list(line) == KEYS
