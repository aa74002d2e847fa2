"""The stand-in for Meta beside the embedded AWS: how it is started and told of our channels."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any

from devtools.local_aws import loopback, places
from devtools.local_aws.processes import StartError
from devtools.local_aws.running import Program
from devtools.local_aws.shop import APP_ID, CHANNELS, MUG


def url(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def program(*, port: int, webhook_url: str, app_secret: str) -> Program:
    """It posts signed webhooks to the address and follows the test clock."""
    return Program(
        name="graph",
        title=f"the stand-in for Meta on port {port}",
        command=(
            *(sys.executable, "-m", "devtools.simulator"),
            *("--port", str(port)),
            *("--state", str(places.META_STATE)),
            *("--clock", str(places.CLOCK)),
            *("--webhook-url", webhook_url),
            *("--seed", os.environ.get("HEARBACK_SEED", "1")),
            "--strangers",
        ),
        environment=os.environ | {"META_APP_SECRET": app_secret},
        health_url=f"{url(port)}/_health",
    )


def register(graph_url: str, tokens: Mapping[str, str]) -> None:
    """Make the shop's channels known to it, with their access tokens."""
    known = [
        {
            "platform": channel.platform,
            "channel_id": channel.channel_id,
            "node_id": channel.channel_id,
            "token": tokens[channel.channel_id],
            "app_id": APP_ID,
            "login": channel.special.get("graph_host", "facebook"),
        }
        for channel in CHANNELS
    ]
    _tell(f"{graph_url}/_channels", known)
    _tell(f"{graph_url}/_templates", [_template(channel.channel_id) for channel in CHANNELS])


def _template(channel_id: str) -> dict[str, Any]:
    """Approved at Meta; only WhatsApp asks for it."""
    return {
        "channel_id": channel_id,
        "name": MUG["template_name"],
        "language": MUG["template_language"],
        "body_parameters": 1,
    }


def _tell(url: str, content: list[dict[str, Any]]) -> None:
    status, answer = loopback.call("POST", url, content=content)
    if status != 200:
        raise StartError(f"POST {url} answered {status}: {answer}")
