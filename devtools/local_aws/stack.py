"""Hearback on this machine: the template on the embedded AWS, and a stand-in for Meta."""

from __future__ import annotations

import contextlib
import shutil
import signal
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import msgspec

from devtools import cloudformation, package
from devtools.cloudformation import Say
from devtools.local_aws import keys as secrets
from devtools.local_aws import loopback, meta, ministack, places, processes, running, shop
from devtools.local_aws.keys import Keys

STAGE = "local"
STACK_NAME = "hearback-local"
BUCKET = "hearback-packages"
ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stack(msgspec.Struct, frozen=True, kw_only=True):
    """What .local/stack.json says: everything a visitor needs."""

    webhook_url: str
    api_url: str
    api_key: str
    app_secret: str
    verify_token: str
    graph_url: str
    aws_endpoint_url: str
    region: str
    stack_name: str
    channels: list[dict[str, str]]


@contextlib.contextmanager
def attached(say: Say) -> Iterator[Stack]:
    """The stack while the block runs. However it ends, what was started here is stopped."""
    started: dict[str, int] = {}
    with _stopping_on_signals():
        try:
            yield _start(say, started, is_attached=True)
        finally:
            say("Stopping")
            running.stop(started)


def up(say: Say) -> Stack:
    """Start the stack and leave it running. What runs is kept; a changed package is deployed."""
    started: dict[str, int] = {}
    with _stopping_on_signals():
        try:
            return _start(say, started, is_attached=False)
        except BaseException:
            running.stop(started)
            raise


def down(say: Say) -> None:
    """Stop what runs; its state is kept."""
    programs = running.programs()
    say("Stopping" if programs else "Nothing runs")
    running.stop(programs)


def reset(say: Say) -> None:
    """Stop, and forget everything but packages and libraries."""
    down(say)
    for path in places.FORGOTTEN:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def read() -> Stack:
    """The stack that runs. Raises FileNotFoundError if none does."""
    return msgspec.json.decode(places.STACK.read_bytes(), type=Stack)


def clients(stack: Stack) -> Callable[[str], Any]:
    """`clients(stack)("dynamodb")` is a boto3 client of the embedded AWS with all rights."""
    return ministack.clients(stack.aws_endpoint_url)


def outputs(stack: Stack) -> dict[str, str]:
    """The outputs of the template: names of functions and tables, addresses of queues."""
    found = cloudformation.describe(clients(stack)("cloudformation"), stack.stack_name)
    return cloudformation.outputs(found or {})


def _start(say: Say, started: dict[str, int], *, is_attached: bool) -> Stack:
    ports, keys = running.ports(), secrets.load()
    aws = ministack.program(port=ports["aws"], state=places.AWS_STATE)
    running.launch(aws, started, is_attached=is_attached, say=say)
    say("Building the package")
    stack = _stack(_deploy(package.build(), ports, keys, say), ports, keys)
    graph = meta.program(
        port=ports["graph"], webhook_url=stack.webhook_url, app_secret=keys.app_secret
    )
    _stop_if_misled(stack.webhook_url)
    running.launch(graph, started, is_attached=is_attached, say=say)
    _connect(stack, keys, say)
    places.write(places.STACK, msgspec.to_builtins(stack))
    return stack


def _stop_if_misled(webhook_url: str) -> None:
    """Stop a stand-in that posts elsewhere: the API has a new address when its routes change."""
    graph = running.programs().get("graph")
    if graph and places.read(places.STACK).get("webhook_url") != webhook_url:
        processes.stop(graph)


def _deploy(built: package.Package, ports: dict[str, int], keys: Keys, say: Say) -> str:
    """Deploy, secrets included; the base address of the API."""
    endpoint = ministack.endpoint(ports["aws"])
    aws = ministack.clients(endpoint)
    secrets.put_parameters(aws("ssm"), keys, STAGE)
    aws("s3").create_bucket(Bucket=BUCKET)
    parameters = {
        "Stage": STAGE,
        "GraphUrl": meta.url(ports["graph"]),
        "TestClock": str(places.CLOCK),
    }
    found = cloudformation.deploy(
        aws, built, stack=STACK_NAME, bucket=BUCKET, parameters=parameters, say=say
    )
    secrets.put_api_key(aws("dynamodb"), found["ApiKeysTableName"], keys.api_key, name="make up")
    return f"{endpoint}/restapis/{found['RestAPIId']}/api/_user_request_"


def _connect(stack: Stack, keys: Keys, say: Say) -> None:
    """Connect the shop's channels through our own API; those it has keep their settings."""
    meta.register(stack.graph_url, keys.tokens)
    for channel in shop.CHANNELS:
        url = f"{stack.api_url}/v1/channels/{channel.channel_id}"
        if loopback.call("GET", url, key=stack.api_key)[0] == 200:
            continue
        say(f"Connecting {channel.name} on {channel.platform}")
        document = shop.settings(channel, STAGE) | {"access_token": keys.tokens[channel.channel_id]}
        status, answer = loopback.call("PUT", url, content=document, key=stack.api_key)
        if status != 200:
            raise processes.StartError(f"PUT {url} answered {status}: {answer}")


def _stack(base: str, ports: dict[str, int], keys: Keys) -> Stack:
    return Stack(
        webhook_url=f"{base}/webhooks/meta",
        api_url=base,
        api_key=keys.api_key,
        app_secret=keys.app_secret,
        verify_token=keys.verify_token,
        graph_url=meta.url(ports["graph"]),
        aws_endpoint_url=ministack.endpoint(ports["aws"]),
        region=ministack.REGION,
        stack_name=STACK_NAME,
        channels=[
            {"channel_id": each.channel_id, "platform": each.platform, "time_zone": each.time_zone}
            for each in shop.CHANNELS
        ],
    )


@contextlib.contextmanager
def _stopping_on_signals() -> Iterator[None]:
    """Ctrl-C, a kill and a closed terminal raise, so that `finally` runs."""
    former = {number: signal.signal(number, _exit) for number in ENDING_SIGNALS}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def _exit(number: int, _frame: object) -> NoReturn:
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    raise SystemExit(128 + number)
