"""Away message: outside opening hours, once per closed period and contact."""

from __future__ import annotations

from chalicelib.core.automations import Answer, Automation, Situation, Tier
from chalicelib.core.texts import ready


def decide(situation: Situation) -> Answer | None:
    reply, before = situation.channel.away_message, situation.conversation
    if not reply.is_on or situation.is_open:
        return None
    if before is not None and before.away_period == situation.closed_period:
        return None
    return Answer(
        text=reply.text_or(ready("away_message", situation.channel.language)),
        attachment=reply.attachment,
        template=reply.template,
        away_period=situation.closed_period,
    )


AUTOMATION = Automation("away_message", Tier.AVAILABILITY, decide)
