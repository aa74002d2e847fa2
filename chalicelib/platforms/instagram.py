"""Instagram: what differs from its sibling. The common frame is read in `_messaging.py`."""

from __future__ import annotations

from functools import partial

from chalicelib.platforms import _messaging, _send_api, _sendable
from chalicelib.platforms._contract import Platform

PLATFORM = Platform(
    name="instagram",
    object="instagram",
    walk=_messaging.walk,
    read=_messaging.read,
    render=_send_api.render_instagram,
    profile_path=_send_api.profile_path_instagram,
    text_limit=_send_api.text_limit_instagram,
    attachment_limit=partial(_sendable.attachment_limit, "instagram"),
    choices_limit=partial(_sendable.choices_limit, "instagram"),
)
