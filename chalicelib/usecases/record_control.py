"""Who may write: another app has the thread, or Meta has blocked the Page."""

from __future__ import annotations

from chalicelib.core.channel import ChannelSettings
from chalicelib.core.events import PolicyEnforced, ThreadControlChanged
from chalicelib.core.steps import Step
from chalicelib.ports import Runtime
from chalicelib.usecases import channel_block, move_conversation
from chalicelib.usecases.stored_message import time_of


def thread_control_changed(
    event: ThreadControlChanged, channel: ChannelSettings, rt: Runtime
) -> None:
    """Meta tells the app that got the thread, and the one that lost it. A request is only that."""
    owner = _owner(event, channel)
    if owner is None:
        return
    at = time_of(event)
    step = Step(at=at, day=channel.local_day(at), owner=owner)
    move_conversation.run(channel, event.contact_id or "", lambda _row: step, rt)


def policy_enforced(event: PolicyEnforced, channel: ChannelSettings, rt: Runtime) -> None:
    """A block refuses all sends of the channel until it is lifted; receiving goes on."""
    rt.log.warning("policy_enforced", channel_id=channel.channel_id, action=event.action)
    if event.action == "block":
        channel_block.begins(channel.channel_id, channel_block.BY_POLICY, rt, at=time_of(event))
    elif event.action == "unblock":
        channel_block.ends(channel.channel_id, rt, at=time_of(event))


def _owner(event: ThreadControlChanged, channel: ChannelSettings) -> str | None:
    if event.action == "requested":
        return None
    if channel.own_app_id and event.app_id:
        return "us" if event.app_id == channel.own_app_id else "other"
    return "us" if event.action == "passed" else "other"
