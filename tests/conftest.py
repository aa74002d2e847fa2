"""What every test may rely on: no network but loopback, a Runtime of fakes, DynamoDB by moto."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from chalicelib.ports import Runtime
from tests import builders, fakes

# How long an example takes tells how busy the machine is, not whether the product is right.
settings.register_profile(
    "hearback", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("hearback")

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_connect = socket.socket.connect


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that reaches for the network fails, and says for what."""
    monkeypatch.setattr(socket.socket, "connect", _connect_loopback)


@pytest.fixture
def rt() -> Runtime:
    """A Runtime of fakes that knows the channel of `builders`; its clock stands at noon."""
    return fakes.runtime(builders.channel())


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """AWS in this process, empty."""
    from moto import mock_aws

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", builders.settings().region)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield


def _connect_loopback(self: socket.socket, address: Any) -> None:
    if self.family != socket.AF_UNIX and address[0] not in _LOOPBACK:
        raise AssertionError(f"a test tried to reach {address[0]}")
    _connect(self, address)
