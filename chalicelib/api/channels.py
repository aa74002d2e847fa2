"""Channels: connect one, change its settings, read them."""

from __future__ import annotations

from chalice.app import Blueprint, Response

from chalicelib.api import answers
from chalicelib.api.endpoint import endpoint, runtime
from chalicelib.api.shapes import Page
from chalicelib.core.access import ApiKey, Role
from chalicelib.core.channel import ChannelSettings
from chalicelib.ports import Runtime
from chalicelib.usecases import read_channel

channels = Blueprint(__name__)

OURS = frozenset({"is_sending_stopped"})  # only ever told, never set


class ChannelDocument(ChannelSettings, frozen=True, kw_only=True, omit_defaults=False):
    """A channel's settings, which may be put back as they are, and whether its sending had to stop
    because Meta said that the access token is dead."""

    is_sending_stopped: bool


class NewSettings(ChannelSettings, frozen=True, kw_only=True, omit_defaults=True):
    """What the business decides about a channel. `version`, `updated_at` and `is_sending_stopped`
    are ours: they may be sent back, and are ignored."""

    channel_id: str = ""
    is_sending_stopped: bool = False


@endpoint(channels, "GET", "/v1/channels", role=Role.READ, answer=Page[ChannelDocument])
def list_channels(caller: ApiKey) -> Response:
    """All connected channels that the key sees."""
    rt = runtime()
    seen = [channel for channel in rt.channels.all() if caller.sees(channel.channel_id)]
    return answers.ok(Page([_document(channel, rt) for channel in seen], None))


@endpoint(
    channels,
    "GET",
    "/v1/channels/{channel_id}",
    role=Role.READ,
    answer=ChannelDocument,
    answer_headers=("ETag",),
)
def read_settings(channel_id: str) -> Response:
    """The settings of a channel, with the ETag to change them by."""
    rt = runtime()
    return _answer(read_channel.run(channel_id, rt, is_fresh=True), rt)


@endpoint(
    channels,
    "PUT",
    "/v1/channels/{channel_id}",
    role=Role.ADMIN,
    body=NewSettings,
    answer=ChannelDocument,
    answer_headers=("ETag",),
    objections=(412, 428),
)
def save_settings(
    channel_id: str, document: dict[str, object], if_match: str | None, if_none_match: str | None
) -> Response:
    """Connect a channel, or replace its settings: a change needs the ETag that was read as
    If-Match, so that two editors cannot overwrite each other."""
    from chalicelib.api.etags import precondition
    from chalicelib.usecases import save_channel

    rt = runtime()
    wanted = {name: value for name, value in document.items() if name not in OURS}
    given = precondition(if_match, if_none_match)
    return _answer(save_channel.run(channel_id, wanted, given, rt), rt)


def _answer(channel: ChannelSettings, rt: Runtime) -> Response:
    from chalicelib.api.etags import etag

    document = _document(channel, rt)
    response = answers.ok(document)
    response.headers["ETag"] = etag(document.version, is_stopped=document.is_sending_stopped)
    return response


def _document(channel: ChannelSettings, rt: Runtime) -> ChannelDocument:
    known = {name: getattr(channel, name) for name in channel.__struct_fields__}
    return ChannelDocument(**known, is_sending_stopped=rt.channels.is_stopped(channel.channel_id))
