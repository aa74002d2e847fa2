"""F19: clocks that disagree, and units of time that change from one delivery to the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core.messages import Author, Message
from tests import builders
from tests.usecases.journey import NUMBER, Journey, echo, messaging, page, seconds, text

Unit = Callable[[datetime], Any]
MINUTE = timedelta(minutes=1)

MESSENGER_UNITS: tuple[Unit, ...] = (
    lambda at: int(at.timestamp()),
    lambda at: int(at.timestamp() * 1000),
    lambda at: at.timestamp() * 1000,
    lambda at: str(int(at.timestamp())),
    lambda at: str(int(at.timestamp() * 1000)),
    lambda at: at.strftime("%Y-%m-%dT%H:%M:%S+0000"),
)
KINDS = ("text", "native", "other_app", "edit", "reaction", "postback", "visit")


def item(kind: str, number: int, at: datetime) -> dict[str, Any]:
    """Something that happens in a conversation at this time."""
    mid = f"m_{number}"
    match kind:
        case "text":
            return text(mid=mid, at=at)
        case "native":
            return echo(mid=mid, words="It is.", at=at)
        case "other_app":
            return echo(mid=mid, words="It is.", at=at, app_id=4711)
        case "edit":
            inner = {"message_edit": {"mid": "m_0", "text": f"edit {number}", "num_edit": 1}}
        case "reaction":
            inner = {"reaction": {"mid": "m_0", "action": "react", "emoji": "x"}}
        case "postback":
            inner = {"postback": {"mid": mid, "title": "Go", "payload": "GO"}}
        case _:
            inner = {"referral": {"ref": f"r{number}", "source": "SHORTLINK"}}
    return messaging("7001", inner, at=at)


def stored(told: Sequence[dict[str, Any]]) -> str:
    """The state after these items, each a delivery of its own."""
    journey = Journey(at=seconds(300))
    journey.deliver(*(page(each) for each in told))
    return without_raw(journey)


def without_raw(journey: Journey) -> str:
    """All that is stored and sent, but for the bytes as they came, and for the ids that are made of
    them where Meta gives none: of a visit."""
    rt: Any = journey.rt
    rows = [msgspec.structs.replace(row, raw=b"", **_id(row)) for row in rt.messages.all]
    conversations = [msgspec.structs.replace(r, version=0) for r in rt.conversations.rows.values()]
    return repr((conversations, rows, rt.waits.all, rt.conversations._referrals, journey.posts))


def _id(row: Message) -> dict[str, str]:
    is_visit = row.author is Author.CUSTOMER_VISIT
    return {"message_id": f"visit at {row.occurred_at}"} if is_visit else {}


happenings = st.lists(
    st.tuples(
        st.sampled_from(KINDS), st.integers(0, 290), st.sampled_from(range(len(MESSENGER_UNITS)))
    ),
    min_size=1,
    max_size=8,
)


@given(happenings)
@settings(max_examples=100, deadline=None)
def test_f19_any_mix_of_units_ends_in_one_state(happened: list[tuple[str, int, int]]) -> None:
    numbers = count()
    plain = [item(kind, next(numbers), seconds(at)) for kind, at, _ in happened]
    mixed = [
        each | {"timestamp": MESSENGER_UNITS[unit](seconds(at))}
        for each, (_, at, unit) in zip(plain, happened, strict=True)
    ]
    assert stored(mixed) == stored(plain)


def whatsapp(timestamp: Any) -> dict[str, Any]:
    metadata = {"display_phone_number": "15550783881", "phone_number_id": NUMBER}
    message = {
        "from": "905551112233",
        "id": "wamid.1",
        "timestamp": timestamp,
        "type": "text",
        "text": {"body": "hi"},
    }
    value = {"messaging_product": "whatsapp", "metadata": metadata, "messages": [message]}
    changes = [{"field": "messages", "value": value}]
    return {"object": "whatsapp_business_account", "entry": [{"id": "10", "changes": changes}]}


@pytest.mark.parametrize("unit", MESSENGER_UNITS)
def test_f19_a_number_tells_its_time_in_whatever_unit(unit: Unit) -> None:
    told, documented = Journey(), Journey()
    told.deliver(whatsapp(unit(builders.NOON)))
    documented.deliver(whatsapp(str(int(builders.NOON.timestamp()))))
    assert without_raw(told) == without_raw(documented)


def under(skew: timedelta) -> Journey:
    """A conversation as a worker sees it whose clock is wrong by so much."""
    journey = Journey(at=seconds(120) + skew)
    journey.deliver(
        page(text(at=seconds(0))),
        page(text(mid="m_2", at=seconds(20))),
        page(echo(mid="m_3", words="It is.", at=seconds(80))),
        page(text(mid="m_4", at=seconds(110))),
    )
    return journey


def facts(journey: Journey) -> str:
    """What was stored of what others did; the times of our own sends are the worker's."""
    rt: Any = journey.rt
    (row,) = rt.conversations.rows.values()
    dated = row.window_ends_at, row.wait_opened_at, row.last_customer_at, row.last_person_at
    theirs = [(m.message_id, m.occurred_at, m.author) for m in journey.rows if m.state is None]
    return repr((dated, theirs, rt.waits.all))


@pytest.mark.parametrize("minutes", range(-9, 16))
def test_f19_a_clock_that_is_wrong_stores_the_same_facts(minutes: int) -> None:
    assert facts(under(minutes * MINUTE)) == facts(under(timedelta()))


@pytest.mark.parametrize("minutes", range(-9, 9))
def test_f19_a_clock_that_is_wrong_by_minutes_answers_the_same(minutes: int) -> None:
    texts = [post["message"]["text"] for post in under(minutes * MINUTE).posts]
    assert texts == ["Hello!"]


@pytest.mark.parametrize("minutes", range(9, 16))
def test_f19_to_a_clock_that_is_ahead_everything_seems_late_and_is_not_answered(
    minutes: int,
) -> None:
    journey = Journey(at=seconds(120) + minutes * MINUTE)
    journey.deliver(page(text(at=seconds(0))))
    assert journey.posts == []


@pytest.mark.parametrize("minutes", range(-15, -12))
def test_f19_what_a_slow_clock_took_for_the_future_is_kept_and_can_be_put_back(
    minutes: int,
) -> None:
    journey = under(minutes * MINUTE)
    kept = journey.rt.quarantine.kept  # type: ignore[attr-defined]
    assert {reason for _, reason, _ in kept} == {"from_the_future"}
    journey.clock.at = seconds(120)
    journey.deliver(*(page(msgspec.json.decode(body)["body"]) for body, _, _ in kept))
    assert facts(journey) == facts(under(timedelta()))
