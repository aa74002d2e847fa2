"""Channels: connect one, change its settings, read them."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint, Request, Response

from chalicelib.api import answers, reading
from chalicelib.api.endpoint import endpoint, runtime
from chalicelib.core.access import Role
from chalicelib.core.channel import ChannelSettings, to_document
from chalicelib.ports import Runtime
from chalicelib.usecases import read_channel

channels = Blueprint(__name__)

STOPPED = "is_sending_stopped"  # the access token is dead; only ever told, never set


@endpoint(channels, "GET", "/v1/channels", role=Role.READ)
def list_channels(request: Request) -> Response:
    reading.query(request)
    rt = runtime()
    return answers.page([_channel_json(channel, rt) for channel in rt.channels.all()], None)


@endpoint(channels, "GET", "/v1/channels/{channel_id}", role=Role.READ)
def read_settings(request: Request, channel_id: str) -> Response:
    reading.query(request)
    rt = runtime()
    channel = read_channel.run(reading.path_id(channel_id, "channel"), rt, is_fresh=True)
    return answers.ok(_channel_json(channel, rt))


@endpoint(channels, "PUT", "/v1/channels/{channel_id}", role=Role.ADMIN)
def save_settings(request: Request, channel_id: str) -> Response:
    from chalicelib.usecases import save_channel

    known = reading.identifier({"channel_id": channel_id}, "channel_id")
    document = {name: value for name, value in reading.body(request).items() if name != STOPPED}
    rt = runtime()
    return answers.ok(_channel_json(save_channel.run(known, document, rt), rt))


def _channel_json(channel: ChannelSettings, rt: Runtime) -> dict[str, Any]:
    """The settings, which may be put back as they are, and whether sending had to stop."""
    return to_document(channel) | {STOPPED: rt.channels.is_stopped(channel.channel_id)}
