"""Channels: connect one, change its settings, read them."""

from __future__ import annotations

from typing import Any

from chalice import Blueprint, Response
from chalice.app import Request

from chalicelib.api import answers, reading
from chalicelib.api.endpoint import endpoint, runtime
from chalicelib.core.channel import ChannelSettings, to_document
from chalicelib.ports import Runtime

channels = Blueprint(__name__)


@endpoint(channels, "GET", "/v1/channels")
def list_channels(request: Request) -> Response:
    reading.query(request)
    rt = runtime()
    return answers.ok(
        {
            "items": [_channel_json(channel, rt) for channel in rt.channels.all()],
            "next_cursor": None,
        }
    )


@endpoint(channels, "GET", "/v1/channels/{channel_id}")
def read_settings(request: Request, channel_id: str) -> Response:
    from chalicelib.usecases import read_channel

    reading.query(request)
    rt = runtime()
    return answers.ok(
        _channel_json(read_channel.run(reading.path_id(channel_id, "channel"), rt), rt)
    )


@endpoint(channels, "PUT", "/v1/channels/{channel_id}")
def save_settings(request: Request, channel_id: str) -> Response:
    from chalicelib.usecases import save_channel

    known = reading.identifier({"channel_id": channel_id}, "channel_id")
    rt = runtime()
    return answers.ok(_channel_json(save_channel.run(known, reading.body(request), rt), rt))


def _channel_json(channel: ChannelSettings, rt: Runtime) -> dict[str, Any]:
    return {"id": channel.channel_id, **to_document(channel)}
