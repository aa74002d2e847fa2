"""Stop: confirms to a customer who wants to hear no more, or again, that it was noted.

The wish itself is recorded whatever is switched on (usecases/record_consent.py). Nothing else
answers such a message, and a stop that is repeated is not confirmed again.
"""

from __future__ import annotations

from chalicelib.core.automations import Answer, Automation, Situation, Tier
from chalicelib.core.automations._replies import own_or_ready
from chalicelib.core.stop_words import wish
from chalicelib.core.texts import ready


def decide(situation: Situation) -> Answer | None:
    reply, language = situation.channel.confirmation, situation.channel.language
    asked = wish(situation.text, situation.payload) if reply.is_on else None
    if asked is None:
        return None
    if asked.is_stop and asked.topic:  # the words for a stop of everything would not be true
        return Answer(text=ready("stop_topic_confirmation", language))
    if asked.is_stop:
        return own_or_ready(reply, "stop_confirmation", language)
    return Answer(text=ready("start_confirmation", language))


AUTOMATION = Automation("stop", Tier.REQUEST, decide)
