"""Trying rules, and telling of occasions, over HTTP."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.core.channel import AutomaticReply
from tests import builders
from tests.builders import CHANNEL, CONVERSATION, NOON

TRY = f"/v1/channels/{CHANNEL}/rules/dry-run"
TRIGGER = f"/v1/conversations/{CONVERSATION}/triggers"
PRICES = {"name": "prices", "when": {"words": ["price"]}, "then": {"text": "Which mug?"}}
APPLIED = {"name": "job_application"}


def test_a_dry_run_without_messages_has_nothing_to_tell(api):
    answer = api.post(TRY, {"rules": [PRICES]})
    assert (answer.status, answer.body["matched"]) == (200, {"prices": 0})


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({}, "rules"),
        ({"rules": []}, "rules"),
        ({"rules": [PRICES], "hours": 0}, "hours"),
        ({"rules": [PRICES], "hours": 73}, "hours"),
        ({"rules": [PRICES | {"when": {}}]}, "rules[0].when"),
        ({"rules": [PRICES | {"when": {"on": "comment"}}]}, "rules[0].when.on"),
        ({"rules": [PRICES | {"then": {"words": "?"}}]}, "rules[0].then.words"),
        ({"rules": [PRICES, PRICES]}, "rules[1].name"),
    ],
)
def test_what_is_wrong_with_rules_is_named(api, document, field):
    answer = api.post(TRY, document)
    assert (answer.status, answer.body["field"]) == (400, field)


def test_an_application_is_answered(api, rt):
    wants = builders.channel(job_application=AutomaticReply(text="We have it."), version=2)
    rt.channels.save(replace(wants, version=rt.channels.load(CHANNEL).version + 1))
    rt.conversations.save(
        builders.conversation(
            last_customer_at=NOON, window_opened_at=NOON, window_ends_at=NOON + timedelta(days=1)
        )
    )
    answer = api.post(TRIGGER, APPLIED, Idempotency_Key="k-1")
    assert (answer.status, answer.body["state"]) == (202, "sent")


def test_an_automation_that_is_off_is_a_conflict(api, rt):
    rt.conversations.save(builders.conversation())
    answer = api.post(TRIGGER, APPLIED, Idempotency_Key="k-1")
    assert (answer.status, answer.body["reason"]) == (409, "nothing_to_say")


def test_a_name_that_there_is_not_is_named(api, rt):
    rt.conversations.save(builders.conversation())
    answer = api.post(TRIGGER, {"name": "birthday"}, Idempotency_Key="k-1")
    assert (answer.status, answer.body["field"]) == (400, "name")


def test_an_occasion_has_a_key(api, rt):
    rt.conversations.save(builders.conversation())
    answer = api.post(TRIGGER, APPLIED)
    assert (answer.status, answer.body["field"]) == (400, "Idempotency-Key")
