"""The verdict on one recipient of a campaign, as sending would find it, without sending."""

from __future__ import annotations

from chalicelib.core.campaigns import EXPIRED, Campaign, Word, named
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.charges import key_of
from chalicelib.core.conversation import Conversation
from chalicelib.core.messaging_policy import Permit, Question, Refusal
from chalicelib.ports import Runtime
from chalicelib.usecases import ask_campaign, campaign_message, choose_form, expect_price


def run(
    campaign: Campaign, conversation: Conversation, channel: ChannelSettings, rt: Runtime
) -> str:
    """What would become of it if it were sent at the campaign's time, everything else being as it
    is now: an outcome, permitted with its basis and price, or refused with its reason."""
    message = campaign_message.run(campaign, conversation, channel)
    at = ask_campaign.allowed_from(campaign, channel, max(campaign.send_at, rt.now()))
    chosen = choose_form.run(message, channel, conversation, rt, at=at)
    question = chosen.question
    verdict = _verdict(chosen, campaign, channel, conversation, rt)
    if isinstance(verdict, Refusal):
        return named(Word.REFUSED, verdict.reason)
    price = _price(question, conversation, channel, rt) if channel.platform == "whatsapp" else None
    return named(Word.PERMITTED, f"{verdict.basis}:{price}" if price else verdict.basis)


def _verdict(
    chosen: choose_form.Chosen,
    campaign: Campaign,
    channel: ChannelSettings,
    conversation: Conversation,
    rt: Runtime,
) -> Permit | Refusal:
    """In the order in which `send_message` asks."""
    at, verdict = chosen.question.at, chosen.verdict
    if at >= campaign.expires_at:
        return ask_campaign.refusal(EXPIRED, channel)
    if isinstance(verdict, Refusal):
        return verdict
    contact = conversation.conversation_id
    over = ask_campaign.would_be_over(chosen.message, channel, contact, rt, at=at)
    return over or verdict


def _price(
    question: Question, conversation: Conversation, channel: ChannelSettings, rt: Runtime
) -> str:
    """By what it is priced: category, kind of price and country, as in the bill of a month."""
    found = expect_price.run(question, conversation, channel, rt)
    return key_of(found.category, found.price, found.country)
