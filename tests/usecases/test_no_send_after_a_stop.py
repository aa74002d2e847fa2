"""In whatever order it comes: nothing is sent after a stop, no token goes to two attempts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.channel import ChannelSettings, NotificationTopic
from chalicelib.core.messages import Origin, State
from chalicelib.core.opt_in import Consents
from chalicelib.platforms import Accepted, ErrorClass, GraphRequest, SendError
from chalicelib.platforms._graph_answers import ONE_TIME_TOKEN_SPENT
from chalicelib.usecases import answer_message, notify, send_due, send_message, settle_unknown
from tests import builders, fakes
from tests.builders import CONVERSATION

PAGE = builders.channel(
    one_time_notifications=True,
    notification_topics=(NotificationTopic(topic="mug", title="When the mug is back"),),
)
LOST = SendError("ambiguous_no_answer", error_class=ErrorClass.AMBIGUOUS)
BUSY = SendError("retry_2", error_class=ErrorClass.RETRY, code=2)
SPENT = SendError(ONE_TIME_TOKEN_SPENT, error_class=ErrorClass.POLICY, code=100)


class Platform(fakes.FakeSender):
    """Takes each token once, and answers only if its answer is not lost."""

    def __init__(self) -> None:
        super().__init__()
        self.used: set[str] = set()
        self.next_answer = "clear"

    def post(self, channel: ChannelSettings, request: GraphRequest) -> Accepted:
        self.posts.append((channel, request))
        mood, self.next_answer = self.next_answer, "clear"
        token = request.body["recipient"].get("one_time_notif_token")
        if mood == "busy":
            raise BUSY
        if token in self.used:
            raise SPENT
        self.used |= {token} if token else set()
        if mood == "lost":
            raise LOST
        return Accepted(f"mid.{len(self.posts)}")


class World:
    """One contact; every action takes a minute."""

    def __init__(self) -> None:
        self.rt = fakes.runtime(PAGE, sender=Platform())
        answer_message.run(builders.message_received(text="Hi"), PAGE, self.rt)
        self.rt.sender.posts.clear()
        self.number = 0
        self.too_many: list[int] = []
        self._agreed_since = self._posts_at_stop = 0
        self._is_stopped = False

    def live(self, actions: Sequence[str]) -> World:
        for action in actions:
            self.number += 1
            self.rt.now.advance(minutes=1)
            getattr(self, action)()
            self._look_at_posts()
        return self

    def agree(self) -> None:
        now, token = self.rt.now(), f"token-{self.number}"
        self.rt.opt_ins.record(
            builders.opt_in(
                opt_in_id=token,
                token=token,
                opted_in_at=now,
                expires_at=now + timedelta(days=365),
            )
        )
        self._agreed_since += 1

    def plan(self) -> None:
        self._schedule(timedelta(minutes=2))

    def send(self) -> None:
        self._schedule(timedelta())

    def stop(self) -> None:
        self._told("stop")
        self._is_stopped, self._agreed_since = True, 0
        self._posts_at_stop = self._notices

    def start(self) -> None:
        self._told("start")
        self._is_stopped = False

    def minute(self) -> None:
        send_due.run(self.rt)
        settle_unknown.run(self.rt)

    def lose(self) -> None:
        self.rt.sender.next_answer = "lost"

    def busy(self) -> None:
        self.rt.sender.next_answer = "busy"

    @property
    def attempts(self) -> dict[str, set[str]]:
        """Of each token the attempts that posted it."""
        found = defaultdict(set)
        for body in self.rt.sender.bodies:
            token = body["recipient"].get("one_time_notif_token")
            found[token].add(body["message"]["metadata"])
        found.pop(None, None)
        return found

    @property
    def _notices(self) -> int:
        return sum("The mug" in str(body) for body in self.rt.sender.bodies)

    def _look_at_posts(self) -> None:
        since = self._notices - self._posts_at_stop
        if self._is_stopped and since and not self._agreed_since:
            self.too_many.append(self.number)

    def _told(self, word: str) -> None:
        event = builders.message_received(
            message_id=f"mid.{self.number}", text=word, occurred_at=self.rt.now()
        )
        answer_message.run(event, PAGE, self.rt)

    def _schedule(self, ahead: timedelta) -> None:
        notify.schedule(
            conversation_id=CONVERSATION,
            topic="mug",
            text="The mug is back",
            send_at=self.rt.now() + ahead,
            idempotency_key=str(self.number),
            rt=self.rt,
        )


ACTIONS = st.lists(
    st.sampled_from(["agree", "plan", "send", "stop", "start", "minute", "minute", "lose", "busy"]),
    max_size=25,
)


@given(ACTIONS)
def test_nothing_is_sent_after_a_stop_but_what_was_agreed_to_since(actions: list[str]) -> None:
    assert World().live(actions).too_many == []


@given(ACTIONS)
def test_f08_no_token_is_posted_for_two_attempts(actions: list[str]) -> None:
    attempts = World().live([*actions, "minute", "minute"]).attempts
    assert {len(each) for each in attempts.values()} <= {1}


def raced(*, stops: bool) -> World:
    """Eight workers want the one consent at once, perhaps while the customer stops."""
    world = World().live(["agree"])
    rt, at = world.rt, world.rt.now() + timedelta(seconds=1)

    def work(number: int) -> State:
        if stops and number == 3:
            rt.opt_ins.stop(CONVERSATION, None, at)
        row = notify.schedule(
            conversation_id=CONVERSATION,
            topic="mug",
            text="The mug is back",
            send_at=None,
            idempotency_key=f"race-{number}",
            rt=rt,
        )
        return row.state

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    return world


def test_f08_of_eight_workers_one_spends_the_token() -> None:
    world = raced(stops=False)
    assert [len(each) for each in world.attempts.values()] == [1]
    assert len(world.rt.sender.posts) == 1


def test_f08_a_stop_among_eight_workers_lets_at_most_one_through() -> None:
    world = raced(stops=True)
    posts = len(world.rt.sender.posts)
    world.live(["plan", "minute", "minute", "minute", "minute"])
    assert posts <= 1
    assert len(world.rt.sender.posts) == posts


def test_a_stop_ends_what_is_planned() -> None:
    world = World().live(["agree", "plan", "stop", "minute", "minute", "minute"])
    assert world.attempts == {}


def test_after_a_start_what_was_agreed_to_is_sent() -> None:
    world = World().live(["agree", "plan", "stop", "start", "minute"])
    assert [len(each) for each in world.attempts.values()] == [1]


class StopsWhileAsked(fakes.FakeOptIns):
    """The customer stops right after the policy has read what it is asked about."""

    def consents(self, *conversation_ids: str) -> Consents:
        found = super().consents(*conversation_ids)
        self.stop(CONVERSATION, "mug", builders.NOON)
        return found


def test_a_stop_between_verdict_and_claim_counts() -> None:
    rt = fakes.runtime(PAGE, opt_ins=StopsWhileAsked())
    rt.opt_ins.record(builders.opt_in())
    message = builders.outbound(origin=Origin.CAMPAIGN, topic="mug", author=None)
    row = send_message.run(message, rt)
    assert (row.state, row.failure, rt.sender.posts) == (State.REFUSED, "opt_in_stopped", [])
