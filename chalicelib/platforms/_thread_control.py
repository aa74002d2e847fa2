"""Who has the thread: give it to another app, or take it (Messenger and Instagram).

`POST /{PAGE_ID}/pass_thread_control` and `/take_thread_control` (handover protocol, since 2023-09,
on Instagram since 2025-10-23, part of Conversation Routing; read 2026-11-21). Loaded when needed.
"""

from __future__ import annotations

from chalicelib.platforms import GraphRequest

PLATFORMS = frozenset({"messenger", "instagram"})


def passing(contact_id: str, app_id: str) -> GraphRequest:
    """Give the thread to this app, such as the Page's inbox."""
    body = {"recipient": {"id": contact_id}, "target_app_id": app_id, "metadata": "hearback"}
    return GraphRequest("/pass_thread_control", body)


def taking(contact_id: str) -> GraphRequest:
    """Take the thread from whichever app has it."""
    return GraphRequest(
        "/take_thread_control", {"recipient": {"id": contact_id}, "metadata": "hearback"}
    )
