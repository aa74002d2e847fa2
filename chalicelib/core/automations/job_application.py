"""Job application received: say that it has arrived. No webhook of Meta's tells of one; the
business's own system does, by a trigger of the API."""

from __future__ import annotations

from chalicelib.core.automations import Answer, Automation, Situation, Tier
from chalicelib.core.texts import ready


def decide(situation: Situation) -> Answer | None:
    reply = situation.channel.job_application
    if situation.occasion != AUTOMATION.name or not reply.is_on:
        return None
    return Answer(
        text=reply.text_or(ready(AUTOMATION.name, situation.channel.language)),
        attachment=reply.attachment,
        template=reply.template,
    )


AUTOMATION = Automation("job_application", Tier.OCCASION, decide)
