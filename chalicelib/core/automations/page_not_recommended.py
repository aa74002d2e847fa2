"""Page not recommended: some minutes later, ask what went wrong, unless the customer writes first.

What is known of the webhook stands with `page_recommended`.
"""

from __future__ import annotations

from chalicelib.core.automations import Answer, Automation, Situation, Tier
from chalicelib.core.automations._replies import on_occasion
from chalicelib.core.automations.page_recommended import AFTER


def decide(situation: Situation) -> Answer | None:
    return on_occasion(
        situation.channel.page_not_recommended, AUTOMATION.name, situation, after=AFTER
    )


AUTOMATION = Automation("page_not_recommended", Tier.OCCASION, decide)
