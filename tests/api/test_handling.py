"""Handing over, assigning, tagging and closing over HTTP."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from chalicelib.core.handling import Handling
from chalicelib.core.handling_settings import ClosingMessage, Handover
from tests import builders
from tests.api.documents import NOBODY_HANDLES
from tests.builders import CHANNEL, CONVERSATION, NOON

PATH = f"/v1/conversations/{CONVERSATION}"


@pytest.fixture(autouse=True)
def known(rt):
    known = rt.channels.load(CHANNEL)
    bye = ClosingMessage(text="Goodbye!")
    rt.channels.save(replace(known, version=1, handover=Handover(), closing_message=bye))
    rt.conversations.save(
        builders.conversation(
            last_customer_at=NOON,
            window_ends_at=builders.at("12:00", day="2026-11-22"),
            window_opened_at=NOON,
            window_opened_by="message",
        )
    )


def test_a_conversation_that_nobody_handled_says_so(api):
    assert api.get(PATH).body["handling"] == NOBODY_HANDLES


def test_handed_over_it_needs_a_person_and_is_listed(api, rt):
    answer = api.post(f"{PATH}/handover", {"to": "person"})
    assert answer.status == 200
    assert answer.body["needs_person_since"] == "2026-11-21T12:00:00Z"
    listed = api.get(f"/v1/conversations?channel_id={CHANNEL}&order=needs_person")
    assert [each["id"] for each in listed.body["items"]] == [CONVERSATION]


def test_a_moment_later_automation_rests_until_its_time(api, rt):
    api.post(f"{PATH}/handover", {"to": "person"})
    rt.now.advance(minutes=1)
    shown = api.get(PATH).body["handling"]
    assert shown["automation_rests"]
    assert shown["automation_rests_until"] == "2026-11-22T12:00:00Z"


def test_taken_back_nobody_is_called(api):
    api.post(f"{PATH}/handover", {"to": "person"})
    assert api.post(f"{PATH}/handover", {"to": "automation"}).body == NOBODY_HANDLES


def test_handover_that_is_off_is_refused_with_its_reason(api, rt):
    known = rt.channels.load(CHANNEL)
    rt.channels.save(replace(known, version=2, handover=Handover(is_on=False)))
    answer = api.post(f"{PATH}/handover", {"to": "person"})
    assert (answer.status, answer.body["reason"]) == (409, "handover_off")


@pytest.mark.parametrize("name", ["Mia", None])
def test_it_is_assigned_to_a_person_or_to_nobody(api, name):
    assert api.post(f"{PATH}/assignment", {"assigned_to": name}).body["assigned_to"] == name


def test_tags_replace_those_before_each_once(api):
    api.put(f"{PATH}/tags", {"tags": ["old"]})
    answer = api.put(f"{PATH}/tags", {"tags": ["vip", "returns", "vip"]})
    assert (answer.status, answer.body["tags"]) == (200, ["vip", "returns"])


def test_closed_it_says_by_whom_and_goodbye(api, rt):
    answer = api.post(f"{PATH}/close", {"closed_by": "Mia"})
    assert (answer.status, answer.body["is_closed"], answer.body["closed_by"]) == (200, True, "Mia")
    assert [body["message"]["text"] for body in rt.sender.bodies] == ["Goodbye!"]


@pytest.mark.parametrize(
    ("method", "path", "document", "field"),
    [
        ("POST", "handover", {"to": "nobody"}, "to"),
        ("POST", "handover", {}, "to"),
        ("POST", "assignment", {"assigned_to": ""}, "assigned_to"),
        ("POST", "assignment", {}, "assigned_to"),
        ("PUT", "tags", {"tags": "vip"}, "tags"),
        ("PUT", "tags", {"tags": [""]}, "tags[0]"),
        ("PUT", "tags", {"tags": ["a\n"]}, "tags[0]"),
        ("PUT", "tags", {"tags": [str(n) for n in range(21)]}, "tags"),
        ("POST", "close", {"closed_by": None}, "closed_by"),
    ],
)
def test_a_wrong_field_is_refused_by_its_name(api, method, path, document, field):
    call = api.post if method == "POST" else api.put
    answer = call(f"{PATH}/{path}", document)
    assert (answer.status, answer.body["field"]) == (400, field)


@pytest.mark.parametrize(
    ("method", "path", "document"),
    [
        ("POST", "handover", {"to": "person"}),
        ("POST", "assignment", {"assigned_to": "Mia"}),
        ("PUT", "tags", {"tags": []}),
        ("POST", "close", {"closed_by": "Mia"}),
    ],
)
def test_what_does_not_exist_is_not_found(api, method, path, document):
    call = api.post if method == "POST" else api.put
    assert call(f"/v1/conversations/{'c' * 22}/{path}", document).status == 404


def test_the_latest_feedback_is_shown(api, rt):
    rt.conversations.save_handling(
        builders.conversation(), Handling(score="csat:5", scored_at=NOON)
    )
    shown = api.get(PATH).body["handling"]
    assert (shown["feedback"], shown["feedback_at"]) == ("csat:5", "2026-11-21T12:00:00Z")
