"""Contract of Conversations: the row and what stands beside it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.core.conversation import Profile, RecentSend, Seen
from chalicelib.core.events import Referral
from tests.builders import CONVERSATION, NOON, TODAY, at, conversation

EVERYTHING = conversation(
    version=1,
    first_contact_at=at("08:00:00.000001"),
    last_customer_at=at("12:00"),
    last_visit_at=at("11:30"),
    last_person_at=at("11:00"),
    last_automated_at=at("10:00"),
    last_other_app_at=at("09:00"),
    window_ends_at=at("12:00", day="2026-11-22"),
    window_opened_at=at("12:00"),
    window_opened_by="message",
    wait_opened_at=at("12:00"),
    wait_day=TODAY,
    closed_wait_opened_at=at("10:30"),
    closed_wait_answered_at=at("11:00"),
    closed_wait_answered_by="person_api",
    closed_wait_day=TODAY,
    away_period="2026-11-20T18:00:00+00:00",
    recent_sends=(RecentSend("hb1", at("10:00"), "away_message"), RecentSend("hb2", at("11:00"))),
    automated_at=(at("09:30"), at("10:00")),
    thread_owner="us",
    thread_owner_at=at("09:00"),
    unreachable_at=at("07:00"),
)


def save(stores, row):
    """Through all versions up to the row's own."""
    assert stores.conversations.save(replace(row, version=0)) is None


def test_an_unknown_conversation_is_none(stores):
    assert stores.conversations.load(CONVERSATION) is None


def test_a_conversation_is_read_as_it_was_saved(stores):
    save(stores, EVERYTHING)
    assert stores.conversations.load(CONVERSATION) == EVERYTHING


def test_a_bare_conversation_is_read_as_it_was_saved(stores):
    save(stores, conversation())
    assert stores.conversations.load(CONVERSATION) == conversation(version=1)


def test_a_save_over_the_version_it_knows_is_stored(stores):
    save(stores, conversation())
    assert stores.conversations.save(replace(EVERYTHING, version=1)) is None
    assert stores.conversations.load(CONVERSATION) == replace(EVERYTHING, version=2)


def test_what_a_later_version_no_longer_says_is_gone(stores):
    save(stores, EVERYTHING)
    stores.conversations.save(conversation(version=1))
    assert stores.conversations.load(CONVERSATION) == conversation(version=2)


@pytest.mark.parametrize("version", [0, 2])
def test_a_save_over_another_version_gets_the_row_in_the_way(stores, version):
    save(stores, EVERYTHING)
    assert stores.conversations.save(conversation(version=version)) == EVERYTHING
    assert stores.conversations.load(CONVERSATION) == EVERYTHING


def test_a_save_over_a_row_that_is_not_there_may_begin_again(stores):
    assert stores.conversations.save(conversation(version=3)) == conversation(version=0)


def test_f12_of_two_who_move_the_same_row_one_begins_again(stores):
    """No transaction, no lost update: the loser gets the winner's row, and decides anew."""
    save(stores, conversation())
    winner = conversation(version=1, last_customer_at=NOON)
    loser = conversation(version=1, last_person_at=NOON)
    stores.conversations.save(winner)
    in_the_way = stores.conversations.save(loser)
    assert in_the_way == replace(winner, version=2)
    assert stores.conversations.save(replace(in_the_way, last_person_at=NOON)) is None
    merged = conversation(version=3, last_customer_at=NOON, last_person_at=NOON)
    assert stores.conversations.load(CONVERSATION) == merged


def test_f12_eight_who_move_the_same_row_all_arrive(rt):
    def note(number: int) -> None:
        known = rt.conversations.load(CONVERSATION) or conversation()
        while known:
            noted = replace(known, automated_at=(*known.automated_at, at(f"12:0{number}")))
            known = rt.conversations.save(noted)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(note, range(8)))
    assert len(rt.conversations.load(CONVERSATION).automated_at) == 8


def test_rows_are_found_together_as_far_as_there_are_any(stores):
    save(stores, EVERYTHING)
    found = stores.conversations.load_leading([CONVERSATION, "another", CONVERSATION])
    assert found == {CONVERSATION: replace(EVERYTHING, version=1)}


def test_of_no_conversations_there_are_no_rows(stores):
    assert stores.conversations.load_leading([]) == {}


def test_watermarks_only_rise(stores):
    for clock in ("12:01", "12:03", "12:02"):
        stores.conversations.see(CONVERSATION, delivered_until=at(clock), read_until=NOON)
    seen = stores.conversations.seen(CONVERSATION)
    assert seen == Seen(delivered_until=at("12:03"), read_until=NOON)


def test_the_end_of_what_is_free_only_rises(stores):
    for clock in ("12:03", "12:02"):
        stores.conversations.see(CONVERSATION, free_until=at(clock))
    assert stores.conversations.seen(CONVERSATION) == Seen(free_until=at("12:03"))


def test_nothing_seen_is_no_watermark(stores):
    assert stores.conversations.seen(CONVERSATION) == Seen()


def test_watermarks_do_not_make_a_conversation(stores):
    stores.conversations.see(CONVERSATION, read_until=NOON)
    assert stores.conversations.load(CONVERSATION) is None


def test_a_profile_is_read_as_it_was_saved(stores):
    profile = Profile(fetched_at=NOON, first_name="Ayşe", name="Ayşe Öz")
    stores.conversations.save_profile(CONVERSATION, profile)
    assert stores.conversations.profile(CONVERSATION) == profile


def test_an_unknown_profile_is_none(stores):
    assert stores.conversations.profile(CONVERSATION) is None


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1), (2, 2, 1, 3, 1)])
def test_the_first_and_the_latest_referral_stay(stores, order):
    for minute in order:
        referral = Referral(source="ad", ad_id=str(minute), facts={"headline": "Mugs"})
        stores.conversations.save_referral(CONVERSATION, referral, NOON + timedelta(minutes=minute))
    assert stores.conversations.referrals(CONVERSATION) == {
        "first": (at("12:01"), Referral(source="ad", ad_id="1", facts={"headline": "Mugs"})),
        "latest": (at("12:03"), Referral(source="ad", ad_id="3", facts={"headline": "Mugs"})),
    }


def test_no_referral_is_none(stores):
    assert stores.conversations.referrals(CONVERSATION) == {}
