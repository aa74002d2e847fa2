"""F11: a write whose answer was lost is repeated by the SDK, and its own effect then refuses it. It
counts as done: every write answers and leaves what the fake does, which loses nothing.
F10: throttling is ridden out by the SDK, or raised."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ReadTimeoutError
from moto.core.models import botocore_stubber
from pynamodb.exceptions import PynamoDBConnectionError

from chalicelib.core.messages import State
from chalicelib.storage import _connection
from tests import fakes
from tests.builders import CONVERSATION, NOON, opt_in, our_message
from tests.storage.every_write import OURS, PORTS, READS, WRITES, everything


class Line:
    """The wire to the database: may lose answers, or have requests throttled."""

    def __init__(self) -> None:
        self.lost: set[object] = set()
        self.is_losing = False
        self.throttled = 0

    def send(self, request: object, event_name: str, **_: object) -> AWSResponse | None:
        if self.throttled:
            self.throttled -= 1
            return _throttled(request)
        if self.is_losing and request.body not in self.lost:
            self.lost.add(request.body)
            botocore_stubber(event_name, request)
            raise ReadTimeoutError(endpoint_url="https://dynamodb.test")
        return None


@pytest.fixture
def line(connection, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    """Every request loses its first answer, after it took effect, while `is_losing`."""
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    line, events = Line(), connection.client.meta.events
    events.register_first("before-send.dynamodb", line.send)
    yield line
    events.unregister("before-send.dynamodb", line.send)


@pytest.mark.parametrize("name", WRITES)
def test_f11_a_write_whose_answer_was_lost_is_done(dynamodb, line, name):
    arrange, write = WRITES[name]
    lossless = fakes.stores()
    arrange(lossless)
    arrange(dynamodb)
    expected = write(lossless)
    line.is_losing = True
    answer = write(dynamodb)
    line.is_losing = False
    assert line.lost
    assert (answer, everything(dynamodb)) == (expected, everything(lossless))


@pytest.mark.parametrize("port", PORTS)
def test_f11_no_write_is_forgotten_here(port):
    methods = {f"{port}.{name}" for name, _ in inspect.getmembers(PORTS[port], inspect.isfunction)}
    public = {name for name in methods if "._" not in name}
    covered = {name.split()[0] for name in WRITES} | READS
    assert public <= covered


def test_f11_a_plan_repeated_late_does_not_undo_the_next_claim(dynamodb, settings, line):
    """The SDK repeats our "planned again" after another process has taken the message over."""
    dynamodb.messages.claim(our_message())
    elsewhere = type(dynamodb.messages)(dynamodb.messages._item, dynamodb.messages._days)
    elsewhere.settle(CONVERSATION, OURS, State.PLANNED, due_at=NOON)
    elsewhere.claim(our_message(tries=2))
    dynamodb.messages.settle(CONVERSATION, OURS, State.PLANNED, due_at=NOON)
    assert dynamodb.messages.load(CONVERSATION, OURS).state is State.CLAIMED


@pytest.mark.parametrize("times", [1, 2, 3])
def test_f10_throttling_is_ridden_out(dynamodb, line, times):
    line.throttled = times
    assert dynamodb.messages.claim(our_message()) is None


def test_f10_lasting_throttling_is_raised(dynamodb, line):
    line.throttled = 99
    with pytest.raises(PynamoDBConnectionError) as raised:
        dynamodb.opt_ins.record(opt_in())
    assert raised.value.cause_response_code == "ThrottlingException"
    assert line.throttled == 99 - 1 - _connection.RETRIES


def test_f10_a_call_gives_up_within_a_functions_time(connection):
    config = connection.client.meta.config
    assert (config.connect_timeout, config.read_timeout) == (1, 5)


def _throttled(request) -> AWSResponse:
    body = {"__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException", "message": "slow"}
    return AWSResponse(request.url, 400, {}, _Raw(json.dumps(body).encode()))


class _Raw:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self) -> Iterator[bytes]:
        yield self._content
