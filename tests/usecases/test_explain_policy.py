"""The policy asked without sending, at times that are past: what was known then decides."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.core.ids import conversation_id
from chalicelib.core.messages import Origin, State
from chalicelib.core.policy_facts import Facts
from chalicelib.usecases import explain_policy, join_by_hand, reply_as_person
from chalicelib.usecases.explain_policy import Explanation
from tests import builders
from tests.builders import NOON
from tests.usecases.journey import PAGE, Journey, page, shop, text

CONTACT = "7001"
OTHER = "7002"
CONVERSATION, OTHER_CONVERSATION = (
    conversation_id("messenger", PAGE, contact) for contact in (CONTACT, OTHER)
)


class Shop(Journey):
    """A Page whose people may answer for seven days; a customer wrote at noon, and again after
    three days."""

    def __init__(self) -> None:
        off = builders.channel().instant_reply
        super().__init__(shop(PAGE, "messenger", instant_reply=off, has_human_agent=True))
        self.hears()
        self.clock.advance(hours=72)
        self.hears()

    def hears(self, contact: str = CONTACT) -> None:
        self.deliver(page(text(contact, mid=f"m_{contact}{self.clock():%d%H}", at=self.clock())))

    def asked(self, after_hours: float, **facts: Any) -> Explanation:
        at = NOON + timedelta(hours=after_hours)
        told = Facts(**({"origin": Origin.AUTOMATION, "at": at} | facts))
        return explain_policy.of_conversation(CONVERSATION, told, self.rt)


@pytest.fixture
def mugs() -> Shop:
    return Shop()


def verdict(explained: Explanation) -> str:
    told = explained.verdict
    return getattr(told, "reason", None) or told.basis.value


@pytest.mark.parametrize(
    ("hours", "origin", "expected"),
    [
        (-1, Origin.PERSON, "window_closed"),
        (1, Origin.AUTOMATION, "standard_window"),
        (48, Origin.AUTOMATION, "window_closed"),
        (48, Origin.PERSON, "human_agent"),
        (72, Origin.AUTOMATION, "standard_window"),
        (80, Origin.AUTOMATION, "standard_window"),
        (96, Origin.AUTOMATION, "window_closed"),
    ],
)
def test_the_messages_stored_until_then_tell_the_window(mugs: Shop, hours, origin, expected):
    assert verdict(mugs.asked(hours, origin=origin)) == expected


def test_a_question_about_the_past_tells_what_is_taken_as_now(mugs: Shop):
    assert mugs.asked(48).taken_as_now == explain_policy.TAKEN_AS_NOW


def test_a_question_about_now_takes_nothing_for_granted(mugs: Shop):
    assert mugs.asked(72).taken_as_now == ()


@pytest.mark.parametrize(("hours", "expected"), [(73, "standard_window"), (75, "stopped_all")])
def test_a_stop_does_not_count_before_it_was_told(mugs: Shop, hours, expected):
    mugs.clock.advance(hours=2)
    mugs.rt.opt_ins.stop(CONVERSATION, topic=None, at=mugs.clock())
    mugs.clock.advance(hours=2)
    assert verdict(mugs.asked(hours, origin=Origin.CAMPAIGN)) == expected


@pytest.mark.parametrize(
    ("hours", "expected"), [(73, "standard_window"), (75, "stopped_all"), (77, "standard_window")]
)
def test_a_stop_that_was_taken_back_counts_between(mugs: Shop, hours, expected):
    told_at = mugs.clock()
    mugs.rt.opt_ins.stop(CONVERSATION, topic=None, at=told_at + timedelta(hours=2))
    mugs.rt.opt_ins.resume(CONVERSATION, topic=None, at=told_at + timedelta(hours=4))
    mugs.clock.advance(hours=6)
    assert verdict(mugs.asked(hours, origin=Origin.CAMPAIGN)) == expected


def test_consent_that_was_given_again_later_leaves_the_earlier_one(mugs: Shop):
    contact = {"conversation_id": CONVERSATION, "contact_id": CONTACT, "channel_id": PAGE}
    for number, days in enumerate((0, 4)):
        opted_in_at = NOON + timedelta(days=days)
        expires_at = opted_in_at + timedelta(days=3 + 30 * number)
        one = {"opt_in_id": str(number), "opted_in_at": opted_in_at, "expires_at": expires_at}
        mugs.rt.opt_ins.record(builders.opt_in(**contact, **one, token=f"token-{number}"))
    mugs.clock.advance(hours=72)
    asked = {"origin": Origin.CAMPAIGN, "topic": "mug", "one_time_notifications": True}
    told = [mugs.asked(hours, **asked) for hours in (48, 71.9, 73, 97)]
    assert [each.question.opt_in.opt_in_id for each in told] == ["0", "0", "0", "1"]
    assert list(map(verdict, told[2:])) == ["opt_in_expired", "one_time_token"]


@pytest.mark.parametrize(("hours", "expected"), [(1, "window_closed"), (3, "recipient_gone")])
def test_a_contact_is_not_gone_before_the_platform_said_so(mugs: Shop, hours, expected):
    row = mugs.rt.conversations.load(CONVERSATION)
    gone_at = row.last_customer_at + timedelta(hours=2 + 24)
    mugs.rt.conversations.save(replace(row, unreachable_at=gone_at))
    mugs.clock.advance(hours=48)
    assert verdict(mugs.asked(72 + 24 + hours)) == expected


@pytest.mark.parametrize(
    ("hours", "expected"),
    [(73, "standard_window"), (75, "recipient_gone"), (79, "standard_window")],
)
def test_a_contact_is_gone_until_they_write_again(mugs: Shop, hours, expected):
    row = mugs.rt.conversations.load(CONVERSATION)
    gone_at = row.last_customer_at + timedelta(hours=2)
    mugs.rt.conversations.save(replace(row, unreachable_at=gone_at))
    mugs.clock.advance(hours=6)
    mugs.hears()
    mugs.clock.advance(hours=6)
    assert verdict(mugs.asked(hours)) == expected


@pytest.mark.parametrize("after_hours", [1, 24, 30, 24 * 7])
def test_what_is_explained_is_what_sending_decides(mugs: Shop, after_hours):
    mugs.clock.advance(hours=after_hours)
    explained = mugs.asked(72 + after_hours, origin=Origin.PERSON)
    sent = reply_as_person.run(
        conversation_id=CONVERSATION, author="Ann", idempotency_key="k", rt=mugs.rt, text="Hello"
    )
    told = sent.failure if sent.state is State.REFUSED else sent.basis
    assert verdict(explained) == told


def test_asking_leaves_nothing_behind(mugs: Shop):
    before = mugs.rt.messages.history(CONVERSATION)
    mugs.asked(48)
    assert (mugs.rt.messages.history(CONVERSATION), mugs.posts) == (before, [])


def test_what_a_key_joined_by_hand_wrote_opened_no_window_to_the_other(mugs: Shop):
    mugs.clock.advance(hours=48)
    mugs.hears(OTHER)
    mugs.clock.advance(hours=1)
    mugs.hears()
    join_by_hand.merge(CONVERSATION, OTHER_CONVERSATION, mugs.rt)
    mugs.clock.advance(hours=1)
    assert verdict(mugs.asked(72 + 48)) == "window_closed"
    assert verdict(mugs.asked(72 + 49)) == "standard_window"
