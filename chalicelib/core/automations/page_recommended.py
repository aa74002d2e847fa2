"""Page recommended: some minutes later, thank who recommended us, unless they write first.

The webhook of reviews is unconfirmed (field `ratings` of the v26 enum; the recommendation object
can no longer be read from v22.0 on, graph-api/reference/recommendation): it may never come, so the
business may tell us of a recommendation too.
"""

from __future__ import annotations

from datetime import timedelta

from chalicelib.core.automations import Answer, Automation, Situation, Tier
from chalicelib.core.texts import ready

AFTER = timedelta(minutes=10)


def decide(situation: Situation) -> Answer | None:
    reply = situation.channel.page_recommended
    if situation.occasion != AUTOMATION.name or not reply.is_on:
        return None
    return Answer(
        text=reply.text_or(ready(AUTOMATION.name, situation.channel.language)),
        attachment=reply.attachment,
        template=reply.template,
        after=AFTER,
    )


AUTOMATION = Automation("page_recommended", Tier.OCCASION, decide)
