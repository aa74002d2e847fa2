"""Another stack on the embedded AWS that runs: the template with other choices, or an older one."""

from __future__ import annotations

from urllib.parse import urlsplit

import msgspec

from devtools import cloudformation
from devtools.local_aws import shop as corner_shop
from devtools.local_aws.stack import BUCKET, STAGE
from devtools.package import Package
from tests.e2e.shop import Shop


def deploy(running: Shop, stack: str, package: Package, **choices: str) -> Shop:
    """Create or update the stack, whose schedules stand still; its levers. Stage, secrets and
    stand-in are the running one's."""
    found = cloudformation.deploy(
        running.aws,
        package,
        stack=stack,
        bucket=BUCKET,
        parameters={
            "Stage": STAGE,
            "GraphUrl": running.stack.graph_url,
            "TestClock": str(running.home / "clock.json"),
        }
        | choices,
        say=lambda _: None,
    )
    stack_of_its_own = msgspec.structs.replace(
        running.stack,
        stack_name=stack,
        api_url=gateway(running, found),
        webhook_url=reachable(running, found),
    )
    shop = Shop(stack_of_its_own, found, running.aws, running.home)
    shop.stop_schedules()
    return shop


def gateway(running: Shop, outputs: dict[str, str]) -> str:
    """The base address of the API."""
    return f"{running.stack.aws_endpoint_url}/restapis/{outputs['RestAPIId']}/api/_user_request_"


def reachable(running: Shop, outputs: dict[str, str]) -> str:
    """Where the embedded AWS serves the webhook's address, whichever front door it is."""
    url = urlsplit(outputs["WebhookUrl"])
    host = url.hostname or ""
    if ".lambda-url." in host:
        door = f"{running.stack.aws_endpoint_url}/_aws/lambda-url/{host.partition('.')[0]}"
        return f"{door}{url.path}"
    return f"{gateway(running, outputs)}/webhooks/meta"


def connect(shop: Shop, channel_id: str) -> None:
    """Connect one of the shop's channels through the API of this stack. It answers nothing by
    itself: the stand-in's log is held against what the running stack sent."""
    (channel,) = (each for each in corner_shop.CHANNELS if each.channel_id == channel_id)
    silent = {name: {"is_on": False} for name in ("instant_reply", "away_message")}
    document = corner_shop.settings(channel, STAGE) | silent
    status, answer = shop.ask("PUT", f"/v1/channels/{channel_id}", **document)
    assert status == 200, answer
