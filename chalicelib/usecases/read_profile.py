"""Compare a channel's profile with what the platform has."""

from __future__ import annotations

from msgspec import Struct

from chalicelib.core.channel import ChannelSettings
from chalicelib.core.profile import Profile
from chalicelib.core.profile_drift import Drift, drift
from chalicelib.platforms import _profile
from chalicelib.platforms._connecting import Answer
from chalicelib.ports import Connecting, Runtime
from chalicelib.usecases.check_channel import Meta

NO_TOKEN = "The channel has no access token: run `make connect`."  # noqa: S105 - a sentence
SILENT = "Meta did not answer. Try again."


class Refused(Struct, frozen=True):
    """Fields that could not be made as wanted, and why."""

    fields: tuple[str, ...]
    sentence: str


class ProfileView(Struct, frozen=True, kw_only=True):
    """`wanted` is None where the profile is not ours, `actual` where the platform did not tell;
    `problem` says why. `drift` are the fields that differ, `refused` those that Meta did not take
    just now."""

    channel: ChannelSettings
    actual: Profile | None
    problem: str | None = None
    drift: tuple[Drift, ...] = ()
    refused: tuple[Refused, ...] = ()


def run(channel: ChannelSettings, rt: Runtime, outside: Connecting) -> ProfileView:
    """How the platform's profile differs from what is wanted; nothing is changed."""
    token = outside.secrets.access_token(channel)
    if token is None:
        return ProfileView(channel=channel, actual=None, problem=NO_TOKEN)
    return compared(channel, token, Meta(rt, outside))


def compared(channel: ChannelSettings, token: str, meta: Meta) -> ProfileView:
    """What Meta tells now, beside what is wanted."""
    answer = meta.ask(_profile.reading_call(channel), token)
    actual, wanted = _profile.parsed(channel, answer), channel.profile
    if actual is None:
        return ProfileView(channel=channel, actual=None, problem=why(answer))
    differing = drift(wanted, actual) if wanted is not None else ()
    return ProfileView(channel=channel, actual=actual, drift=differing)


def why(answer: Answer) -> str:
    """Why Meta did not do it, without its words."""
    if answer.status is None:
        return SILENT
    return f"Meta refused it with error {answer.code or answer.status}."
