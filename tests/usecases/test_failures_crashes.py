"""F07: the worker dies at any instant. Nothing is lost, nothing is sent twice, doubts are visible.

Every call to a port is a place to die, before its effect and after it. What the queue, the caller
or the schedule brings again has to end as if nothing had happened; only a send of which nobody can
say whether the platform took it stays UNKNOWN, and which ones these are is known beforehand.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core.channel import NotificationTopic
from chalicelib.core.conversation import Conversation
from chalicelib.core.messages import Author, State, state_now
from chalicelib.ports import IntakeRuntime
from chalicelib.usecases import notify, reply_as_person, send_due
from tests import builders
from tests.intake import intake
from tests.usecases.crashes import Point, Watch, points
from tests.usecases.journey import (
    PAGE,
    Journey,
    echo,
    echo_of,
    messaging,
    page,
    seconds,
    shop,
    text,
)

MUG = NotificationTopic(topic="mug", title="When the mug is back")
CHANNEL = shop(PAGE, "messenger", one_time_notifications=True, notification_topics=(MUG,))
Story = Callable[[Journey], None]
EARLIER = seconds(-660)  # too long ago to be greeted


def a_customer_writes(journey: Journey) -> None:
    journey.deliver(page(text()))


def a_person_answers(journey: Journey) -> None:
    persistently(lambda: answer(journey))


def a_notification_is_planned(journey: Journey) -> None:
    persistently(lambda: plan_notification(journey))
    journey.clock.advance(days=2)
    send_due.run(journey.rt)


def a_notification_is_due(journey: Journey) -> None:
    persistently(lambda: a_minute_passes(journey))


def persistently(do: Callable[[], object]) -> None:
    """Again after a death, and once more without: as callers and schedules do."""
    for _ in range(3):
        with suppress(SystemExit):
            do()


def answer(journey: Journey) -> None:
    reply_as_person.run(
        conversation_id=the_row(journey).conversation_id,
        text="It is back.",
        author="Mia",
        idempotency_key="k",
        rt=journey.worker,
    )


def plan_notification(journey: Journey) -> None:
    notify.schedule(
        conversation_id=the_row(journey).conversation_id,
        topic="mug",
        text="The mug is back",
        send_at=builders.NOON + timedelta(days=2),
        idempotency_key="k",
        rt=journey.worker,
    )


def a_minute_passes(journey: Journey) -> None:
    journey.clock.advance(minutes=1)
    send_due.run(journey.worker)


def the_row(journey: Journey) -> Conversation:
    (row,) = journey.rt.conversations.rows.values()  # type: ignore[attr-defined]
    found: Conversation = row
    return found


def nothing(journey: Journey) -> None:
    """The shop has just opened."""


def a_conversation(journey: Journey) -> None:
    journey.deliver(page(text(mid="m_0", at=EARLIER)))


def a_consent(journey: Journey) -> None:
    a_conversation(journey)
    row = the_row(journey)
    journey.rt.opt_ins.record(
        builders.opt_in(
            conversation_id=row.conversation_id, contact_id=row.contact_id, channel_id=PAGE
        )
    )


def a_planned_notification(journey: Journey) -> None:
    a_consent(journey)
    plan_notification(journey)
    journey.clock.advance(days=2)


SENDING: dict[str, tuple[Story, Story]] = {
    "reply": (nothing, a_customer_writes),
    "answer": (a_conversation, a_person_answers),
    "notification": (a_consent, a_notification_is_planned),
    "due": (a_planned_notification, a_notification_is_due),
}


def played(stories: tuple[Story, Story], point: Point | None = None) -> tuple[Journey, list[str]]:
    """The story with a death at this point, and the calls that were made."""
    before, story = stories
    journey, watch = Journey(CHANNEL), Watch(point)
    before(journey)
    journey.worker = watch.over(journey.rt)
    story(journey)
    journey.worker = journey.rt
    journey.clock.advance(minutes=2)  # every lease has run out
    return journey, watch.calls


def sent_and_echoed(name: str, point: Point | None = None) -> Journey:
    """The same; then Meta tells of what it took."""
    journey, _ = played(SENDING[name], point)
    echoes = [echo_of(post, mid="mid.1", at=journey.clock()) for post in journey.posts]
    journey.deliver(*(page(each) for each in echoes))
    return journey


def told(journey: Journey) -> dict[str, Any]:
    """What everybody may rely on, whenever a send took place."""
    row = the_row(journey)
    return {
        "rows": sorted((m.message_id, m.author, m.text, m.kind) for m in journey.rows),
        "posts": journey.posts,
        "waits": [(w.opened_at, w.answered_by) for w in journey.rt.waits.all],  # type: ignore[attr-defined]
        "waiting": row.wait_opened_at,
        "window": row.window_ends_at,
        "sends": sorted(send.attempt_id for send in row.recent_sends),
        "counted": row.automated_at,
        "opt_ins": [each.used_by for each in journey.rt.opt_ins.of_topic(PAGE, "mug")],
    }


def our_state(journey: Journey) -> State:
    (ours,) = [row for row in journey.rows if row.author is not Author.CUSTOMER]
    return state_now(ours, journey.clock())


CALLS = {name: played(stories)[1] for name, stories in SENDING.items()}
DEATHS = [
    pytest.param(name, point, id=f"{name}-{point}")
    for name, calls in CALLS.items()
    for point in points(calls)
]


def is_after(name: str, point: Point, call: str) -> bool:
    """Had this call its effect before the death?"""
    position = CALLS[name].index(call) if call in CALLS[name] else len(CALLS[name])
    return (point.number, point.when == "after") >= (position, True)


def is_never_posted(name: str, point: Point) -> bool:
    """Claimed, and then nobody dared to post it again."""
    return is_after(name, point, "messages.claim") and not is_after(name, point, "sender.post")


def is_in_doubt(name: str, point: Point) -> bool:
    """Claimed, and nobody wrote down what became of it."""
    return is_after(name, point, "messages.claim") and not is_after(name, point, "messages.settle")


SETTLED = [death for death in DEATHS if not is_in_doubt(*death.values)]
CERTAIN = [death for death in DEATHS if not is_never_posted(*death.values)]
LOST = [death for death in DEATHS if is_never_posted(*death.values)]


@pytest.mark.parametrize(("name", "point"), CERTAIN)
def test_f07_after_any_other_death_all_is_as_if_nothing_had_happened(
    name: str, point: Point
) -> None:
    journey, undisturbed = sent_and_echoed(name, point), sent_and_echoed(name)
    assert (told(journey), our_state(journey)) == (told(undisturbed), State.SENT)


@pytest.mark.parametrize(("name", "point"), SETTLED)
def test_f07_without_doubt_no_echo_is_needed(name: str, point: Point) -> None:
    journey, undisturbed = played(SENDING[name], point)[0], played(SENDING[name])[0]
    assert told(journey) == told(undisturbed)


@pytest.mark.parametrize(("name", "point"), LOST)
def test_f07_a_death_between_claim_and_post_is_visible_and_not_sent(
    name: str, point: Point
) -> None:
    journey, undisturbed = sent_and_echoed(name, point), sent_and_echoed(name)
    assert (journey.posts, our_state(journey)) == ([], State.UNKNOWN)
    assert told(journey)["rows"] == told(undisturbed)["rows"]


@pytest.mark.parametrize(("name", "point"), DEATHS)
def test_f07_until_meta_tells_exactly_the_unsettled_claims_are_in_doubt(
    name: str, point: Point
) -> None:
    journey, _ = played(SENDING[name], point)
    expected = State.UNKNOWN if is_in_doubt(name, point) else State.SENT
    assert (our_state(journey), len(journey.posts) <= 1) == (expected, True)


@pytest.mark.parametrize("name", SENDING)
def test_f07_every_story_claims_posts_and_settles(name: str) -> None:
    sent = [call for call in CALLS[name] if call == "sender.post"]
    assert len(sent) == (0 if name == "notification" else 1)


NATIVE = echo(mid="m_native", words="Yes, it is.", at=seconds(90))
RECEIVING: dict[str, Any] = {
    "answer in the native inbox": NATIVE,
    "another app": NATIVE | {"message": NATIVE["message"] | {"app_id": 4711}},
    "the platform's own automation": echo(mid="m_native", words="Hi", at=EARLIER),
    "edit": messaging("7001", {"message_edit": {"mid": "m_0", "text": "new", "num_edit": 1}}),
    "reaction": messaging(
        "7001", {"reaction": {"mid": "m_0", "action": "react", "emoji": "x", "reaction": "other"}}
    ),
    "second message": text(mid="m_2", at=EARLIER + timedelta(seconds=30)),
    "postback": messaging("7001", {"postback": {"mid": "m_3", "title": "Go", "payload": "GO"}}),
    "visit": messaging("7001", {"referral": {"ref": "r", "source": "SHORTLINK"}}),
    "delivery": messaging("7001", {"delivery": {"mids": ["m_x"], "watermark": 1795262400000}}),
    "read": messaging("7001", {"read": {"watermark": 1795262400000}}),
    "thread taken": messaging("7001", {"take_thread_control": {"new_owner_app_id": 4711}}),
    "opt-in": messaging(
        "7001",
        {
            "optin": {
                "type": "one_time_notif_req",
                "payload": "mug",
                "one_time_notif_token": "t1",
            }
        },
    ),
}


def received(name: str) -> tuple[Story, Story]:
    return a_conversation, lambda journey: journey.deliver(page(RECEIVING[name])) and None


RECEIPTS = [
    pytest.param(name, point, id=f"{name}-{point}")
    for name in RECEIVING
    for point in points(played(received(name))[1])
]


@pytest.mark.parametrize(("name", "point"), RECEIPTS)
def test_f07_whatever_is_received_a_death_leaves_no_trace(name: str, point: Point) -> None:
    journey, undisturbed = played(received(name), point)[0], played(received(name))[0]
    assert stored_apart_from_ours(journey) == stored_apart_from_ours(undisturbed)


def an_answered_conversation(journey: Journey) -> None:
    journey.deliver(page(text(mid="m_0", at=seconds(-60))), page(NATIVE))


LATE = {
    "before the wait": text(mid="m_2", at=seconds(-120)),
    "in the wait": text(mid="m_2", at=seconds(30)),
    "a moment before the answer, which was automatic then": text(mid="m_2", at=seconds(88)),
    "an answer before the answer": echo(mid="m_2", words="Yes.", at=seconds(40)),
    "an answer before the customer": echo(mid="m_2", words="Hi.", at=seconds(-90)),
}


def late(name: str) -> tuple[Story, Story]:
    return an_answered_conversation, lambda journey: journey.deliver(page(LATE[name])) and None


LATECOMERS = [
    pytest.param(name, point, id=f"{name}-{point}")
    for name in LATE
    for point in points(played(late(name))[1])
]


@pytest.mark.parametrize(("name", "point"), LATECOMERS)
def test_f07_what_comes_late_changes_waits_and_authors_though_its_worker_dies(
    name: str, point: Point
) -> None:
    journey, undisturbed = played(late(name), point)[0], played(late(name))[0]
    assert stored_apart_from_ours(journey) == stored_apart_from_ours(undisturbed)


def stored_apart_from_ours(journey: Journey) -> tuple[Any, ...]:
    """Everything; of our own sends only that they were made, as their times may differ."""
    theirs = [repr(row) for row in journey.rows if row.author is not Author.AUTOMATION]
    return told(journey), theirs, repr(journey.rt.conversations._seen)  # type: ignore[attr-defined]


@pytest.mark.parametrize("when", ["before", "after"])
def test_f07_a_death_of_the_webhook_is_repaired_by_the_redelivery(when: str) -> None:
    journey = Journey(CHANNEL)
    living, journey.intake = journey.intake, dying_intake(journey, when)
    with suppress(SystemExit):
        journey.post(page(text()))
    journey.intake = living
    journey.deliver(page(text()))
    assert (len(journey.rows), len(journey.posts)) == (2, 1)


def dying_intake(journey: Journey, when: str) -> IntakeRuntime:
    """It is killed around putting the event into the queue."""
    watch = Watch(Point(0, "inbound.send", when))  # type: ignore[arg-type]
    return intake(now=journey.clock, inbound=watch.port("inbound", journey.esm))
