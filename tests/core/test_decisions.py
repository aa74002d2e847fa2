"""The ledger's entries: what they tell, what they never hold, and what an erasure leaves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core import decision_inputs, decisions
from chalicelib.core.decisions import What
from chalicelib.core.messages import MessageKind, Origin, State, Status
from chalicelib.core.messaging_policy import Basis, Permit, Question, Refusal, check
from tests.builders import NOON, opt_in, our_message

TIMES = st.timedeltas(timedelta(0), timedelta(days=22000)).map(
    lambda since: datetime(2024, 1, 1, tzinfo=UTC) + since
)
LATELY = st.none() | st.timedeltas(timedelta(days=-400), timedelta(days=400))
PERMIT = Permit(Basis.STANDARD_WINDOW, rule="messenger.window.message")


def asked(**facts: object) -> Question:
    known: dict = {"origin": Origin.PERSON, "kind": MessageKind.TEXT, "at": NOON}
    return Question(**({"platform": "messenger"} | known | facts))


def moved(at, by):
    """A time so far from another; None stays None."""
    return None if by is None else at + by


def again(question: Question) -> Question:
    return decision_inputs.unpack(
        decision_inputs.pack(question),
        platform=question.platform,
        origin=question.origin,
        kind=question.kind,
        at=question.at,
        attempt_id=question.attempt_id,
    )


@given(
    at=TIMES,
    ends=LATELY,
    opened=LATELY,
    wrote=LATELY,
    platform=st.sampled_from(["messenger", "instagram", "whatsapp"]),
    origin=st.sampled_from(Origin),
    has_human_agent=st.booleans(),
    owner=st.sampled_from([None, "us", "other"]),
    margin=st.timedeltas(timedelta(0), timedelta(hours=1)),
)
def test_the_same_question_can_be_asked_again(
    at, ends, opened, wrote, platform, origin, has_human_agent, owner, margin
):
    question = asked(
        at=at,
        platform=platform,
        origin=origin,
        has_human_agent=has_human_agent,
        thread_owner=owner,
        margin=margin,
        window_ends_at=moved(at, ends),
        window_opened_at=moved(at, opened),
        last_customer_at=moved(at, wrote),
    )
    assert again(question) == question


def test_a_consent_decides_the_same_when_it_is_asked_about_again():
    question = asked(
        origin=Origin.CAMPAIGN,
        at=NOON + timedelta(days=40),
        opt_in=opt_in(),
        topic="mug",
        one_time_notifications=True,
    )
    assert check(again(question)) == check(question)
    assert check(question).basis is Basis.ONE_TIME_TOKEN


def test_neither_token_nor_title_nor_contact_is_in_an_entry():
    secret = opt_in(token="secret-token", title="Ayse's mug", contact_id="905321234567")
    entry = decisions.permitted(asked(opt_in=secret), PERMIT)
    kept = [word for word in ("secret", "Ayse", "9053", secret.conversation_id) if word in entry]
    assert kept == []


def test_the_same_question_makes_the_same_entry():
    first, second = (decisions.permitted(asked(topic="mug"), PERMIT) for _ in range(2))
    assert first == second


def test_a_permission_tells_its_rule_the_version_of_the_rules_and_the_campaign():
    entry = decisions.read(decisions.permitted(asked(), PERMIT, campaign="spring"))
    assert (entry.at, entry.what) == (NOON, What.PERMITTED)
    assert entry.verdict is not None
    assert (entry.verdict.r, entry.verdict.c) == ("messenger.window.message", "spring")
    assert entry.verdict.v


def test_a_refusal_tells_its_reason():
    entry = decisions.read(decisions.refused(asked(), Refusal("window_closed", "Too late.")))
    assert entry.verdict is not None
    assert (entry.what, entry.verdict.n) == (What.REFUSED, "window_closed")


def test_what_meta_did_not_take_is_told_with_its_reason_and_trace():
    entry = decisions.read(decisions.not_accepted(NOON, State.FAILED, "policy_368", "AbC-1"))
    assert (entry.what, entry.told) == (What.FAILED, "policy_368 AbC-1")


@given(TIMES)
def test_an_entry_keeps_its_time_to_the_microsecond(at):
    assert decisions.read(decisions.accepted(at, "mid.1")).at == at


@given(TIMES, TIMES)
def test_entries_sort_by_time(one, other):
    texts = sorted([decisions.accepted(one, "m"), decisions.accepted(other, "m")])
    assert [decisions.read(text).at for text in texts] == sorted([one, other])


def test_of_one_moment_the_question_comes_before_the_answer_and_what_is_told_last():
    entries = [
        decisions.status(NOON, Status.SENT, "told", None),
        decisions.accepted(NOON, "mid.1"),
        decisions.permitted(asked(), PERMIT),
    ]
    whats = [decisions.read(entry).what for entry in sorted(entries)]
    assert whats == [What.PERMITTED, What.ACCEPTED, What.SENT]


ENTRIES = [
    decisions.permitted(asked(window_ends_at=NOON), PERMIT),
    decisions.refused(asked(window_ends_at=NOON), Refusal("window_closed", "Too late.")),
    decisions.dropped(NOON, "superseded"),
    decisions.accepted(NOON, "mid.1"),
    decisions.not_accepted(NOON, State.UNKNOWN, "ambiguous_no_answer"),
    decisions.status(NOON, Status.FAILED, "told", "policy_131049"),
]


@pytest.mark.parametrize("entry", ENTRIES)
def test_an_erasure_keeps_the_hash(entry):
    erased = decisions.erased(entry)
    assert decisions.hash_of(erased) == decisions.hash_of(entry)
    assert decisions.erased(erased) == erased


def test_an_erasure_removes_what_was_asked_and_leaves_the_verdict():
    erased = decisions.read(decisions.erased(ENTRIES[0]))
    assert erased.verdict is not None
    assert (erased.verdict.i, erased.verdict.r) == (None, "messenger.window.message")


def test_no_two_entries_have_one_hash():
    assert len({decisions.hash_of(entry) for entry in ENTRIES}) == len(ENTRIES)


def test_after_many_tries_no_more_entries_are_added():
    entry, most = ENTRIES[0], decisions.MOST_ATTEMPTS
    added = [decisions.bound(entry, tries=tries) for tries in (most - 1, most)]
    assert added == [(entry,), ()]


def test_who_sent_it_is_bound_by_a_hash():
    assert decisions.who(our_message()) != decisions.who(our_message(automation="instant_reply"))


def test_short_names_are_of_fields_and_differ():
    fields = set(Question.__struct_fields__)
    assert set(decision_inputs.SHORT) <= fields
    assert not set(decision_inputs.SHORT.values()) & fields
    assert len(set(decision_inputs.SHORT.values())) == len(decision_inputs.SHORT)
