"""Custom rules: what the business itself wants said to certain words, taps, hours, tags or ads.

They come after the automations that answer requests, and before those for everybody.
"""

from __future__ import annotations

from chalicelib.core.automations import Answer, Automation, Situation, Tier
from chalicelib.core.automations.notification_request import PAYLOAD
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.custom_rules import Moment, Then, answering
from chalicelib.core.handover_words import text_for
from chalicelib.core.messages import QuickReply
from chalicelib.core.texts import ready


def decide(situation: Situation) -> Answer | None:
    rule = answering(situation.channel.rules, moment(situation))
    return said(rule.then, situation.channel, is_open=situation.is_open) if rule else None


def moment(situation: Situation) -> Moment:
    """What rules look at."""
    referral = situation.referral
    return Moment(
        text=situation.text,
        payload=situation.payload,
        is_open=situation.is_open,
        tags=situation.tags,
        referral_source=referral.source if referral else None,
        referral_ref=referral.ref if referral else None,
        is_visit=situation.occasion == AUTOMATION.name,
    )


def said(then: Then, channel: ChannelSettings, *, is_open: bool) -> Answer:
    """The answer of a rule that says something. Whoever is asked about a topic taps a word, which
    `notification_request` takes for the wish."""
    text, quick_replies = then.text, then.quick_replies
    if text is None and then.hands_over:
        text = text_for(channel, is_open=is_open)
    if then.ask:
        quick_replies += (QuickReply(title=then.ask_label, payload=PAYLOAD + then.ask),)
    return Answer(
        text=text,
        quick_replies=quick_replies,
        buttons=then.buttons,
        title=ready("list_button", channel.language) if quick_replies else None,
        tags=then.tags,
        assign_to=then.assign_to,
        hands_over=then.hands_over,
    )


AUTOMATION = Automation("custom_rules", Tier.RULE, decide)
