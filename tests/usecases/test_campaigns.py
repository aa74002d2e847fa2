"""A notification to many: planned, tried dry, sent to each once, held back, cancelled, counted."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.core.campaigns import LANES, PAGE_SIZE, outcome_of
from chalicelib.core.channel import ApprovedTemplate, NotificationTopic
from chalicelib.core.frequency import NotificationCap
from chalicelib.core.ids import conversation_id
from chalicelib.core.messages import FilledTemplate, State
from chalicelib.core.opt_in import MARKETING
from chalicelib.core.quiet_hours import QuietHours
from chalicelib.core.rate_cards import Market, RateCard
from chalicelib.platforms import ErrorClass, SendError
from chalicelib.ports import Runtime
from chalicelib.usecases import join_by_hand, plan_campaign, read_campaign, send_due
from chalicelib.usecases.errors import InvalidInput, KeyReused, NotFound
from chalicelib.usecases.read_campaign import Estimate, Phase
from tests import builders, fakes
from tests.builders import CHANNEL, NOON
from tests.usecases.campaigns import (
    SOON,
    agree,
    minute,
    opened,
    plan,
    rows,
    sent_to,
    shop,
)

DAY = timedelta(days=1)
MANY = PAGE_SIZE * LANES + 40
PERSONAL = FilledTemplate(name="back", language="en", parameters=("{first_name}",))
EVENING = QuietHours(starts="14:00", ends="17:00")  # noon in UTC is 15:00 in Istanbul


def counts(rt: Runtime, campaign_id: str) -> dict[str, int]:
    view = read_campaign.run(campaign_id, rt)
    return {f"{c.outcome}:{c.detail}".rstrip(":"): c.recipients for c in view.counts}


def everybody(rt: Runtime, campaign_id: str) -> list[read_campaign.Recipient]:
    found, cursor = [], None
    for _ in range(200):
        page = read_campaign.recipients(campaign_id, cursor=cursor, rt=rt)
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
    return found


def token_of(number: int) -> str:
    return f"token-of-customer-{number}"


def test_everybody_who_agreed_is_told_once():
    rt = opened(customers=5)
    campaign = plan(rt)
    minute(rt)
    minute(rt)
    assert sent_to(rt) == [token_of(n) for n in range(5)]
    assert counts(rt, campaign.campaign_id) == {"sent:one_time_token": 5}


def test_many_pages_are_worked_through():
    rt = opened(customers=MANY)
    campaign = plan(rt)
    minute(rt)
    assert len(set(sent_to(rt))) == MANY == len(sent_to(rt))
    assert read_campaign.run(campaign.campaign_id, rt).phase is Phase.DONE
    assert len(everybody(rt, campaign.campaign_id)) == MANY


def test_nothing_is_sent_before_its_time():
    rt = opened(customers=2)
    campaign = plan(rt, send_at=SOON)
    minute(rt)
    assert (sent_to(rt), read_campaign.run(campaign.campaign_id, rt).phase) == ([], Phase.PLANNED)
    rt.now.advance(hours=1)
    minute(rt)
    assert len(sent_to(rt)) == 2


def test_the_same_wish_under_the_same_key_is_one_campaign():
    rt = opened(customers=2)
    first = plan(rt)
    rt.now.advance(minutes=3)
    assert plan(rt) == first
    minute(rt)
    assert len(sent_to(rt)) == 2


def test_another_wish_under_the_same_key_is_refused():
    rt = opened(customers=1)
    plan(rt)
    with pytest.raises(KeyReused):
        plan(rt, text="Something else")


def test_a_contact_with_two_opt_ins_is_told_once():
    rt = opened(customers=0)
    agree(rt, "mia", opt_in_id="A-first", token="t-1")
    agree(rt, "mia", opt_in_id="z-second", token="t-2")
    plan(rt)
    minute(rt)
    assert len(sent_to(rt)) == 1


def twice() -> Runtime:
    """Mia agreed three times, on pages of two lanes; Ada once."""
    rt = opened(customers=0)
    for number, opt_in_id in enumerate(("A-first", "A-second", "z-third")):
        agree(rt, "mia", opt_in_id=opt_in_id, token=f"t-{number}")
    agree(rt, "ada")
    return rt


@pytest.mark.parametrize("is_dry_run", [True, False])
def test_who_agreed_on_several_pages_is_counted_once(is_dry_run: bool) -> None:
    rt = twice()
    campaign = plan(rt, is_dry_run=is_dry_run)
    minute(rt)
    told = "permitted" if is_dry_run else "sent"
    assert counts(rt, campaign.campaign_id) == {
        f"{told}:one_time_token": 2,
        "skipped:same_contact": 2,
    }


def test_the_recipients_are_as_many_as_are_counted() -> None:
    rt = twice()
    campaign = plan(rt)
    minute(rt)
    found = everybody(rt, campaign.campaign_id)
    assert len(found) == len({each.conversation_id for each in found}) == 2


def test_who_was_refused_on_one_page_is_not_counted_on_another() -> None:
    rt = twice()
    rt.opt_ins.stop(agree(rt, "mia"), "mug", NOON + timedelta(minutes=1))
    rt.now.advance(minutes=2)
    campaign = plan(rt)
    minute(rt)
    assert counts(rt, campaign.campaign_id)["refused:opt_in_stopped"] == 1


def joined() -> Runtime:
    rt = twice()
    keys = [agree(rt, name) for name in ("mia", "ada")]
    join_by_hand.merge(*keys, rt)
    return rt


def test_two_keys_of_one_person_are_one_recipient() -> None:
    rt = joined()
    campaign = plan(rt)
    minute(rt)
    assert len(everybody(rt, campaign.campaign_id)) == len(rt.sender.posts) == 1


def test_a_dry_run_counts_two_keys_of_one_person_once() -> None:
    rt = joined()
    campaign = plan(rt, is_dry_run=True)
    minute(rt)
    assert counts(rt, campaign.campaign_id)["permitted:one_time_token"] == 1


def test_a_second_campaign_finds_the_permissions_spent():
    rt = opened(customers=3)
    plan(rt)
    minute(rt)
    second = plan(rt, key="another")
    minute(rt)
    assert len(sent_to(rt)) == 3
    assert counts(rt, second.campaign_id) == {"skipped:opt_in_used": 3}


def test_who_said_stop_is_refused_at_the_moment_of_sending():
    rt = opened(customers=2)
    campaign = plan(rt, send_at=SOON)
    rt.opt_ins.stop(agree(rt, "customer-0"), None, NOON + timedelta(minutes=30))
    rt.now.advance(hours=1)
    minute(rt)
    assert sent_to(rt) == [token_of(1)]
    assert [row.state for row in rows(rt)].count(State.REFUSED) == 1
    assert sum(counts(rt, campaign.campaign_id).values()) == 2


def test_quiet_hours_hold_everything_until_they_end():
    rt = opened(shop(quiet_hours=EVENING), customers=2)
    plan(rt)
    minute(rt)
    assert sent_to(rt) == []
    rt.now.at = builders.at("13:59:59")
    minute(rt)
    assert sent_to(rt) == []
    rt.now.at = builders.at("14:00")
    minute(rt)
    assert len(sent_to(rt)) == 2


def test_quiet_hours_of_the_campaign_replace_those_of_the_channel():
    rt = opened(shop(quiet_hours=EVENING), customers=1)
    plan(rt, quiet_hours=QuietHours(starts="03:00", ends="04:00"))
    minute(rt)
    assert len(sent_to(rt)) == 1


def test_f22_what_comes_too_late_is_refused_with_its_reason():
    rt = opened(customers=2)
    campaign = plan(rt, expires_at=SOON)
    rt.now.at = SOON
    minute(rt)
    assert sent_to(rt) == []
    assert counts(rt, campaign.campaign_id) == {"refused:notification_expired": 2}
    assert {row.failure for row in rows(rt)} == {"notification_expired"}


@pytest.mark.parametrize("missed", [1, 10, 72])
def test_f22_minutes_that_were_missed_are_made_up_for(missed):
    rt = opened(customers=3)
    campaign = plan(rt)
    rt.now.advance(minutes=missed)
    minute(rt)
    assert counts(rt, campaign.campaign_id) == {"sent:one_time_token": 3}


def test_nothing_that_was_not_claimed_is_sent_after_a_cancellation():
    rt = opened(customers=4)
    campaign = plan(rt)
    plan_campaign.cancel(campaign.campaign_id, rt)
    minute(rt)
    assert sent_to(rt) == []
    assert counts(rt, campaign.campaign_id) == {"stopped:campaign_cancelled": 4}
    assert read_campaign.run(campaign.campaign_id, rt).phase is Phase.CANCELLED


def test_a_cancellation_in_the_middle_of_a_page_ends_it_there():
    rt = opened(customers=0)
    for each in ("A-first", "A-second"):
        agree(rt, each, opt_in_id=each)
    campaign = plan(rt)
    post = rt.sender.post
    rt.sender.post = lambda *request: (
        post(*request),
        plan_campaign.cancel(campaign.campaign_id, rt),
    )[0]
    minute(rt)
    assert len(sent_to(rt)) == 1
    assert counts(rt, campaign.campaign_id) == {
        "refused:campaign_cancelled": 1,
        "sent:one_time_token": 1,
    }


def test_what_was_to_be_tried_again_is_not_once_it_is_cancelled():
    rt = opened(customers=1)
    campaign = plan(rt)
    rt.sender.outcomes = [SendError("retry_2", error_class=ErrorClass.RETRY)]
    minute(rt)
    plan_campaign.cancel(campaign.campaign_id, rt)
    rt.now.advance(minutes=30)
    send_due.run(rt)
    assert len(rt.sender.posts) == 1
    assert [row.failure for row in rows(rt)] == ["campaign_cancelled"]


def test_what_is_tried_again_and_sent_is_counted_as_sent():
    rt = opened(customers=1)
    campaign = plan(rt)
    rt.sender.outcomes = [SendError("retry_2", error_class=ErrorClass.RETRY)]
    minute(rt)
    assert counts(rt, campaign.campaign_id) == {"planned:retry_2": 1}
    rt.now.advance(minutes=5)
    send_due.run(rt)
    minute(rt)
    assert counts(rt, campaign.campaign_id) == {"sent:one_time_token": 1}


def test_a_contact_that_fails_does_not_hold_up_the_others():
    rt = opened(customers=3)
    campaign = plan(rt)
    rt.sender.outcomes = [SendError("recipient_gone_551", error_class=ErrorClass.RECIPIENT_GONE)]
    minute(rt)
    assert counts(rt, campaign.campaign_id) == {
        "failed:recipient_gone_551": 1,
        "sent:one_time_token": 2,
    }


def test_an_unforeseen_error_is_given_up_after_three_tries_and_the_rest_is_sent():
    rt = opened(customers=3)
    campaign = plan(rt)
    broken = agree(rt, "customer-1")
    load = rt.opt_ins.consents
    rt.opt_ins.consents = lambda *ids: load(*ids) if broken not in ids else 1 / 0
    for _ in range(4):
        minute(rt)
        rt.now.advance(minutes=2)
    assert counts(rt, campaign.campaign_id) == {
        "failed:internal_error": 1,
        "sent:one_time_token": 2,
    }


CAPPED = NotificationCap(messages=1, days=7)


def test_a_contact_gets_no_more_than_the_cap_across_campaigns():
    rt = opened(shop(notification_cap=CAPPED), customers=1)
    plan(rt)
    minute(rt)
    agree(rt, "customer-0", opt_in_id="a-new-one", token="t-2")
    second = plan(rt, key="another")
    minute(rt)
    assert len(sent_to(rt)) == 1
    found = counts(rt, second.campaign_id)
    assert found == {"refused:too_many_notifications": 1, "skipped:opt_in_used": 1}


def test_a_refused_notification_leaves_the_permission_unspent():
    rt = opened(shop(notification_cap=CAPPED), customers=1)
    plan(rt)
    minute(rt)
    agree(rt, "customer-0", opt_in_id="a-new-one", token="t-2")
    plan(rt, key="another")
    minute(rt)
    rt.now.advance(days=8)
    plan(rt, key="a week later")
    minute(rt)
    assert sent_to(rt) == ["t-2", token_of(0)]


def test_a_dry_run_sends_nothing_and_tells_each_verdict():
    rt = opened(customers=3)
    rt.opt_ins.stop(agree(rt, "customer-0"), "mug", NOON + timedelta(minutes=1))
    rt.now.advance(minutes=2)
    dry = plan(rt, is_dry_run=True, send_at=SOON)
    minute(rt)
    assert (sent_to(rt), rows(rt)) == ([], ())
    assert sum(counts(rt, dry.campaign_id).values()) == 3
    assert counts(rt, dry.campaign_id)["permitted:one_time_token"] == 2


def mixed() -> Runtime:
    """Open windows, stops, spent and old permissions, a contact that is gone."""
    rt = opened(shop(notification_cap=CAPPED), customers=4)
    agree(rt, "open")
    inside = builders.conversation(contact_id="inside", window_ends_at=NOON + DAY)
    rt.conversations.save(inside)
    agree(rt, "inside")
    gone = builders.conversation(contact_id="gone", unreachable_at=NOON)
    rt.conversations.save(gone)
    agree(rt, "gone")
    rt.opt_ins.stop(agree(rt, "stopped"), "mug", NOON)
    rt.opt_ins.stop(agree(rt, "stopped-all"), None, NOON)
    agree(rt, "old", opted_in_at=NOON - 400 * DAY, expires_at=NOON - 35 * DAY)
    agree(rt, "no-token", token=None)
    return rt


TOO_LATE = {"quiet_hours": EVENING, "expires_at": builders.at("14:00")}


@pytest.mark.parametrize(
    "facts", [{}, {"is_promotional": True}, {"quiet_hours": EVENING}, TOO_LATE]
)
def test_a_dry_run_says_what_the_real_run_does_with_the_clock_frozen(facts: dict[str, Any]):
    rt = mixed()
    dry = plan(rt, is_dry_run=True, **facts)
    real = plan(rt, **facts)
    minute(rt)
    rt.now.at = max(rt.now.at, builders.at("14:00") if facts.get("quiet_hours") else NOON)
    minute(rt)
    foreseen = counts(rt, dry.campaign_id)
    done = {
        outcome.replace("sent:", "permitted:"): count
        for outcome, count in counts(rt, real.campaign_id).items()
    }
    assert done == foreseen


def test_recipients_are_shown_as_their_messages_stand_now():
    rt = opened(customers=1)
    campaign = plan(rt)
    rt.sender.outcomes = [SendError("retry_2", error_class=ErrorClass.RETRY)]
    minute(rt)
    rt.now.advance(minutes=5)
    send_due.run(rt)
    (shown,) = everybody(rt, campaign.campaign_id)
    assert (shown.outcome, shown.detail) == ("sent", "one_time_token")


def test_nobody_agreed_so_nobody_is_told():
    rt = opened(customers=0)
    campaign = plan(rt)
    minute(rt)
    assert counts(rt, campaign.campaign_id) == {}
    assert read_campaign.run(campaign.campaign_id, rt).phase is Phase.DONE


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"text": None}, "text"),
        ({"text": "x" * 5000}, "text"),
        ({"text": "Hi {first_name}, the mug is back"}, "text"),
        ({"text": None, "template": PERSONAL}, "template.parameters"),
        ({"channels": ()}, "channels"),
        ({"channels": (CHANNEL, CHANNEL)}, "channels"),
        ({"topic": "cup"}, "channels[0]"),
        ({"send_at": NOON + 367 * DAY}, "send_at"),
        ({"expires_at": NOON}, "expires_at"),
        ({"expires_at": NOON + 31 * DAY}, "expires_at"),
        ({"quiet_hours": QuietHours(starts="21:00", ends="21:00")}, "quiet_hours.ends"),
    ],
)
def test_a_wish_that_cannot_be_is_refused_by_field(wish, field):
    with pytest.raises(InvalidInput) as refused:
        plan(opened(customers=0), **wish)
    assert refused.value.field == field


def test_an_unknown_channel_is_not_found():
    with pytest.raises(NotFound):
        plan(fakes.runtime(), channels=("nobody",))


def test_one_whose_lanes_were_not_all_stored_is_not_done():
    rt = opened(shop(), shop(channel_id="another"), customers=0)
    campaign = plan(rt, channels=(CHANNEL, "another"))
    stored = rt.campaigns._lanes.items()
    rt.campaigns._lanes = {key: lane for key, lane in stored if lane.channel_id == CHANNEL}
    minute(rt)
    assert read_campaign.run(campaign.campaign_id, rt).phase is Phase.RUNNING


@pytest.mark.parametrize("cursor", ["x", "1", "99.0", "0.-1"])
def test_a_cursor_of_somebody_else_is_refused(cursor):
    rt = opened(customers=1)
    campaign = plan(rt)
    with pytest.raises(InvalidInput):
        read_campaign.recipients(campaign.campaign_id, cursor=cursor, rt=rt)


@pytest.mark.parametrize("use", [read_campaign.run, plan_campaign.cancel])
def test_what_there_is_not_is_not_found(use):
    with pytest.raises(NotFound):
        use("nothing", rt=fakes.runtime())


def whatsapp_shop(**facts: Any) -> Runtime:
    """Two customers of a number agreed, one in Turkey, one in Germany; a card knows Turkey."""
    template = ApprovedTemplate(name="back", language="en", category="marketing", parameters=1)
    topic = NotificationTopic(
        topic="mug", title="Mugs", template_name="back", template_language="en"
    )
    number = shop(platform="whatsapp", notification_topics=(topic,), templates=(template,), **facts)
    rt = opened(number, customers=0)
    for contact in ("905551112233", "4915112345678"):
        agree(rt, contact, token=None)
        consent = {"topic": MARKETING, "opt_in_id": f"marketing-{contact}", "token": None}
        agree(rt, contact, **consent)
    rt.rate_cards.save(card(date(2026, 10, 1), "0.0109"))
    return rt


def card(effective_from: date, rate: str) -> RateCard:
    market = Market(countries=("TR",), rates={"marketing": rate})
    return RateCard(effective_from=effective_from, currency="USD", markets={"Turkey": market})


def test_a_dry_run_tells_the_price_by_class_and_by_the_rate_card():
    rt = whatsapp_shop()
    dry = plan(rt, is_dry_run=True, is_promotional=True)
    minute(rt)
    view = read_campaign.run(dry.campaign_id, rt)
    assert {each.price for each in view.counts} == {"marketing/regular/TR", "marketing/regular/DE"}
    assert read_campaign.estimates(view, rt) == (Estimate("USD", Decimal("0.0109"), 1),)


NIGHT = QuietHours(starts="20:00", ends="09:00")


@pytest.mark.parametrize(
    ("zone", "quiet", "amount"),
    [
        ("UTC", None, "0.0109"),
        ("Europe/Istanbul", None, "0.0200"),
        ("UTC", NIGHT, "0.0200"),
        ("America/Mexico_City", None, "0.0109"),
    ],
)
def test_the_card_is_that_of_the_channels_day_on_which_it_goes_out(zone, quiet, amount):
    rt = whatsapp_shop(time_zone=zone)
    rt.rate_cards.save(card(date(2027, 1, 1), "0.0200"))
    eve = datetime(2026, 12, 31, 22, tzinfo=UTC)
    dry = plan(rt, is_dry_run=True, is_promotional=True, send_at=eve, quiet_hours=quiet)
    minute(rt)
    view = read_campaign.run(dry.campaign_id, rt)
    assert read_campaign.estimates(view, rt) == (Estimate("USD", Decimal(amount), 1),)


def test_a_dry_run_knows_who_came_by_a_free_entry_point():
    rt = whatsapp_shop()
    conversation = conversation_id("whatsapp", CHANNEL, "905551112233")
    rt.conversations.see(conversation, free_until=NOON + DAY)
    dry = plan(rt, is_dry_run=True, is_promotional=True)
    minute(rt)
    view = read_campaign.run(dry.campaign_id, rt)
    free, paid = "marketing/free_entry_point/TR", "marketing/regular/DE"
    assert {each.price for each in view.counts} == {free, paid}


def test_without_a_card_there_is_no_estimate():
    rt = opened(customers=1)
    dry = plan(rt, is_dry_run=True)
    minute(rt)
    assert read_campaign.estimates(read_campaign.run(dry.campaign_id, rt), rt) == ()


def test_a_token_that_was_most_likely_used_by_this_message_is_shown_as_unconfirmed():
    row = builders.our_message(state=State.UNKNOWN, failure="unconfirmed")
    assert outcome_of(row, NOON) == "unconfirmed"
