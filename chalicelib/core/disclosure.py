"""When to say that an automated assistant answers.

messenger-platform/policy (2026-09-11): where law wants it, at the start of a conversation, after a
significant lapse of time, and when a conversation moves from a person to automation; California and
Germany are named, it is recommended everywhere. So the default is `always` for automations that
hold a conversation. Instant reply, away message and handover notice hold none: they say that a
person will answer, as do the confirmations of a handover; they carry it where a channel says
`always` itself. Messages that answer no input (closing, feedback, reminders) never carry it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from chalicelib.core.channel import AutomaticReply, ChannelSettings
from chalicelib.core.conversation import Conversation
from chalicelib.core.region import region_of
from chalicelib.core.texts import ready

WHEN = ("always", "regions", "never")
# Countries whose law wants it, as the policy names them: Germany, and California, which no phone
# number or user id tells apart from the rest of its country.
COUNTRIES = frozenset({"DE", "US"})
NOTICES = frozenset(
    {
        *("instant_reply", "away_message", "handover_notice", "handover_request"),
        *("handover_missed", "notification_request", "stop"),
        *("page_recommended", "page_not_recommended", "job_application", "private_reply"),
    }
)


def disclosed(
    text: str,
    automation: str,
    channel: ChannelSettings,
    *,
    at: datetime,
    before: Conversation,
    contact_id: str,
) -> str:
    """The text of an automation, with the sentence before it where it has to be. `before` is the
    conversation as it stood before the input of `at`."""
    if not _is_wanted(automation, channel, contact_id) or not _is_due(channel, before, at):
        return text
    return f"{sentence(channel)}\n\n{text}"


def sentence(channel: ChannelSettings) -> str:
    return channel.disclosure.text or ready("disclosure", channel.language)


def _is_wanted(automation: str, channel: ChannelSettings, contact_id: str) -> bool:
    match channel.disclosure.when:
        case "never":
            return False
        case "always":
            return True
        case "regions":
            country = region_of(contact_id).country if channel.platform == "whatsapp" else None
            return country is None or country in COUNTRIES
    return automation not in NOTICES


def _is_due(channel: ChannelSettings, before: Conversation, at: datetime) -> bool:
    """By what the row remembers of the replies to earlier inputs: redelivered, an input finds the
    same. Of a reply whose automation it has forgotten, it is taken that it said so."""
    sends = before.recent_sends
    mute = {send.at for send in sends if send.automation and _is_mute(send.automation, channel)}
    told = (reply for reply in before.automated_at if reply < at and reply not in mute)
    last = max(told, default=None)
    if last is None or at - last >= timedelta(hours=channel.disclosure.again_after_hours):
        return True
    person = before.last_person_at
    return person is not None and last < person <= at


def _is_mute(automation: str, channel: ChannelSettings) -> bool:
    """Whether its replies cannot say so: a notice that need not, a pin, an attachment, a
    template."""
    if automation in NOTICES and channel.disclosure.when is None:
        return True
    if automation == "location":
        return channel.location is not None and channel.location.latitude is not None
    reply = getattr(channel, automation, None)
    return isinstance(reply, AutomaticReply) and bool(reply.attachment or reply.template)
