"""The stand-in shows a conversation as the Conversations API does."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.conftest import NUMBER, PAGE, PROFESSIONAL, PSID, TOKENS, Meta, text_to

FIELDS = "messages.limit(20){id,created_time,from,message}"


def looks(meta: Meta, channel_id: str = PAGE, **query: str) -> tuple[int, Any]:
    asked = {"platform": "messenger", "user_id": PSID, "fields": FIELDS} | query
    target = f"/v25.0/{channel_id}/conversations?" + "&".join(f"{k}={v}" for k, v in asked.items())
    headers = {"authorization": f"Bearer {TOKENS[channel_id]}"}
    answer = meta.simulator.answer("GET", target, headers, None)
    return answer.status, answer.body


def messages(meta: Meta) -> list[dict[str, Any]]:
    meta.control("POST", "/_wait", {"seconds": 10})
    ((conversation),) = looks(meta)[1]["data"]
    return conversation["messages"]["data"]


def test_both_sides_are_shown(meta: Meta) -> None:
    meta.writes(PAGE)
    meta.sends(PAGE, text_to(PAGE, "Hello"))
    said = {(each["from"]["id"], each["message"]) for each in messages(meta)}
    assert said == {(PSID, "hi"), (PAGE, "Hello")}


def test_what_was_taken_is_shown_though_its_answer_got_lost(meta: Meta) -> None:
    meta.writes(PAGE)
    meta.control("POST", "/_faults", [{"kind": "reset_after"}])
    meta.sends(PAGE, text_to(PAGE, "Hello"))
    assert "Hello" in {each["message"] for each in messages(meta)}


def test_what_was_not_taken_is_not_shown(meta: Meta) -> None:
    meta.writes(PAGE)
    meta.control("POST", "/_faults", [{"kind": "reset_before"}])
    meta.sends(PAGE, text_to(PAGE, "Hello"))
    assert {each["message"] for each in messages(meta)} == {"hi"}


def test_what_a_person_wrote_in_the_inbox_is_shown_with_the_id_of_its_echo(meta: Meta) -> None:
    meta.writes(PAGE)
    mid = meta.control(
        "POST", "/_native/reply", {"channel_id": PAGE, "contact_id": PSID, "text": "Yes"}
    )["mid"]
    assert mid in {each["id"] for each in messages(meta)}


def test_only_the_latest_twenty_are_shown(meta: Meta) -> None:
    for number in range(22):
        meta.writes(PAGE, text=f"{number}")
    assert len(messages(meta)) == 20


def test_a_stranger_has_no_conversation(meta: Meta) -> None:
    assert looks(meta, user_id="nobody") == (200, {"data": []})


def test_the_third_call_of_a_second_is_too_fast(meta: Meta) -> None:
    codes = [looks(meta)[0] for _ in range(3)]
    assert codes == [200, 200, 400]


@pytest.mark.parametrize(
    ("channel_id", "query"),
    [
        (PAGE, {"platform": "instagram"}),
        (PROFESSIONAL, {"platform": "messenger"}),
        (PAGE, {"fields": "id"}),
        (NUMBER, {"platform": "whatsapp"}),
    ],
)
def test_what_meta_does_not_offer_is_refused(
    meta: Meta, channel_id: str, query: dict[str, str]
) -> None:
    assert looks(meta, channel_id, **query)[0] == 400
