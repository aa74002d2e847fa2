"""Connect a channel, or change its settings. Of two who change the same version one wins."""

from __future__ import annotations

from collections.abc import Container, Mapping

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.catalogue import PLATFORMS
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.channel_document import from_document
from chalicelib.core.documents import InvalidField
from chalicelib.ports import Runtime
from chalicelib.usecases.errors import ConditionMissing, InvalidInput, Outdated


class Precondition(Struct, frozen=True, kw_only=True):
    """What the caller takes for granted: that one of these versions is stored, or that the channel
    is new. Without either only a new channel is saved."""

    versions: Container[int] | None = None
    is_new: bool = False


def run(
    channel_id: str, document: Mapping[str, object], given: Precondition, rt: Runtime
) -> ChannelSettings:
    """The settings as they are stored now. Raises InvalidInput that names the field by its path,
    ConditionMissing, Outdated."""
    channel = prepared(channel_id, document, given, rt)
    if not rt.channels.save(channel):
        raise changed() if channel.version > 1 else _taken()
    # Who saves a channel has seen to its token; if it is still dead, the next send stops it again.
    rt.channels.resume_sending(channel_id)
    rt.log.info("channel_saved", channel_id=channel_id, version=channel.version)
    return channel


def prepared(
    channel_id: str, document: Mapping[str, object], given: Precondition, rt: Runtime
) -> ChannelSettings:
    """The settings as they would be stored; nothing is changed. Raises as `run`."""
    stored = rt.channels.load(channel_id, is_fresh=True)
    channel = _checked(channel_id, document, rt)
    if stored is not None and stored.platform != channel.platform:
        raise InvalidInput("platform", f"{stored.platform}: a channel keeps its platform")
    _check(given, stored)
    version = stored.version + 1 if stored else 1
    return replace(channel, version=version, updated_at=rt.now())


def _check(given: Precondition, stored: ChannelSettings | None) -> None:
    """Raises ConditionMissing, Outdated."""
    if stored is None:
        if given.versions is not None:
            raise Outdated("absent", "There is no such channel, thus no version of it to change.")
    elif given.is_new:
        raise _taken()
    elif given.versions is None:
        raise ConditionMissing("if_match", "Send the ETag that you read as If-Match.")
    elif stored.version not in given.versions:
        raise changed()


def changed() -> Outdated:
    """What who changes another version is told."""
    return Outdated("changed", "The channel has changed since you read it: read it again.")


def _taken() -> Outdated:
    return Outdated("exists", "The channel is connected already: read it, and change that version.")


def _checked(channel_id: str, document: Mapping[str, object], rt: Runtime) -> ChannelSettings:
    platform = document.get("platform")
    if not isinstance(platform, str) or platform not in PLATFORMS:
        raise InvalidInput("platform", "one of " + ", ".join(PLATFORMS))
    try:
        channel = from_document(
            channel_id,
            document,
            text_limit=PLATFORMS[platform].text_limit,
            attachment_limit=PLATFORMS[platform].attachment_limit,
            choices_limit=PLATFORMS[platform].choices_limit,
        )
    except InvalidField as error:
        raise InvalidInput(error.field, error.expected) from error
    _check_token_parameter(channel.token_parameter, f"{rt.settings.secrets_path}/channels/")
    return channel


def _check_token_parameter(name: str | None, prefix: str) -> None:
    """Other secrets of the stage must never be sent as somebody's token."""
    if name is not None and not name.startswith(prefix):
        raise InvalidInput("token_parameter", f"the name of an SSM parameter below {prefix}")
