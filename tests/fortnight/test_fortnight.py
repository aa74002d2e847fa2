"""A seeded fortnight with thousands of conversations on three platforms: customers write, tap,
react, come from ads, stop, resume and agree; persons answer at all ages; automations and
notifications to many do the rest; processes die at random calls, webhooks come late and twice,
answers of the platform get lost. The stand-in judges every send by rules of its own.

`make fortnight SEEDS="2 3"` plays others; FORTNIGHT_CONVERSATIONS makes it larger or smaller. The
stores are the fakes that tests/storage holds to the contract of the real ones.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from datetime import datetime

import msgspec
import pytest

from chalicelib.catalogue import PLATFORMS
from chalicelib.core import channel_document
from tests.fortnight import people, shop
from tests.fortnight.audit import Books
from tests.fortnight.play import DAYS, Play

CONVERSATIONS = int(os.environ.get("FORTNIGHT_CONVERSATIONS", "5000"))
SEEDS = [int(each) for each in os.environ.get("FORTNIGHT_SEEDS", "1").split()]

# What is rare, and how often at least it has to come about among 5,000 conversations.
AT_LEAST = {
    **{"sent by standard_window": 8000, "sent by human_agent": 800, "sent by one_time_token": 50},
    **{"sent by approved_template": 150, "sent by private_reply": 150},
    **{"sent by customer_feedback": 40, "refused: window_closed": 1000},
    **{"refused: stopped_all": 500, "refused: superseded": 200, "refused: standby": 200},
    **{"refused: template_paused": 20, "refused: marketing_paused_in_region": 10},
    **{"refused: channel_blocked": 50, "refused: budget_reached": 300},
    **{"refused: recipient_gone": 8, "refused: already_asked": 10, "refused: opt_in_used": 8},
    **{"review: sent": 20, "review: superseded": 5, "erased": 60, "joined": 100},
    **{"pass_thread_control": 150, "take_thread_control": 25},
    **{"died": 100, "died before a post": 8, "died after a post": 8},
}

pytestmark = pytest.mark.slow


def played(seed: int, conversations: int, monkeypatch: pytest.MonkeyPatch) -> Books:
    play = Play(seed, monkeypatch)
    customers = people.everybody(play, conversations)
    play.run(_Progress(seed))
    return Books(play, customers)


def say(line: str) -> None:
    sys.stderr.write(line + "\n")


class _Progress:
    """Tells each day that is over (seen with pytest -s)."""

    def __init__(self, seed: int) -> None:
        self._seed, self._day = seed, ""

    def __call__(self, at: datetime) -> None:
        day = at.date().isoformat()
        if day != self._day:
            self._day = day
            say(f"fortnight {self._seed}: {day}")


@pytest.fixture(scope="module", params=SEEDS)
def books(request: pytest.FixtureRequest) -> Iterator[Books]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        found = played(request.param, CONVERSATIONS, monkeypatch)
        say(f"happened: {dict(sorted(found.happened().items()))}")
        yield found


@pytest.mark.parametrize("channel", shop.channels(), ids=lambda channel: channel.platform)
def test_the_shop_has_settings_that_the_api_would_take(channel):
    platform = PLATFORMS[channel.platform]
    document = msgspec.to_builtins(channel)
    taken = channel_document.from_document(
        channel.channel_id,
        document,
        text_limit=platform.text_limit,
        attachment_limit=platform.attachment_limit,
        choices_limit=platform.choices_limit,
    )
    assert taken == channel


def test_the_platform_refuses_none_of_our_sends_for_policy(books):
    assert books.refused_by_meta() == {}


def test_f08_nothing_is_taken_twice(books):
    assert books.taken_twice() == []


def test_every_call_has_an_attempt_in_the_ledger(books):
    assert books.not_in_the_ledger() == []


def test_what_the_ledger_calls_sent_the_platform_took(books):
    assert books.not_at_meta() == []


def test_what_the_platform_took_is_known_to_be_sent_by_the_same_id(books):
    assert (books.unaccounted(), books.wrong_ids()) == ([], [])


def test_what_was_claimed_and_not_posted_are_the_deaths_in_between(books):
    assert len(books.never_posted()) <= books.deaths_before_a_post()


def test_f08_no_token_is_used_twice(books):
    assert books.tokens_twice() == []


def test_nothing_but_answers_goes_out_after_a_stop(books):
    assert books.after_a_stop() == []


def test_f07_nothing_that_was_told_is_lost(books):
    assert (books.lost(), books.play.esm.dead) == ([], [])


def test_of_the_erased_nothing_is_kept_and_nothing_planned_goes_out(books):
    assert books.not_forgotten() == []


def test_the_ledger_fits_its_hourly_digests(books):
    verified = books.verified()
    assert [each.difference for each in verified] == [None] * len(verified)
    assert min(each.hours for each in verified) >= 24 * DAYS
    assert sum(each.rows for each in verified) >= len(books.rows)


def test_automations_rest_while_the_budget_is_used_up(books):
    assert books.beyond_the_budget() == []


def test_we_know_who_has_each_thread(books):
    assert books.wrong_owners() == []


@pytest.mark.skipif(CONVERSATIONS < 5000, reason="a smaller one has not all of it")
def test_the_fortnight_had_something_of_everything(books):
    happened = books.happened()
    assert {what: happened[what] for what, n in AT_LEAST.items() if happened[what] < n} == {}
