"""The doctor's lines: each sign has words, what is not ok a remedy, and a person is called for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from devtools import doctor
from devtools.doctor import Line, look, needs_somebody, table
from devtools.doctor_signs import MEANING, MISSING, OK, Sign
from devtools.reach import Reply, Stage
from tests.builders import NOON

LOGS = {"SendDueLogs", "StartDailyMetricsLogs", "StoreQuarantinedLogs"}
DLQS = {"InboundDlq": 0, "QuarantineDlq": 0, "MetricsDlq": 0}
CHANNEL = {"platform": "messenger", "channel_id": "1"}
SOUND = {"check": "token", "state": "ok", "sentence": "Taken.", "remedy": None}
VERSION = {"check": "graph_version", "state": "ok", "sentence": "Served.", "remedy": None}


class Account:
    """A stage's AWS, as far as the doctor looks at it."""

    def __init__(self) -> None:
        self.dead = dict(DLQS)
        self.logged = set(LOGS)
        self.quarantined: list[str] = []
        self.deployed_at = NOON - timedelta(days=3)

    def describe_stack_resources(self, **_: str) -> Any:
        names = [*self.dead, *LOGS]
        each = [{"LogicalResourceId": name, "PhysicalResourceId": name} for name in names]
        return {"StackResources": each}

    def describe_stacks(self, **_: str) -> Any:
        stack = {"StackStatus": "CREATE_COMPLETE", "CreationTime": self.deployed_at}
        return {"Stacks": [stack]}

    def get_queue_attributes(self, **asked: Any) -> Any:
        number = str(self.dead[asked["QueueUrl"]])
        return {"Attributes": {"ApproximateNumberOfMessages": number}}

    def get_paginator(self, operation: str) -> Pages:
        return Pages(self, operation)


class Pages:
    def __init__(self, account: Account, operation: str) -> None:
        self._account, self._operation = account, operation

    def paginate(self, **asked: Any) -> list[Any]:
        if self._operation == "list_objects_v2":
            return [{"Contents": [{"Key": key} for key in self._account.quarantined]}]
        has_run = asked["logGroupName"] in self._account.logged
        return [{"events": []}, {"events": [{"message": "END"}] if has_run else []}]


class FakeStage(Stage, frozen=True, kw_only=True):
    """Answers what a test says."""

    replies: Mapping[str, Reply]
    secrets: Mapping[str, str]

    def http(self, method: str, url: str, **facts: Any) -> Reply:
        return self.replies[url.removeprefix("https://api")]

    def secret(self, name: str) -> str | None:
        return self.secrets.get(name)


def reply(content: Any, status: int = 200) -> Reply:
    return Reply(status, content, {})


GOOD = {
    "https://webhook": reply("1158"),
    "/v1/health": reply({"status": "ok"}),
    "/v1/channels": reply({"items": [CHANNEL]}),
    "/v1/policy/rules": reply({"checked_on": {"messenger": "2026-11-21"}, "warnings": []}),
    "/v1/channels/1/connection": reply({"checks": [SOUND, VERSION]}),
}
SECRETS = {"app_secret": "a", "verify_token": "v"}


@pytest.fixture
def account() -> Account:
    return Account()


def seen(
    account: Account, *, secrets: Mapping[str, str] = SECRETS, **replies: Reply
) -> tuple[Line, ...]:
    where = FakeStage(
        name="test",
        stack_name="hearback-test",
        api_url="https://api",
        webhook_url="https://webhook",
        api_key="key",
        clients=lambda _: account,
        outputs={"QuarantineBucketName": "bucket"},
        replies=GOOD | {_PATHS[name]: each for name, each in replies.items()},
        secrets=secrets,
    )
    return look(where, NOON)


_PATHS = {
    "webhook": "https://webhook",
    "health": "/v1/health",
    "channels": "/v1/channels",
    "connection": "/v1/channels/1/connection",
    "rules": "/v1/policy/rules",
    "profile": "/v1/channels/1/profile",
}


def of(lines: tuple[Line, ...], subject: str) -> Line:
    return next(line for line in lines if line.subject == subject)


@pytest.mark.parametrize("sign", Sign)
def test_every_sign_has_a_meaning(sign: Sign) -> None:
    assert MEANING[sign].sentence


@pytest.mark.parametrize("sign", [sign for sign in Sign if MEANING[sign].state != OK])
def test_whatever_is_not_ok_names_its_remedy(sign: Sign) -> None:
    assert str(MEANING[sign].remedy).endswith(".")


def test_a_sound_stage_needs_nobody(account: Account) -> None:
    lines = seen(account)
    assert {line.state for line in lines} == {OK}
    assert not needs_somebody(lines)


@pytest.mark.parametrize(
    ("replies", "subject", "sign"),
    [
        ({"webhook": reply("", 403)}, "webhook", Sign.WEBHOOK_REFUSES),
        ({"webhook": reply("something else")}, "webhook", Sign.WEBHOOK_REFUSES),
        ({"health": reply("", 502)}, "API", Sign.API_SILENT),
        ({"channels": reply({"items": []})}, "channels", Sign.NO_CHANNEL),
        ({"connection": reply({}, 500)}, "messenger 1", Sign.CONNECTION_NOT_TOLD),
    ],
)
def test_what_does_not_answer_needs_somebody(
    account: Account, replies: dict[str, Reply], subject: str, sign: Sign
) -> None:
    lines = seen(account, **replies)
    assert of(lines, subject).remedy == MEANING[sign].remedy
    assert needs_somebody(lines)


def test_an_api_key_that_is_refused_is_told(account: Account) -> None:
    lines = seen(account, channels=reply({}, 401))
    assert lines[-1] == Line(
        "API",
        MISSING,
        "does not take the API key (401).",
        MEANING[Sign.API_KEY_REFUSED].remedy,
    )


def test_missing_secrets_are_named(account: Account) -> None:
    lines = seen(account, secrets={"verify_token": "v"})
    assert of(lines, "secrets").sentence == "missing: app_secret. Every delivery is refused."


def test_a_schedule_that_is_silent_needs_somebody(account: Account) -> None:
    account.logged.remove("SendDueLogs")
    line = of(seen(account), "schedule, every minute")
    assert (line.state, line.sentence) == (MISSING, "has not run for 5 minutes or more.")


def test_f22_a_schedule_that_has_no_alarm_is_looked_at_too(account: Account) -> None:
    account.logged.remove("StoreQuarantinedLogs")
    assert of(seen(account), "schedule, quarantine").state == MISSING


def test_a_schedule_of_a_stage_that_was_just_deployed_has_time(account: Account) -> None:
    account.logged.remove("StartDailyMetricsLogs")
    account.deployed_at = NOON - timedelta(hours=1)
    lines = seen(account)
    assert of(lines, "schedule, hourly").state == "unknown"
    assert not needs_somebody(lines)


def test_dead_letters_are_counted(account: Account) -> None:
    account.dead["MetricsDlq"] = 3
    line = of(seen(account), "dead letters, MetricsDlq")
    assert (line.state, "holds 3 dead letters" in line.sentence) == (MISSING, True)


def test_what_is_in_quarantine_is_counted_by_its_reason(account: Account) -> None:
    account.quarantined = [
        "quarantine/2026-11-21/0a1b-unreadable",
        "quarantine/2026-11-21/0a1c-unknown_channel",
        "quarantine/large/2026-11-21/0a1d-unreadable",
    ]
    line = of(seen(account), "quarantine")
    assert line.sentence.endswith("unknown_channel 1, unreadable 2")


def test_what_holds_for_all_channels_is_said_once(account: Account) -> None:
    two = [CHANNEL, CHANNEL | {"channel_id": "1"}]
    lines = seen(account, channels=reply({"items": two}))
    assert [line.subject for line in lines].count("Graph API") == 1


SAME = {"state": "same", "drift": [], "problem": None}
DIFFERS = {
    "state": "drift",
    "drift": [
        {"field": "greeting", "state": "missing"},
        {"field": "commands", "state": "differs"},
    ],
    "problem": None,
}


@pytest.mark.parametrize(
    ("answer", "state", "sentence"),
    [
        (reply(SAME), OK, "as the settings want it"),
        (
            reply(DIFFERS),
            MISSING,
            "not as the settings want it: greeting missing, commands differs.",
        ),
        (
            reply({"state": "unknown", "drift": [], "problem": "Meta did not answer."}),
            "unknown",
            "not looked at: Meta did not answer.",
        ),
        (reply({}, 500), "unknown", "not looked at: the API answers 500."),
    ],
)
def test_a_profile_that_differs_is_told_in_one_line(
    account: Account, answer: Reply, state: str, sentence: str
) -> None:
    with_profile = reply({"items": [CHANNEL | {"profile": {}}]})
    lines = seen(account, channels=with_profile, profile=answer)
    told = [line for line in lines if line.subject == "messenger 1, profile"]
    assert [(line.state, line.sentence) for line in told] == [(state, sentence)]


def test_a_channel_without_a_profile_is_not_asked_for_one(account: Account) -> None:
    lines = seen(account, channels=reply({"items": [CHANNEL | {"profile": None}]}))
    assert "messenger 1, profile" not in {line.subject for line in lines}


def test_a_remedy_stands_below_what_it_is_for() -> None:
    lines = [Line("webhook", MISSING, "is silent.", "Wake it."), Line("API", OK, "answers")]
    assert list(table(lines)) == [
        "missing  webhook  is silent.",
        "                  -> Wake it.",
        "ok       API      answers",
    ]


def test_the_limits_of_the_schedules_leave_room_for_one_late_run() -> None:
    assert doctor.SCHEDULES["SendDue"][1] >= 2 * timedelta(minutes=1)
    assert doctor.SCHEDULES["StartDailyMetrics"][1] >= 2 * timedelta(hours=1)


OLD = {"checked_on": {"messenger": "2026-11-21", "whatsapp": "2026-01-05"}, "warnings": ["Old."]}


@pytest.mark.parametrize(
    ("rules", "sign", "seen_there"),
    [
        (reply(OLD), Sign.RULES_STALE, "2026-01-05"),
        (reply(OLD | {"warnings": []}), Sign.RULES_COMPARED, "2026-01-05"),
        (reply({}, 404), Sign.RULES_NOT_TOLD, "404"),
    ],
)
def test_the_age_of_the_rules_is_told(
    account: Account, rules: Reply, sign: Sign, seen_there: str
) -> None:
    line = of(seen(account, rules=rules), "messaging policy")
    assert (line.state, line.remedy) == (MEANING[sign].state, MEANING[sign].remedy)
    assert seen_there in line.sentence
