"""Contract of OptIns."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from chalicelib.core.opt_in import How, Stop
from tests.builders import CHANNEL, CONVERSATION, NOON, opt_in

LATER = NOON + timedelta(minutes=5)
AGO = NOON - timedelta(minutes=5)


def of_conversation(stores):
    return stores.opt_ins.of_conversation(CONVERSATION)


def test_an_opt_in_is_read_as_it_was_recorded(stores):
    told = opt_in(title="When the mug is back")
    stores.opt_ins.record(told)
    assert of_conversation(stores) == (told,)
    assert stores.opt_ins.of_topic(CHANNEL, "mug") == (told,)


def test_opt_ins_come_oldest_first(stores):
    for minute in (2, 1, 3):
        stores.opt_ins.record(
            opt_in(opt_in_id=f"id-{minute}", opted_in_at=NOON + timedelta(minutes=minute))
        )
    assert [each.opt_in_id for each in of_conversation(stores)] == ["id-1", "id-2", "id-3"]


def test_a_topic_gathers_all_conversations_of_the_channel(stores):
    told = [opt_in(conversation_id=f"c-{n}") for n in range(3)]
    others = [opt_in(conversation_id="c-3", topic="cup"), opt_in(channel_id="another")]
    for each in told + others:
        stores.opt_ins.record(each)
    assert stores.opt_ins.of_topic(CHANNEL, "mug") == tuple(told)


def test_nobody_asked_for_a_topic(stores):
    assert stores.opt_ins.of_topic(CHANNEL, "mug") == ()


def test_one_attempt_has_it(stores):
    stores.opt_ins.record(opt_in())
    assert stores.opt_ins.claim(opt_in(), "hb-1", NOON)
    assert not stores.opt_ins.claim(opt_in(), "hb-2", NOON)
    assert of_conversation(stores) == (opt_in(used_by="hb-1", used_at=NOON),)


def test_f11_the_same_attempt_has_it_however_often_it_asks(stores):
    stores.opt_ins.record(opt_in())
    assert [stores.opt_ins.claim(opt_in(), "hb-1", NOON) for _ in range(3)] == [True] * 3


def test_an_unknown_opt_in_is_not_claimed(stores):
    assert not stores.opt_ins.claim(opt_in(), "hb-1", NOON)
    assert of_conversation(stores) == ()


def test_f01_an_opt_in_that_is_told_again_stays_used(stores):
    stores.opt_ins.record(opt_in())
    stores.opt_ins.claim(opt_in(), "hb-1", NOON)
    stores.opt_ins.record(opt_in())
    assert of_conversation(stores) == (opt_in(used_by="hb-1", used_at=NOON),)


@pytest.mark.parametrize("topic", ["mug", None])
def test_a_stop_ends_the_opt_ins_before_it(stores, topic):
    stores.opt_ins.record(opt_in())
    stores.opt_ins.stop(CONVERSATION, topic, LATER)
    assert of_conversation(stores) == (opt_in(stopped_at=LATER),)
    assert stores.opt_ins.of_topic(CHANNEL, "mug") == (opt_in(stopped_at=LATER),)


def test_f04_a_stop_may_come_before_the_opt_in_it_ends(stores):
    stores.opt_ins.stop(CONVERSATION, "mug", LATER)
    stores.opt_ins.record(opt_in())
    assert of_conversation(stores) == (opt_in(stopped_at=LATER),)


def test_a_stop_does_not_end_what_comes_after_it(stores):
    stores.opt_ins.stop(CONVERSATION, "mug", NOON - timedelta(minutes=1))
    stores.opt_ins.record(opt_in())
    assert of_conversation(stores) == (opt_in(),)


def test_a_stop_of_another_topic_changes_nothing(stores):
    stores.opt_ins.record(opt_in())
    stores.opt_ins.stop(CONVERSATION, "cup", LATER)
    assert of_conversation(stores) == (opt_in(),)


def test_an_older_stop_does_not_take_back_a_later_one(stores):
    stores.opt_ins.record(opt_in())
    stores.opt_ins.stop(CONVERSATION, "mug", LATER)
    stores.opt_ins.stop(CONVERSATION, "mug", NOON - timedelta(minutes=1))
    assert of_conversation(stores) == (opt_in(stopped_at=LATER),)


def test_f45_an_opt_in_past_its_expiry_is_still_there_and_says_so(stores):
    """Whether it is good is decided by its date, never by whether the database has cleaned up."""
    past = opt_in(expires_at=NOON - timedelta(days=1))
    stores.opt_ins.record(past)
    assert of_conversation(stores) == (past,)


def test_a_stop_under_one_key_of_a_contact_stops_what_another_agreed_to(stores):
    stores.opt_ins.record(opt_in())
    stores.opt_ins.stop("another-key", None, LATER)
    found = stores.opt_ins.of_conversation(CONVERSATION, "another-key")
    assert found == (opt_in(stopped_at=LATER),)


def only_stop(stores):
    (stop,) = stores.opt_ins.stops(CONVERSATION)
    return stop


def test_a_stop_keeps_how_we_know(stores):
    stores.opt_ins.stop(CONVERSATION, None, NOON, how=How.KEYWORD, evidence="mid.stop")
    expected = Stop(
        conversation_id=CONVERSATION, topic=None, at=NOON, how=How.KEYWORD, evidence="mid.stop"
    )
    assert stores.opt_ins.stops(CONVERSATION) == (expected,)


def test_the_evidence_is_that_of_the_latest_stop(stores):
    stores.opt_ins.stop(CONVERSATION, None, LATER, how=How.KEYWORD, evidence="mid.second")
    stores.opt_ins.stop(CONVERSATION, None, NOON, evidence="first")
    assert (only_stop(stores).at, only_stop(stores).evidence) == (LATER, "mid.second")


@pytest.mark.parametrize("topic", ["mug", None])
def test_a_resume_reopens_what_was_stopped(stores, topic):
    stores.opt_ins.record(opt_in())
    stores.opt_ins.stop(CONVERSATION, topic, NOON)
    stores.opt_ins.resume(CONVERSATION, topic, LATER, how=How.KEYWORD, evidence="mid.start")
    assert of_conversation(stores) == (opt_in(),)
    assert stores.opt_ins.of_topic(CHANNEL, "mug") == (opt_in(),)
    assert (only_stop(stores).is_on, only_stop(stores).resumed_evidence) == (False, "mid.start")


def test_f04_a_resume_may_come_before_the_stop_that_it_takes_back(stores):
    stores.opt_ins.resume(CONVERSATION, "mug", LATER)
    stores.opt_ins.stop(CONVERSATION, "mug", NOON)
    assert not only_stop(stores).is_on


def test_a_stop_after_the_resume_counts(stores):
    stores.opt_ins.record(opt_in())
    stores.opt_ins.resume(CONVERSATION, "mug", NOON)
    stores.opt_ins.stop(CONVERSATION, "mug", LATER)
    assert of_conversation(stores) == (opt_in(stopped_at=LATER),)


def test_of_a_stop_and_a_resume_of_one_moment_the_stop_counts(stores):
    stores.opt_ins.stop(CONVERSATION, None, NOON)
    stores.opt_ins.resume(CONVERSATION, None, NOON)
    assert only_stop(stores).is_on


def test_an_older_resume_does_not_take_the_place_of_a_later_one(stores):
    stores.opt_ins.stop(CONVERSATION, None, NOON)
    stores.opt_ins.resume(CONVERSATION, None, LATER)
    stores.opt_ins.resume(CONVERSATION, None, NOON - timedelta(minutes=1))
    assert only_stop(stores).resumed_at == LATER


def test_a_resume_of_one_topic_leaves_the_stop_of_all(stores):
    stores.opt_ins.record(opt_in())
    stores.opt_ins.stop(CONVERSATION, None, NOON)
    stores.opt_ins.resume(CONVERSATION, "mug", LATER)
    assert of_conversation(stores) == (opt_in(stopped_at=NOON),)


def test_a_resume_of_nothing_is_no_stop(stores):
    stores.opt_ins.resume(CONVERSATION, None, NOON)
    assert stores.opt_ins.stops(CONVERSATION) == ()


def test_opt_ins_and_stops_come_together(stores):
    stores.opt_ins.record(opt_in())
    stores.opt_ins.stop(CONVERSATION, "cup", NOON)
    found = stores.opt_ins.consents(CONVERSATION)
    assert (found.opt_ins, [stop.topic for stop in found.stops]) == ((opt_in(),), ["cup"])


def test_the_stop_of_all_comes_first(stores):
    stores.opt_ins.stop(CONVERSATION, "cup", NOON)
    stores.opt_ins.stop(CONVERSATION, None, LATER)
    assert [stop.topic for stop in stores.opt_ins.stops(CONVERSATION)] == [None, "cup"]


def test_what_an_attempt_gave_back_another_may_have(stores):
    stores.opt_ins.record(opt_in())
    stores.opt_ins.claim(opt_in(), "hb-1", NOON)
    stores.opt_ins.release(opt_in(used_by="hb-1", used_at=NOON))
    assert of_conversation(stores) == (opt_in(),)
    assert stores.opt_ins.claim(opt_in(), "hb-2", NOON)


@pytest.mark.parametrize("read", [{"used_by": "hb-2", "used_at": NOON}, {"used_by": "hb-1"}])
def test_f08_nobody_gives_back_what_was_claimed_since(stores, read):
    stores.opt_ins.record(opt_in())
    stores.opt_ins.claim(opt_in(), "hb-1", NOON)
    stores.opt_ins.release(opt_in(**({"used_at": AGO} | read)))
    assert of_conversation(stores) == (opt_in(used_by="hb-1", used_at=NOON),)


def test_f08_the_same_attempt_that_claims_it_again_keeps_it(stores):
    stores.opt_ins.record(opt_in())
    stores.opt_ins.claim(opt_in(), "hb-1", NOON)
    (read,) = of_conversation(stores)
    stores.opt_ins.claim(opt_in(), "hb-1", LATER)
    stores.opt_ins.release(read)
    assert of_conversation(stores) == (opt_in(used_by="hb-1", used_at=LATER),)


def test_f08_of_eight_attempts_at_once_one_has_it(stores):
    stores.opt_ins.record(opt_in())
    attempts = [f"hb-{n}" for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda each: stores.opt_ins.claim(opt_in(), each, NOON), attempts))
    assert of_conversation(stores) == (opt_in(used_by=attempts[won.index(True)], used_at=NOON),)
    assert won.count(True) == 1


def test_f08_of_eight_stops_and_resumes_at_once_the_latest_stands(stores):
    moments = [NOON + timedelta(seconds=n) for n in range(8)]
    told = [stores.opt_ins.stop, stores.opt_ins.resume] * 4
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda tell, at: tell(CONVERSATION, None, at), told, moments))
    assert (only_stop(stores).at, only_stop(stores).resumed_at) == (moments[6], moments[7])


def test_the_latest_request_about_a_topic_is_remembered(stores):
    stores.opt_ins.ask(CONVERSATION, "mug", "hb-2", LATER)
    stores.opt_ins.ask(CONVERSATION, "mug", "hb-1", NOON)
    stores.opt_ins.ask(CONVERSATION, "cup", "hb-3", NOON)
    requests = stores.opt_ins.consents(CONVERSATION).requests
    assert [(each.topic, each.attempt_id, each.at) for each in requests] == [
        ("cup", "hb-3", NOON),
        ("mug", "hb-2", LATER),
    ]


def test_a_request_is_no_consent_and_goes_with_the_contact(stores):
    stores.opt_ins.ask(CONVERSATION, "mug", "hb-1", NOON)
    assert of_conversation(stores) == ()
    stores.opt_ins.forget(CONVERSATION)
    assert stores.opt_ins.consents(CONVERSATION).requests == ()
