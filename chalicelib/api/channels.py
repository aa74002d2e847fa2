"""Channels: connect one, change its settings, read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from chalice.app import Blueprint, Response
from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import replace

from chalicelib.api import answers
from chalicelib.api.endpoint import endpoint, runtime
from chalicelib.api.shapes import Page
from chalicelib.core.access import ApiKey, Role
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.connection import Check, CheckState, Reason
from chalicelib.ports import Connecting, Runtime
from chalicelib.usecases import read_channel

if TYPE_CHECKING:
    from chalicelib.usecases.check_channel import ConnectionView
    from chalicelib.usecases.save_channel import Precondition

channels = Blueprint(__name__)

AccessToken = Annotated[str, Meta(max_length=1000, extra_json_schema={"writeOnly": True})]

OURS = frozenset({"is_sending_stopped", "connection"})  # only ever told, never set


class CheckDocument(Struct, frozen=True):
    """One thing about the connection that was looked at; what is not ok has a remedy. `names` are
    permissions, fields or ids."""

    check: Check
    state: CheckState
    reason: Reason
    sentence: str
    remedy: str | None
    names: list[str]


class ConnectionDocument(Struct, frozen=True):
    """How a channel hangs on Meta: the worst state of all checks, and each. `has_token`: an access
    token is stored, good or not."""

    state: CheckState
    has_token: bool
    checks: list[CheckDocument]


class ChannelDocument(ChannelSettings, frozen=True, kw_only=True, omit_defaults=False):
    """A channel's settings, which may be put back as they are, and whether its sending had to stop
    because Meta said that the access token is dead."""

    is_sending_stopped: bool
    connection: ConnectionDocument | UnsetType = UNSET


class NewSettings(ChannelSettings, frozen=True, kw_only=True, omit_defaults=True):
    """What the business decides about a channel. `access_token` is checked with Meta and stored as
    a secret; it is never told. `version`, `updated_at`, `is_sending_stopped` and `connection` are
    ours: they may be sent back, and are ignored."""

    channel_id: str = ""
    is_sending_stopped: bool = False
    connection: ConnectionDocument | UnsetType = UNSET
    access_token: AccessToken | UnsetType = UNSET


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
    channel_id: str,
    document: dict[str, object],
    caller: ApiKey,
    if_match: str | None,
    if_none_match: str | None,
) -> Response:
    """Connect a channel, or replace its settings: a change needs the ETag that was read as
    If-Match, so that two editors cannot overwrite each other. With `access_token` the token is
    checked with Meta and stored, our app subscribed to the channel, and `connection` tells what is
    missing."""
    from chalicelib.api.etags import precondition
    from chalicelib.usecases import check_reach, save_channel

    rt = runtime()
    check_reach.run(channel_id, document, caller, rt)
    wanted = {name: value for name, value in document.items() if name not in OURS}
    given = precondition(if_match, if_none_match)
    if "access_token" in wanted:
        return _connected(channel_id, wanted, given, caller, rt)
    return _answer(save_channel.run(channel_id, wanted, given, rt), rt)


@endpoint(
    channels,
    "GET",
    "/v1/channels/{channel_id}/connection",
    role=Role.READ,
    answer=ConnectionDocument,
)
def look_at_connection(channel_id: str) -> Response:
    """How the channel hangs on Meta: its token, permissions and subscriptions are looked at with
    Meta, nothing is changed."""
    from chalicelib.usecases import check_channel

    rt = runtime()
    channel = read_channel.run(channel_id, rt, is_fresh=True)
    return answers.ok(_connection(check_channel.run(channel, rt, _connecting())))


@endpoint(
    channels,
    "POST",
    "/v1/channels/{channel_id}/connection",
    role=Role.ADMIN,
    answer=ConnectionDocument,
)
def mend_connection(channel_id: str) -> Response:
    """Subscribe our app to the channel where it is not: with the token that is stored, and as
    often as you like."""
    from chalicelib.usecases import check_channel

    rt = runtime()
    channel = read_channel.run(channel_id, rt, is_fresh=True)
    return answers.ok(_connection(check_channel.mend(channel, rt, _connecting())))


def _connected(
    channel_id: str, wanted: dict[str, object], given: Precondition, caller: ApiKey, rt: Runtime
) -> Response:
    from chalicelib.usecases import connect_channel

    connected = connect_channel.run(channel_id, wanted, given, rt, _connecting(), by=caller)
    return _answer(connected.channel, rt, _connection(connected.view))


def _connecting() -> Connecting:
    from chalicelib import bootstrap

    return bootstrap.connecting()


def _connection(view: ConnectionView) -> ConnectionDocument:
    from chalicelib.core.connection_findings import worst

    checks = [
        CheckDocument(
            finding.check,
            finding.state,
            finding.reason,
            finding.sentence,
            finding.remedy,
            list(finding.names),
        )
        for finding in view.findings
    ]
    return ConnectionDocument(worst(view.findings), view.has_token, checks)


def _answer(
    channel: ChannelSettings, rt: Runtime, connection: ConnectionDocument | UnsetType = UNSET
) -> Response:
    from chalicelib.api.etags import etag

    document = replace(_document(channel, rt), connection=connection)
    response = answers.ok(document)
    response.headers["ETag"] = etag(document.version, is_stopped=document.is_sending_stopped)
    return response


def _document(channel: ChannelSettings, rt: Runtime) -> ChannelDocument:
    known = {name: getattr(channel, name) for name in channel.__struct_fields__}
    return ChannelDocument(**known, is_sending_stopped=rt.channels.is_stopped(channel.channel_id))
