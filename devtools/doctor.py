"""How a stage is: its webhook, schedules, dead letters, quarantine, each channel's connection.

`make doctor STAGE=prod`. Each line that is not ok says what to do; the exit code is 1 if a person
is needed. It changes nothing.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct

from devtools import cloudformation, reach, stage
from devtools.doctor_signs import MEANING, MISSING, Sign
from devtools.reach import Stage
from devtools.stage import UsageError

# Twice the pause between runs and some minutes: a run may start late.
SCHEDULES = {
    "SendDue": ("schedule, every minute", timedelta(minutes=5)),
    "StartDailyMetrics": ("schedule, hourly", timedelta(hours=2, minutes=5)),
    "StoreQuarantined": ("schedule, quarantine", timedelta(hours=2, minutes=5)),
}
DEAD_LETTERS = ("InboundDlq", "QuarantineDlq", "MetricsDlq")
OF_THE_STAGE = {"graph_version": "Graph API"}  # checks that no channel differs in
QUARANTINE_PAGES = 10  # of a thousand objects each


class Line(Struct, frozen=True):
    """One line of the table."""

    subject: str
    state: str
    sentence: str
    remedy: str | None = None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stage", default="")
    options = parser.parse_args()
    try:
        seen = look(reach.reach(options.stage), datetime.now(UTC))
    except (UsageError, *stage.AWS_ERRORS) as error:
        print(f"Not looked at. {error}", file=sys.stderr)
        return 1
    print("\n".join(table(seen)))
    return int(needs_somebody(seen))


def look(where: Stage, now: datetime) -> tuple[Line, ...]:
    """All that there is to see, what concerns the whole stage first. Raises UsageError."""
    resources = _resources(where)
    return (
        _secrets(where),
        _webhook(where),
        *(_schedule(where, name, resources, now) for name in SCHEDULES),
        *(_dead_letters(where, name, resources[name]) for name in DEAD_LETTERS),
        _quarantine(where),
        *_channels(where),
    )


def needs_somebody(seen: Iterable[Line]) -> bool:
    """Is anything missing that a person must see to?"""
    return any(line.state == MISSING for line in seen)


def table(seen: Iterable[Line]) -> Iterator[str]:
    """The lines, each remedy below what it is for."""
    listed = list(seen)
    width = max(len(line.subject) for line in listed)
    for line in listed:
        yield f"{line.state:8} {line.subject:{width}}  {line.sentence}"
        if line.remedy:
            yield f"{'':{width + 11}}-> {line.remedy}"


def _line(subject: str, sign: Sign, seen: object = "") -> Line:
    words = MEANING[sign]
    return Line(subject, words.state, words.sentence.format(seen), words.remedy)


def _resources(where: Stage) -> dict[str, str]:
    """Physical ids by the names of the template."""
    found = where.clients("cloudformation").describe_stack_resources(StackName=where.stack_name)
    return {
        each["LogicalResourceId"]: each.get("PhysicalResourceId", "")
        for each in found["StackResources"]
    }


def _secrets(where: Stage) -> Line:
    missing = [name for name in ("app_secret", "verify_token") if not where.secret(name)]
    if missing:
        return _line("secrets", Sign.SECRETS_MISSING, ", ".join(missing))
    return _line("secrets", Sign.SECRETS_STORED)


def _webhook(where: Stage) -> Line:
    token = where.secret("verify_token") or ""
    asked = {"hub.mode": "subscribe", "hub.challenge": "1158", "hub.verify_token": token}
    answer = where.http("GET", where.webhook_url, params=asked)
    if (answer.status, str(answer.content)) == (200, "1158"):
        return _line("webhook", Sign.WEBHOOK_ANSWERS)
    return _line("webhook", Sign.WEBHOOK_REFUSES, answer.status)


def _schedule(where: Stage, name: str, resources: Mapping[str, str], now: datetime) -> Line:
    """Every run leaves lines in its function's log, also where nothing was to be done: asking for
    one costs nothing, and no run has to write a heartbeat."""
    subject, patience = SCHEDULES[name]
    since = now - patience
    if _has_logged(where.clients("logs"), resources[f"{name}Logs"], since):
        return _line(subject, Sign.SCHEDULE_RUNS, _in_words(patience))
    is_new = _deployed_at(where) > since
    sign = Sign.SCHEDULE_NEW if is_new else Sign.SCHEDULE_SILENT
    return _line(subject, sign, _in_words(patience))


def _has_logged(logs: Any, group: str, since: datetime) -> bool:
    """A page may be empty though a later one is not: FilterLogEvents (read 2026-11-22),
    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html"""
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=group,
        startTime=int(since.timestamp() * 1000),
        PaginationConfig={"MaxItems": 1},
    )
    return any(page["events"] for page in pages)


def _deployed_at(where: Stage) -> datetime:
    found = cloudformation.describe(where.clients("cloudformation"), where.stack_name) or {}
    at: datetime = found["CreationTime"]
    return at


def _in_words(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    return f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} hours"


def _dead_letters(where: Stage, name: str, url: str) -> Line:
    asked = ["ApproximateNumberOfMessages"]
    found = where.clients("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=asked)
    number = int(found["Attributes"]["ApproximateNumberOfMessages"])
    sign = Sign.SOME_DEAD_LETTERS if number else Sign.NO_DEAD_LETTERS
    return _line(f"dead letters, {name}", sign, number)


def _quarantine(where: Stage) -> Line:
    pages = (
        where.clients("s3")
        .get_paginator("list_objects_v2")
        .paginate(
            Bucket=where.outputs["QuarantineBucketName"],
            Prefix="quarantine/",
            PaginationConfig={"MaxItems": 1000 * QUARANTINE_PAGES},
        )
    )
    keys = [each["Key"] for page in pages for each in page.get("Contents", [])]
    # quarantine/<date>/<id>-<reason>
    reasons = Counter(key.rpartition("/")[2].partition("-")[2] or "other" for key in keys)
    if not reasons:
        return _line("quarantine", Sign.QUARANTINE_EMPTY)
    told = ", ".join(f"{reason} {number}" for reason, number in sorted(reasons.items()))
    return _line("quarantine", Sign.QUARANTINE_HOLDS, told)


def _channels(where: Stage) -> Iterator[Line]:
    health = where.call("GET", "/v1/health").status
    if health != 200:
        yield _line("API", Sign.API_SILENT, health)
        return
    yield _line("API", Sign.API_ANSWERS)
    answer = where.call("GET", "/v1/channels")
    if answer.status != 200:
        yield _line("API", Sign.API_KEY_REFUSED, answer.status)
        return
    channels = answer.content["items"]
    yield _rules(where)
    sign = Sign.CHANNELS_CONNECTED if channels else Sign.NO_CHANNEL
    yield _line("channels", sign, len(channels))
    told: set[tuple[str, str]] = set()
    for channel in channels:
        yield from _once(_connection(where, channel), told)
        if channel.get("profile") is not None:
            yield _profile(where, channel)


def _rules(where: Stage) -> Line:
    """How old the deployed rules of the messaging policy are."""
    answer = where.call("GET", "/v1/policy/rules")
    if answer.status != 200:
        return _line("messaging policy", Sign.RULES_NOT_TOLD, answer.status)
    sign = Sign.RULES_STALE if answer.content["warnings"] else Sign.RULES_COMPARED
    return _line("messaging policy", sign, min(answer.content["checked_on"].values()))


def _once(lines: Iterable[Line], told: set[tuple[str, str]]) -> Iterator[Line]:
    """What is said of all channels alike, such as the version of the Graph API, said once."""
    for line in lines:
        if (line.subject, line.sentence) not in told:
            told.add((line.subject, line.sentence))
            yield line


def _connection(where: Stage, channel: Mapping[str, Any]) -> Iterator[Line]:
    subject = f"{channel['platform']} {channel['channel_id']}"
    answer = where.call("GET", f"/v1/channels/{channel['channel_id']}/connection")
    if answer.status != 200:
        yield _line(subject, Sign.CONNECTION_NOT_TOLD, answer.status)
        return
    for check in answer.content["checks"]:
        about = OF_THE_STAGE.get(check["check"], f"{subject}, {check['check']}")
        yield Line(about, check["state"], check["sentence"], check["remedy"])


def _profile(where: Stage, channel: Mapping[str, Any]) -> Line:
    """In one line: which fields of the channel's profile are not as its settings want them."""
    subject = f"{channel['platform']} {channel['channel_id']}, profile"
    answer = where.call("GET", f"/v1/channels/{channel['channel_id']}/profile")
    if answer.status != 200:
        return _line(subject, Sign.PROFILE_NOT_TOLD, f"the API answers {answer.status}.")
    told = answer.content
    if told["state"] == "unknown":
        return _line(subject, Sign.PROFILE_NOT_TOLD, told["problem"])
    differing = ", ".join(f"{each['field']} {each['state']}" for each in told["drift"])
    return _line(subject, Sign.PROFILE_DIFFERS if differing else Sign.PROFILE_SAME, differing)


if __name__ == "__main__":
    sys.exit(main())
