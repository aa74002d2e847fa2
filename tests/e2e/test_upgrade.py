"""The previous release's stack, with the rows that it wrote, is updated to this one's template.

The rows were written by the previous release's own code on a shop's day (record_release.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from devtools import package
from devtools.local_aws.shop import CHANNELS, ShopChannel
from devtools.package import Package
from tests.e2e import beside
from tests.e2e.conftest import MONDAY
from tests.e2e.record_release import ROWS, TEMPLATE, read
from tests.e2e.shop import PAGE, PROFESSIONAL, Shop, body_of

pytestmark = pytest.mark.e2e

STACK = "hearback-upgraded"
MACHINE = ("Runtime", "Architectures")  # of where this runs, not of where it was recorded
WROTE = read(ROWS)
DAY = "2026-11-23"  # of the shop


@dataclass(frozen=True, slots=True)
class Upgrade:
    """The stack after the update; names and rows of its tables before it."""

    shop: Shop
    names: dict[str, str]
    rows: dict[str, list[str]]


@pytest.fixture(scope="module")
def upgrade(running: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Upgrade]:
    running.go_to(MONDAY)  # weeks after what was written
    old = beside.deploy(running, STACK, previous(tmp_path_factory.mktemp("previous")))
    for table, rows in WROTE.items():
        put(old, table, rows)
    put(old, "ApiKeysTable", [key_of_the_previous_release(old.stack.api_key)])
    before = {table: rows_of(old, table) for table in WROTE}
    new = beside.deploy(running, STACK, package.build())
    yield Upgrade(new, table_names(old), before)
    running.aws("cloudformation").delete_stack(StackName=STACK)


def previous(folder: Path) -> Package:
    """Its template, with the code of now: the update of the template is what is tested."""
    now, template = package.build(), read(TEMPLATE)
    functions = yaml.safe_load(now.template.read_text())["Resources"]
    for name, each in template["Resources"].items():
        if each["Type"] == "AWS::Serverless::Function":
            machine = {key: functions[name]["Properties"][key] for key in MACHINE}
            each["Properties"] |= machine
    (folder / "template.yaml").write_text(yaml.safe_dump(template))
    return Package(folder / "template.yaml", now.code, "previous")


def put(shop: Shop, table: str, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        shop.aws("dynamodb").put_item(TableName=shop.outputs[f"{table}Name"], Item=row)


def key_of_the_previous_release(api_key: str) -> dict[str, Any]:
    """As it made them: with a role, without anything that came later."""
    key_hash = hashlib.sha256(api_key.encode()).hexdigest()
    facts = {"key_id": key_hash[:8], "name": "old", "role": "admin", "created_at": "2026-11-21"}
    return {name: {"S": value} for name, value in (facts | {"key_hash": key_hash}).items()}


def rows_of(shop: Shop, table: str) -> list[str]:
    pages = shop.aws("dynamodb").get_paginator("scan")
    found = pages.paginate(TableName=shop.outputs[f"{table}Name"], ConsistentRead=True)
    return sorted(str(sorted(row.items())) for page in found for row in page["Items"])


def table_names(shop: Shop) -> dict[str, str]:
    return {table: shop.outputs[f"{table}Name"] for table in WROTE}


def texts_of(messages: list[dict[str, Any]]) -> list[str]:
    return [each["text"] for each in messages]


class TestTheRows:
    def test_every_table_had_some(self, upgrade: Upgrade) -> None:
        assert min(len(rows) for rows in upgrade.rows.values()) > 0

    def test_every_table_is_the_one_that_it_was(self, upgrade: Upgrade) -> None:
        assert table_names(upgrade.shop) == upgrade.names

    @pytest.mark.parametrize("table", sorted(WROTE))
    def test_every_row_is_as_it_was(self, upgrade: Upgrade, table: str) -> None:
        assert set(upgrade.rows[table]) <= set(rows_of(upgrade.shop, table))


class TestWhatTheyTell:
    """The code of now reads them."""

    @pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.platform)
    def test_the_channels_are_connected(self, upgrade: Upgrade, channel: ShopChannel) -> None:
        known = upgrade.shop.get(f"/v1/channels/{channel.channel_id}")
        assert (known["name"], known["time_zone"]) == (channel.name, channel.time_zone)

    @pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.platform)
    def test_two_conversations_of_each_channel_are_listed(
        self, upgrade: Upgrade, channel: ShopChannel
    ) -> None:
        assert len(upgrade.shop.ids_of(channel.channel_id)) == 2

    def test_every_message_with_a_text_is_listed(self, upgrade: Upgrade) -> None:
        shop = upgrade.shop
        ids = [each for channel in CHANNELS for each in shop.ids_of(channel.channel_id)]
        listed = [text for each in ids for text in texts_of(shop.messages_of(each)) if text]
        written = [row["t"]["S"] for row in WROTE["MessagesTable"] if "t" in row]
        assert sorted(listed) == sorted(written)

    def test_who_waits_still_waits(self, upgrade: Upgrade) -> None:
        waiting = upgrade.shop.get(f"/v1/conversations?channel_id={PROFESSIONAL}&order=waiting")
        assert [each["contact"]["name"] for each in waiting["items"]] == ["Efe"]

    def test_a_token_that_was_used_is_not_used_again(self, upgrade: Upgrade) -> None:
        status, problem = upgrade.shop.create(
            PAGE, contact_named(upgrade.shop, "Dora"), "notifications", "k1", topic="mug", text="!"
        )
        assert (status, problem["reason"]) == (409, "opt_in_used")

    def test_the_days_numbers_are_the_same(self, upgrade: Upgrade) -> None:
        path = f"/v1/reports/responsiveness?channel_id={PAGE}&from={DAY}&to={DAY}"
        rate = upgrade.shop.get(path)["totals"]["response_rate"]
        assert (rate["value"], rate["n"]) == (1.0, 2)

    def test_who_wrote_before_is_known_when_they_write_again(self, upgrade: Upgrade) -> None:
        shop = upgrade.shop
        ana = contact_named(shop, "Ana")
        before = texts_of(shop.messages(PAGE, ana))
        assert shop.post(message(shop, ana, "It is me again")) == 200
        shop.settle()
        after = texts_of(shop.messages(PAGE, ana))
        assert (after[: len(before)], after[len(before)]) == (before, "It is me again")


def contact_named(shop: Shop, name: str) -> str:
    found = shop.get(f"/v1/conversations?channel_id={PAGE}")["items"]
    (contact,) = (each["contact"]["id"] for each in found if each["contact"]["name"] == name)
    return str(contact)


def message(shop: Shop, contact: str, text: str) -> bytes:
    at = int(shop.now().timestamp() * 1000)
    who = {"sender": {"id": contact}, "recipient": {"id": PAGE}, "timestamp": at}
    item = who | {"message": {"mid": f"m_again_{at}", "text": text}}
    return body_of({"object": "page", "entry": [{"id": PAGE, "time": at, "messaging": [item]}]})
