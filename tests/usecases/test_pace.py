"""Pacing: whatever containers do at once, a channel sends no faster than its platform takes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core.messages import Media, Origin
from chalicelib.core.rate_limits import LEASE, SECOND
from chalicelib.platforms import Accepted, ErrorClass, SendError
from chalicelib.usecases import pace
from tests import builders, fakes
from tests.builders import NOON
from tests.usecases.containers import MESSAGES, Containers, every

PLATFORMS = {"messenger": 300, "instagram": 100, "whatsapp": 80}
MESSAGE = MESSAGES[Origin.PERSON]
MILLISECOND = timedelta(milliseconds=1)


def disorder(seed: int, containers: int) -> Iterator[tuple[int, datetime, Origin]]:
    """Attempts of all containers in bursts, in the order of time."""
    chance, at = Random(seed), NOON  # noqa: S311 - no secret
    for _ in range(chance.randint(50, 1000)):
        yield chance.randrange(containers), at, chance.choice(list(Origin))
        at += chance.choice((0, 0, 0, 0, 1, 3, 40, 300, 999)) * MILLISECOND


@settings(max_examples=60, deadline=None)
@given(
    per_second=st.sampled_from((1, 2, 3, 10, 20, 80, 100, 300, 1000)),
    workers=st.integers(1, 120),
    seed=st.integers(0, 2**32),
)
def test_f16_no_second_has_more_sends_than_the_rate(
    per_second: int, workers: int, seed: int
) -> None:
    containers = Containers(workers=workers, sends_per_second=per_second)
    containers.send(disorder(seed, len(containers.each)))
    assert containers.busiest_second <= per_second


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("silence", [0, 0.5, 0.999, 1, 5])
def test_f16_not_even_when_all_containers_wake_at_once(platform: str, silence: float) -> None:
    containers = Containers(platform)
    containers.all_send([NOON, NOON + timedelta(seconds=silence)], tries=8)
    assert containers.busiest_second <= PLATFORMS[platform]


@pytest.mark.parametrize("platform", PLATFORMS)
def test_f16_all_workers_together_use_half_of_the_rate_and_more(platform: str) -> None:
    containers = Containers(platform)
    sent = containers.all_send(every(SECOND / 5, times=25))
    assert 0.5 * 5 * PLATFORMS[platform] <= sent <= 5 * PLATFORMS[platform]


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_lone_send_of_any_container_asks_nobody(platform: str) -> None:
    containers = Containers(platform)
    assert containers.all_send([NOON]) == len(containers.each)
    assert containers.rates.leases == []


def test_under_load_a_send_costs_a_fraction_of_a_write() -> None:
    """One container that sends five messages a second to a Page, for a minute."""
    containers = Containers()
    sent = [containers.sends(0, at) for at in every(SECOND / 5, times=300)]
    assert all(sent)
    assert len(containers.rates.leases) <= 0.25 * len(sent)


def test_tokens_that_were_leased_and_not_used_are_gone() -> None:
    containers = Containers(sends_per_second=20)
    containers.send([(0, NOON, Origin.PERSON), (0, NOON + LEASE, Origin.PERSON)])
    assert len(containers.rates.leases) == 2


def test_a_campaign_has_leased_tokens_only() -> None:
    containers = Containers()
    containers.sends(0, NOON, Origin.CAMPAIGN)
    assert len(containers.rates.leases) == 1


@pytest.mark.parametrize("origin", [Origin.AUTOMATION, Origin.PERSON])
@pytest.mark.parametrize("platform", PLATFORMS)
def test_people_and_automations_go_where_a_campaign_has_to_wait(
    platform: str, origin: Origin
) -> None:
    containers = Containers(platform)
    containers.send([(0, NOON, Origin.CAMPAIGN)] * 200)
    assert not containers.sends(1, NOON, Origin.CAMPAIGN)
    assert containers.sends(2, NOON, origin)


def test_f16_who_finds_no_token_is_told_when_and_counted() -> None:
    containers = Containers(sends_per_second=10)
    containers.all_send([NOON], tries=5)
    rt = containers.each[0]
    free_at = pace.free_at(MESSAGE, containers.channel, rt, at=NOON)
    assert free_at is not None
    assert NOON < free_at <= NOON + SECOND
    assert rt.log.counts["sends_paced"] > 0


def test_f16_a_video_has_the_smaller_rate_of_its_own() -> None:
    containers = Containers()
    video = builders.outbound(attachment=Media(kind="video", url="https://shop.example/1.mp4"))
    answers = [
        pace.free_at(video, containers.channel, containers.each[0], at=NOON) for _ in range(11)
    ]
    assert answers.count(None) < 10
    assert containers.sends(0, NOON)


class TestUsage:
    """What Meta's answers say of limits."""

    def busy(self, containers: Containers, percent: float, wait: float | None = None) -> None:
        answer = Accepted("mid.1", busy_percent=percent, retry_after_seconds=wait)
        pace.accepted(answer, MESSAGE, containers.channel, containers.each[0])

    def refused(self, containers: Containers, wait: float | None, code: int = 613) -> None:
        error = SendError("rate", error_class=ErrorClass.RATE, code=code, retry_after_seconds=wait)
        pace.refused(error, MESSAGE, containers.channel, containers.each[0])

    def slow_minute(self, percent: float) -> int:
        """What one container sends in half a minute, told of this usage at its beginning."""
        containers = Containers(sends_per_second=20)
        self.busy(containers, percent)
        return containers.send((0, at, Origin.PERSON) for at in every(SECOND / 10, times=300))

    def test_f16_below_80_percent_nothing_changes(self) -> None:
        assert self.slow_minute(79) == self.slow_minute(0)

    @pytest.mark.parametrize(("percent", "share"), [(90, 0.5), (95, 0.25), (99, 0.1)])
    def test_f16_above_80_percent_the_channel_slows_down(self, percent: int, share: float) -> None:
        assert self.slow_minute(percent) == pytest.approx(share * self.slow_minute(0), abs=5)

    def test_f16_a_container_hears_of_a_slowdown_with_its_next_lease(self) -> None:
        containers = Containers(sends_per_second=20)
        self.busy(containers, 99)
        went = containers.send((1, at, Origin.PERSON) for at in every(SECOND / 10, times=300))
        assert went <= 0.1 * self.slow_minute(0) + 10

    def test_f16_a_slowdown_ends_after_a_minute(self) -> None:
        containers = Containers()
        self.busy(containers, 99)
        later = containers.each[0].pacer.lane(_limit(containers)).share(NOON + 60 * SECOND)
        assert later == 1.0

    def test_f16_the_same_news_is_written_once(self) -> None:
        containers = Containers()
        told = fakes.FakeRates()
        containers.each[0] = containers.started(told)
        self.busy(containers, 90)
        told.rows.clear()
        self.busy(containers, 90)
        assert told.rows == {}

    def test_f16_at_100_percent_the_channel_pauses_as_long_as_meta_says(self) -> None:
        containers = Containers()
        self.busy(containers, 100, wait=180)
        assert not containers.sends(0, NOON + 179 * SECOND)
        assert containers.sends(0, NOON + 180 * SECOND)

    def test_f16_after_a_refusal_for_the_rate_nobody_asks_meta_in_vain(self) -> None:
        containers = Containers(sends_per_second=20)
        self.refused(containers, wait=60)
        assert containers.all_send([NOON, NOON + 59 * SECOND]) == 0

    def test_f16_a_refusal_for_one_person_s_sake_does_not_pause_the_channel(self) -> None:
        containers = Containers("whatsapp")
        self.refused(containers, wait=None, code=131056)
        assert containers.sends(0, NOON)

    def test_f16_a_pause_is_counted(self) -> None:
        containers = Containers()
        self.refused(containers, wait=60)
        assert containers.each[0].log.counts["channels_paused"] == 1


def _limit(containers: Containers):
    return pace._limit(MESSAGE, containers.channel, containers.each[0], NOON)
