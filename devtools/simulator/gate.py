"""What Meta checks before it reads a request: version, token, proof, node, rate."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from datetime import datetime
from threading import Lock

from devtools.simulator import errors
from devtools.simulator.errors import GraphError
from devtools.simulator.state import Channel
from devtools.simulator.world import World

OLDEST_VERSION = (21, 0)  # changelog/versions: v20.0 ended 2026-09-24
NEWEST_VERSION = (26, 0)
# rate-limiting (2026-03-23); Instagram's own page says 100; throughput (2025-11-21).
PER_SECOND = {"messenger": 300.0, "instagram": 100.0, "whatsapp": 80.0}
PAIR_BURST, PAIR_SECONDS = 45.0, 6.0  # about-the-platform: one message per 6 s, burst to 45


class Buckets:
    """Token buckets by name, filled by the simulated clock; not kept over a restart."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._levels: dict[str, tuple[float, datetime]] = {}

    def take(self, name: str, now: datetime, *, size: float, per_second: float) -> bool:
        """One token, if there is one."""
        with self._lock:
            level, since = self._levels.get(name, (size, now))
            level = min(size, level + max(0.0, (now - since).total_seconds()) * per_second)
            if level < 1:
                self._levels[name] = (level, now)
                return False
            self._levels[name] = (level - 1, now)
            return True


def split_path(path: str) -> list[str]:
    """The parts below the version. Refuses a call without a living version."""
    version, *rest = [part for part in path.split("/") if part] or [""]
    numbers = re.fullmatch(r"v(\d+)\.(\d+)", version)
    if not numbers:
        raise GraphError(400, 2500, f"Unknown path components: /{version}")
    if not OLDEST_VERSION <= (int(numbers[1]), int(numbers[2])) <= NEWEST_VERSION:
        raise GraphError(400, 2635, f"(#2635) You are calling a version that is gone: {version}")
    return rest


def identify(
    world: World, headers: Mapping[str, str], query: Mapping[str, str], app_secret: str
) -> Channel:
    """The channel whose token this is; the proof must fit if there is an app secret."""
    if "access_token" in query:
        raise errors.parameter("Access tokens do not belong in a URL (rule of this stand-in)")
    kind, _, token = headers.get("authorization", "").partition(" ")
    channel = world.channel_of(token) if kind == "Bearer" and token else None
    if channel is None or world.is_over(channel):
        raise errors.bad_token()
    proof = hmac.digest(app_secret.encode(), token.encode(), "sha256").hex()
    if app_secret and query.get("appsecret_proof") != proof:
        raise errors.parameter("Invalid appsecret_proof provided in the API argument")
    return channel


def check_node(channel: Channel, node: str) -> None:
    own = {channel.node_id or channel.channel_id, channel.channel_id}
    if node not in own and not (node == "me" and channel.platform != "whatsapp"):
        raise errors.no_such_node(node)


def check_rate(buckets: Buckets, channel: Channel, recipient: str, now: datetime) -> None:
    limit = channel.per_second or PER_SECOND[channel.platform]
    if not buckets.take(channel.channel_id, now, size=max(1.0, limit), per_second=limit):
        raise _too_fast(channel)
    if channel.platform != "whatsapp":
        return
    pair = f"{channel.channel_id}/{recipient}"
    if not buckets.take(pair, now, size=PAIR_BURST, per_second=1 / PAIR_SECONDS):
        raise errors.whatsapp(131056, "Pair rate limit hit", "Too many messages to one user")


def _too_fast(channel: Channel) -> GraphError:
    if channel.platform == "whatsapp":
        return errors.whatsapp(130429, "Rate limit hit", "Throughput of the number reached", 429)
    sentence = "(#613) Calls to this api have exceeded the rate limit."
    return GraphError(400, 613, sentence)
