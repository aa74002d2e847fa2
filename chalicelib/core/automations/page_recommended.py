"""Page recommended: some minutes later, thank who recommended us, unless they write first.

The webhook of reviews is unconfirmed (field `ratings` of the v26 enum; the recommendation object
can no longer be read from v22.0 on, graph-api/reference/recommendation): it may never come, so the
business may tell us of a recommendation too.
"""

from __future__ import annotations

from datetime import timedelta

from chalicelib.core.automations import Answer, Automation, Situation, Tier
from chalicelib.core.automations._replies import on_occasion

AFTER = timedelta(minutes=10)


def decide(situation: Situation) -> Answer | None:
    return on_occasion(situation.channel.page_recommended, AUTOMATION.name, situation, after=AFTER)


AUTOMATION = Automation("page_recommended", Tier.OCCASION, decide)
