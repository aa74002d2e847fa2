"""What a customer hears who wants a person: one will come, and, when nobody is there, how else the
business can be reached."""

from __future__ import annotations

from chalicelib.core.channel import ChannelSettings
from chalicelib.core.informing import ways
from chalicelib.core.texts import ready


def text_for(channel: ChannelSettings, *, is_open: bool, is_asked: bool = False) -> str:
    """Said once, when a person is called: "of course" to who asked for one alone."""
    ready_name = "handover_request" if is_asked else "handover_missed"
    said = channel.handover.text or ready(
        ready_name if is_open else "handover_closed", channel.language
    )
    return said if is_open else _with_other_ways(said, channel)


def text_of_reminder(channel: ChannelSettings) -> str:
    """Said when nobody has answered for a while."""
    said = channel.handover.unanswered_text or ready("still_waiting", channel.language)
    return _with_other_ways(said, channel)


def _with_other_ways(said: str, channel: ChannelSettings) -> str:
    information = channel.contact_information
    found = ways(information, channel.language) if information else ""
    if not found:
        return said
    return f"{said}\n\n{ready('other_ways', channel.language)}\n{found}"
