"""Connecting, smoke test and doctor, as an operator runs them on a stage."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from devtools.local_aws import loopback
from devtools.package import ROOT
from tests.e2e.conftest import MONDAY
from tests.e2e.shop import PAGE, Shop

pytestmark = pytest.mark.e2e

TABLES = ("Conversations", "Messages", "Waits", "Channels", "OptIns", "Reports", "Rates")


@pytest.fixture(autouse=True)
def _alone(shop: Shop) -> Iterator[None]:
    """The first week, in which no version of the Graph API is about to end. Other tests find the
    shop's three channels and no other."""
    shop.go_to(MONDAY)
    yield
    for number in range(1, 6):
        forgotten(shop, f"555000{number}")


def runs(shop: Shop, command: str, *words: str, **given: str) -> subprocess.CompletedProcess[str]:
    """The command on the running stage, as `make` calls it."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-m", f"devtools.{command}", "--stage", "local", *words],
        env=kept | {"HEARBACK_LOCAL": str(shop.home)} | given,
        cwd=ROOT,
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


def registered(shop: Shop, channel_id: str, token: str, **facts: Any) -> None:
    """The stand-in knows this Page of our app."""
    known = {"platform": "messenger", "channel_id": channel_id, "token": token}
    app = {"app_id": shop.get(f"/v1/channels/{PAGE}")["own_app_id"]}
    url = f"{shop.stack.graph_url}/_channels"
    assert loopback.call("POST", url, content=[known | app | facts])[0] == 200


def forgotten(shop: Shop, channel_id: str) -> None:
    """We know no such channel any more."""
    key = {"channel_id": {"S": channel_id}}
    shop.aws("dynamodb").delete_item(TableName=shop.outputs["ChannelsTableName"], Key=key)


def test_a_new_channel_is_connected_and_every_check_is_told(shop: Shop) -> None:
    registered(shop, "5550001", "token-of-5550001")
    given = {"PLATFORM": "messenger", "NAME": "Second shop"}
    done = runs(
        shop,
        "connect",
        *("--channel", "5550001"),
        **given,
        META_ACCESS_TOKEN="token-of-5550001",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ok       subscription" in done.stdout
    assert "token-of-5550001" not in done.stdout + done.stderr
    stored = shop.aws("ssm").get_parameter(
        Name="/hearback/local/channels/5550001/token", WithDecryption=True
    )
    assert stored["Parameter"]["Value"] == "token-of-5550001"


def test_what_the_token_lacks_is_told_with_its_remedy(shop: Shop) -> None:
    registered(shop, "5550002", "token-of-5550002", permissions=["pages_messaging"])
    given = {"PLATFORM": "messenger", "NAME": "Third shop"}
    done = runs(
        shop,
        "connect",
        *("--channel", "5550002"),
        **given,
        META_ACCESS_TOKEN="token-of-5550002",
    )
    assert done.returncode == 1
    assert "missing  permissions" in done.stdout
    assert "-> Grant pages_manage_metadata" in done.stdout


def test_a_token_of_another_page_is_refused(shop: Shop) -> None:
    registered(shop, "5550003", "token-of-5550003")
    given = {"PLATFORM": "messenger", "NAME": "Fourth shop"}
    done = runs(
        shop,
        "connect",
        *("--channel", "5550004"),
        **given,
        META_ACCESS_TOKEN="token-of-5550003",
    )
    assert done.returncode == 1
    assert "access_token" in done.stderr
    assert "5550003's" in done.stderr
    assert shop.ask("GET", "/v1/channels/5550004")[0] == 404


def test_a_connected_channel_gets_a_new_token_and_keeps_its_settings(shop: Shop) -> None:
    before = shop.get(f"/v1/channels/{PAGE}")
    token = shop.aws("ssm").get_parameter(Name=before["token_parameter"], WithDecryption=True)
    done = runs(shop, "connect", "--channel", PAGE, META_ACCESS_TOKEN=token["Parameter"]["Value"])
    assert done.returncode == 0, done.stdout + done.stderr
    after = shop.get(f"/v1/channels/{PAGE}")
    ours = {"version": 0, "updated_at": ""}
    assert after | ours == before | ours
    assert after["version"] == before["version"] + 1


def test_without_a_token_a_connected_channel_is_subscribed_again(shop: Shop) -> None:
    done = runs(shop, "connect", "--channel", PAGE)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the one that is stored" in done.stdout


def test_the_doctor_names_the_drift_of_a_profile_until_it_is_applied(shop: Shop) -> None:
    wanted = {"get_started": "start", "greeting": [{"text": "Welcome to the mugs!"}]}
    shop.put(PAGE, profile=wanted)
    try:
        before = runs(shop, "doctor").stdout
        applied = applies(shop, wanted)
        after = runs(shop, "doctor").stdout
    finally:
        shop.put(PAGE, profile=None)
    assert "not as the settings want it: greeting missing, get_started missing." in before
    assert (applied["state"], applied["refused"]) == ("same", [])
    assert f"ok       messenger {PAGE}, profile" in after


def applies(shop: Shop, profile: dict[str, Any]) -> Any:
    """The answer to putting the profile on the version that is stored."""
    path, headers = (
        f"/v1/channels/{PAGE}/profile",
        {"Authorization": f"Bearer {shop.stack.api_key}"},
    )
    headers["If-Match"] = shop.http("GET", path, headers=headers).headers["ETag"]
    return shop.http("PUT", path, json=profile, headers=headers).json()


def test_the_smoke_test_goes_through_and_leaves_nothing(shop: Shop) -> None:
    done = runs(shop, "smoke")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "s the API shows the message" in done.stdout
    left = [shop.aws("dynamodb").scan(TableName=shop.outputs[f"{t}TableName"]) for t in TABLES]
    assert "hearback-smoke" not in str(left)
    assert "Is anybody there?" not in str(left)


def test_the_doctor_finds_a_sound_stage_sound(shop: Shop) -> None:
    """Channels of other tests may lack something: the stage itself and its Page do not."""
    shop.run_schedule("SendDueName")
    seen = runs(shop, "doctor").stdout.splitlines()
    sound = ("secrets", "webhook", "schedule, every minute", f"messenger {PAGE}, subscription")
    assert [any(line.startswith(f"ok       {each}") for line in seen) for each in sound] == [
        True
    ] * len(sound)
    assert any(line.startswith(("ok       schedule, h", "unknown  schedule, h")) for line in seen)


def test_the_doctor_tells_dead_letters_and_what_to_do(shop: Shop) -> None:
    shop.aws("sqs").send_message(
        QueueUrl=shop.outputs["InboundDlqUrl"],
        MessageBody="{}",
        MessageGroupId="1",
        MessageDeduplicationId="1",
    )
    try:
        done = runs(shop, "doctor")
    finally:
        shop.aws("sqs").purge_queue(QueueUrl=shop.outputs["InboundDlqUrl"])
    assert done.returncode == 1
    assert "holds 1 dead letters" in done.stdout
    assert "-> Read the log" in done.stdout


def test_a_token_that_died_is_told_and_a_new_one_takes_its_place(shop: Shop) -> None:
    registered(shop, "5550005", "token-of-5550005")
    given = {"PLATFORM": "messenger", "NAME": "Sixth shop"}
    runs(shop, "connect", "--channel", "5550005", **given, META_ACCESS_TOKEN="token-of-5550005")
    registered(shop, "5550005", "the-new-token")
    told = runs(shop, "doctor").stdout
    assert "missing  messenger 5550005, token" in told
    done = runs(shop, "connect", "--channel", "5550005", META_ACCESS_TOKEN="the-new-token")
    assert done.returncode == 0, done.stdout + done.stderr
