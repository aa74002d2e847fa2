"""Handover notice: where no other automation has an answer, say that a person will.

An automated experience has to answer any input within 30 seconds (messenger-platform/policy,
2026-09-11). Once a person has been announced, it is theirs: the notice goes out once a wait, and
not at all where a greeting or a handover announced one. An answer to a request announces nobody.
"""

from __future__ import annotations

from chalicelib.core.automations import Answer, Automation, Situation, Tier
from chalicelib.core.automations._replies import own_or_ready
from chalicelib.core.conversation import Conversation

_ANNOUNCING = frozenset(
    {
        *("instant_reply", "away_message", "handover_notice", "handover_request"),
        "handover_missed",
    }
)


def decide(situation: Situation) -> Answer | None:
    notice, before = situation.channel.notice, situation.conversation
    if not notice.is_on or (before is not None and _is_handed_over(before)):
        return None
    return own_or_ready(notice, "handover_notice", situation.channel.language)


def _is_handed_over(before: Conversation) -> bool:
    """By the replies in this wait; one that the row knows no more counts as an announcement."""
    opened, automated = before.wait_opened_at, before.last_automated_at
    if opened is None or automated is None or automated < opened:
        return False
    said = {send.automation for send in before.recent_sends if send.at >= opened} - {None}
    return not said or not said.isdisjoint(_ANNOUNCING)


AUTOMATION = Automation("handover_notice", Tier.HANDOVER, decide)
