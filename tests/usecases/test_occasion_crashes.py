"""Comments, visits and reviews whose worker dies at any call: one reply at most, none lost."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace as replace_port
from datetime import timedelta

import pytest

from chalicelib.core import ids
from chalicelib.core.channel import AutomaticReply, PrivateReply
from chalicelib.core.custom_rules import Rule, Then, When
from chalicelib.core.events import CommentReceived, PageReviewed, Referral, Referred
from chalicelib.core.messages import State
from chalicelib.ports import Runtime
from chalicelib.usecases import record_change, record_comment, record_review, send_due
from chalicelib.usecases.settle_send import StillSendingError
from tests import builders, fakes
from tests.builders import CHANNEL, CONTACT, CONVERSATION, ITEM, NOON, PLATFORM
from tests.usecases.crashes import Point, Watch

SPRING = Rule(
    name="spring",
    when=When(referral_ref="spring"),
    then=Then(text="Welcome!", tags=("spring",)),
)
SHOP = builders.channel(
    page_recommended=AutomaticReply(text="Thank you!"),
    private_reply=PrivateReply(text="We have written to you."),
    rules=(SPRING,),
)
COMMON = {"platform": PLATFORM, "channel_id": CHANNEL, "occurred_at": NOON, "item": ITEM}
COMMENT = CommentReceived(event_id="comment", contact_id=CONTACT, comment_id="c1", **COMMON)
VISIT = Referred(event_id="visit", contact_id=CONTACT, referral=Referral(ref="spring"), **COMMON)
REVIEW = PageReviewed(
    event_id="review",
    contact_id=None,
    verb="add",
    recommendation="positive",
    reviewer_id=CONTACT,
    **COMMON,
)


def comment(rt: Runtime) -> None:
    record_comment.run(COMMENT, SHOP, rt)


def visit(rt: Runtime) -> None:
    record_change.referred(VISIT, SHOP, rt)


def review(rt: Runtime) -> None:
    record_review.run(REVIEW, SHOP, rt)
    later = fakes.Clock(NOON + timedelta(minutes=10))
    send_due.run(replace_port(rt, now=later))


STORIES: dict[str, tuple[Callable[[Runtime], None], str]] = {
    "comment": (comment, record_comment.reply_key("c1", SHOP)),
    "visit": (visit, ids.attempt_id("visit#reply")),
    "review": (review, record_review.reply_key(REVIEW)),
}


def shop() -> Runtime:
    """A contact with an open window."""
    rt = fakes.runtime(SHOP, now=fakes.Clock(NOON))
    opened = NOON - timedelta(hours=1)
    rt.conversations.save(
        builders.conversation(
            last_customer_at=opened,
            first_contact_at=opened,
            window_opened_at=opened,
            window_opened_by="message",
            window_ends_at=opened + timedelta(days=1),
        )
    )
    return rt


def played(name: str, point: Point | None = None) -> tuple[Runtime, list[str]]:
    """Told once, dying at the point, and told again."""
    rt, watch = shop(), Watch(point)
    tell, _ = STORIES[name]
    with suppress(SystemExit, StillSendingError):
        tell(watch.over(rt))
    with suppress(StillSendingError):
        tell(rt)
    return rt, watch.calls


def calls(name: str) -> list[str]:
    watch = Watch()
    STORIES[name][0](watch.over(shop()))
    return watch.calls


DEATHS = [
    (name, Point(number, call, when))
    for name in STORIES
    for number, call in enumerate(calls(name))
    for when in ("before", "after")
]


IN_DOUBT = {("messages.claim", "after"), ("sender.post", "before")}
CERTAIN = [each for each in DEATHS if (each[1].call, each[1].when) not in IN_DOUBT]
NOT_SENT = [
    each for each in DEATHS if each[0] != "review" and (each[1].call, each[1].when) in IN_DOUBT
]


def state(name: str, rt: Runtime) -> State | None:
    row = rt.messages.load(CONVERSATION, STORIES[name][1])
    return row.state if row else None


@pytest.mark.parametrize(("name", "point"), DEATHS, ids=str)
def test_f07_it_is_sent_once_or_its_claim_is_in_doubt(name: str, point: Point) -> None:
    rt, _ = played(name, point)
    outcome = (state(name, rt), len(rt.sender.posts))
    assert outcome in {(State.SENT, 1), (State.CLAIMED, 1), (State.CLAIMED, 0)}


@pytest.mark.parametrize(("name", "point"), CERTAIN, ids=str)
def test_f07_a_death_away_from_the_send_changes_nothing(name: str, point: Point) -> None:
    undisturbed, _ = played(name)
    rt, _ = played(name, point)
    assert rt.sender.bodies == undisturbed.sender.bodies
    assert rt.conversations.handling(CONVERSATION) == undisturbed.conversations.handling(
        CONVERSATION
    )


@pytest.mark.parametrize(("name", "point"), NOT_SENT, ids=str)
def test_f07_once_its_lease_is_over_a_send_in_doubt_is_listed(name: str, point: Point) -> None:
    rt, _ = played(name, point)
    tell, _ = STORIES[name]
    tell(replace_port(rt, now=fakes.Clock(NOON + timedelta(minutes=2))))
    assert (state(name, rt), rt.sender.posts) == (State.UNKNOWN, [])


@pytest.mark.parametrize(("name", "point"), NOT_SENT, ids=str)
def test_f07_while_another_worker_may_be_at_it_the_event_comes_again(
    name: str, point: Point
) -> None:
    rt, _ = played(name, point)
    with pytest.raises(StillSendingError):
        STORIES[name][0](rt)


@pytest.mark.parametrize("name", STORIES)
def test_f08_told_twice_it_is_sent_once(name: str) -> None:
    rt, _ = played(name)
    assert (state(name, rt), len(rt.sender.posts)) == (State.SENT, 1)
