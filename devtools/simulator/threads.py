"""Who has the thread: given away and taken through the Graph API, or by another app.

Pages handover protocol and Conversation Routing (webhook-events/messaging_handovers, 2021-09-14).
"""

from __future__ import annotations

from typing import Any

from devtools.simulator.errors import no_such_node, parameter
from devtools.simulator.state import Channel
from devtools.simulator.world import World

ACTIONS = ("pass_thread_control", "take_thread_control")


def change(world: World, channel: Channel, action: str, body: Any) -> dict[str, Any]:
    """The answer to our giving the thread to another app, or taking it. Raises GraphError."""
    recipient = body.get("recipient") if isinstance(body, dict) else None
    contact_id = str((recipient or {}).get("id", ""))
    contact = world.contact(channel, contact_id)
    if channel.platform == "whatsapp" or contact is None:
        raise no_such_node(contact_id)
    if action == "pass_thread_control" and not body.get("target_app_id"):
        raise parameter("param target_app_id must be non-empty")
    contact.thread_owner = str(body.get("target_app_id", "")) if action != ACTIONS[1] else ""
    world.save()
    return {"success": True}


def told(app_id: str, *, is_ours: bool) -> dict[str, Any]:
    """The webhook's words: the other app took the thread, or gave it to us."""
    if is_ours:
        facts = {"new_owner_app_id": app_id, "previous_owner_app_id": "263902037430900"}
        return {"pass_thread_control": facts}
    return {"take_thread_control": {"previous_owner_app_id": app_id, "metadata": "other app"}}
