"""A look into a conversation: the path, and answers of every shape."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.looking import Look, Written
from chalicelib.platforms._conversations_api import path, read

CONTACT, PAGE = "7001", "100100100100101"
AT = datetime(2026, 11, 21, 12, 0, 5, tzinfo=UTC)


def message(**facts: Any) -> dict[str, Any]:
    known = {
        "id": "m_1",
        "created_time": "2026-11-21T12:00:05+0000",
        "from": {"id": PAGE, "name": "The Mug Shop"},
        "message": "Hello!",
    }
    return known | facts


def answer(*messages: dict[str, Any]) -> dict[str, Any]:
    return {"data": [{"id": "t_1", "messages": {"data": list(messages)}}]}


def test_the_path_asks_for_the_latest_messages_of_one_contact():
    url = urlsplit(path("messenger", PAGE, CONTACT))
    assert url.path == f"/{PAGE}/conversations"
    assert parse_qs(url.query) == {
        "platform": ["messenger"],
        "user_id": [CONTACT],
        "fields": ["messages.limit(20){id,created_time,from,message}"],
    }


def test_a_contact_id_cannot_add_to_the_path():
    query = parse_qs(urlsplit(path("instagram", PAGE, "7001&fields=access_token")).query)
    assert query["user_id"] == ["7001&fields=access_token"]


def test_what_the_business_wrote_is_read():
    assert read(answer(message()), CONTACT) == Look((Written("m_1", AT, "Hello!"),))


@pytest.mark.parametrize(
    "time", ["2026-11-21T12:00:05+0000", "2026-11-21T13:00:05+01:00", 1795262405, "1795262405"]
)
def test_times_come_in_several_shapes(time):
    look = read(answer(message(created_time=time)), CONTACT)
    assert look is not None
    assert look.written[0].at == AT


def test_what_the_customer_wrote_is_left_out_but_counts_as_read():
    assert read(answer(message(**{"from": {"id": CONTACT}})), CONTACT) == Look(())


def test_a_message_without_words_has_no_text():
    look = read(answer(message(message="")), CONTACT)
    assert look is not None
    assert look.written[0].text is None


def test_a_full_page_reaches_back_to_its_oldest_message_only():
    older = message(created_time="2026-11-21T11:00:00+0000")
    look = read(answer(*[message()] * 19, older), CONTACT)
    assert look is not None
    assert look.since == datetime(2026, 11, 21, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    "unclear",
    [
        {},
        {"data": []},
        {"data": "nothing"},
        {"data": [{"id": "t_1"}]},
        {"data": [{"messages": {"data": []}}]},
        {"data": [{"messages": {"data": [message()]}}] * 2},
        answer(message(created_time=None)),
        answer(message(created_time="2026-11-21T12:00:05")),
        answer(message(created_time="9" * 30)),
        answer(message(**{"from": None})),
        answer({"id": "m_1"}),
        answer(message(), {"error": "deleted"}),
    ],
)
def test_what_leaves_open_whether_that_is_all_is_no_look(unclear):
    assert read(unclear, CONTACT) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["data", "messages", "id", "from"]), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["data", "messages"]), JSON))
def test_no_answer_makes_it_raise(odd):
    assert isinstance(read(odd, CONTACT), Look | None)
