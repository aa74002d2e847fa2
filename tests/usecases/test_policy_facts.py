"""What the policy is told: templates, marketing, region, blocks, budget and settings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core.channel import ApprovedTemplate, AutomaticReply, ChannelSettings
from chalicelib.core.events import AccountChanged, Item, PolicyEnforced, Referral
from chalicelib.core.ids import callback
from chalicelib.core.messages import MessageKind, Origin, State
from chalicelib.core.messaging_policy import Question
from chalicelib.core.opt_in import MARKETING
from chalicelib.core.outbound import row_of
from chalicelib.core.policy_settings import Budget, PolicySettings
from chalicelib.core.template_states import Aspect, TemplateFact
from chalicelib.platforms import ErrorClass, SendError
from chalicelib.ports import Runtime
from chalicelib.usecases import (
    answer_message,
    ask_policy,
    move_conversation,
    process_event,
    record_account,
    record_control,
    record_status,
    send_message,
    template_refused,
)
from tests import builders, fakes
from tests.builders import CHANNEL, NOON
from tests.usecases.test_record_status import status

WABA, PHONE = "900", "905551112233"
SALE = ApprovedTemplate(name="sale", language="tr", category="marketing")
DAY = timedelta(days=1)


def whatsapp(**facts: Any) -> ChannelSettings:
    settings = {"platform": "whatsapp", "business_account_id": WABA, "templates": (SALE,)}
    return builders.channel(**(settings | facts))


def sale(**facts: Any) -> Any:
    defaults = {
        "platform": "whatsapp",
        "contact_id": PHONE,
        "origin": Origin.CAMPAIGN,
        "kind": MessageKind.TEMPLATE,
        "text": None,
        "template": {"name": "sale", "language": {"code": "tr"}},
    }
    return builders.outbound(**(defaults | facts))


def asked(rt: Runtime, **facts: Any) -> Question:
    (channel,) = rt.channels.all()
    message = sale(**facts)
    known = move_conversation.load(channel, message.contact_id, rt)
    return ask_policy.question(message, channel, known, rt, at=rt.now())


def notice(field: str, change: str, **facts: Any) -> AccountChanged:
    entry = facts.pop("entry_id", WABA)
    defaults: dict[str, Any] = {
        "event_id": "n",
        "platform": "whatsapp",
        "channel_id": None,
        "contact_id": None,
        "occurred_at": NOON,
        "item": Item("whatsapp_business_account", "changes", {}, entry_id=entry),
        "name": "sale",
        "language": "tr",
    }
    return AccountChanged(field=field, change=change, **(defaults | facts))


def conversation_id(contact: str = PHONE) -> str:
    return builders.conversation(platform="whatsapp", contact_id=contact).conversation_id


def test_the_policy_hears_what_meta_told_of_a_template() -> None:
    rt = fakes.runtime(whatsapp())
    record_account.run(notice("message_template_status_update", "PAUSED"), rt)
    record_account.run(notice("message_template_quality_update", "RED"), rt)
    question = asked(rt)
    assert (question.template_status, question.template_quality) == ("PAUSED", "RED")


@pytest.mark.parametrize(
    ("change", "detail"), [("UNPAUSED", None), ("PAUSED", "UNPAUSE"), ("REINSTATED", None)]
)
def test_a_template_whose_pause_is_over_is_approved(change: str, detail: str | None) -> None:
    rt = fakes.runtime(whatsapp())
    record_account.run(notice("message_template_status_update", "PAUSED"), rt)
    later = {"occurred_at": NOON + DAY, "detail": detail}
    record_account.run(notice("message_template_status_update", change, **later), rt)
    assert asked(rt).template_status == "APPROVED"


def test_consent_to_marketing_is_told() -> None:
    rt = fakes.runtime(whatsapp())
    rt.opt_ins.record(
        builders.opt_in(platform="whatsapp", conversation_id=conversation_id(), topic=MARKETING)
    )
    assert asked(rt).marketing_opted_in_at is not None


def test_a_category_that_meta_changed_goes_before_the_settings() -> None:
    rt = fakes.runtime(whatsapp())
    record_account.run(notice("template_category_update", "UTILITY"), rt)
    assert (asked(rt).category, asked(rt).is_promotional) == ("utility", False)


def test_without_a_notice_the_settings_vouch_for_a_template() -> None:
    question = asked(fakes.runtime(whatsapp()))
    assert (question.template_status, question.template_approved, question.category) == (
        None,
        True,
        "marketing",
    )


def test_a_channel_that_names_no_account_goes_by_its_settings() -> None:
    rt = fakes.runtime(whatsapp(business_account_id=None))
    record_account.run(notice("message_template_status_update", "PAUSED"), rt)
    assert asked(rt).template_status is None


def test_a_page_s_own_templates_are_told_under_its_id() -> None:
    rt = fakes.runtime(builders.channel())
    told = TemplateFact(
        account_id=CHANNEL,
        name="sale",
        language="tr",
        aspect=Aspect.STATUS,
        word="DISABLED",
        at=NOON,
    )
    rt.templates.tell(told)
    assert asked(rt, platform="messenger").template_status == "DISABLED"


@pytest.mark.parametrize(
    "lacking", [{"name": None}, {"language": None}, {"change": ""}, {"entry_id": None}]
)
def test_a_notice_that_names_no_template_is_left_to_others(lacking: dict[str, Any]) -> None:
    facts = {"field": "message_template_status_update", "change": "PAUSED"} | lacking
    assert record_account.run(notice(**facts), fakes.runtime(whatsapp())) is False


@pytest.mark.parametrize(
    ("contact", "region", "is_us"),
    [(PHONE, "TR", False), ("12125550123", "US", True), ("US.99", "US", True), ("x", None, False)],
)
def test_the_policy_hears_where_a_recipient_of_marketing_is(
    contact: str, region: str | None, is_us: bool
) -> None:
    question = asked(fakes.runtime(whatsapp()), contact_id=contact)
    assert (question.region, question.is_us_number) == (region, is_us)


@pytest.mark.parametrize(("code", "word"), [(132015, "PAUSED"), (132016, "DISABLED")])
def test_a_template_that_an_answer_calls_paused_or_disabled_is_known_to_be(
    code: int, word: str
) -> None:
    rt = fakes.runtime(whatsapp())
    rt.opt_ins.record(
        builders.opt_in(platform="whatsapp", conversation_id=conversation_id(), topic=MARKETING)
    )
    rt.sender.outcomes = [SendError("template", error_class=ErrorClass.POLICY, code=code)]
    send_message.run(sale(), rt)
    assert (len(rt.sender.posts), asked(rt).template_status) == (1, word)


def test_a_pause_that_was_lifted_after_the_answer_is_over() -> None:
    rt = fakes.runtime(whatsapp())
    template_refused.run(sale().template, 132015, whatsapp(), rt, at=NOON)
    lifted = notice(
        "message_template_status_update", "APPROVED", occurred_at=NOON + timedelta(minutes=1)
    )
    record_account.run(lifted, rt)
    assert asked(rt).template_status == "APPROVED"


def test_a_late_failure_tells_of_its_template_too() -> None:
    rt = fakes.runtime(whatsapp())
    row = row_of(sale(), at=NOON, day="2026-11-21")
    rt.messages.claim(row)
    event = status(
        "failed",
        callback=callback(row.conversation_id, row.message_id),
        contact_id=PHONE,
        errors=({"code": 132016},),
    )
    record_status.run(event, whatsapp(), rt)
    assert asked(rt).template_status == "DISABLED"


def failed(code: int) -> Any:
    return status("failed", callback=None, contact_id=PHONE, errors=({"code": code},))


def test_after_a_late_131049_marketing_waits_a_day() -> None:
    rt = fakes.runtime(whatsapp())
    event = failed(131049)
    record_status.run(event, whatsapp(), rt)
    assert asked(rt).marketing_not_before == event.occurred_at + DAY


def test_the_same_status_again_does_not_lengthen_the_wait() -> None:
    rt = fakes.runtime(whatsapp())
    record_status.run(failed(131049), whatsapp(), rt)
    first = asked(rt).marketing_not_before
    record_status.run(failed(131049), whatsapp(), rt)
    assert asked(rt).marketing_not_before == first


def test_after_a_late_131050_marketing_is_stopped() -> None:
    rt = fakes.runtime(whatsapp())
    event = failed(131050)
    record_status.run(event, whatsapp(), rt)
    assert asked(rt).marketing_stopped_at == event.occurred_at


def test_after_a_131049_at_once_marketing_waits_a_day() -> None:
    rt = fakes.runtime(whatsapp())
    rt.sender.outcomes.append(SendError("no", error_class=ErrorClass.POLICY, code=131049))
    rt.conversations.save(
        builders.conversation(
            platform="whatsapp", contact_id=PHONE, version=0, window_ends_at=NOON + DAY
        )
    )
    send_message.run(sale(kind=MessageKind.TEXT, text="x", template=None), rt)
    assert asked(rt).marketing_not_before == NOON + DAY


def test_other_messages_are_asked_without_a_look_at_marketing() -> None:
    rt = fakes.runtime(whatsapp())
    record_status.run(failed(131049), whatsapp(), rt)
    text = asked(rt, kind=MessageKind.TEXT, origin=Origin.PERSON, template=None, text="Hi")
    assert text.marketing_not_before is None


def test_a_stop_of_everything_is_told_of_what_is_no_reply() -> None:
    rt = fakes.runtime(whatsapp())
    rt.opt_ins.stop(conversation_id(), None, NOON)
    assert (asked(rt).stopped_all_at, asked(rt).is_reply) == (NOON, False)


@pytest.mark.parametrize("origin", [Origin.PERSON, Origin.AUTOMATION])
def test_an_answer_in_own_words_is_a_reply(origin: Origin) -> None:
    rt = fakes.runtime(whatsapp())
    question = asked(rt, kind=MessageKind.TEXT, origin=origin, template=None, text="Hi")
    assert question.is_reply


def test_a_stop_of_marketing_is_told() -> None:
    rt = fakes.runtime(whatsapp())
    rt.opt_ins.stop(conversation_id(), MARKETING, NOON)
    assert asked(rt).marketing_stopped_at == NOON


@pytest.mark.parametrize(
    ("action", "is_blocked"), [("block", True), ("warning", False), ("unblock", False)]
)
def test_a_block_by_meta_is_told(action: str, is_blocked: bool) -> None:
    rt = fakes.runtime(whatsapp())
    event = PolicyEnforced(
        event_id="e",
        platform="whatsapp",
        channel_id=CHANNEL,
        contact_id=None,
        occurred_at=NOON,
        item=Item("page", "messaging", {}),
        action=action,
    )
    record_control.policy_enforced(event, whatsapp(), rt)
    assert asked(rt).is_channel_blocked is is_blocked


def test_a_dead_token_is_no_block() -> None:
    rt = fakes.runtime(whatsapp())
    rt.channels.stop_sending(CHANNEL, reason="token_190", at=NOON)
    assert asked(rt).is_channel_blocked is False


def a_reinstatement() -> AccountChanged:
    """A minute after noon."""
    return notice(
        "account_update",
        "DISABLED_UPDATE",
        detail="REINSTATE",
        occurred_at=NOON + timedelta(minutes=1),
    )


def test_a_disabled_account_blocks_its_numbers_until_it_is_reinstated() -> None:
    rt = fakes.runtime(whatsapp())
    record_account.run(notice("account_update", "DISABLED_UPDATE", detail="DISABLE"), rt)
    blocked = asked(rt).is_channel_blocked
    record_account.run(a_reinstatement(), rt)
    assert (blocked, asked(rt).is_channel_blocked) == (True, False)


def test_f04_a_reinstatement_that_overtakes_its_block_counts() -> None:
    rt = fakes.runtime(whatsapp())
    record_account.run(a_reinstatement(), rt)
    record_account.run(notice("account_update", "DISABLED_UPDATE", detail="DISABLE"), rt)
    assert asked(rt).is_channel_blocked is False


def test_a_disabled_account_blocks_no_other_account_s_numbers() -> None:
    rt = fakes.runtime(whatsapp(business_account_id="901"))
    record_account.run(notice("account_update", "DISABLED_UPDATE", detail="DISABLE"), rt)
    assert asked(rt).is_channel_blocked is False


def test_a_reinstated_account_does_not_mend_a_dead_token() -> None:
    rt = fakes.runtime(whatsapp())
    rt.channels.stop_sending(CHANNEL, reason="token_190", at=NOON)
    record_account.run(notice("account_update", "DISABLED_UPDATE", detail="REINSTATE"), rt)
    assert rt.channels.is_stopped(CHANNEL)


@pytest.mark.parametrize(
    ("origin", "minutes"), [(Origin.PERSON, 0), (Origin.AUTOMATION, 9), (Origin.CAMPAIGN, 9)]
)
def test_the_margin_is_the_channel_s_and_persons_have_none(origin: Origin, minutes: int) -> None:
    rt = fakes.runtime(whatsapp(policy=PolicySettings(margin_minutes=9)))
    assert asked(rt, origin=origin).margin == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("origin", "is_reached"),
    [(Origin.AUTOMATION, True), (Origin.PERSON, False), (Origin.CAMPAIGN, False)],
)
def test_a_reached_budget_rests_automations_alone(origin: Origin, is_reached: bool) -> None:
    rt = fakes.runtime(whatsapp(budget=Budget(paid_service_messages=0)))
    rt.channels.note_budget(CHANNEL, "2026-11")
    assert asked(rt, origin=origin).is_budget_reached is is_reached


@pytest.mark.parametrize("budget", [None, Budget(paid_service_messages=0)])
def test_a_budget_of_another_month_or_of_none_rests_nothing(budget: Budget | None) -> None:
    rt = fakes.runtime(whatsapp(budget=budget))
    rt.channels.note_budget(CHANNEL, "2026-10" if budget else "2026-11")
    assert asked(rt, origin=Origin.AUTOMATION).is_budget_reached is False


def test_a_notice_about_a_template_is_acted_on_and_not_put_aside() -> None:
    rt = fakes.runtime(whatsapp())
    value = {
        "event": "DISABLED",
        "message_template_id": 501,
        "message_template_name": "sale",
        "message_template_language": "tr",
    }
    item = Item(
        "whatsapp_business_account",
        "changes",
        value,
        entry_id=WABA,
        entry_time=NOON.timestamp(),
        field="message_template_status_update",
    )
    process_event.run(item, NOON, rt)
    assert (asked(rt).template_status, rt.quarantine.kept) == ("DISABLED", [])


def test_automation_that_used_up_its_budget_leaves_a_refused_reply_with_the_reason() -> None:
    reply = AutomaticReply(is_on=True)
    channel = whatsapp(instant_reply=reply, budget=Budget(paid_service_messages=0))
    rt = fakes.runtime(channel)
    rt.channels.note_budget(CHANNEL, "2026-11")
    event = builders.message_received(platform="whatsapp", contact_id=PHONE)
    answer_message.run(event, channel, rt)
    refused = [row for row in rt.messages.all if row.state is State.REFUSED]
    assert [row.failure for row in refused] == ["budget_reached"]


@pytest.mark.parametrize("days", [1, 7])
def test_an_ad_opens_the_window_for_as_many_days_as_the_channel_says(days: int) -> None:
    channel = builders.channel(policy=PolicySettings(ad_window_days=days))
    rt = fakes.runtime(channel)
    event = builders.message_received(referral=Referral(ad_id="6"))
    answer_message.run(event, channel, rt)
    row = rt.conversations.load(builders.conversation().conversation_id)
    assert row.window_ends_at == NOON + days * DAY
