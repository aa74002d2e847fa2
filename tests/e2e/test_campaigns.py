"""Notifications to many on the deployed template: the minute schedule has the lanes worked on by a
function that may do no more than it has to."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chalicelib.storage._times import undated
from tests.e2e.shop import NUMBER, PAGE, PROFESSIONAL, Shop, new_contact

pytestmark = pytest.mark.e2e

PATIENCE_SECONDS, ASKED_AGAIN_SECONDS = 240, 20
LANES = 8  # of each channel
TWO = (PAGE, PROFESSIONAL)


@pytest.fixture
def topic(shop: Shop, request: pytest.FixtureRequest) -> str:
    """A topic of this test alone, on every channel."""
    name = request.node.name.partition("[")[0].removeprefix("test_")[:40]
    template = {"template_name": "back_in_stock", "template_language": "en"}
    one = {"topic": name, "title": "When the kettle is back"}
    for channel_id, topic_there in ((PAGE, one), (PROFESSIONAL, one), (NUMBER, one | template)):
        known = shop.get(f"/v1/channels/{channel_id}")["notification_topics"]
        shop.put(channel_id, notification_topics=[*known, topic_there])
    shop.advance(minutes=1)  # workers remember settings for half a minute
    return name


def agrees(shop: Shop, channel_id: str, topic: str) -> str:
    """A customer who wrote lately, and agreed elsewhere; the contact."""
    contact = new_contact()
    shop.customer_writes(channel_id, contact)
    status, answer = shop.create(
        channel_id, contact, "opt-ins", f"agreed-{contact}", topic=topic, how="form"
    )
    assert status == 201, answer
    return contact


def gives_a_token(shop: Shop, topic: str) -> str:
    """A customer of the Page who taps "Notify me"; the contact."""
    contact = new_contact()
    shop.customer_writes(PAGE, contact)
    key = f"asked-{contact}"
    asked = shop.create(PAGE, contact, "notification-requests", key, topic=topic)
    assert asked[0] == 202, asked
    shop.act("/_customer/tap_notify", channel_id=PAGE, contact_id=contact, topic=topic)
    shop.settle()
    return contact


def tell(shop: Shop, topic: str, *channels: str, what: str = "", **more: Any) -> str:
    facts = {"topic": topic, "channels": list(channels or TWO), "text": "It is back."} | more
    status, answer = shop.ask("POST", f"/v1/notifications{what}", **facts)
    assert status == 202, answer
    return str(answer["notification_id"])


def shown(shop: Shop, campaign: str) -> dict[str, Any]:
    found: dict[str, Any] = shop.get(f"/v1/notifications/{campaign}")
    return found


def counts(document: dict[str, Any]) -> dict[tuple[str, str | None], int]:
    return {(one["outcome"], one["detail"]): one["recipients"] for one in document["counts"]}


def worked_on(shop: Shop, campaign: str) -> dict[str, Any]:
    """The minute schedule runs; how the notification stands once its lanes are done."""
    shop.run_schedule("SendDueName")
    until(shop, lambda: shown(shop, campaign)["phase"] == "done")
    shop.settle()
    return shown(shop, campaign)


def until(shop: Shop, is_so: Callable[[], bool]) -> None:
    """Lanes are invoked without waiting for them; a lane that could not be is asked for again, as
    it would be after a minute."""
    ends = time.monotonic() + PATIENCE_SECONDS
    again = time.monotonic() + ASKED_AGAIN_SECONDS
    while not is_so():
        assert time.monotonic() < ends
        time.sleep(0.2)
        if time.monotonic() > again:
            shop.run_schedule("SendDueName")
            again = time.monotonic() + ASKED_AGAIN_SECONDS


def around_now(shop: Shop, zone: str) -> dict[str, str]:
    """Quiet hours that began half an hour ago on this zone's clock, and end in an hour."""
    now = shop.now().astimezone(ZoneInfo(zone))
    half = timedelta(minutes=30)
    return {"starts": f"{now - half:%H:%M}", "ends": f"{now + 2 * half:%H:%M}"}


def put_off(shop: Shop, campaign: str) -> int:
    """How many lanes wait for longer than a worker's lease."""
    at = shop.now() + timedelta(minutes=30)
    rows = shop.aws("dynamodb").query(
        TableName=shop.outputs["CampaignsTableName"],
        KeyConditionExpression="campaign_id = :id AND begins_with(#item, :lane)",
        ExpressionAttributeNames={"#item": "item"},
        ExpressionAttributeValues={":id": {"S": campaign}, ":lane": {"S": "lane#"}},
    )["Items"]
    return sum("due_key" in row and undated(row["due_key"]["S"])[0] > at for row in rows)


def campaign_calls(shop: Shop, contact: str) -> list[str]:
    """What of the notification the platform took for this contact."""
    return [str(call["message_id"]) for call in shop.calls(contact) if "It is back." in str(call)]


def sent_rows(shop: Shop, channel_id: str, contact: str) -> list[tuple[str, str, str]]:
    rows = [one for one in shop.messages(channel_id, contact) if one["author"] == "campaign"]
    return [(one["state"], one["basis"], one["platform_message_id"]) for one in rows]


def at(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_all_of_two_channels_are_told_once(shop: Shop, topic: str) -> None:
    tokens = [gives_a_token(shop, topic) for _ in range(2)]
    followers = [agrees(shop, PROFESSIONAL, topic) for _ in range(2)]
    stopped = agrees(shop, PROFESSIONAL, topic)
    shop.customer_writes(PROFESSIONAL, stopped, "STOP")
    shop.advance(minutes=5)

    dry = worked_on(shop, tell(shop, topic, what="/dry-run"))
    assert [campaign_calls(shop, each) for each in (*tokens, *followers, stopped)] == [[]] * 5

    campaign = tell(shop, topic)
    told = worked_on(shop, campaign)
    as_permitted = {
        ("permitted" if outcome == "sent" else outcome, detail): number
        for (outcome, detail), number in counts(told).items()
    }
    assert counts(dry) == as_permitted
    assert [counts(one) for one in told["channels"]] == [
        {("sent", "one_time_token"): 2},
        {("sent", "standard_window"): 2, ("refused", "stopped_all"): 1},
    ]

    shop.run_schedule("SendDueName")
    shop.settle()
    calls = {each: campaign_calls(shop, each) for each in (*tokens, *followers)}
    rows = {each: sent_rows(shop, PAGE, each) for each in tokens} | {
        each: sent_rows(shop, PROFESSIONAL, each) for each in followers
    }
    assert {each: [row[2] for row in found] for each, found in rows.items()} == calls
    assert [len(each) for each in calls.values()] == [1] * 4
    assert campaign_calls(shop, stopped) == []


def test_on_whatsapp_the_template_goes_out(shop: Shop, topic: str) -> None:
    contact = agrees(shop, NUMBER, topic)
    shop.advance(days=2)
    campaign = tell(shop, topic, NUMBER)
    assert counts(worked_on(shop, campaign)) == {("sent", "approved_template"): 1}
    assert [row[:2] for row in sent_rows(shop, NUMBER, contact)] == [("sent", "approved_template")]


def test_in_quiet_hours_it_waits_for_their_end(shop: Shop, topic: str) -> None:
    contact = agrees(shop, PROFESSIONAL, topic)
    quiet = around_now(shop, "Europe/London")
    campaign = tell(shop, topic, PROFESSIONAL, quiet_hours=quiet)
    shop.run_schedule("SendDueName")
    until(shop, lambda: put_off(shop, campaign) == LANES)
    assert (shown(shop, campaign)["phase"], campaign_calls(shop, contact)) == ("running", [])
    shop.advance(hours=1, minutes=1)
    assert counts(worked_on(shop, campaign)) == {("sent", "standard_window"): 1}
    assert len(campaign_calls(shop, contact)) == 1


def test_what_is_cancelled_is_not_sent(shop: Shop, topic: str) -> None:
    contact = agrees(shop, PROFESSIONAL, topic)
    campaign = tell(shop, topic, PROFESSIONAL, send_at=at(shop.now() + timedelta(hours=2)))
    assert shown(shop, campaign)["phase"] == "planned"
    assert shop.ask("POST", f"/v1/notifications/{campaign}/cancel")[0] == 200
    shop.advance(hours=2, minutes=1)
    shop.run_schedule("SendDueName")
    until(shop, lambda: bool(counts(shown(shop, campaign))))
    assert counts(shown(shop, campaign)) == {("stopped", "campaign_cancelled"): 1}
    assert campaign_calls(shop, contact) == []


def test_what_is_cancelled_in_the_middle_goes_no_further_and_adds_up(
    shop: Shop, topic: str
) -> None:
    """They have begun on the Page's clock in Berlin, and not in London."""
    told = [agrees(shop, PROFESSIONAL, topic) for _ in range(2)]
    waiting = [gives_a_token(shop, topic) for _ in range(2)]
    campaign = tell(shop, topic, quiet_hours=around_now(shop, "Europe/Berlin"))
    shop.run_schedule("SendDueName")
    until(shop, lambda: counts(shown(shop, campaign)) == {("sent", "standard_window"): 2})
    until(shop, lambda: put_off(shop, campaign) == LANES)
    assert shop.ask("POST", f"/v1/notifications/{campaign}/cancel")[0] == 200
    shop.advance(hours=1, minutes=1)
    shop.run_schedule("SendDueName")
    until(shop, lambda: sum(counts(shown(shop, campaign)).values()) == len(told + waiting))
    shop.settle()

    ended = shown(shop, campaign)
    assert counts(ended) == {("sent", "standard_window"): 2, ("stopped", "campaign_cancelled"): 2}
    assert ended["cancelled_at"]
    listed = shop._pages(f"/v1/notifications/{campaign}/recipients")
    assert sorted((one["channel_id"], one["outcome"]) for one in listed) == [
        *[(PAGE, "stopped")] * 2,
        *[(PROFESSIONAL, "sent")] * 2,
    ]
    assert [len(campaign_calls(shop, each)) for each in (*told, *waiting)] == [1, 1, 0, 0]


def test_a_recipient_without_an_answer_is_counted_when_it_is_known(shop: Shop, topic: str) -> None:
    contact = agrees(shop, PROFESSIONAL, topic)
    shop.fails(kind="reset_before", match={"recipient": contact})
    campaign = tell(shop, topic, PROFESSIONAL)
    assert counts(worked_on(shop, campaign)) == {("unknown", None): 1}
    for _ in range(7):
        shop.advance(minutes=3)
        told = worked_on(shop, campaign)
    assert counts(told) == {("failed", "not_delivered"): 1}
    assert campaign_calls(shop, contact) == []
