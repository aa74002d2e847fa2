"""What else the process is doing while it dies: telling many, stopping, answering occasions."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from chalicelib.core.campaigns import Campaign
from chalicelib.core.channel import AutomaticReply, PrivateReply
from chalicelib.core.handling_settings import FeedbackRequest
from chalicelib.ports import LaneWanted
from chalicelib.usecases import notify, plan_campaign, run_campaign, send_due
from tests import builders
from tests.sweep.stories import (
    LATE,
    Act,
    a_consent,
    a_conversation,
    a_planned_notification,
    close,
    delivered,
    doubts,
    the_row,
    until_done,
)
from tests.sweep.world import World
from tests.usecases.journey import PAGE, messaging, milliseconds, page, seconds, text

SAYS = "The mug is back"
STOP = messaging(
    "7001",
    {
        "optin": {
            "type": "notification_messages",
            "notification_messages_status": "STOP NOTIFICATIONS",
            "notification_messages_token": "n1",
            "payload": "mug",
        }
    },
)


def changed(world: World, **settings: Any) -> None:
    """The shop has other settings; what the containers remember of them is too old."""
    known = world.rt.channels.load(PAGE, is_fresh=True)
    assert known is not None
    world.rt.channels.save(replace(known, version=known.version + 1, **settings))
    world.clock.advance(minutes=1)


def many(world: World, *, is_dry_run: bool = False) -> Campaign:
    wish = plan_campaign.Wish(topic="mug", channels=(PAGE,), text=SAYS)
    return plan_campaign.run(wish, key="many", rt=world.rt, is_dry_run=is_dry_run)


def a_campaign(world: World) -> None:
    """Its one recipient is in the first lane."""
    a_conversation(world)
    row = the_row(world)
    facts = {"conversation_id": row.conversation_id, "contact_id": row.contact_id}
    world.rt.opt_ins.record(builders.opt_in(channel_id=PAGE, opt_in_id="-mug", **facts))
    world.campaign_id = many(world).campaign_id


def a_dry_run(world: World) -> None:
    a_campaign(world)
    world.campaign_id = many(world, is_dry_run=True).campaign_id


def work_a_lane(world: World) -> None:
    run_campaign.run(LaneWanted(world.campaign_id, f"{PAGE}#0"), world.rt)


def cancel(world: World) -> None:
    plan_campaign.cancel(world.campaign_id, world.rt)


def changes(field: str, **value: Any) -> Any:
    at = milliseconds(builders.NOON)
    entry = {"id": PAGE, "time": at, "changes": [{"field": field, "value": value}]}
    return {"object": "page", "entry": [entry]}


REVIEW = changes(
    "ratings",
    item="rating",
    verb="add",
    reviewer_id="7001",
    recommendation_type="POSITIVE",
    created_time=milliseconds(builders.NOON) // 1000,
)
COMMENT = changes(
    "feed",
    item="comment",
    verb="add",
    comment_id="c_1",
    post_id="p_1",
    **{"from": {"id": "7001", "name": "Ana"}},
    message="Is it back?",
    created_time=milliseconds(builders.NOON) // 1000,
)


def a_shop_that_is_reviewed(world: World) -> None:
    changed(world, page_recommended=AutomaticReply(text="Thank you!"))
    a_conversation(world)


def a_review(world: World) -> None:
    a_shop_that_is_reviewed(world)
    world.deliver(REVIEW)
    world.clock.advance(minutes=11)


def a_shop_with_comments(world: World) -> None:
    changed(world, private_reply=PrivateReply(text="We have written to you."))


def a_shop_that_asks(world: World) -> None:
    changed(world, feedback_request=FeedbackRequest(question="How was it?"))
    a_conversation(world)


def minute(world: World) -> None:
    send_due.run(world.rt)


def a_notification_after_a_stop(world: World) -> None:
    """It took the consent when it was planned, and will be refused."""
    a_planned_notification(world)
    world.rt.opt_ins.stop(the_row(world).conversation_id, "mug", LATE - timedelta(hours=1))


def refused_and_another_planned(world: World) -> None:
    """The customer resumes, and the other one wants the consent that the refused one gives back."""
    world.until_done(lambda: minute(world))
    world.until_done(lambda: resume(world))
    world.until_done(lambda: plan_another(world))


def resume(world: World) -> None:
    world.rt.opt_ins.resume(the_row(world).conversation_id, "mug", LATE)


def plan_another(world: World) -> None:
    notify.schedule(
        conversation_id=the_row(world).conversation_id,
        topic="mug",
        text=SAYS,
        send_at=LATE + timedelta(days=1),
        idempotency_key="another",
        rt=world.rt,
    )


def as_its_lease_ends(world: World) -> None:
    """Work on the lane. It is longer than that of a send: while one is in doubt, the next worker
    has to wait."""
    with suppress(SystemExit):
        work_a_lane(world)
        return
    world.revive()
    if not doubts(world):
        work_a_lane(world)


def stopped_before(do: Act) -> Act:
    """The customer's stop is acknowledged, then it is done."""

    def act(world: World) -> None:
        world.deliver(page(text(mid="m_stop", words="STOP", at=seconds(1))))
        world.until_done(lambda: do(world))

    return act


SENDING: dict[str, tuple[Act, Act]] = {
    "notification to many": (a_campaign, as_its_lease_ends),
    "answer to a stop": (a_consent, delivered(text(mid="m_stop", words="STOP"))),
    "delayed reply when it is due": (a_review, until_done(minute)),
    "private reply to a comment": (
        a_shop_with_comments,
        lambda world: world.deliver(COMMENT),
    ),
    "question how it was": (a_shop_that_asks, until_done(close)),
}
STORING: dict[str, tuple[Act, Act]] = {
    "stop of Meta's": (a_consent, delivered(STOP)),
    "a campaign is planned": (
        a_consent,
        until_done(lambda world: many(world) and None),
    ),
    "a campaign is cancelled": (a_campaign, until_done(cancel)),
    "a lane of a dry run": (a_dry_run, until_done(work_a_lane)),
    "a refused notification gives way": (
        a_notification_after_a_stop,
        refused_and_another_planned,
    ),
    "a reply is delayed": (
        a_shop_that_is_reviewed,
        lambda world: world.deliver(REVIEW),
    ),
}
STOPPING: dict[str, tuple[Act, Act]] = {
    "stop of what is planned": (a_planned_notification, stopped_before(minute)),
    "stop of what is told to many": (a_campaign, stopped_before(work_a_lane)),
}
