"""Read the settings of a connected channel."""

from __future__ import annotations

from chalicelib.core.channel import ChannelSettings
from chalicelib.ports import Runtime
from chalicelib.usecases.errors import NotFound


def run(channel_id: str, rt: Runtime, *, is_fresh: bool = False) -> ChannelSettings:
    """The channel's settings, at most 30 seconds old or as they are now. Raises NotFound."""
    channel = rt.channels.load(channel_id, is_fresh=is_fresh)
    if channel is None:
        raise NotFound("channel")
    return channel
