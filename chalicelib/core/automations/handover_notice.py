"""Handover notice: where no other automation has an answer, say that a person will.

An automated experience has to answer any input within 30 seconds (messenger-platform/policy,
2026-09-11). Once a person has been announced, it is theirs: the notice goes out once a wait, and
not at all in one that began with another automatic reply.
"""

from __future__ import annotations

from chalicelib.core.automations import Answer, Automation, Situation, Tier
from chalicelib.core.automations._replies import own_or_ready
from chalicelib.core.conversation import Conversation


def decide(situation: Situation) -> Answer | None:
    notice, before = situation.channel.notice, situation.conversation
    if not notice.is_on or (before is not None and _is_handed_over(before)):
        return None
    return own_or_ready(notice, "handover_notice", situation.channel.language)


def _is_handed_over(before: Conversation) -> bool:
    opened, automated = before.wait_opened_at, before.last_automated_at
    return opened is not None and automated is not None and automated >= opened


AUTOMATION = Automation("handover_notice", Tier.HANDOVER, decide)
