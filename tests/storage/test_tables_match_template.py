"""The data model is told three times, in tables.py, infra/merge.yaml and the models. They agree."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from chalicelib import config
from chalicelib.storage import _models
from chalicelib.storage.tables import (
    CAMPAIGNS,
    CHANNELS,
    CONVERSATION_NAMES,
    CONVERSATIONS,
    MESSAGE_NAMES,
    MESSAGES,
    OPT_INS,
    RATES,
    REPORTS,
    TABLES,
    WAITS,
    Table,
)
from tests.storage.conftest import definition

TEMPLATE = Path(__file__).parents[2] / "infra" / "merge.yaml"
MODELS = [
    (CONVERSATIONS, _models.ConversationItem),
    (CONVERSATIONS, _models.BesideItem),
    (MESSAGES, _models.MessageItem),
    (WAITS, _models.WaitItem),
    (CHANNELS, _models.ChannelItem),
    (OPT_INS, _models.OptInItem),
    (CAMPAIGNS, _models.CampaignItem),
    (REPORTS, _models.ReportItem),
    (RATES, _models.RateItem),
]


class Loader(yaml.SafeLoader):
    """Reads CloudFormation's short tags as plain text."""


Loader.add_multi_constructor("!", lambda loader, tag, node: f"!{tag}")


@pytest.fixture(scope="module")
def resources() -> dict:
    return yaml.load(TEMPLATE.read_text(), Loader)["Resources"]  # noqa: S506 - ours, and safe


def by_name(attributes: list[dict]) -> list[dict]:
    return sorted(attributes, key=lambda attribute: attribute["AttributeName"])


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.logical_id)
class TestTemplate:
    def test_has_the_keys_and_indexes_of_the_table(self, resources, table: Table):
        properties, wanted = resources[table.logical_id]["Properties"], definition(table, "x")
        assert properties["KeySchema"] == wanted["KeySchema"]
        assert by_name(properties["AttributeDefinitions"]) == wanted["AttributeDefinitions"]
        indexes = properties.get("GlobalSecondaryIndexes", [])
        assert indexes == wanted.get("GlobalSecondaryIndexes", [])

    def test_lets_expire_what_the_table_says(self, resources, table: Table):
        expiry = resources[table.logical_id]["Properties"].get("TimeToLiveSpecification", {})
        assert expiry.get("AttributeName") == table.expires

    def test_keeps_what_the_table_says(self, resources, table: Table):
        resource = resources[table.logical_id]
        kept = "Retain" if table.is_kept else "Delete"
        assert resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == kept
        recovery = resource["Properties"].get("PointInTimeRecoverySpecification", {})
        assert recovery.get("PointInTimeRecoveryEnabled", False) is table.is_kept
        assert resource["Properties"].get("DeletionProtectionEnabled", False) is table.is_kept

    def test_bills_by_request(self, resources, table: Table):
        properties = resources[table.logical_id]["Properties"]
        assert properties["BillingMode"] == "PAY_PER_REQUEST"

    def test_names_it_in_the_environment(self, table: Table):
        environ = {"STAGE": "prod", table.setting.upper(): "its-name"}
        assert getattr(config.load(environ), table.setting) == "its-name"


def test_the_template_has_no_other_table(resources):
    tables = {k for k, v in resources.items() if v.get("Type") == "AWS::DynamoDB::Table"}
    assert tables == {table.logical_id for table in TABLES}


@pytest.mark.parametrize(("table", "model"), MODELS)
def test_a_model_has_the_keys_of_its_table(table, model):
    attributes = model.get_attributes().values()
    keys = [each.attr_name for each in attributes if each.is_hash_key]
    keys += [each.attr_name for each in attributes if each.is_range_key]
    assert keys == [key for key in (table.partition, table.sort) if key]


@pytest.mark.parametrize(
    ("table", "model"), [each for each in MODELS if each[1] is not _models.BesideItem]
)
def test_a_model_has_the_indexes_of_its_table(table, model):
    found = {
        name: {key["KeyType"]: key["AttributeName"] for key in index._get_schema()["key_schema"]}
        for name, index in model._indexes.items()
    }
    wanted = {each.name: {"HASH": each.partition, "RANGE": each.sort} for each in table.indexes}
    assert found == wanted


@pytest.mark.parametrize(
    ("names", "model"),
    [
        (CONVERSATION_NAMES, _models.ConversationItem),
        (MESSAGE_NAMES, _models.MessageItem),
    ],
)
def test_short_names_are_used_and_stand_for_one_thing_each(names, model):
    attributes = model.get_attributes()
    assert {name: attributes[name].attr_name for name in names} == names
    stored = [each.attr_name for each in attributes.values()]
    assert len(stored) == len(set(stored))
