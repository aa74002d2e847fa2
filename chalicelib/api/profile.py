"""A channel's profile: what it shows before anybody has written."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from chalice.app import Blueprint, Response
from msgspec import Struct

from chalicelib.api import answers
from chalicelib.api.endpoint import endpoint, runtime
from chalicelib.core.access import Role
from chalicelib.core.profile import Profile
from chalicelib.core.profile_drift import Drift
from chalicelib.usecases import read_channel

if TYPE_CHECKING:
    from chalicelib.usecases.read_profile import ProfileView

profile = Blueprint(__name__)

_PATH = "/v1/channels/{channel_id}/profile"


class ProfileState(StrEnum):
    """`unmanaged`: the settings have no profile; `unknown`: the platform did not tell its own."""

    SAME = "same"
    DRIFT = "drift"
    UNMANAGED = "unmanaged"
    UNKNOWN = "unknown"


class RefusedDocument(Struct, frozen=True):
    """Fields that the platform did not take just now, and why."""

    fields: list[str]
    sentence: str


class ProfileDocument(Struct, frozen=True, kw_only=True):
    """The profile that is wanted, the one that the platform has, and the fields in which they
    differ: `missing` and `extra` at the platform, or `differs`. `problem`: why the platform's is
    not known."""

    state: ProfileState
    version: int
    wanted: Profile | None
    actual: Profile | None
    drift: list[Drift]
    refused: list[RefusedDocument]
    problem: str | None


@endpoint(
    profile,
    "GET",
    _PATH,
    role=Role.READ,
    answer=ProfileDocument,
    answer_headers=("ETag",),
)
def read_profile(channel_id: str) -> Response:
    """The channel's profile as wanted and as the platform has it, looked at now; nothing is
    changed."""
    from chalicelib import bootstrap
    from chalicelib.usecases import read_profile as use_case

    rt = runtime()
    channel = read_channel.run(channel_id, rt, is_fresh=True)
    return _answer(use_case.run(channel, rt, bootstrap.connecting()))


@endpoint(
    profile,
    "PUT",
    _PATH,
    role=Role.ADMIN,
    body=Profile,
    answer=ProfileDocument,
    answer_headers=("ETag",),
    objections=(412, 428),
)
def save_profile(
    channel_id: str,
    document: dict[str, object],
    if_match: str | None,
    if_none_match: str | None,
) -> Response:
    """Store the whole profile in the channel's settings, with their ETag as If-Match, and change
    at the platform what differs. Safe to repeat: what is as wanted is left alone, and what the
    platform did not take stands in `refused` and `drift`."""
    from chalicelib import bootstrap
    from chalicelib.api.etags import precondition
    from chalicelib.usecases import apply_profile

    given, rt = precondition(if_match, if_none_match), runtime()
    return _answer(apply_profile.run(channel_id, document, given, rt, bootstrap.connecting()))


def _answer(view: ProfileView) -> Response:
    from chalicelib.api.etags import etag

    response = answers.ok(
        ProfileDocument(
            state=_state(view),
            version=view.channel.version,
            wanted=view.channel.profile,
            actual=view.actual,
            drift=list(view.drift),
            refused=[RefusedDocument(list(each.fields), each.sentence) for each in view.refused],
            problem=view.problem,
        )
    )
    is_stopped = runtime().channels.is_stopped(view.channel.channel_id)
    response.headers["ETag"] = etag(view.channel.version, is_stopped=is_stopped)
    return response


def _state(view: ProfileView) -> ProfileState:
    if view.channel.profile is None:
        return ProfileState.UNMANAGED
    if view.actual is None:
        return ProfileState.UNKNOWN
    return ProfileState.DRIFT if view.drift else ProfileState.SAME
