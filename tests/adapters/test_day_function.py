"""Days are asked for by asynchronous invocations, and positions tell what was refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from chalicelib.adapters.day_function import DayFunction
from chalicelib.ports import DayWanted
from tests.fakes import FakeLog

URL = "https://lambda.eu-west-1.amazonaws.com"
UNREACHABLE = EndpointConnectionError(endpoint_url=URL)
SLOW = ReadTimeoutError(endpoint_url=URL)
THROTTLED = ClientError({"Error": {"Code": "TooManyRequestsException"}}, "Invoke")
DAYS = [DayWanted("page", f"2026-11-{day}") for day in range(10, 16)]


class FakeLambda:
    """Takes everything; `outcomes` come first, one per call: None to take it, or an error."""

    def __init__(self, *outcomes: Exception | None) -> None:
        self.calls: list[dict[str, Any]] = []
        self._outcomes = list(outcomes)

    def invoke(self, **request: Any) -> dict[str, Any]:
        self.calls.append(request)
        outcome = self._outcomes.pop(0) if self._outcomes else None
        if outcome:
            raise outcome
        return {"StatusCode": 202}


def function(client: FakeLambda, log: FakeLog | None = None) -> DayFunction:
    return DayFunction("compute-day", lambda: client, log or FakeLog())


def test_each_day_is_an_asynchronous_invocation_of_its_own() -> None:
    client = FakeLambda()
    assert function(client).ask(DAYS[:1]) == ()
    (call,) = client.calls
    assert (call["FunctionName"], call["InvocationType"]) == ("compute-day", "Event")
    assert json.loads(call["Payload"]) == {"channel_id": "page", "day": "2026-11-10"}


def test_f26_what_was_refused_is_told_by_its_position() -> None:
    assert function(FakeLambda(None, THROTTLED, None, THROTTLED)).ask(DAYS) == (1, 3)


def test_f26_a_refused_day_holds_back_no_other() -> None:
    client = FakeLambda(THROTTLED)
    function(client).ask(DAYS)
    assert len(client.calls) == len(DAYS)


@pytest.mark.parametrize("error", [UNREACHABLE, SLOW])
def test_f27_where_it_cannot_be_reached_all_that_are_left_are_refused(error: Exception) -> None:
    client = FakeLambda(None, error)
    assert function(client).ask(DAYS) == (1, 2, 3, 4, 5)
    assert len(client.calls) == 2


def test_a_refusal_is_logged_by_its_code() -> None:
    log = FakeLog()
    function(FakeLambda(THROTTLED), log).ask(DAYS[:1])
    facts = {"error": "TooManyRequestsException", "entries": 1}
    assert log.lines == [("metrics_request_refused", facts)]


def test_nothing_to_ask_for_calls_nobody() -> None:
    client = FakeLambda()
    function(client).ask([])
    assert client.calls == []
