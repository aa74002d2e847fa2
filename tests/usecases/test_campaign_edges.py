"""Campaigns at their edges: a stop of marketing, a language, a lost lane, facts that grow old."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.core.channel import ApprovedTemplate, NotificationTopic
from chalicelib.core.conversation import Conversation
from chalicelib.core.ids import conversation_id
from chalicelib.core.messages import FilledTemplate, OutboundMessage, State
from chalicelib.core.opt_in import MARKETING
from chalicelib.core.outbound import row_of
from chalicelib.core.quiet_hours import QuietHours
from chalicelib.platforms import Accepted, ErrorClass, SendError
from chalicelib.ports import Runtime
from chalicelib.usecases import plan_campaign, send_message, settle_unknown
from chalicelib.usecases.errors import InvalidInput
from chalicelib.usecases.send_attempt import Waiting
from tests import builders
from tests.builders import CHANNEL, NOON
from tests.usecases.campaigns import MUG, agree, minute, opened, plan, rows, sent_to, shop

LOST = SendError("ambiguous_no_answer", error_class=ErrorClass.AMBIGUOUS)
BUYER = "905551112233"
PROMOTION = ApprovedTemplate(name="back", language="tr", category="marketing", parameters=1)
WITH_TEMPLATE = NotificationTopic(
    topic="mug", title="Mugs", template_name="back", template_language="tr"
)


def number(topic: NotificationTopic, *templates: ApprovedTemplate) -> Runtime:
    """A WhatsApp number with a customer who agreed and wrote a moment ago."""
    settings = shop(platform="whatsapp", notification_topics=(topic,), templates=templates)
    rt = opened(settings, customers=0)
    known = rt.conversations.load(agree(rt, BUYER, token=None))
    assert known is not None
    ends_at = NOON + timedelta(hours=24)
    rt.conversations.save(replace(known, last_customer_at=NOON, window_ends_at=ends_at))
    return rt


def the_buyer() -> str:
    return conversation_id("whatsapp", CHANNEL, BUYER)


@pytest.mark.parametrize(
    ("topic", "templates"), [(WITH_TEMPLATE, (PROMOTION,)), (MUG, ())], ids=["template", "text"]
)
def test_f08_no_promotion_in_any_form_goes_to_who_stopped_marketing(
    topic: NotificationTopic, templates: tuple[ApprovedTemplate, ...]
) -> None:
    rt = number(topic, *templates)
    rt.opt_ins.stop(the_buyer(), MARKETING, NOON + timedelta(minutes=1))
    rt.now.advance(minutes=2)
    plan(rt, is_promotional=True)
    minute(rt)
    assert sent_to(rt) == []
    assert [row.failure for row in rows(rt)] == ["marketing_stopped"]


def test_words_in_place_of_a_marketing_template_do_not_pass_a_stop_of_marketing() -> None:
    rt = number(WITH_TEMPLATE, PROMOTION)
    rt.opt_ins.stop(the_buyer(), MARKETING, NOON + timedelta(minutes=1))
    rt.now.advance(minutes=2)
    plan(rt)
    minute(rt)
    assert sent_to(rt) == []


def test_a_text_is_measured_by_the_template_of_its_topic_in_its_language() -> None:
    wrong = ApprovedTemplate(name="back", language="tr", category="marketing", parameters=2)
    rt = number(WITH_TEMPLATE, wrong)
    with pytest.raises(InvalidInput):
        plan(rt)


def cancelled(rt: Runtime, campaign_id: str) -> None:
    plan_campaign.cancel(campaign_id, rt)


def left_alone(_rt: Runtime, _campaign_id: str) -> None:
    pass


@pytest.mark.parametrize(
    ("quiet", "lasts", "meanwhile"),
    [
        (None, timedelta(days=1), cancelled),
        (None, timedelta(minutes=5), left_alone),
        (QuietHours(starts="15:05", ends="17:00"), timedelta(days=1), left_alone),
    ],
    ids=["cancelled", "expired", "quiet hours"],
)
def test_f08_what_a_campaign_may_not_send_any_more_is_not_posted_again(
    quiet: QuietHours | None, lasts: timedelta, meanwhile: Callable[[Runtime, str], None]
) -> None:
    rt = opened(shop(quiet_hours=quiet), customers=1)  # noon in UTC is 15:00 in Istanbul
    rt.sender.outcomes = [LOST]
    campaign = plan(rt, expires_at=NOON + lasts)
    minute(rt)
    meanwhile(rt, campaign.campaign_id)
    rt.now.advance(minutes=10)
    settle_unknown.run(rt)
    assert len(rt.sender.posts) == 1


def test_facts_of_a_page_that_goes_slowly_are_read_again() -> None:
    rt = opened(customers=0)
    for each in ("A-first", "A-second"):
        agree(rt, each, opt_in_id=each)
    plan(rt)
    rt.sender.post = slowly(rt, rt.sender.post)
    minute(rt)
    assert sorted(row.failure or "sent" for row in rows(rt)) == ["sent", "standby"]


def slowly(rt: Runtime, post: Callable[..., Accepted]) -> Callable[..., Accepted]:
    """Each post takes a minute, in which another app takes the second customer over."""

    def posted(*request: Any) -> Accepted:
        known = rt.conversations.load(conversation_id("messenger", CHANNEL, "A-second"))
        assert known is not None
        rt.conversations.save(replace(known, thread_owner="app-2", thread_owner_at=NOON))
        rt.now.advance(minutes=1)
        return post(*request)

    return posted


def test_who_loses_a_lane_while_waiting_for_a_token_leaves_it_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rt = opened(customers=1)
    campaign = plan(rt)

    def wait(message: OutboundMessage, _rt: Runtime, *, known: Conversation) -> Waiting:
        row = row_of(message, at=rt.now(), day=known.conversation_id)
        return Waiting(replace(row, due_at=rt.now() + timedelta(seconds=1)), is_for_contact=False)

    def sleep(_seconds: float) -> None:
        rt.now.advance(minutes=2)
        [rt.campaigns.move(lane, lane) for lane in rt.campaigns.lanes(campaign.campaign_id)]

    monkeypatch.setattr(send_message, "now_or_later", wait)
    minute(dataclasses.replace(rt, sleep=sleep))
    assert "campaign_lane_lost" in rt.log.events
    assert "campaign_send_failed" not in rt.log.events


class Died(BaseException):
    """The worker, in the middle of a post."""


def died(quiet: QuietHours | None) -> Runtime:
    """A worker died while it posted to the only customer; its lane comes again."""
    rt = opened(shop(quiet_hours=quiet), customers=1)  # noon in UTC is 15:00 in Istanbul
    rt.sender.outcomes = [Died()]
    plan(rt)
    with pytest.raises(Died):
        minute(rt)
    rt.now.advance(minutes=6)
    return rt


def looked_for(rt: Runtime) -> int:
    """How many unknown sends will be looked for."""
    return len(rt.messages.to_look_for(CHANNEL, before=NOON + timedelta(days=1), limit=9))


def test_f08_an_unknown_send_is_looked_for_though_its_customer_stopped_meanwhile() -> None:
    rt = died(None)
    rt.opt_ins.stop(conversation_id("messenger", CHANNEL, "customer-0"), None, rt.now())
    minute(rt)
    assert (looked_for(rt), len(rt.sender.posts)) == (1, 1)


def test_f08_an_unknown_send_is_looked_for_though_quiet_hours_began_meanwhile() -> None:
    rt = died(QuietHours(starts="15:06", ends="17:00"))
    minute(rt)
    rt.now.at = builders.at("14:00")
    minute(rt)
    assert (looked_for(rt), len(rt.sender.posts)) == (1, 1)


def test_f08_an_unknown_send_is_looked_for_though_the_campaign_was_cancelled_meanwhile() -> None:
    rt = died(None)
    (row,) = rows(rt)
    campaign = rt.campaigns.newest(cursor=None, limit=1).items[0]
    plan_campaign.cancel(campaign.campaign_id, rt)
    minute(rt)
    assert (looked_for(rt), row.state) == (1, State.CLAIMED)


READY = ApprovedTemplate(name="ready", language="en", category="utility", parameters=1)
FILLED = FilledTemplate(name="ready", language="en", parameters=("The blue mug",))


@pytest.mark.parametrize("platform", ["whatsapp", "messenger"])
def test_a_template_of_its_own_goes_to_who_agreed_outside_the_window(platform: str) -> None:
    settings = shop(platform=platform, notification_topics=(MUG,), templates=(READY,))
    rt = opened(settings, customers=0)
    agree(rt, BUYER, token=None)
    plan(rt, text=None, template=FILLED)
    minute(rt)
    ((row,), (body,)) = rows(rt), rt.sender.bodies  # type: ignore[attr-defined]
    assert (row.state, row.basis) == (State.SENT, "approved_template")
    assert body.get("template") or body["message"].get("template")


@pytest.mark.parametrize("unknown", [{"name": "gone"}, {"language": "tr"}])
def test_a_template_that_a_channel_does_not_name_is_refused_when_it_is_planned(
    unknown: dict[str, str],
) -> None:
    rt = number(MUG, READY)
    with pytest.raises(InvalidInput, match="`templates` of the channel") as refused:
        plan(rt, text=None, template=replace(FILLED, **unknown))
    assert refused.value.field == "template"
