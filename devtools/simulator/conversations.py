"""The Conversations API: what a Page or account and one person wrote to each other.

Pages messenger-platform/conversations (2026-02-11): `user_id` names the person; of a conversation
the 20 latest messages have details. Rate (rate-limiting, 2026-03-23): two calls per second.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from devtools.simulator import errors
from devtools.simulator.errors import GraphError
from devtools.simulator.gate import Buckets
from devtools.simulator.state import Channel
from devtools.simulator.world import World

PER_SECOND = 2.0
LATEST = 20
_EXPANDED = re.compile(r"messages(?:\.limit\((\d+)\))?\{([\w,]+)\}")

Facts = dict[str, Any]


def look(world: World, buckets: Buckets, channel: Channel, query: Mapping[str, str]) -> Facts:
    """The body of the answer. Raises GraphError."""
    name = f"conversations/{channel.channel_id}"
    if not buckets.take(name, world.now(), size=PER_SECOND, per_second=PER_SECOND):
        raise GraphError(400, 613, "(#613) Calls to this api have exceeded the rate limit.")
    if query.get("platform") != channel.platform:
        raise errors.parameter("platform must be messenger or instagram, as the account is")
    contact_id = query.get("user_id", "")
    expanded = _EXPANDED.fullmatch(query.get("fields", ""))
    if not contact_id or expanded is None:
        raise errors.parameter("This stand-in knows user_id and messages{...} only")
    limit, fields = min(int(expanded[1] or LATEST), LATEST), expanded[2].split(",")
    messages = list(_messages(world, channel, contact_id))
    if not messages:
        return {"data": []}
    latest = sorted(messages, key=lambda each: each["created_time"], reverse=True)[:limit]
    shown = [{name: each[name] for name in ("id", *fields) if name in each} for each in latest]
    return {"data": [{"id": f"t_{contact_id}", "messages": {"data": shown}}]}


def _messages(world: World, channel: Channel, contact_id: str) -> Iterator[Facts]:
    """What we sent and Meta took, and what webhooks told of others."""
    for call in world.calls.entries():
        if call.accepted and (call.channel_id, call.recipient) == (channel.channel_id, contact_id):
            message = call.body["message"]
            at = int(call.at.timestamp())
            yield _shown(str(call.message_id), at, channel.channel_id, message.get("text"))
    for delivery in world.deliveries.entries():
        if delivery.channel_id == channel.channel_id and delivery.kind in _OF_OTHERS:
            yield from _told(delivery.body, contact_id)


_OF_OTHERS = ("message", "native_echo")


def _told(body: Facts, contact_id: str) -> Iterator[Facts]:
    for entry in body.get("entry", ()):
        for item in entry.get("messaging", ()):
            ends = (item.get("sender", {}).get("id"), item.get("recipient", {}).get("id"))
            if contact_id in ends and "message" in item:
                message, at = item["message"], item["timestamp"] // 1000
                yield _shown(message["mid"], at, str(ends[0]), message.get("text"))


def _shown(mid: str, at: int, sender: str, text: str | None) -> Facts:
    """Whole seconds, with Meta's offset that has no colon."""
    created = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
    return {"id": mid, "created_time": created, "from": {"id": sender}, "message": text or ""}
