"""Stop: confirms to a customer who wants to hear no more, or again, that it was noted.

The wish itself is recorded whatever is switched on (usecases/record_consent.py). Nothing else
answers such a message, and a stop that is repeated is not confirmed again.
"""

from __future__ import annotations

from chalicelib.core.automations import Answer, Automation, Situation, Tier
from chalicelib.core.channel import AutomaticReply
from chalicelib.core.stop_words import wish
from chalicelib.core.texts import ready


def decide(situation: Situation) -> Answer | None:
    reply, language = situation.channel.confirmation, situation.channel.language
    asked = wish(situation.text, situation.payload) if reply.is_on else None
    if asked is None:
        return None
    return _stopped(reply, language) if asked.is_stop else Answer(text=ready(_START, language))


def _stopped(reply: AutomaticReply, language: str) -> Answer:
    return Answer(
        text=reply.text_or(ready("stop_confirmation", language)),
        attachment=reply.attachment,
        template=reply.template,
    )


_START = "start_confirmation"
AUTOMATION = Automation("stop", Tier.REQUEST, decide)
