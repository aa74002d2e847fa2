"""An update of the previous release's stack replaces nothing that keeps something.

CloudFormation makes a new, empty resource where a key or a name changes. What the previous release
was is kept by tests/e2e/record_release.py; tests/e2e/test_upgrade.py makes the update.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
import yaml

from devtools import package
from tests.e2e.record_release import TEMPLATE, read

pytestmark = pytest.mark.slow

# "Update requires: Replacement", in each page of the template reference (read 2026-11-22):
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/
NAMES = {
    "AWS::DynamoDB::Table": ("TableName", "ImportSourceSpecification"),
    "AWS::SQS::Queue": ("QueueName", "FifoQueue"),
    "AWS::S3::Bucket": ("BucketName", "ObjectLockEnabled"),
    "AWS::Logs::LogGroup": ("LogGroupName",),
    "AWS::Serverless::Function": ("FunctionName", "PackageType"),
    "AWS::Serverless::Api": ("MergeDefinitions",),
}
BEFORE: dict[str, Any] = read(TEMPLATE)
# It held requests only, and what was queued at the upgrade is found by the next hourly run.
GONE = {"MetricsQueue"}
KEEPERS = sorted(
    name for name, each in BEFORE["Resources"].items() if each["Type"] in NAMES and name not in GONE
)
TABLES = [name for name in KEEPERS if BEFORE["Resources"][name]["Type"] == "AWS::DynamoDB::Table"]


@cache
def now() -> dict[str, Any]:
    packaged: dict[str, Any] = yaml.safe_load(package.build().template.read_text())
    return packaged


def properties(template: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = template["Resources"][name]["Properties"]
    return found


def indexes(template: dict[str, Any], table: str) -> dict[str, Any]:
    """What cannot be changed of each index, by its name."""
    return {
        index["IndexName"]: (index["KeySchema"], index["Projection"])
        for index in properties(template, table).get("GlobalSecondaryIndexes", [])
    }


def types(template: dict[str, Any], table: str) -> dict[str, str]:
    """The types of the attributes that are keys."""
    defined = properties(template, table)["AttributeDefinitions"]
    return {each["AttributeName"]: each["AttributeType"] for each in defined}


@pytest.mark.parametrize("name", KEEPERS)
def test_it_is_still_there_and_still_the_same_kind(name: str) -> None:
    assert now()["Resources"][name]["Type"] == BEFORE["Resources"][name]["Type"]
    assert now()["Resources"][name].get("Condition") == BEFORE["Resources"][name].get("Condition")


@pytest.mark.parametrize("name", KEEPERS)
def test_nothing_changed_that_makes_a_new_one(name: str) -> None:
    kind = BEFORE["Resources"][name]["Type"]
    old, new = properties(BEFORE, name), properties(now(), name)
    assert [new.get(each) for each in NAMES[kind]] == [old.get(each) for each in NAMES[kind]]


@pytest.mark.parametrize("table", TABLES)
def test_a_tables_key_stays(table: str) -> None:
    assert properties(now(), table)["KeySchema"] == properties(BEFORE, table)["KeySchema"]
    assert types(BEFORE, table).items() <= types(now(), table).items()


@pytest.mark.parametrize("table", TABLES)
def test_a_tables_indexes_stay(table: str) -> None:
    assert [
        name
        for name, facts in indexes(BEFORE, table).items()
        if indexes(now(), table).get(name) != facts
    ] == []


@pytest.mark.parametrize("table", TABLES)
def test_a_table_gets_one_new_index_at_most(table: str) -> None:
    """More than one in an update is refused by DynamoDB (API reference of UpdateTable)."""
    assert len(indexes(now(), table).keys() - indexes(BEFORE, table).keys()) <= 1


@pytest.mark.parametrize("table", TABLES)
def test_what_makes_rows_expire_stays(table: str) -> None:
    expiry = properties(BEFORE, table).get("TimeToLiveSpecification")
    assert expiry in (None, properties(now(), table).get("TimeToLiveSpecification"))


@pytest.mark.parametrize("table", [*TABLES, "QuarantineBucket"])
def test_even_what_is_replaced_or_removed_is_kept(table: str) -> None:
    facts = now()["Resources"][table]
    assert (facts["DeletionPolicy"], facts["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_a_new_parameter_needs_no_value_from_who_updates() -> None:
    added = now()["Parameters"].keys() - BEFORE["Parameters"].keys()
    assert [name for name in added if "Default" not in now()["Parameters"][name]] == []
