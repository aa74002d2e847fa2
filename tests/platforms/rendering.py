"""Whether a message is rendered at all, in tests of what is refused before it is sent."""

from __future__ import annotations

from chalicelib.catalogue import PLATFORMS
from chalicelib.core.messages import OutboundMessage
from chalicelib.core.messaging_policy import Basis, Permit
from chalicelib.platforms import SendError

IN_WINDOW = Permit(Basis.STANDARD_WINDOW, messaging_type="RESPONSE")


def is_rendered(message: OutboundMessage) -> bool:
    try:
        PLATFORMS[message.platform].render(message, IN_WINDOW, "attempt")
    except SendError:
        return False
    return True
