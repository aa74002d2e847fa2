"""Messenger: what differs from its sibling. The common frame is read in `_messaging.py`."""

from __future__ import annotations

from functools import partial

from chalicelib.platforms import _messaging, _send_api, _sendable
from chalicelib.platforms._contract import Platform

PLATFORM = Platform(
    name="messenger",
    object="page",
    walk=_messaging.walk,
    read=_messaging.read,
    render=_send_api.render_messenger,
    profile_path=_send_api.profile_path_messenger,
    text_limit=_send_api.text_limit_messenger,
    attachment_limit=partial(_sendable.attachment_limit, "messenger"),
    choices_limit=partial(_sendable.choices_limit, "messenger"),
)
