"""A stage that runs, as its operator reaches it: the AWS account, the API, the webhook."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

import requests
from msgspec import Struct

from devtools import cloudformation, stage
from devtools.local_aws import stack as local
from devtools.stage import UsageError

API_KEY = "HEARBACK_API_KEY"
TIMEOUT_SECONDS = 30


class Reply(Struct, frozen=True):
    """What HTTP answered; `content` is decoded if it is JSON."""

    status: int
    content: Any
    headers: Mapping[str, str]


class Stage(Struct, frozen=True, kw_only=True):
    """`clients("sqs")` is a client of the stage's AWS; `outputs` are those of its stack."""

    name: str
    stack_name: str
    api_url: str
    webhook_url: str
    api_key: str
    clients: Callable[[str], Any]
    outputs: Mapping[str, str]

    def call(self, method: str, path: str, content: Any = None, **headers: str) -> Reply:
        """Our API, with the key. Raises UsageError if it cannot be reached."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named["Authorization"] = f"Bearer {self.api_key}"
        return self.http(method, f"{self.api_url}{path}", json=content, headers=named)

    def http(self, method: str, url: str, **facts: Any) -> Reply:
        """Any address of the stage. Raises UsageError if nobody answers."""
        with requests.Session() as session:
            session.trust_env = self.name != local.STAGE  # no proxy lies before this machine
            try:
                answer = session.request(method, url, timeout=TIMEOUT_SECONDS, **facts)
            except requests.RequestException as error:
                raise UsageError(f"{url} does not answer ({type(error).__name__}).") from None
        is_json = "json" in answer.headers.get("Content-Type", "")
        return Reply(answer.status_code, answer.json() if is_json else answer.text, answer.headers)

    def secret(self, name: str) -> str | None:
        """A secret below the stage's path in the Parameter Store, such as app_secret."""
        key = {"Name": f"/hearback/{self.name}/{name}", "WithDecryption": True}
        ssm = self.clients("ssm")
        if not stage.exists(ssm.get_parameter, **key):
            return None
        return str(ssm.get_parameter(**key)["Parameter"]["Value"]).strip()


def reach(name: str) -> Stage:
    """The stage of this name; `local` is the one of `make up`. Raises UsageError."""
    return _local() if name == local.STAGE else _deployed(name)


def content(reply: Reply) -> dict[str, Any]:
    """What the API answered. Raises UsageError with its reason if it refused."""
    if reply.status != HTTPStatus.OK:
        detail = reply.content.get("detail") if isinstance(reply.content, dict) else None
        raise UsageError(f"The API answers {reply.status}: {detail or 'no reason told'}")
    found: dict[str, Any] = reply.content
    return found


def ask(variable: str, question: str) -> str:
    """From the environment, else from whoever sits at the terminal. Raises UsageError."""
    return _given(variable, question, input)


def ask_secret(variable: str, question: str) -> str:
    """The same, never shown. Raises UsageError."""
    return _given(variable, question, getpass.getpass)


def _given(variable: str, question: str, read: Callable[[str], str]) -> str:
    value = os.environ.get(variable, "").strip()
    if not value and sys.stdin.isatty():
        value = read(f"{question}: ").strip()
    if not value:
        raise UsageError(f"Say {variable}: {question}.")
    return value


def _local() -> Stage:
    try:
        running = local.read()
    except FileNotFoundError:
        raise UsageError("Nothing runs on this machine: `make up` starts it.") from None
    return Stage(
        name=local.STAGE,
        stack_name=running.stack_name,
        api_url=running.api_url,
        webhook_url=running.webhook_url,
        api_key=running.api_key,
        clients=local.clients(running),
        outputs=local.outputs(running),
    )


def _deployed(name: str) -> Stage:
    stack = stage.stack_name(name)
    session, account = stage.open_session()
    found = cloudformation.describe(session.client("cloudformation"), stack)
    if found is None:
        raise UsageError(f"There is no stack {stack} in account {account}: `make deploy` makes it.")
    outputs = cloudformation.outputs(found)
    return Stage(
        name=name,
        stack_name=stack,
        api_url=outputs["ApiUrl"],
        webhook_url=outputs["WebhookUrl"],
        api_key=ask_secret(API_KEY, "an API key of the stage with role admin"),
        clients=session.client,
        outputs=outputs,
    )
