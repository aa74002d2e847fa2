"""Everything a use case may write, and all that can be read of it afterwards."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from chalicelib import ports
from chalicelib.core import decisions, digests, rate_limits
from chalicelib.core.contacts import Erased
from chalicelib.core.conversation import Profile
from chalicelib.core.day_activity import LocalDay, Run
from chalicelib.core.digests import Part
from chalicelib.core.events import Referral
from chalicelib.core.frequency import Slot
from chalicelib.core.handling import Handling
from chalicelib.core.marketing_waits import MarketingWait
from chalicelib.core.messages import Author, Listing, Origin, State, Status
from tests.builders import (
    CHANNEL,
    CONVERSATION,
    NOON,
    TODAY,
    at,
    channel,
    conversation,
    feedback,
    message,
    opt_in,
    our_message,
    wait,
)
from tests.storage.test_campaigns import CAMPAIGN, FIRST, PAGE
from tests.storage.test_links import replaced, told
from tests.storage.test_rate_cards import rate_card
from tests.storage.test_readings import reading
from tests.storage.test_templates import template_fact

MID, OURS = "mid.customer", our_message().message_id
PLANNED = our_message(state=State.PLANNED, due_at=NOON, lease_until=None)
AGO = at("11:00")
DIGEST = digests.made(CHANNEL, "2026-11-21T12", "", ["part"], 1)
ERASED = Erased(NOON, CHANNEL, (CONVERSATION,))
ENTRY = decisions.dropped(NOON, "window_closed")
NOTED = decisions.accepted(NOON, "m")
CUT = LocalDay(CHANNEL, TODAY, AGO, NOON)
ASK = rate_limits.ask_for(rate_limits.divided(CHANNEL, 300, 50), Origin.PERSON, 1.0)

# Everything a use case may write, each on top of something that makes its condition matter.
WRITES: dict[str, tuple[Callable, Callable]] = {
    "conversations.save": (
        lambda s: s.conversations.save(conversation()),
        lambda s: s.conversations.save(conversation(version=1, last_customer_at=NOON)),
    ),
    "conversations.save first": (
        lambda s: None,
        lambda s: s.conversations.save(conversation()),
    ),
    "conversations.see": (
        lambda s: s.conversations.see(CONVERSATION, read_until=AGO),
        lambda s: s.conversations.see(CONVERSATION, read_until=NOON),
    ),
    "conversations.save_profile": (
        lambda s: None,
        lambda s: s.conversations.save_profile(CONVERSATION, Profile(fetched_at=NOON)),
    ),
    "conversations.save_referral": (
        lambda s: s.conversations.save_referral(CONVERSATION, Referral(ref="a"), AGO),
        lambda s: s.conversations.save_referral(CONVERSATION, Referral(ref="b"), NOON),
    ),
    "conversations.link told": (
        lambda s: s.conversations.link(told(NOON)),
        lambda s: s.conversations.link(told(AGO)),
    ),
    "conversations.link changed": (
        lambda s: s.conversations.link(replaced(AGO)),
        lambda s: s.conversations.link(replaced(NOON)),
    ),
    "conversations.save_own": (
        lambda s: None,
        lambda s: s.conversations.save_own(conversation(version=3, last_customer_at=NOON)),
    ),
    "conversations.hold_marketing": (
        lambda s: s.conversations.hold_marketing(CONVERSATION, MarketingWait(AGO, NOON, 131049)),
        lambda s: s.conversations.hold_marketing(CONVERSATION, MarketingWait(NOON, NOON, 131049)),
    ),
    "templates.tell": (
        lambda s: s.templates.tell(template_fact(word="APPROVED", at=AGO)),
        lambda s: s.templates.tell(template_fact(word="PAUSED", at=NOON)),
    ),
    "rate_cards.save": (lambda s: None, lambda s: s.rate_cards.save(rate_card())),
    "channels.note_budget": (
        lambda s: s.channels.save(channel(version=1)),
        lambda s: s.channels.note_budget(CHANNEL, "2026-11"),
    ),
    "conversations.save_handling": (
        lambda s: s.conversations.save_handling(conversation(), Handling(tags=("vip",))),
        lambda s: s.conversations.save_handling(
            conversation(), Handling(version=1, needs_person_since=NOON)
        ),
    ),
    "conversations.save_handling first": (
        lambda s: None,
        lambda s: s.conversations.save_handling(conversation(), Handling(tags=("vip",))),
    ),
    "messages.record": (lambda s: None, lambda s: s.messages.record(message())),
    "messages.record unsent": (
        lambda s: s.messages.delete(CONVERSATION, MID, NOON),
        lambda s: s.messages.record(message()),
    ),
    "messages.edit": (
        lambda s: s.messages.record(message()),
        lambda s: s.messages.edit(CONVERSATION, MID, "second", NOON),
    ),
    "messages.delete": (
        lambda s: s.messages.record(message()),
        lambda s: s.messages.delete(CONVERSATION, MID, NOON),
    ),
    "messages.react": (
        lambda s: s.messages.record(message()),
        lambda s: s.messages.react(CONVERSATION, MID, emoji="❤", is_by_business=False, at=NOON),
    ),
    "messages.status": (
        lambda s: s.messages.claim(our_message()),
        lambda s: s.messages.status(CONVERSATION, OURS, Status.READ, NOON),
    ),
    "messages.reclassify": (
        lambda s: s.messages.record(message()),
        lambda s: s.messages.reclassify(message(), Author.OTHER_APP),
    ),
    "messages.plan": (lambda s: None, lambda s: s.messages.plan(PLANNED)),
    "messages.refuse": (
        lambda s: s.messages.plan(PLANNED),
        lambda s: s.messages.refuse(our_message(failure="window_closed")),
    ),
    "messages.claim": (
        lambda s: None,
        lambda s: s.messages.claim(our_message(ledger=(ENTRY,))),
    ),
    "messages.claim planned": (
        lambda s: s.messages.plan(PLANNED),
        lambda s: s.messages.claim(our_message()),
    ),
    "messages.settle sent": (
        lambda s: s.messages.claim(our_message()),
        lambda s: s.messages.settle(
            CONVERSATION, OURS, State.SENT, platform_message_id="m", entry=NOTED
        ),
    ),
    "messages.settle planned": (
        lambda s: s.messages.claim(our_message()),
        lambda s: s.messages.settle(
            CONVERSATION, OURS, State.PLANNED, due_at=NOON, listing=Listing(CHANNEL, NOON)
        ),
    ),
    "messages.settle unknown": (
        lambda s: s.messages.claim(our_message()),
        lambda s: s.messages.settle(
            CONVERSATION, OURS, State.UNKNOWN, listing=Listing(CHANNEL, NOON, NOON)
        ),
    ),
    "messages.settle sent after it failed": (
        lambda s: (
            s.messages.claim(our_message()),
            s.messages.status(
                CONVERSATION, OURS, Status.FAILED, NOON, listing=Listing(CHANNEL, NOON)
            ),
        ),
        lambda s: s.messages.settle(CONVERSATION, OURS, State.SENT, platform_message_id="m"),
    ),
    "messages.mark_resent": (
        lambda s: (
            s.messages.claim(our_message()),
            s.messages.settle(CONVERSATION, OURS, State.FAILED, listing=Listing(CHANNEL, NOON)),
        ),
        lambda s: s.messages.mark_resent(CONVERSATION, OURS, "hb-second"),
    ),
    "messages.postpone": (
        lambda s: s.messages.plan(PLANNED),
        lambda s: s.messages.postpone(PLANNED, NOON),
    ),
    "messages.forget": (
        lambda s: (
            s.messages.record(message()),
            s.messages.plan(our_message(state=State.PLANNED, due_at=NOON)),
        ),
        lambda s: sum(1 for _ in s.messages.forget(CONVERSATION, NOON)),
    ),
    "conversations.forget": (
        lambda s: (
            s.conversations.save(conversation()),
            s.conversations.save_profile(CONVERSATION, Profile(fetched_at=NOON)),
        ),
        lambda s: s.conversations.forget(CONVERSATION, ERASED),
    ),
    "opt_ins.forget": (
        lambda s: s.opt_ins.record(opt_in()),
        lambda s: s.opt_ins.forget(CONVERSATION),
    ),
    "messages.note": (
        lambda s: s.messages.refuse(our_message(failure="window_closed", ledger=(ENTRY,))),
        lambda s: s.messages.note(CONVERSATION, OURS, NOTED),
    ),
    "messages.keep_raw": (
        lambda s: None,
        lambda s: s.messages.keep_raw(CONVERSATION, "opt_in:1", b"{}", NOON),
    ),
    "waits.record": (lambda s: None, lambda s: s.waits.record(wait())),
    "waits.remove": (lambda s: s.waits.record(wait()), lambda s: s.waits.remove(wait())),
    "channels.save": (lambda s: None, lambda s: s.channels.save(channel())),
    "channels.stop_sending": (
        lambda s: s.channels.save(channel()),
        lambda s: s.channels.stop_sending(CHANNEL, reason="token", at=NOON),
    ),
    "channels.tell_block": (
        lambda s: s.channels.tell_block(CHANNEL, None, AGO),
        lambda s: s.channels.tell_block(CHANNEL, "policy_enforcement", NOON),
    ),
    "channels.resume_sending": (
        lambda s: s.channels.stop_sending(CHANNEL, reason="token", at=NOON),
        lambda s: s.channels.resume_sending(CHANNEL),
    ),
    "opt_ins.record": (lambda s: None, lambda s: s.opt_ins.record(opt_in())),
    "opt_ins.stop": (
        lambda s: s.opt_ins.record(opt_in()),
        lambda s: s.opt_ins.stop(CONVERSATION, "mug", NOON),
    ),
    "opt_ins.resume": (
        lambda s: s.opt_ins.stop(CONVERSATION, "mug", AGO),
        lambda s: s.opt_ins.resume(CONVERSATION, "mug", NOON),
    ),
    "opt_ins.ask": (lambda s: None, lambda s: s.opt_ins.ask(CONVERSATION, "mug", "hb-1", NOON)),
    "opt_ins.release": (
        lambda s: (s.opt_ins.record(opt_in()), s.opt_ins.claim(opt_in(), "hb-1", NOON)),
        lambda s: s.opt_ins.release(opt_in(used_by="hb-1", used_at=NOON)),
    ),
    "opt_ins.claim": (
        lambda s: s.opt_ins.record(opt_in()),
        lambda s: s.opt_ins.claim(opt_in(), "hb-1", NOON),
    ),
    "campaigns.create": (lambda s: None, lambda s: s.campaigns.create(CAMPAIGN)),
    "campaigns.cancel": (
        lambda s: s.campaigns.create(CAMPAIGN),
        lambda s: s.campaigns.cancel(CAMPAIGN.campaign_id, NOON),
    ),
    "campaigns.move": (
        lambda s: s.campaigns.create(CAMPAIGN),
        lambda s: s.campaigns.move(FIRST, FIRST),
    ),
    "campaigns.keep_page": (
        lambda s: s.campaigns.create(CAMPAIGN),
        lambda s: s.campaigns.keep_page(FIRST, PAGE),
    ),
    "campaigns.save_page": (
        lambda s: s.campaigns.keep_page(FIRST, PAGE),
        lambda s: s.campaigns.save_page(FIRST, replace(PAGE, outcomes=("sent", "sent"))),
    ),
    "conversations.save_slots": (
        lambda s: None,
        lambda s: s.conversations.save_slots(CONVERSATION, (), (Slot("hb-1", NOON),)),
    ),
    "readings.save": (lambda s: None, lambda s: s.readings.save([reading()])),
    "readings.save_run": (
        lambda s: None,
        lambda s: s.readings.save_run(CHANNEL, TODAY, Run(NOON, is_final=True)),
    ),
    "readings.save_answerers": (
        lambda s: s.readings.save_answerers(CHANNEL, TODAY, [reading(answered_by="person_app")]),
        lambda s: s.readings.save_answerers(CHANNEL, TODAY, [reading(answered_by="person_api")]),
    ),
    "readings.keep_feedback": (
        lambda s: s.readings.keep_feedback(feedback()),
        lambda s: s.readings.keep_feedback(feedback(score=2)),
    ),
    "readings.keep_cut": (lambda s: None, lambda s: s.readings.keep_cut(CUT)),
    "digests.save": (lambda s: None, lambda s: s.digests.save(DIGEST)),
    "digests.save_part": (
        lambda s: None,
        lambda s: s.digests.save_part(CHANNEL, "2026-11-21T12", 0, "part", Part("of", ())),
    ),
    "rates.lease first": (lambda s: None, lambda s: s.rates.lease(ASK, NOON)),
    "rates.lease": (lambda s: s.rates.lease(ASK, NOON), lambda s: s.rates.lease(ASK, NOON)),
    "rates.pause": (
        lambda s: s.rates.pause(CHANNEL, AGO),
        lambda s: s.rates.pause(CHANNEL, NOON),
    ),
    "rates.slow_down": (lambda s: None, lambda s: s.rates.slow_down(CHANNEL, 0.5, NOON)),
}
READS = {
    "conversations.load",
    "conversations.load_leading",
    "conversations.links",
    "conversations.own",
    "conversations.waiting",
    "conversations.newest",
    "conversations.open_waits",
    "conversations.seen",
    "conversations.profile",
    "conversations.referrals",
    "conversations.handling",
    "conversations.needing_person",
    "messages.load",
    "messages.load_now",
    "messages.history",
    "messages.due",
    "messages.due_of_old",
    "messages.gone_wrong",
    "messages.to_look_for",
    "messages.of_day",
    "waits.of_day",
    "waits.of_conversation",
    "channels.load",
    "channels.all",
    "channels.is_stopped",
    "opt_ins.of_conversation",
    "opt_ins.consents",
    "opt_ins.stops",
    "opt_ins.of_topic",
    "messages.each_of_day",
    "messages.attempts",
    "digests.last",
    "digests.all",
    "digests.part",
    "messages.load_all",
    "conversations.erased",
    "readings.of_days",
    "readings.remembered",
    "readings.newest_first",
    "readings.answerers_of_days",
    "readings.cut",
    "readings.feedback_of_day",
    "templates.state",
    "rate_cards.all",
    "conversations.marketing_wait",
    "channels.stopped_because",
    "channels.blocked_because",
    "channels.budget_reached_in",
    "readings.runs",
    "conversations.slots",
    "opt_ins.page_of_topic",
    *("campaigns.load", "campaigns.newest", "campaigns.due"),
    *("campaigns.lane", "campaigns.lanes", "campaigns.page"),
}
PORTS = {
    "conversations": ports.Conversations,
    "messages": ports.Messages,
    "waits": ports.Waits,
    "channels": ports.Channels,
    "opt_ins": ports.OptIns,
    "campaigns": ports.Campaigns,
    "readings": ports.Readings,
    "templates": ports.Templates,
    "rate_cards": ports.RateCards,
    "rates": ports.Rates,
    "digests": ports.Digests,
}


def everything(stores) -> dict[str, object]:
    """All that can be read."""
    return {
        "row": stores.conversations.load(CONVERSATION),
        "links": stores.conversations.links(CONVERSATION),
        "slots": stores.conversations.slots(CONVERSATION),
        "campaign": stores.campaigns.load(CAMPAIGN.campaign_id),
        "lanes": stores.campaigns.lanes(CAMPAIGN.campaign_id),
        "page": stores.campaigns.page(CAMPAIGN.campaign_id, FIRST.lane_id, PAGE.number),
        "erased": stores.conversations.erased(CONVERSATION),
        "own": stores.conversations.own(CONVERSATION),
        "seen": stores.conversations.seen(CONVERSATION),
        "profile": stores.conversations.profile(CONVERSATION),
        "referrals": stores.conversations.referrals(CONVERSATION),
        "handling": stores.conversations.handling(CONVERSATION),
        "needing": stores.conversations.needing_person(CHANNEL, cursor=None, limit=9),
        "feedback": stores.readings.feedback_of_day(CHANNEL, TODAY),
        "history": stores.messages.history(CONVERSATION),
        "of_day": stores.messages.of_day(CHANNEL, TODAY),
        "due": tuple(stores.messages.due(CHANNEL, before=NOON)),
        "failed": stores.messages.gone_wrong(CHANNEL, State.FAILED, cursor=None, limit=9),
        "unknown": stores.messages.gone_wrong(CHANNEL, State.UNKNOWN, cursor=None, limit=9),
        "to_look_for": stores.messages.to_look_for(CHANNEL, before=NOON, limit=9),
        "waits": stores.waits.of_day(CHANNEL, TODAY),
        "channels": stores.channels.all(),
        "marketing": stores.conversations.marketing_wait(CONVERSATION),
        "budget": stores.channels.budget_reached_in(CHANNEL),
        "rate_cards": stores.rate_cards.all(),
        "template": stores.templates.state("waba", "order", "en"),
        "is_stopped": stores.channels.is_stopped(CHANNEL),
        "block": stores.channels.blocked_because(CHANNEL),
        "opt_ins": stores.opt_ins.consents(CONVERSATION),
        "readings": stores.readings.of_days(CHANNEL, TODAY, TODAY),
        "runs": stores.readings.runs(CHANNEL),
        "answerers": stores.readings.answerers_of_days(CHANNEL, TODAY, TODAY),
        "cut": stores.readings.cut(CHANNEL, TODAY),
        "digests": tuple(stores.digests.all(CHANNEL)),
        "digested": stores.digests.part(CHANNEL, "2026-11-21T12", 0, "part"),
        "rates": stores.rates.lease(ASK, NOON).shared,
    }
