"""What every platform offers, and the words in which they answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import Any

from msgspec import Struct

from chalicelib.core.events import Event, Item
from chalicelib.core.messages import Button, Media, OutboundMessage, QuickReply
from chalicelib.core.messaging_policy import Permit


class ErrorClass(StrEnum):
    """What to do about a send that Meta did not take."""

    RETRY = "retry"  # not accepted, later again
    FETCH = "fetch"  # the attachment could not be fetched: once more, then never
    RATE = "rate"  # too fast: later again, slower
    WINDOW = "window"  # outside the messaging window
    POLICY = "policy"  # restricted, blocked, tag dead: a human must look
    RECIPIENT_GONE = "recipient_gone"
    TOKEN = "token"  # noqa: S105 - a class of errors: access token dead, the channel stops sending
    AMBIGUOUS = "ambiguous"  # may have been delivered: never blindly again
    BAD_REQUEST = "bad_request"  # our fault


# WhatsApp: too many messages to one person; the channel itself is not too fast.
PAIR_RATE_CODE = 131056


class SendError(Exception):
    """The platform did not take the message, or we cannot know. `reason` is a code without any
    content; `trace` Meta's own id of its answer, for its support."""

    def __init__(
        self,
        reason: str,
        *,
        error_class: ErrorClass,
        code: int | None = None,
        subcode: int | None = None,
        retry_after_seconds: float | None = None,
        trace: str | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason, self.error_class, self.code, self.subcode = reason, error_class, code, subcode
        self.retry_after_seconds = retry_after_seconds
        self.trace = trace


class GraphRequest(Struct, frozen=True):
    """A POST to the Graph API: `path` below the version, `body` as JSON; `host` facebook or
    instagram."""

    path: str
    body: dict[str, Any]
    host: str = "facebook"


class Accepted(Struct, frozen=True):
    """The platform took the message."""

    platform_message_id: str | None
    recipient_id: str | None = None
    busy_percent: float = 0.0  # of the limit that is used up most, as the answer reports it
    retry_after_seconds: float | None = None


class Platform(Struct, frozen=True):
    """Everything that differs between platforms."""

    name: str
    object: str  # of its webhooks
    # a payload of this object, cut into items; never raises
    walk: Callable[[dict[str, Any]], Iterator[Item]]
    # one item; never raises: what it cannot read becomes an UnknownEvent
    read: Callable[[Item], Event]
    render: Callable[[OutboundMessage, Permit, str], GraphRequest]  # message, permit, attempt id
    # contact id -> Graph path of the profile; None: not offered
    profile_path: Callable[[str], str] | None
    text_limit: Callable[[str], str | None]  # text -> None, or what is wrong with its length
    # attachment and caption -> None, or the field at fault and what was expected
    attachment_limit: Callable[[Media, str | None], tuple[str, str] | None]
    # text, quick replies and buttons -> None, or the field at fault and what was expected
    choices_limit: Callable[
        [str | None, Sequence[QuickReply], Sequence[Button]], tuple[str, str] | None
    ]
    # item and the contact's user id -> the phone that it tells beside it; None: not offered
    phone_beside: Callable[[Item, str], str | None] | None = None
