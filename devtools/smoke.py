"""Post one signed delivery to a stage, as Meta would, and read it back through the API.

`make smoke STAGE=prod`. It goes to a channel of its own that exists for these seconds alone: it
has no access token and answers nothing, and all its rows are deleted at the end, so that nothing
reaches a customer, Meta or a report.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import hmac
import json
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from chalicelib.core.ids import conversation_id
from devtools import clock, reach, stage
from devtools.local_aws import stack as local
from devtools.reach import Stage
from devtools.stage import UsageError

CHANNEL = "hearback-smoke"
CONTACT = "hearback-smoke-contact"
SETTINGS = {"platform": "messenger", "name": "Smoke test"}
CONVERSATION = conversation_id(SETTINGS["platform"], CHANNEL, CONTACT)
PATIENCE_SECONDS = 30.0

Say = Callable[[str], None]


class SmokeError(Exception):
    """A step went wrong; the message says which, and what to look at."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stage", default="")
    options = parser.parse_args()
    try:
        run(reach.reach(options.stage), lambda text: print(text, flush=True))
    except (SmokeError, UsageError, *stage.AWS_ERRORS) as error:
        print(f"Failed. {error}", file=sys.stderr)
        return 1
    print("The stage takes deliveries and shows them")
    return 0


def run(where: Stage, say: Say) -> None:
    """Each step is said with its seconds. Raises SmokeError, UsageError."""
    app_secret, verify_token = _secrets(where)
    with _timed("the API answers", say):
        _expect(where.call("GET", "/v1/health").status, 200, "See the log of the API function.")
    with _timed("the webhook shakes hands", say):
        _shake_hands(where, verify_token)
    try:
        with _timed("a channel for the test is made", say):
            _make_channel(where)
        mid = f"m_smoke_{uuid.uuid4().hex}"
        with _timed("a signed delivery is taken", say):
            _post(where, delivery(mid, _now(where)), app_secret)
        with _timed("the API shows the message", say):
            _wait_for(mid, where)
    finally:
        with _timed("all of it is deleted", say):
            forget(where)


def delivery(mid: str, at: datetime) -> bytes:
    """A customer's message as Messenger posts it."""
    milliseconds = int(at.timestamp() * 1000)
    item = {
        "sender": {"id": CONTACT},
        "recipient": {"id": CHANNEL},
        "timestamp": milliseconds,
        "message": {"mid": mid, "text": "Is anybody there?"},
    }
    entry = {"id": CHANNEL, "time": milliseconds, "messaging": [item]}
    return json.dumps({"object": "page", "entry": [entry]}).encode()


def forget(where: Stage) -> None:
    """Delete every row of the test's channel."""
    dynamodb = where.clients("dynamodb")
    for output, key, value in (
        ("ConversationsTableName", "conversation_id", CONVERSATION),
        ("MessagesTableName", "conversation_id", CONVERSATION),
        ("ReportsTableName", "channel_id", CHANNEL),
        ("ChannelsTableName", "channel_id", CHANNEL),
        ("RatesTableName", "rate_key", CHANNEL),
    ):
        _delete(dynamodb, where.outputs[output], key, value)


def _secrets(where: Stage) -> tuple[str, str]:
    app_secret, verify_token = where.secret("app_secret"), where.secret("verify_token")
    if not app_secret or not verify_token:
        raise SmokeError("The stage has no app secret or no verify token: `make deploy` asks.")
    return app_secret, verify_token


def _now(where: Stage) -> datetime:
    """What the stage takes for now: only the local one has a clock of its own."""
    return clock.now() if where.name == local.STAGE else datetime.now(UTC)


def _shake_hands(where: Stage, verify_token: str) -> None:
    asked = {"hub.mode": "subscribe", "hub.challenge": "1158", "hub.verify_token": verify_token}
    answer = where.http("GET", where.webhook_url, params=asked)
    _expect(answer.status, 200, "See the log of the function `receive`.")
    _expect(str(answer.content), "1158", "Something else answers at the webhook's address.")


def _make_channel(where: Stage) -> None:
    """A run that was stopped may have left one."""
    forget(where)
    # Workers remember a channel for half a minute, but not that there is none.
    answer = where.call("PUT", f"/v1/channels/{CHANNEL}", SETTINGS, If_None_Match="*")
    _expect(answer.status, 200, "The API key needs role admin and all channels.")


def _post(where: Stage, raw: bytes, app_secret: str) -> None:
    signature = "sha256=" + hmac.new(app_secret.encode(), raw, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-Hub-Signature-256": signature}
    answer = where.http("POST", where.webhook_url, data=raw, headers=headers)
    _expect(answer.status, 200, "403: the stage has another app secret. Else see `receive`'s log.")


def _wait_for(mid: str, where: Stage) -> None:
    ends = time.monotonic() + PATIENCE_SECONDS
    while mid not in _shown(where):
        if time.monotonic() > ends:
            raise SmokeError(
                f"The message did not come within {PATIENCE_SECONDS:.0f} s: `make doctor` shows"
                " dead letters; see the log of the function `process_events`."
            )
        time.sleep(0.3)


def _shown(where: Stage) -> set[str]:
    answer = where.call("GET", f"/v1/conversations/{CONVERSATION}/messages")
    if answer.status != 200:
        return set()
    return {item["platform_message_id"] for item in answer.content["items"]}


def _delete(dynamodb: Any, table: str, key: str, value: str) -> None:
    names = [each["AttributeName"] for each in _key_schema(dynamodb, table)]
    pages = dynamodb.get_paginator("query").paginate(
        TableName=table,
        KeyConditionExpression="#k = :v",
        ExpressionAttributeNames={"#k": key},
        ExpressionAttributeValues={":v": {"S": value}},
        ConsistentRead=True,
    )
    for item in [item for page in pages for item in page["Items"]]:
        dynamodb.delete_item(TableName=table, Key={name: item[name] for name in names})


def _key_schema(dynamodb: Any, table: str) -> list[Mapping[str, str]]:
    schema: list[Mapping[str, str]] = dynamodb.describe_table(TableName=table)["Table"]["KeySchema"]
    return schema


@contextlib.contextmanager
def _timed(step: str, say: Say) -> Iterator[None]:
    began = time.monotonic()
    try:
        yield
    except Exception:
        say(f"FAILED   {step}")
        raise
    say(f"{time.monotonic() - began:6.2f} s {step}")


def _expect(found: object, wanted: object, remedy: str) -> None:
    if found != wanted:
        raise SmokeError(f"Expected {wanted}, got {str(found)[:100]}. {remedy}")


if __name__ == "__main__":
    sys.exit(main())
