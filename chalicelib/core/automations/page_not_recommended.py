"""Page not recommended: some minutes later, ask what went wrong, unless the customer writes first.

What is known of the webhook stands with `page_recommended`.
"""

from __future__ import annotations

from chalicelib.core.automations import Answer, Automation, Situation, Tier
from chalicelib.core.automations.page_recommended import AFTER
from chalicelib.core.texts import ready


def decide(situation: Situation) -> Answer | None:
    reply = situation.channel.page_not_recommended
    if situation.occasion != AUTOMATION.name or not reply.is_on:
        return None
    return Answer(
        text=reply.text_or(ready(AUTOMATION.name, situation.channel.language)),
        attachment=reply.attachment,
        template=reply.template,
        after=AFTER,
    )


AUTOMATION = Automation("page_not_recommended", Tier.OCCASION, decide)
