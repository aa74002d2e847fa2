"""Occasions to write to a customer who has not just written to us, and on which platforms there
are any."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.core.channel import ChannelSettings

REVIEWS = ("page_not_recommended", "page_recommended")
# Those that the business may tell us of by itself. A comment has to come from the platform.
TOLD = ("job_application", *REVIEWS)
_ONLY_ON = {
    "page_recommended": ("messenger",),
    "page_not_recommended": ("messenger",),
    "private_reply": ("messenger", "instagram"),
}
_THERE_ARE_NONE = "nothing: this platform has no {}"
_WHAT = {
    "page_recommended": "recommendations",
    "page_not_recommended": "recommendations",
    "private_reply": "comments",
}


def problems(channel: ChannelSettings) -> Iterator[tuple[str, str]]:
    """Fields that ask for what the platform does not have, and what was expected there."""
    for name, platforms in _ONLY_ON.items():
        if getattr(channel, name).is_on and channel.platform not in platforms:
            yield name, _THERE_ARE_NONE.format(_WHAT[name])
