"""The rates of sending as data, how one is divided, and the arithmetic of slowdowns and pairs."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core import rate_limits
from chalicelib.core.rate_limits import (
    LEASE,
    OTHER_SENDERS,
    PAIR_RATES,
    RATES,
    SECOND,
    divided,
    limit_of,
)
from tests.builders import NOON

RULES = [*RATES, *PAIR_RATES]
PLATFORMS = ["messenger", "instagram", "whatsapp"]


@given(per_second=st.integers(4, 1000), containers=st.integers(1, 1000))
def test_f16_the_parts_of_a_rate_add_up_to_it(per_second: int, containers: int) -> None:
    limit = divided("channel", per_second, containers)
    gained = (SECOND + LEASE) / limit.interval
    assert containers * limit.unasked + limit.burst + gained <= per_second


@given(per_second=st.integers(1, 1000), containers=st.integers(1, 1000))
def test_every_rate_has_something_to_lease(per_second: int, containers: int) -> None:
    limit = divided("channel", per_second, containers)
    assert limit.burst >= 1
    assert limit.interval <= 9 * SECOND


def test_the_default_of_fifty_workers_leaves_each_a_token_on_every_platform() -> None:
    limits = [limit_of(each, "channel", at=NOON, workers=50) for each in PLATFORMS]
    assert [limit.unasked for limit in limits] == [2, 1, 1]


@pytest.mark.parametrize(
    ("percent", "share"), [(0, 1.0), (80, 1.0), (90, 0.5), (95, 0.25), (99, 0.1), (100, 0.1)]
)
def test_f16_from_80_percent_of_usage_on_the_rate_falls(percent: float, share: float) -> None:
    assert rate_limits.share_left(percent) == pytest.approx(share)


@pytest.mark.parametrize(
    ("seconds", "pause"), [(None, 30), (0, 30), (5, 5), (600, 600), (86400, 3600)]
)
def test_f16_a_pause_is_as_long_as_the_platform_says_and_an_hour_at_most(
    seconds: float | None, pause: float
) -> None:
    assert rate_limits.pause_until(NOON, seconds) == NOON + timedelta(seconds=pause)


@pytest.mark.parametrize(
    ("platform", "is_counted_apart"),
    [("messenger", True), ("instagram", True), ("whatsapp", False)],
)
def test_audio_and_video_have_a_limit_of_their_own_where_the_platform_names_one(
    platform: str, is_counted_apart: bool
) -> None:
    media = limit_of(platform, "channel", at=NOON, workers=1, kind="media")
    text = limit_of(platform, "channel", at=NOON, workers=1)
    assert (media != text) is is_counted_apart


def test_a_channel_may_have_a_rate_of_its_own() -> None:
    slow = limit_of("whatsapp", "number", at=NOON, workers=50, per_second=20)
    assert slow == divided("number", 20, 50 + OTHER_SENDERS)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.platform)
def test_every_rule_says_where_and_when_it_was_read(rule: rate_limits.Rate) -> None:
    assert "20" in rule.source


def test_rates_of_a_platform_follow_each_other_without_a_gap() -> None:
    kinds = groupby(RATES, key=lambda rate: (rate.platform, rate.kind))
    following = [pair for _, rates in kinds for pair in pairwise(rates)]
    assert all(before.effective_to == after.effective_from for before, after in following)


def sent_to_one(*seconds: float) -> list[float]:
    """When each of these messages to one person goes that are tried at these seconds."""
    full_at, gone = None, []
    for second in seconds:
        at = NOON + timedelta(seconds=second)
        free_at = rate_limits.pair_free_at("whatsapp", full_at, at)
        gone.append((free_at - NOON).total_seconds())
        if free_at == at:
            full_at = rate_limits.pair_charged("whatsapp", full_at, at)
    return gone


class TestPair:
    """WhatsApp: one message every six seconds to one person, after a burst of 45."""

    def test_f16_a_burst_goes_at_once_and_the_next_waits_six_seconds(self) -> None:
        assert sent_to_one(*[0] * 36) == [0] * 35 + [6]

    def test_f16_with_ten_automations_the_burst_is_the_platforms(self) -> None:
        (rate,) = PAIR_RATES
        assert sent_to_one(*[0] * 60).count(0) + 10 == rate.burst

    def test_f16_who_has_to_wait_is_not_counted(self) -> None:
        assert sent_to_one(*[0] * 40, 6)[-1] == 6

    def test_one_message_every_six_seconds_never_waits(self) -> None:
        times = [6.0 * n for n in range(200)]
        assert sent_to_one(*times) == times

    @given(st.lists(st.integers(0, 4000), min_size=40, max_size=200).map(sorted))
    def test_f16_no_span_has_more_than_the_burst_and_one_for_each_six_seconds(
        self, tenths: list[int]
    ) -> None:
        tried = [tenth / 10 for tenth in tenths]
        gone = [at for at, free in zip(tried, sent_to_one(*tried), strict=True) if at == free]
        spans = [(gone[i], gone[i + 35]) for i in range(len(gone) - 35)]
        assert all(last - first >= 6 for first, last in spans)

    @pytest.mark.parametrize("platform", ["messenger", "instagram"])
    def test_other_platforms_have_no_such_limit(self, platform: str) -> None:
        assert rate_limits.pair_charged(platform, None, NOON) is None
        assert rate_limits.pair_free_at(platform, None, NOON) == NOON
