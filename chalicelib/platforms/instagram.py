"""Instagram: what differs from its sibling. The common frame is read in `_messaging.py`."""

from __future__ import annotations

from chalicelib.platforms import _messaging, _send_api
from chalicelib.platforms._contract import Platform

PLATFORM = Platform(
    name="instagram",
    object="instagram",
    walk=_messaging.walk,
    read=_messaging.read,
    render=_send_api.render_instagram,
    profile_path=_send_api.profile_path_instagram,
    text_limit=_send_api.text_limit_instagram,
)
