"""F24: the queue brings a record again while a first worker is still at it.

The second worker works at every call that the first one makes, before it and after it. There is
one reply; and whoever meets a claim whose lease runs gives its record back, because the other may
still die. After the lease it tells that the send is unknown.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from chalicelib.core.messages import Author, State
from chalicelib.usecases import list_sends, process_batch, send_due
from chalicelib.usecases.list_sends import Trouble
from tests.usecases.crashes import Point, Watch, points
from tests.usecases.journey import PAGE, Journey, page, text
from tests.usecases.test_failures_crashes import CHANNEL, a_planned_notification

Records = list[dict[str, Any]]


class Overlap(Watch):
    """Lets somebody else in at its point; then it goes on, or dies there."""

    def __init__(self, point: Point, meanwhile: Callable[[], object], *, dies: bool) -> None:
        super().__init__(point)
        self._meanwhile, self._dies = meanwhile, dies

    def _kill(self, when: Any) -> None:
        try:
            super()._kill(when)
        except SystemExit:
            self._point = None
            self._meanwhile()
            if self._dies:
                raise


class Workers:
    """One record, and two who got it."""

    def __init__(self) -> None:
        self.journey = Journey(CHANNEL)
        self.records: Records = []
        self.given_back: list[bool] = []
        self.journey.esm.handler = self._taken
        self.journey.deliver(page(text()))

    def _taken(self, records: Records) -> dict[str, Any]:
        self.records = records
        return {"batchItemFailures": []}

    def overlap(self, point: Point, *, dies: bool = False) -> None:
        """The first works, the second at this point."""
        watch = Overlap(point, self.work, dies=dies)
        with suppress(SystemExit):
            process_batch.run(self.records, watch.over(self.journey.rt))

    def work(self) -> None:
        """The second worker, whole."""
        answer = process_batch.run(self.records, self.journey.rt)
        self.given_back.append(bool(answer["batchItemFailures"]))

    @property
    def state(self) -> State | None:
        replies = [row for row in self.journey.rows if row.author is Author.AUTOMATION]
        return replies[0].state if replies else None

    @property
    def unknown(self) -> int:
        rt = self.journey.rt
        page_ = list_sends.run(PAGE, Trouble.UNKNOWN, cursor=None, limit=9, rt=rt)
        return len(page_.items)


def calls() -> list[str]:
    workers, watch = Workers(), Watch()
    process_batch.run(workers.records, watch.over(workers.journey.rt))
    return watch.calls


POINTS = [pytest.param(point, id=str(point)) for point in points(calls())]


@pytest.mark.parametrize("point", POINTS)
def test_f24_two_workers_on_one_record_make_one_reply(point: Point) -> None:
    workers = Workers()
    workers.overlap(point)
    assert (len(workers.journey.posts), workers.state) == (1, State.SENT)


@pytest.mark.parametrize("point", POINTS)
def test_f24_a_record_is_given_back_while_another_worker_s_claim_runs(point: Point) -> None:
    workers = Workers()
    workers.overlap(point, dies=True)
    is_in_flight = workers.state is State.CLAIMED
    assert workers.given_back == [is_in_flight]


@pytest.mark.parametrize("point", POINTS)
def test_f24_what_was_given_back_ends_as_sent_or_as_listed_unknown(point: Point) -> None:
    workers = Workers()
    workers.overlap(point, dies=True)
    workers.journey.clock.advance(minutes=6)
    workers.work()
    assert (workers.given_back[-1], len(workers.journey.posts) <= 1) == (False, True)
    assert (workers.state, workers.unknown) in [(State.SENT, 0), (State.UNKNOWN, 1)]


def test_f24_after_the_claim_and_before_the_answer_the_second_worker_waits() -> None:
    post = Point(calls().index("sender.post"), "sender.post", "after")
    workers = Workers()
    workers.overlap(post, dies=True)
    assert (workers.given_back, workers.state) == ([True], State.CLAIMED)


def test_f24_a_record_that_comes_very_late_tells_of_a_dead_worker_too() -> None:
    post = Point(calls().index("sender.post"), "sender.post", "before")
    workers = Workers()
    workers.overlap(post, dies=True)
    workers.journey.clock.advance(hours=3)
    workers.work()
    assert (workers.state, workers.unknown, workers.journey.posts) == (State.UNKNOWN, 1, [])


def minute_calls() -> list[str]:
    journey, watch = Journey(CHANNEL), Watch()
    a_planned_notification(journey)
    send_due.run(watch.over(journey.rt))
    return watch.calls


@pytest.mark.parametrize("point", points(minute_calls()), ids=str)
def test_f24_two_minutes_that_overlap_send_what_is_due_once(point: Point) -> None:
    journey = Journey(CHANNEL)
    a_planned_notification(journey)
    watch = Overlap(point, lambda: send_due.run(journey.rt), dies=False)
    send_due.run(watch.over(journey.rt))
    states = [row.state for row in journey.rows if row.author is Author.CAMPAIGN]
    assert (len(journey.posts), states) == (1, [State.SENT])


@pytest.mark.parametrize("point", points(minute_calls()), ids=str)
def test_f08_what_is_due_is_never_lost_when_the_minute_s_worker_dies(point: Point) -> None:
    journey, watch = Journey(CHANNEL), Watch(point)
    a_planned_notification(journey)
    with suppress(SystemExit):
        send_due.run(watch.over(journey.rt))
    journey.clock.advance(minutes=2)
    send_due.run(journey.rt)
    (row,) = [row for row in journey.rows if row.author is Author.CAMPAIGN]
    unknown = list_sends.run(PAGE, Trouble.UNKNOWN, cursor=None, limit=9, rt=journey.rt).items
    assert (row.state is State.SENT) != (len(unknown) == 1)
