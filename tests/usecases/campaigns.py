"""A shop with customers who agreed to hear about the mug, and what works on campaigns."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from chalicelib.core import ids
from chalicelib.core.campaigns import Campaign
from chalicelib.core.channel import ChannelSettings, NotificationTopic
from chalicelib.core.messages import Message
from chalicelib.ports import LaneWanted, Runtime
from chalicelib.usecases import plan_campaign, run_campaign, start_campaigns
from tests import builders, fakes
from tests.builders import CHANNEL, NOON

MUG = NotificationTopic(topic="mug", title="When the mug is back")
SOON = NOON + timedelta(hours=1)


def shop(**facts: Any) -> ChannelSettings:
    defaults: dict[str, Any] = {"one_time_notifications": True, "notification_topics": (MUG,)}
    return builders.channel(**(defaults | facts))


def opened(*channels: ChannelSettings, customers: int, **ports: Any) -> Runtime:
    """A Runtime in which so many customers of the first channel agreed at noon."""
    rt = fakes.runtime(*(channels or (shop(),)), **ports)
    for number in range(customers):
        agree(rt, f"customer-{number}")
    return rt


def agree(rt: Runtime, contact: str, **facts: Any) -> str:
    """The customer's conversation."""
    channel = rt.channels.all()[0]
    row = builders.conversation(
        platform=channel.platform,
        channel_id=channel.channel_id,
        contact_id=contact,
        last_customer_at=NOON - timedelta(days=9),
    )
    rt.conversations.save(row)
    consent: dict[str, Any] = {
        "conversation_id": row.conversation_id,
        "channel_id": channel.channel_id,
        "platform": channel.platform,
        "contact_id": contact,
        "opt_in_id": ids.digest("opt_in", contact),
        "token": f"token-of-{contact}",
    }
    rt.opt_ins.record(builders.opt_in(**(consent | facts)))
    return row.conversation_id


def plan(rt: Runtime, key: str = "k", *, is_dry_run: bool = False, **wish: Any) -> Campaign:
    defaults: dict[str, Any] = {"topic": "mug", "channels": (CHANNEL,), "text": "The mug is back"}
    wanted = plan_campaign.Wish(**(defaults | wish))
    return plan_campaign.run(wanted, key=key, rt=rt, is_dry_run=is_dry_run)


def minute(rt: Runtime) -> None:
    """The minute schedule, and the functions that it asks."""
    start_campaigns.run(rt)
    work(rt)


def work(rt: Runtime) -> None:
    asked: list[LaneWanted] = rt.lane_requests.lanes  # type: ignore[attr-defined]
    while asked:
        run_campaign.run(asked.pop(0), rt)


def sent_to(rt: Runtime) -> list[str]:
    """The tokens or contacts that were posted to, in order."""
    recipients = [body["recipient"] for body in rt.sender.bodies]  # type: ignore[attr-defined]
    return sorted(next(iter(each.values())) for each in recipients)


def rows(rt: Runtime) -> tuple[Message, ...]:
    found: tuple[Message, ...] = rt.messages.all  # type: ignore[attr-defined]
    return found
