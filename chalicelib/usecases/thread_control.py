"""Give control of a thread to another app, or take it, where the platform knows such a thing."""

from __future__ import annotations

from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Conversation
from chalicelib.core.steps import Step
from chalicelib.platforms import GraphRequest, SendError
from chalicelib.platforms import _thread_control as rendering
from chalicelib.ports import Runtime
from chalicelib.usecases import find_contact, move_conversation


def may_give(known: Conversation, channel: ChannelSettings) -> bool:
    """The platform knows such a thing, and the thread is ours."""
    return channel.platform in rendering.PLATFORMS and known.thread_owner != "other"


def give(known: Conversation, app_id: str, channel: ChannelSettings, rt: Runtime) -> bool:
    """False if the platform has no such thing, or did not do it, which is logged."""
    if not may_give(known, channel):
        return False
    request = rendering.passing(find_contact.address(known, rt), app_id)
    return _asked(request, channel, rt) and _owned("other", known, channel, rt)


def take(known: Conversation, channel: ChannelSettings, rt: Runtime) -> bool:
    """The same for a thread that another app has."""
    if channel.platform not in rendering.PLATFORMS or known.thread_owner != "other":
        return False
    request = rendering.taking(find_contact.address(known, rt))
    return _asked(request, channel, rt) and _owned("us", known, channel, rt)


def _asked(request: GraphRequest, channel: ChannelSettings, rt: Runtime) -> bool:
    try:
        rt.sender.post(channel, request)
    except SendError as error:
        rt.log.warning(
            "thread_control_refused",
            channel_id=channel.channel_id,
            reason=error.reason,
            code=error.code,
        )
        rt.log.count("thread_control_refused")
        return False
    return True


def _owned(owner: str, known: Conversation, channel: ChannelSettings, rt: Runtime) -> bool:
    """The app that acts is not told by a webhook."""
    at = rt.now()
    step = Step(at=at, day=channel.local_day(at), owner=owner)
    move_conversation.run(channel, known.contact_id, lambda _row: step, rt, known=known)
    return True
