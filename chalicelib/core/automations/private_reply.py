"""Private reply: answer a public comment in the author's inbox, once a comment.

One message within 7 days of the comment; the conversation goes on when the person answers
(Messenger Platform, private replies, 2026-09-11; Instagram, private replies, 2026-04).
"""

from __future__ import annotations

from chalicelib.core.automations import Answer, Automation, Situation, Tier
from chalicelib.core.channel import PrivateReply
from chalicelib.core.keywords import is_asked
from chalicelib.core.texts import ready


def decide(situation: Situation) -> Answer | None:
    reply = situation.channel.private_reply
    if situation.occasion != AUTOMATION.name or not reply.is_on:
        return None
    if not _is_meant(reply, situation):
        return None
    return Answer(text=reply.text or ready(AUTOMATION.name, situation.channel.language))


def _is_meant(reply: PrivateReply, situation: Situation) -> bool:
    if reply.post_ids and situation.post_id not in reply.post_ids:
        return False
    return not reply.keywords or is_asked(reply.keywords, situation.text)


AUTOMATION = Automation("private_reply", Tier.OCCASION, decide)
