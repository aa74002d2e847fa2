"""F21 to F24 of campaigns: schedules that fire twice, late or not at all, workers that die or
overlap. Everybody is told once, or nobody knows and it is shown."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from msgspec.structs import replace

from chalicelib.core.campaigns import LANES, lanes
from chalicelib.core.frequency import NotificationCap
from chalicelib.core.messages import State, state_now
from chalicelib.ports import LaneWanted, Runtime
from chalicelib.usecases import (
    plan_campaign,
    read_campaign,
    run_campaign,
    send_due,
    start_campaigns,
)
from tests.builders import CHANNEL
from tests.usecases import campaigns
from tests.usecases.campaigns import agree, minute, opened, plan, rows, sent_to, shop
from tests.usecases.crashes import Point, Watch, points

FIRST_LANE = LaneWanted("", f"{CHANNEL}#0")
AFTER_THE_LEASE = run_campaign.LEASE + timedelta(seconds=1)
CAPPED = NotificationCap(messages=1, days=7)


def two_in_one_lane() -> Runtime:
    rt = opened(shop(notification_cap=CAPPED), customers=0)
    for each in ("one", "two"):
        agree(rt, each, opt_in_id=f"-{each}", token=each)
    return rt


def work_first_lane(rt: Runtime, campaign_id: str) -> None:
    run_campaign.run(replace(FIRST_LANE, campaign_id=campaign_id), rt)


def all_calls() -> list[Point]:
    rt, watch = two_in_one_lane(), Watch()
    work_first_lane(watch.over(rt), plan(rt).campaign_id)
    return points(watch.calls)


def killed_at(point: Point) -> tuple[Runtime, str]:
    rt = two_in_one_lane()
    campaign_id = plan(rt).campaign_id
    with pytest.raises(SystemExit):
        work_first_lane(Watch(point).over(rt), campaign_id)
    return rt, campaign_id


def recovered(rt: Runtime) -> None:
    """Some minutes later everything runs as it should."""
    for _ in range(4):
        rt.now.at += AFTER_THE_LEASE  # type: ignore[attr-defined]
        minute(rt)
        send_due.run(rt)


@pytest.mark.parametrize("point", all_calls(), ids=str)
def test_f23_wherever_a_worker_dies_nobody_is_told_twice_and_nobody_forgotten(point):
    rt, campaign_id = killed_at(point)
    recovered(rt)
    assert max(Counter(sent_to(rt)).values()) == 1
    stands = {row.message_id: state_now(row, rt.now()) for row in rows(rt)}
    assert len(stands) == 2
    assert set(stands.values()) <= {State.SENT, State.UNKNOWN}
    counted = read_campaign.run(campaign_id, rt).counts
    assert sum(each.recipients for each in counted) == 2


@pytest.mark.parametrize("point", all_calls(), ids=str)
def test_f23_what_nobody_knows_is_only_what_was_claimed_when_the_worker_died(point):
    rt, _ = killed_at(point)
    recovered(rt)
    unknown = [row for row in rows(rt) if state_now(row, rt.now()) is State.UNKNOWN]
    assert len(unknown) <= 1
    assert bool(unknown) <= (point.call in CLAIM_TO_SETTLE)


@pytest.mark.parametrize("point", all_calls(), ids=str)
def test_f23_cancelled_after_a_worker_died_it_leaves_no_consent_held_by_nothing(point):
    rt, campaign_id = killed_at(point)
    plan_campaign.cancel(campaign_id, rt)
    recovered(rt)
    tried = {row.message_id for row in rows(rt)}
    held = {each.used_by for each in rt.opt_ins.of_topic(CHANNEL, "mug") if each.used_by}
    assert held <= tried
    counted = read_campaign.run(campaign_id, rt).counts
    assert sum(each.recipients for each in counted) == 2


# Between the claim and the outcome nobody can know whether the platform has it.
CLAIM_TO_SETTLE = {
    *("messages.claim", "messages.settle", "sender.post", "conversations.links"),
    *("rates.lease", "log.info", "conversations.load"),
}


def at_once(work, number: int = 8) -> None:
    start = Barrier(number)

    def begin(_: int) -> None:
        start.wait()
        work()

    with ThreadPoolExecutor(number) as pool:
        list(pool.map(begin, range(number)))


def test_f21_eight_schedules_and_eight_workers_at_once_tell_everybody_once():
    rt = opened(customers=40)
    plan(rt)
    at_once(lambda: start_campaigns.run(rt))
    asked = rt.lane_requests.lanes
    assert len(asked) == 8 * LANES
    at_once(lambda: [run_campaign.run(each, rt) for each in asked])
    assert sorted(Counter(sent_to(rt)).values()) == [1] * 40


def test_f21_a_schedule_that_fires_twice_does_nothing_more():
    rt = opened(customers=3)
    plan(rt)
    start_campaigns.run(rt)
    start_campaigns.run(rt)
    campaigns.work(rt)
    assert len(sent_to(rt)) == 3


def test_f24_a_worker_that_outlives_its_lease_leaves_the_lane_to_the_next():
    rt = two_in_one_lane()
    campaign_id = plan(rt).campaign_id
    post = rt.sender.post

    def slow(*request):
        """The first post takes longer than the lease; meanwhile another worker has the lane."""
        rt.sender.post = post
        answer = post(*request)
        rt.now.at += AFTER_THE_LEASE
        work_first_lane(rt, campaign_id)
        return answer

    rt.sender.post = slow
    work_first_lane(rt, campaign_id)
    assert sorted(Counter(sent_to(rt)).values()) == [1, 1]
    assert "campaign_lane_lost" in rt.log.events


def test_f21_eight_campaigns_at_once_keep_to_the_cap():
    rt = opened(shop(notification_cap=CAPPED), customers=0)
    for number in range(8):
        agree(rt, "mia", opt_in_id=f"{number}", token=f"t-{number}")
    asked = [
        LaneWanted(plan(rt, key=f"k-{n}").campaign_id, lane.lane_id)
        for n in range(8)
        for lane in lanes(plan(rt, key=f"k-{n}"))
    ]
    at_once(lambda: [run_campaign.run(each, rt) for each in asked])
    assert len(sent_to(rt)) == 1


def test_f21_a_cancellation_among_eight_workers_ends_all_of_them():
    rt = opened(customers=60)
    campaign = plan(rt)
    post = rt.sender.post

    def last(*request):
        plan_campaign.cancel(campaign.campaign_id, rt)
        return post(*request)

    rt.sender.post = last
    start_campaigns.run(rt)
    asked = list(rt.lane_requests.lanes)
    at_once(lambda: [run_campaign.run(each, rt) for each in asked])
    assert 1 <= len(sent_to(rt)) <= 8
    counted = read_campaign.run(campaign.campaign_id, rt).counts
    assert sum(each.recipients for each in counted) == 60


def test_f22_what_the_function_was_not_asked_for_is_asked_for_a_minute_later():
    rt = opened(customers=5)
    plan(rt)
    rt.lane_requests.refusing = [tuple(range(LANES))]
    minute(rt)
    assert sent_to(rt) == []
    minute(rt)
    assert len(sent_to(rt)) == 5


def test_f23_a_worker_whose_time_is_over_leaves_the_rest_to_the_next(monkeypatch):
    rt = opened(customers=250)
    plan(rt)
    monkeypatch.setattr(run_campaign, "WORKING_TIME", timedelta(seconds=20))
    post = rt.sender.post
    rt.sender.post = lambda *request: (rt.now.advance(seconds=5), post(*request))[1]
    for _ in range(30):
        minute(rt)
        rt.now.advance(minutes=1)
    assert sorted(Counter(sent_to(rt)).values()) == [1] * 250
