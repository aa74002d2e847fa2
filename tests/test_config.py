"""The environment as settings."""

from __future__ import annotations

import pytest

from chalicelib import config


def test_the_workers_are_fifty_unless_the_template_says_otherwise() -> None:
    assert config.load({"STAGE": "prod"}).worker_concurrency == 50
    assert config.load({"STAGE": "prod", "WORKER_CONCURRENCY": "8"}).worker_concurrency == 8


@pytest.mark.parametrize("count", ["", "0", "-1", "many", "1.5", "\u0665"])
def test_a_number_of_workers_that_is_none_is_refused_by_its_name(count: str) -> None:
    with pytest.raises(config.ConfigError, match="WORKER_CONCURRENCY: expected a whole number"):
        config.load({"STAGE": "prod", "WORKER_CONCURRENCY": count})
