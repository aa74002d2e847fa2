"""What must be there before a message can be rendered; a lack is a SendError (bad request)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chalicelib.core.messages import Button, Media, MessageKind, OutboundMessage, QuickReply
from chalicelib.platforms import ErrorClass, SendError

# Below the node: the Graph client puts `/{version}/{node}` in front, the node being the channel's.
MESSAGES_PATH = "/messages"


def refused(reason: str) -> SendError:
    """The error for a message that we cannot even write down; `reason` is a code."""
    return SendError(reason, error_class=ErrorClass.BAD_REQUEST)


def checked_text(text: str | None, problem: str | None) -> str:
    """The text. Raises if there is none, or if `problem` says that it is too long."""
    if not text:
        raise refused("text_missing")
    if problem:
        raise refused("text_too_long")
    return text


def attachment_limit(platform: str, media: Media, caption: str | None) -> tuple[str, str] | None:
    """None, or the field at fault and what this platform expected there."""
    from chalicelib.platforms import _media  # late: most messages have no attachment

    return _media.problem_on(platform, media, caption)


def checked_attachment(platform: str, message: OutboundMessage) -> Media | None:
    """The attachment, None if the message has none. Raises for one that the platform would not
    take with the text as its caption."""
    if message.attachment and attachment_limit(platform, message.attachment, message.text):
        raise refused("attachment_not_offered")
    return message.attachment


def choices_limit(
    platform: str, text: str | None, quick_replies: Sequence[QuickReply], buttons: Sequence[Button]
) -> tuple[str, str] | None:
    """None, or the field at fault and what this platform expected there."""
    if not quick_replies and not buttons:
        return None
    from chalicelib.platforms import _choices  # late: most messages have neither

    return _choices.problem_on(platform, text, quick_replies, buttons)


def check_choices(platform: str, message: OutboundMessage) -> None:
    """Raises for quick replies and buttons that the platform would not take with this message."""
    if not has_choices(message):
        return
    wrong = choices_limit(platform, message.text, message.quick_replies, message.buttons)
    if wrong or message.kind is not MessageKind.TEXT or message.attachment:
        raise refused("choices_not_offered")


def has_choices(message: OutboundMessage) -> bool:
    """Whether it has quick replies or buttons."""
    return bool(message.quick_replies or message.buttons)


def checked_template(message: OutboundMessage) -> dict[str, Any]:
    """The template as Meta wants it. Raises if there is none."""
    if not message.template:
        raise refused("template_missing")
    return message.template
