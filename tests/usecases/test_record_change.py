"""Edits, unsends, reactions and visits."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.core.events import Reacted, Referral, Referred
from chalicelib.core.messages import Author, MessageKind
from chalicelib.ports import Runtime
from chalicelib.usecases import record_change
from tests import builders, fakes

CHANNEL = builders.channel()


@pytest.fixture
def rt() -> Runtime:
    return fakes.runtime(CHANNEL)


def reaction(**facts: object) -> Reacted:
    defaults: dict[str, object] = {
        "event_id": "messenger:reaction:1",
        "platform": builders.PLATFORM,
        "channel_id": builders.CHANNEL,
        "contact_id": builders.CONTACT,
        "occurred_at": builders.NOON,
        "item": builders.ITEM,
        "message_id": "mid.ours",
        "emoji": "👍",
    }
    return Reacted(**(defaults | facts))  # type: ignore[arg-type]


def window(rt: Runtime) -> object:
    row = rt.conversations.load(builders.CONVERSATION)
    return row and row.window_ends_at


def test_a_customer_s_reaction_opens_the_window(rt: Runtime) -> None:
    record_change.reacted(reaction(), CHANNEL, rt)
    assert window(rt) == builders.NOON + timedelta(hours=24)


@pytest.mark.parametrize("facts", [{"emoji": None}, {"is_by_business": True}])
def test_taking_it_back_or_our_own_opens_nothing(rt: Runtime, facts: dict[str, object]) -> None:
    record_change.reacted(reaction(**facts), CHANNEL, rt)
    assert window(rt) is None


def test_a_reaction_that_names_no_message_opens_the_window_and_touches_no_row(rt: Runtime) -> None:
    record_change.reacted(reaction(message_id=""), CHANNEL, rt)
    assert (window(rt) is not None, rt.messages.load(builders.CONVERSATION, "")) == (True, None)


def test_a_visit_is_kept_with_its_origin_and_opens_no_wait(rt: Runtime) -> None:
    visit = Referred(
        event_id="messenger:referral:1",
        platform=builders.PLATFORM,
        channel_id=builders.CHANNEL,
        contact_id=builders.CONTACT,
        occurred_at=builders.NOON,
        item=builders.ITEM,
        referral=Referral(ref="spring"),
    )
    record_change.referred(visit, CHANNEL, rt)
    (row,) = rt.messages.history(builders.CONVERSATION)
    known = rt.conversations.load(builders.CONVERSATION)
    assert known is not None
    assert (row.author, row.kind) == (Author.CUSTOMER_VISIT, MessageKind.REFERRAL)
    assert (known.wait_opened_at, rt.conversations.referrals(builders.CONVERSATION)) == (
        None,
        {"first": (builders.NOON, visit.referral), "latest": (builders.NOON, visit.referral)},
    )
