"""What a process of the fortnight loses when it dies, and what it does not."""

from __future__ import annotations

from dataclasses import fields

import pytest

from chalicelib.core.messages import Origin
from chalicelib.usecases import pace
from tests import builders
from tests.fortnight.mortality import Death, Mortality
from tests.fortnight.play import Play
from tests.fortnight.shop import PAGE

OF_A_PROCESS = {"settings", "sender", "pacer"}


@pytest.fixture
def play(monkeypatch) -> Play:
    return Play(1, monkeypatch)


def lease(play: Play) -> None:
    """A campaign's message sends with a leased token alone."""
    channel = play.stored.channels.load(PAGE)
    message = builders.outbound(channel_id=PAGE, origin=Origin.CAMPAIGN)
    assert pace.free_at(message, channel, play.stored, at=play.clock()) is None


def test_a_restart_keeps_the_stores_and_the_clock_alone(play):
    before = play.stored
    play.restart()
    names = [each.name for each in fields(before)]
    new = {name for name in names if getattr(before, name) is not getattr(play.stored, name)}
    assert new == OF_A_PROCESS


def test_a_process_goes_on_with_the_tokens_that_it_has(play):
    lease(play)
    lease(play)
    assert len(play.stored.rates.leases) == 1


def test_leased_tokens_are_lost_with_their_process(play):
    lease(play)
    play.restart()
    lease(play)
    assert len(play.stored.rates.leases) == 2


@pytest.mark.parametrize(("drawn", "done"), [(0.0, ["posted"]), (0.9, [])])
def test_a_process_dies_after_a_call_or_before_it(drawn, done):
    told: list[str] = []
    mortality = Mortality(_Draws(drawn))  # type: ignore[arg-type]
    with pytest.raises(SystemExit):
        mortality.call("sender.post", told.append, "posted")
    assert (told, mortality.deaths) == (done, [Death("sender.post", bool(done))])


class _Draws:
    """A life of one call, and which side of it."""

    def __init__(self, drawn: float) -> None:
        self._drawn = drawn

    def expovariate(self, _: float) -> float:
        return 0.0

    def random(self) -> float:
        return self._drawn
