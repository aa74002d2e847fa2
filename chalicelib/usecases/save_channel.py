"""Connect a channel, or change its settings."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from chalicelib.catalogue import PLATFORMS
from chalicelib.core.channel import ChannelSettings, from_document
from chalicelib.core.documents import InvalidField
from chalicelib.ports import Runtime
from chalicelib.usecases.errors import InvalidInput


def run(channel_id: str, document: Mapping[str, object], rt: Runtime) -> ChannelSettings:
    """The settings as they are stored now. Raises InvalidInput that names the field by its path."""
    stored = rt.channels.load(channel_id, is_fresh=True)
    channel = _checked(channel_id, document, rt)
    if stored is not None and stored.platform != channel.platform:
        raise InvalidInput("platform", f"{stored.platform}: a channel keeps its platform")
    version = stored.version + 1 if stored else 1
    channel = replace(channel, version=version, updated_at=rt.now())
    rt.channels.save(channel)
    # Who saves a channel has seen to its token; if it is still dead, the next send stops it again.
    rt.channels.resume_sending(channel_id)
    rt.log.info("channel_saved", channel_id=channel_id, version=version)
    return channel


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
        )
    except InvalidField as error:
        raise InvalidInput(error.field, error.expected) from error
    _check_token_parameter(channel.token_parameter, f"{rt.settings.secrets_path}/channels/")
    return channel


def _check_token_parameter(name: str | None, prefix: str) -> None:
    """Other secrets of the stage must never be sent as somebody's token."""
    if name is not None and not name.startswith(prefix):
        raise InvalidInput("token_parameter", f"the name of an SSM parameter below {prefix}")
