"""The service data that is shipped: all that our functions may call, the same as botocore's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.session import get_session

from devtools import service_data
from devtools.package import ROOT

POLICIES = ROOT / ".chalice" / "policies"
CALLS = [
    ("lambda", "Invoke"),
    ("dynamodb", "UpdateItem"),
    ("dynamodb", "BatchGetItem"),
    ("dynamodb", "TransactWriteItems"),
    ("s3", "PutObject"),
    ("sqs", "SendMessageBatch"),
    ("ssm", "GetParameters"),
]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("service_data")
    service_data.write(folder, POLICIES)
    return folder


def _policy(folder: Path, *statements: dict[str, Any]) -> Path:
    (folder / "one.json").write_text(json.dumps({"Statement": statements}))
    return folder


def _client(service: str, data: Path) -> Any:
    """A client that reads what is in the folder first."""
    session = get_session()
    session.register_component("data_loader", Loader(extra_search_paths=[str(data)]))
    session.set_credentials("nobody", "nothing")
    return session.create_client(service, region_name="eu-west-1")


def test_the_operations_are_those_that_a_policy_allows(tmp_path: Path) -> None:
    policies = _policy(tmp_path, {"Action": ["ssm:GetParameter"]}, {"Action": "s3:PutObject"})
    assert service_data.operations(policies) == {"s3": {"PutObject"}, "ssm": {"GetParameter"}}


def test_what_may_be_sent_may_be_sent_in_batches(tmp_path: Path) -> None:
    found = service_data.operations(_policy(tmp_path, {"Action": "sqs:SendMessage"}))
    assert found == {"sqs": {"SendMessage", "SendMessageBatch"}}


def test_who_may_check_a_condition_may_make_a_transaction(tmp_path: Path) -> None:
    found = service_data.operations(_policy(tmp_path, {"Action": "dynamodb:ConditionCheckItem"}))
    assert found == {"dynamodb": {"ConditionCheckItem", "TransactWriteItems"}}


def test_permissions_of_lambda_itself_are_no_calls_of_ours(tmp_path: Path) -> None:
    assert service_data.operations(_policy(tmp_path, {"Action": "logs:PutLogEvents"})) == {}


def test_shapes_that_no_kept_operation_needs_go_with_the_texts() -> None:
    text = {"documentation": "<p>"}
    model = {
        "operations": {"Get": {"input": {"shape": "In"}, **text}, "Put": {"input": {"shape": "X"}}},
        "shapes": {
            "In": {"members": {"documentation": {"shape": "Text", **text}}},
            "Text": {"type": "string"},
            "X": {"type": "string"},
        },
    }
    assert service_data.smaller(model, {"Get", "NoSuchCall"}) == {
        "operations": {"Get": {"input": {"shape": "In"}}},
        "shapes": {
            "In": {"members": {"documentation": {"shape": "Text"}}},
            "Text": {"type": "string"},
        },
    }


@pytest.mark.parametrize(("service", "operation"), CALLS)
def test_an_operation_reads_the_same_as_in_botocores_own_data(
    data: Path, service: str, operation: str
) -> None:
    own = get_session().get_service_model(service).operation_model(operation)
    ours = _client(service, data).meta.service_model.operation_model(operation)
    assert service_data._undocumented(_whole(ours)) == service_data._undocumented(_whole(own))


@pytest.mark.parametrize("service", ["dynamodb", "s3", "sqs", "ssm"])
def test_the_endpoint_of_a_service_is_botocores_own(data: Path, service: str) -> None:
    own = get_session().create_client(
        service, region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    assert _client(service, data).meta.endpoint_url == own.meta.endpoint_url


def test_endpoint_rules_stay_those_of_the_botocore_that_reads_them(data: Path) -> None:
    names = {path.name for path in data.rglob("*.json")}
    assert names == {"service-2.json", "endpoints.json"}


def test_it_is_a_twentieth_of_what_botocore_would_read(data: Path) -> None:
    assert sum(path.stat().st_size for path in data.rglob("*.json")) < 120_000


def _whole(operation: Any) -> tuple[Any, ...]:
    """The operation, and the shapes that it is made of, by name."""
    shapes = [operation.input_shape, operation.output_shape, *operation.error_shapes]
    members = [dict(shape.members) for shape in shapes if shape is not None]
    return (
        operation.name,
        operation.http,
        [{name: member.type_name for name, member in each.items()} for each in members],
    )
