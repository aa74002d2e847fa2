"""Ad questions: who comes through an ad is offered up to three questions to tap.

What they tap is answered by `frequent_questions.py`. While the business is closed, the away message
goes first.
"""

from __future__ import annotations

from chalicelib.core.automations import Answer, Automation, Situation, Tier
from chalicelib.core.informing import FrequentQuestion
from chalicelib.core.messages import QuickReply
from chalicelib.core.texts import ready


def decide(situation: Situation) -> Answer | None:
    channel, referral = situation.channel, situation.referral
    suggested = channel.ad_questions
    if suggested is None or not suggested.is_on or referral is None or referral.ad_id is None:
        return None
    known = {question.name: question for question in channel.frequent_questions}
    return Answer(
        text=suggested.text or ready("ad_questions", channel.language),
        quick_replies=tuple(quick_reply(known[name]) for name in suggested.questions),
    )


def quick_reply(question: FrequentQuestion) -> QuickReply:
    """The question, to be tapped."""
    return QuickReply(title=question.short_title, payload=question.payload)


AUTOMATION = Automation("ad_questions", Tier.GREETING, decide)
