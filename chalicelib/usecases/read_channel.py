"""Read the settings of a connected channel."""

from __future__ import annotations

from chalicelib.core.channel import ChannelSettings
from chalicelib.ports import Runtime
from chalicelib.usecases.errors import NotFound


def run(channel_id: str, rt: Runtime) -> ChannelSettings:
    """The channel's settings. Raises NotFound."""
    channel = rt.channels.load(channel_id)
    if channel is None:
        raise NotFound("channel")
    return channel
