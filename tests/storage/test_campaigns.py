"""Contract of Campaigns, of the topic's pages and of the slots."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.core.campaigns import LANES, Campaign, Lane, Page, bounds, lanes
from chalicelib.core.frequency import Slot
from chalicelib.core.ids import digest
from chalicelib.core.messages import Button, FilledTemplate
from chalicelib.core.quiet_hours import QuietHours
from tests.builders import CHANNEL, CONVERSATION, NOON, opt_in

LATER = NOON + timedelta(minutes=5)
CAMPAIGN = Campaign(
    campaign_id="campaign-1",
    topic="mug",
    channels=(CHANNEL,),
    send_at=NOON,
    expires_at=NOON + timedelta(hours=24),
    created_at=NOON,
    text="The mug is back",
    button=Button(title="Show me", payload="mug"),
    template=FilledTemplate(name="back", language="en", parameters=("mug",)),
    quiet_hours=QuietHours(starts="21:00", ends="08:00"),
)
FIRST = lanes(CAMPAIGN)[0]
PAGE = Page(number=0, recipients=("c-1", "c-2"), outcomes=("", ""), skipped={"opt_in_used": 3})


def test_a_campaign_is_read_as_it_was_created(stores):
    assert stores.campaigns.create(CAMPAIGN) == CAMPAIGN
    assert stores.campaigns.load("campaign-1") == CAMPAIGN
    assert stores.campaigns.lanes("campaign-1") == lanes(CAMPAIGN)


def test_of_two_campaigns_with_one_id_the_first_stays(stores):
    stores.campaigns.create(CAMPAIGN)
    assert stores.campaigns.create(replace(CAMPAIGN, text="Another")) == CAMPAIGN


def test_the_first_cancellation_stays(stores):
    stores.campaigns.create(CAMPAIGN)
    stores.campaigns.cancel("campaign-1", NOON)
    stores.campaigns.cancel("campaign-1", LATER)
    assert stores.campaigns.load("campaign-1") == replace(CAMPAIGN, cancelled_at=NOON)


def test_nothing_is_made_by_cancelling_what_there_is_not(stores):
    stores.campaigns.cancel("campaign-1", NOON)
    assert stores.campaigns.load("campaign-1") is None


def test_the_newest_campaign_comes_first_and_dry_runs_not_at_all(stores):
    for number in range(3):
        at = NOON + timedelta(minutes=number)
        stores.campaigns.create(replace(CAMPAIGN, campaign_id=f"c-{number}", created_at=at))
    stores.campaigns.create(replace(CAMPAIGN, campaign_id="dry", is_dry_run=True))
    first = stores.campaigns.newest(cursor=None, limit=2)
    second = stores.campaigns.newest(cursor=first.next_cursor, limit=2)
    found = [each.campaign_id for page in (first, second) for each in page.items]
    assert found == ["c-2", "c-1", "c-0"]


def test_a_strange_cursor_is_refused(stores):
    with pytest.raises(ValueError, match="cursor"):
        stores.campaigns.newest(cursor="strange", limit=2)


def test_lanes_are_due_from_their_time_on(stores):
    stores.campaigns.create(CAMPAIGN)
    assert stores.campaigns.due(before=NOON - timedelta(seconds=1), limit=99) == ()
    due = stores.campaigns.due(before=NOON, limit=99)
    assert {wanted.lane_id for wanted in due} == {lane.lane_id for lane in lanes(CAMPAIGN)}


def test_no_more_lanes_are_told_than_asked_for(stores):
    stores.campaigns.create(CAMPAIGN)
    assert len(stores.campaigns.due(before=NOON, limit=3)) == 3


def test_a_moved_lane_is_due_at_its_new_time_and_a_finished_one_never(stores):
    stores.campaigns.create(CAMPAIGN)
    moved = stores.campaigns.move(FIRST, replace(FIRST, due_at=LATER))
    assert moved == replace(FIRST, due_at=LATER, version=1)
    assert stores.campaigns.lane("campaign-1", FIRST.lane_id) == moved
    assert len(stores.campaigns.due(before=NOON, limit=99)) == LANES - 1
    done = replace(moved, due_at=None, counted={"sent": 2}, open={4: {"unknown": 1}})
    assert stores.campaigns.move(moved, done) == replace(done, version=2)
    assert stores.campaigns.lane("campaign-1", FIRST.lane_id) == replace(done, version=2)
    assert len(stores.campaigns.due(before=LATER, limit=99)) == LANES - 1


def test_f24_of_eight_who_take_a_lane_one_has_it(stores):
    stores.campaigns.create(CAMPAIGN)

    def take(number: int) -> Lane | None:
        until = LATER + timedelta(seconds=number)
        return stores.campaigns.move(FIRST, replace(FIRST, due_at=until))

    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(take, range(8)))
    assert sum(lane is not None for lane in taken) == 1


def test_the_first_page_of_a_number_stays(stores):
    stores.campaigns.create(CAMPAIGN)
    other = replace(PAGE, recipients=("c-3",), outcomes=("",))
    assert stores.campaigns.keep_page(FIRST, PAGE) == PAGE
    assert stores.campaigns.keep_page(FIRST, other) == PAGE
    assert stores.campaigns.page("campaign-1", FIRST.lane_id, 0) == PAGE
    assert stores.campaigns.page("campaign-1", FIRST.lane_id, 1) is None


def test_f24_a_worker_who_lost_the_lane_overwrites_nothing(stores):
    stores.campaigns.create(CAMPAIGN)
    stores.campaigns.keep_page(FIRST, PAGE)
    later = replace(FIRST, version=5)
    done = replace(PAGE, outcomes=("sent", "sent"))
    assert stores.campaigns.save_page(later, done)
    assert not stores.campaigns.save_page(replace(FIRST, version=4), PAGE)
    assert stores.campaigns.page("campaign-1", FIRST.lane_id, 0) == done


def all_between(stores, first: str, last: str, limit: int) -> list[str]:
    found, cursor = [], None
    for _ in range(20):
        page = stores.opt_ins.page_of_topic(
            CHANNEL, "mug", between=(first, last), cursor=cursor, limit=limit
        )
        found += [each.opt_in_id for each in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    return found


def test_pages_of_a_topic_have_every_opt_in_once(stores):
    ids = sorted(digest("opt_in", str(number)) for number in range(7))
    for number, each in enumerate(ids):
        stores.opt_ins.record(opt_in(opt_in_id=each, conversation_id=f"c-{number}"))
    stores.opt_ins.record(opt_in(opt_in_id="cup", topic="cup"))
    assert all_between(stores, " ", "~", 3) == ids


def test_the_lanes_together_have_every_opt_in_once(stores):
    ids = sorted(digest("opt_in", str(number)) for number in range(40))
    for number, each in enumerate(ids):
        stores.opt_ins.record(opt_in(opt_in_id=each, conversation_id=f"c-{number}"))
    found = [each for lane in range(LANES) for each in all_between(stores, *bounds(lane), 10)]
    assert found == ids


def test_a_page_tells_which_opt_ins_are_spent(stores):
    stores.opt_ins.record(opt_in())
    stores.opt_ins.claim(opt_in(), "hb-1", NOON)
    page = stores.opt_ins.page_of_topic(CHANNEL, "mug", between=(" ", "~"), cursor=None, limit=10)
    assert [each.used_by for each in page.items] == ["hb-1"]


def test_slots_are_stored_in_place_of_those_that_were_read(stores):
    first, second = (Slot("hb-1", NOON),), (Slot("hb-2", NOON),)
    assert stores.conversations.slots(CONVERSATION) == ()
    assert stores.conversations.save_slots(CONVERSATION, (), first)
    assert not stores.conversations.save_slots(CONVERSATION, (), second)
    assert stores.conversations.save_slots(CONVERSATION, first, first + second)
    assert stores.conversations.slots(CONVERSATION) == first + second
