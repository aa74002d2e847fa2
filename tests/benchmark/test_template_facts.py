"""The template is read for what it costs while nobody writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from devtools import package
from devtools.benchmark import handler_runs, template_facts
from devtools.benchmark.template_facts import POLLS_A_MONTH, Facts, Function

SMALL = """
Resources:
  Queue: {Type: "AWS::SQS::Queue", Properties: {FifoQueue: true}}
  Plain: {Type: "AWS::SQS::Queue", Properties: {}}
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      MemorySize: 256
      Architectures: [arm64]
      Events:
        One: {Type: SQS, Properties: {Queue: {"Fn::GetAtt": [Queue, Arn]}}}
        Two: {Type: SQS, Properties: {Queue: {"Fn::GetAtt": [Plain, Arn]}}}
  Hourly:
    Type: AWS::Serverless::Function
    Properties:
      MemorySize: 512
      Architectures: [x86_64]
      Events: {Clock: {Type: Schedule, Properties: {Schedule: rate(1 hour)}}}
  Alarm: {Type: "AWS::CloudWatch::Alarm", Condition: HasAlarms}
  Rows: {Type: "AWS::DynamoDB::Table", Properties: {SSESpecification: {SSEEnabled: true}}}
  Others: {Type: "AWS::DynamoDB::Table", Properties: {}}
"""


def test_pollers_schedules_alarms_and_keys_are_found(tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text(SMALL)
    assert template_facts.read(tmp_path / "template.yaml") == Facts(
        functions={
            "Worker": Function(0.25, "arm64", 0),
            "Hourly": Function(0.5, "x86_64", 730),
        },
        fifo_polls=POLLS_A_MONTH,
        polls=POLLS_A_MONTH,
        alarms=1,
        tables_with_kms=1,
    )


@pytest.mark.slow
def test_an_idle_run_of_every_scheduled_function_is_measured() -> None:
    found = template_facts.read(package.build().template).functions
    assert {name for name, each in found.items() if each.scheduled} == set(handler_runs.SCHEDULED)
