"""Store a channel's profile and make the platform's like it: only what differs is touched.

Safe to repeat: what could not be applied is found to differ again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec
from msgspec.structs import replace

from chalicelib.core.channel import ChannelSettings
from chalicelib.platforms import _profile
from chalicelib.ports import Connecting, Runtime
from chalicelib.usecases import read_channel, save_channel
from chalicelib.usecases.check_channel import Meta
from chalicelib.usecases.errors import InvalidInput
from chalicelib.usecases.read_profile import NO_TOKEN, ProfileView, Refused, compared, why
from chalicelib.usecases.save_channel import Precondition

_SETTING = "profile."


def run(
    channel_id: str,
    document: Mapping[str, object],
    given: Precondition,
    rt: Runtime,
    outside: Connecting,
) -> ProfileView:
    """The profile as it is then, and what Meta did not take. Raises NotFound, InvalidInput that
    names the field of the profile, ConditionMissing, Outdated."""
    channel = _stored(channel_id, document, given, rt)
    token = outside.secrets.access_token(channel)
    if token is None:
        return ProfileView(channel=channel, actual=None, problem=NO_TOKEN)
    meta = Meta(rt, outside)
    before = compared(channel, token, meta)
    if not before.drift:
        return before
    refused = tuple(_applied(channel, before, token, meta))
    after = replace(compared(channel, token, meta), refused=refused)
    rt.log.info("profile_applied", channel_id=channel_id, refused=len(refused))
    return after


def _stored(
    channel_id: str, document: Mapping[str, object], given: Precondition, rt: Runtime
) -> ChannelSettings:
    """The settings with this profile; the same version if they have it already."""
    known = read_channel.run(channel_id, rt, is_fresh=True)
    channel = _prepared(known, document, given, rt)
    if channel.profile == known.profile:
        return known
    if not rt.channels.save(channel):
        raise save_channel.changed()
    rt.log.info("channel_saved", channel_id=channel_id, version=channel.version)
    return channel


def _prepared(
    known: ChannelSettings, document: Mapping[str, object], given: Precondition, rt: Runtime
) -> ChannelSettings:
    settings = msgspec.to_builtins(known) | {"profile": document}
    try:
        return save_channel.prepared(known.channel_id, settings, given, rt)
    except InvalidInput as error:
        raise InvalidInput(error.field.removeprefix(_SETTING), error.expected) from None


def _applied(
    channel: ChannelSettings, before: ProfileView, token: str, meta: Meta
) -> Iterator[Refused]:
    """Yields what was refused."""
    if channel.profile is None:
        return
    fields = [each.field for each in before.drift]
    for change in _profile.changes(channel, channel.profile, fields):
        answer = meta.ask(change.call, token)
        if not answer.is_ok:
            yield Refused(change.fields, why(answer))
