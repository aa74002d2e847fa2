"""What an automation says by a reply that the channel's settings describe."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.core.automations import Answer, Situation
from chalicelib.core.channel import AutomaticReply
from chalicelib.core.texts import ready


def own_or_ready(
    reply: AutomaticReply,
    name: str,
    language: str,
    *,
    away_period: str | None = None,
    after: timedelta = timedelta(),
) -> Answer:
    """The channel's own words, attachment or template; with none of them the ready text of this
    name."""
    return Answer(
        text=reply.text_or(ready(name, language)),
        attachment=reply.attachment,
        template=reply.template,
        away_period=away_period,
        after=after,
    )


def on_occasion(
    reply: AutomaticReply, name: str, situation: Situation, *, after: timedelta = timedelta()
) -> Answer | None:
    """The same where the situation is the occasion of this name and the reply is on, else None."""
    if situation.occasion != name or not reply.is_on:
        return None
    return own_or_ready(reply, name, situation.channel.language, after=after)
