"""Job application received: say that it has arrived. No webhook of Meta's tells of one; the
business's own system does, by a trigger of the API."""

from __future__ import annotations

from chalicelib.core.automations import Answer, Automation, Situation, Tier
from chalicelib.core.automations._replies import on_occasion


def decide(situation: Situation) -> Answer | None:
    return on_occasion(situation.channel.job_application, AUTOMATION.name, situation)


AUTOMATION = Automation("job_application", Tier.OCCASION, decide)
