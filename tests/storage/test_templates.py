"""Contract of Templates, and of the marketing waits beside a conversation."""

from __future__ import annotations

import pytest

from chalicelib.core.marketing_waits import MarketingWait
from chalicelib.core.template_states import NOTHING_TOLD, Aspect, TemplateFact, TemplateState
from tests.builders import CHANNEL, CONVERSATION, NOON, at, channel


def template_fact(**facts) -> TemplateFact:
    defaults = {
        "account_id": "waba",
        "name": "order",
        "language": "en",
        "aspect": Aspect.STATUS,
        "word": "APPROVED",
        "at": NOON,
    }
    return TemplateFact(**(defaults | facts))


def state(stores, **of) -> TemplateState:
    place = {"account_id": "waba", "name": "order", "language": "en"} | of
    return stores.templates.state(**place)


def test_of_a_template_nobody_told_of_nothing_is_known(stores):
    assert state(stores) == NOTHING_TOLD


def test_status_quality_and_category_are_told_each_by_itself(stores):
    stores.templates.tell(template_fact(word="PAUSED"))
    stores.templates.tell(template_fact(aspect=Aspect.QUALITY, word="YELLOW"))
    stores.templates.tell(template_fact(aspect=Aspect.CATEGORY, word="MARKETING"))
    assert state(stores) == TemplateState(status="PAUSED", quality="YELLOW", category="marketing")


@pytest.mark.parametrize("words", [("PAUSED", "APPROVED"), ("APPROVED", "PAUSED")])
def test_the_latest_notice_counts_in_whatever_order_they_come(stores, words):
    times = {"APPROVED": at("11:00"), "PAUSED": at("12:00")}
    for word in words:
        stores.templates.tell(template_fact(word=word, at=times[word]))
    assert state(stores).status == "PAUSED"


@pytest.mark.parametrize(
    "other", [{"account_id": "another"}, {"name": "order_2"}, {"language": "en_US"}]
)
def test_a_notice_is_about_one_template_in_one_language_of_one_account(stores, other):
    stores.templates.tell(template_fact(**other))
    assert state(stores) == NOTHING_TOLD


def test_of_two_marketing_waits_the_one_that_began_later_stays(stores):
    early = MarketingWait(at("10:00"), NOON, 131049)
    late = MarketingWait(at("11:00"), at("13:00"), 131049)
    for wait in (early, late, early):
        stores.conversations.hold_marketing(CONVERSATION, wait)
    assert stores.conversations.marketing_wait(CONVERSATION) == late


def test_a_contact_who_refused_nothing_has_no_marketing_wait(stores):
    assert stores.conversations.marketing_wait(CONVERSATION) is None


def test_a_channel_remembers_the_month_in_which_its_budget_was_reached(stores):
    stores.channels.save(channel(version=1))
    stores.channels.note_budget(CHANNEL, "2026-11")
    assert stores.channels.budget_reached_in(CHANNEL) == "2026-11"


def test_a_budget_that_is_not_reached_any_more_is_forgotten(stores):
    stores.channels.save(channel(version=1))
    stores.channels.note_budget(CHANNEL, "2026-11")
    stores.channels.note_budget(CHANNEL, None)
    assert stores.channels.budget_reached_in(CHANNEL) is None


def test_why_a_channel_s_sending_is_stopped_is_known(stores):
    stores.channels.save(channel(version=1))
    stores.channels.stop_sending(CHANNEL, reason="policy_enforcement", at=NOON)
    assert stores.channels.stopped_because(CHANNEL) == "policy_enforcement"


def test_a_channel_that_may_send_has_no_such_reason(stores):
    stores.channels.save(channel(version=1))
    assert stores.channels.stopped_because(CHANNEL) is None
