"""The stand-in judges our requests by Meta's published rules."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from tests.simulator.conftest import (
    ACCEPTED,
    NUMBER,
    PAGE,
    PROFESSIONAL,
    PSID,
    Meta,
    code_of,
    text_to,
)

DAY = 86400.0
TEMPLATE = {"name": "mug_is_back", "language": {"code": "en_US"}}
HUMAN_AGENT = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
TWO_PARAMETERS = [{"type": "body", "parameters": [{}, {}]}]


def _template(**facts: Any) -> dict[str, Any]:
    body = {"messaging_product": "whatsapp", "to": "+905551112233", "type": "template"}
    return {**body, "template": {**TEMPLATE, **facts}}


def _request(title: str = "When the mug is back", topic: str = "mug") -> dict[str, Any]:
    payload = {"template_type": "one_time_notif_req", "title": title, "payload": topic}
    attachment = {"type": "template", "payload": payload}
    return {"recipient": {"id": PSID}, "message": {"attachment": attachment}}


def _notification(token: str) -> dict[str, Any]:
    return {"recipient": {"one_time_notif_token": token}, "message": {"text": "The mug is back"}}


@pytest.mark.parametrize("channel_id", [PAGE, PROFESSIONAL, NUMBER])
def test_an_answer_to_a_customer_is_accepted(meta: Meta, channel_id: str) -> None:
    meta.writes(channel_id)
    assert code_of(meta.sends(channel_id, text_to(channel_id))) == ACCEPTED


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/100100100100101/messages", (2500, None)),
        ("/v20.0/100100100100101/messages", (2635, None)),
        ("/v99.0/100100100100101/messages", (2635, None)),
        ("/v25.0/99/messages", (100, 33)),
        ("/v25.0/100100100100101/feed", (100, 33)),
        ("/", (2500, None)),
    ],
)
def test_a_wrong_path_is_refused(meta: Meta, path: str, code: tuple[int, int | None]) -> None:
    meta.writes(PAGE)
    assert code_of(meta.sends(PAGE, text_to(PAGE), path=path)) == code


def test_a_wrong_token_is_refused(meta: Meta) -> None:
    assert meta.sends(PAGE, text_to(PAGE), token="x")[0] == 401


def test_the_token_of_another_channel_is_refused(meta: Meta) -> None:
    assert code_of(meta.sends(PAGE, text_to(PAGE), token="wa-token")) == (100, 33)


def test_a_token_in_the_url_is_refused(meta: Meta) -> None:
    path = f"/v25.0/{PAGE}/messages?access_token=page-token"
    assert code_of(meta.sends(PAGE, text_to(PAGE), path=path)) == (100, None)


@pytest.fixture
def still(meta: Meta, monkeypatch: pytest.MonkeyPatch) -> Meta:
    """The same, while no time passes by itself, however slow the machine is."""
    real = datetime.now(UTC)
    monkeypatch.setattr("devtools.simulator.clock.datetime", SimpleNamespace(now=lambda _: real))
    return meta


@pytest.mark.parametrize(
    ("channel_id", "code"), [(PAGE, (10, 2018278)), (PROFESSIONAL, (10, 2534022))]
)
def test_the_window_closes_after_24_hours(
    meta: Meta, channel_id: str, code: tuple[int, int]
) -> None:
    meta.writes(channel_id)
    meta.moves_on(hours=24)
    assert code_of(meta.sends(channel_id, text_to(channel_id))) == code


def test_the_window_is_open_a_moment_before_24_hours(still: Meta) -> None:
    still.writes(PAGE)
    still.moves_on(seconds=DAY - 1)
    assert code_of(still.sends(PAGE, text_to(PAGE))) == ACCEPTED


@pytest.mark.parametrize(
    ("what", "facts"),
    [("postback", {}), ("referral", {"ref": "qr"}), ("react", {"mid": "m_1", "emoji": "❤"})],
)
def test_what_a_customer_does_opens_the_window_again(
    meta: Meta, what: str, facts: dict[str, str]
) -> None:
    meta.writes(PAGE, at="2020-01-01T00:00:00Z")
    meta.acts(what, PAGE, **facts)
    assert code_of(meta.sends(PAGE, text_to(PAGE))) == ACCEPTED


@pytest.mark.parametrize(
    ("what", "facts"), [("edit", {"mid": "m_1", "text": "x"}), ("react", {"mid": "m_1"})]
)
def test_an_edit_and_a_reaction_taken_back_open_nothing(
    meta: Meta, what: str, facts: dict[str, str]
) -> None:
    meta.writes(PAGE, at="2020-01-01T00:00:00Z")
    meta.acts(what, PAGE, **facts)
    assert code_of(meta.sends(PAGE, text_to(PAGE))) == (10, 2018278)


def test_an_event_that_comes_late_does_not_shorten_the_window(meta: Meta) -> None:
    meta.writes(PAGE)
    meta.writes(PAGE, at="2020-01-01T00:00:00Z")
    assert code_of(meta.sends(PAGE, text_to(PAGE))) == ACCEPTED


def test_what_the_business_writes_opens_nothing(meta: Meta) -> None:
    meta.writes(PAGE, at="2020-01-01T00:00:00Z")
    who = {"channel_id": PAGE, "contact_id": PSID}
    meta.control("POST", "/_native/reply", {**who, "text": "hello"})
    assert code_of(meta.sends(PAGE, text_to(PAGE))) == (10, 2018278)


@pytest.mark.parametrize(("days", "code"), [(2, ACCEPTED), (6.99, ACCEPTED), (7, (10, 2018278))])
def test_a_human_agent_has_seven_days(
    meta: Meta, days: float, code: tuple[int | None, int | None]
) -> None:
    meta.writes(PAGE)
    meta.moves_on(days=days)
    assert code_of(meta.sends(PAGE, text_to(PAGE, **HUMAN_AGENT))) == code


@pytest.mark.parametrize(
    "facts",
    [
        {"messaging_type": "MESSAGE_TAG"},
        {"tag": "HUMAN_AGENT"},
        {"messaging_type": "MESSAGE_TAG", "tag": "ACCOUNT_UPDATE"},
        {"messaging_type": "SHOUT"},
    ],
)
def test_a_wrong_tag_or_type_is_refused(meta: Meta, facts: dict[str, str]) -> None:
    meta.writes(PAGE)
    assert code_of(meta.sends(PAGE, text_to(PAGE, **facts))) == (100, None)


def test_the_human_agent_tag_needs_its_feature(meta: Meta) -> None:
    channel = {"platform": "messenger", "channel_id": PAGE, "token": "page-token"}
    meta.control("POST", "/_channels", [{**channel, "has_human_agent": False}])
    meta.writes(PAGE)
    assert code_of(meta.sends(PAGE, text_to(PAGE, **HUMAN_AGENT))) == (10, 2018065)


@pytest.mark.parametrize(
    ("channel_id", "longest", "too_long"),
    [
        (PAGE, "x" * 1999, "x" * 2000),
        (PROFESSIONAL, "ş" * 500, "ş" * 501),
        (NUMBER, "x" * 4096, "x" * 4097),
    ],
)
def test_texts_have_a_longest_length(
    meta: Meta, channel_id: str, longest: str, too_long: str
) -> None:
    meta.writes(channel_id)
    codes = [
        code_of(meta.sends(channel_id, text_to(channel_id, t)))[0] for t in (longest, too_long)
    ]
    assert codes == [None, 100]


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"recipient": {"id": PSID}},
        {"recipient": {}, "message": {"text": "x"}},
        {"recipient": {"id": PSID, "user_ref": "1"}, "message": {"text": "x"}},
        {"recipient": {"id": PSID}, "message": {}},
        {"recipient": {"id": PSID}, "message": {"text": ""}},
        {"recipient": {"id": PSID}, "message": {"text": 7}},
        {"recipient": {"id": PSID}, "message": {"text": "x", "metadata": "x" * 1000}},
        {"recipient": {"id": PSID}, "message": {"text": "x", "quick_replies": [{}] * 14}},
        {
            "recipient": {"id": PSID},
            "message": {"text": "x", "quick_replies": [{"title": "x" * 21}]},
        },
    ],
)
def test_a_malformed_message_is_refused(meta: Meta, body: Any) -> None:
    meta.writes(PAGE)
    assert code_of(meta.sends(PAGE, body)) == (100, None)


@pytest.mark.parametrize(
    ("channel_id", "code"), [(PAGE, (100, 2018001)), (PROFESSIONAL, (100, 2534014))]
)
def test_somebody_who_never_wrote_cannot_be_reached(
    meta: Meta, channel_id: str, code: tuple[int, int]
) -> None:
    assert code_of(meta.sends(channel_id, text_to(channel_id))) == code


def test_somebody_who_blocked_the_page_cannot_be_reached(meta: Meta) -> None:
    meta.writes(PAGE)
    meta.acts("block", PAGE)
    assert code_of(meta.sends(PAGE, text_to(PAGE))) == (551, 1545041)


def test_instagram_has_no_one_time_notifications(meta: Meta) -> None:
    meta.writes(PROFESSIONAL)
    body = _request() | {"recipient": {"id": "8001"}}
    assert code_of(meta.sends(PROFESSIONAL, body)) == (100, None)


def test_a_request_for_a_notification_needs_the_window(meta: Meta) -> None:
    meta.writes(PAGE, at="2020-01-01T00:00:00Z")
    assert code_of(meta.sends(PAGE, _request())) == (10, 2018278)


@pytest.mark.parametrize(
    ("title", "topic"), [("x" * 66, "mug"), ("", "mug"), ("When it is back", "")]
)
def test_a_request_for_a_notification_has_a_short_title_and_a_topic(
    meta: Meta, title: str, topic: str
) -> None:
    meta.writes(PAGE)
    assert code_of(meta.sends(PAGE, _request(title, topic))) == (100, None)


def test_the_same_topic_is_not_asked_for_twice(meta: Meta) -> None:
    meta.writes(PAGE)
    meta.sends(PAGE, _request())
    assert code_of(meta.sends(PAGE, _request())) == (613, 1893016)


def test_a_topic_that_was_agreed_to_is_not_asked_for_again(meta: Meta) -> None:
    meta.writes(PAGE)
    meta.sends(PAGE, _request())
    meta.acts("tap_notify", PAGE)
    assert code_of(meta.sends(PAGE, _request())) == (613, 1893016)


def test_a_token_permits_one_message_long_after_the_window(meta: Meta) -> None:
    meta.writes(PAGE)
    meta.sends(PAGE, _request())
    token = meta.acts("tap_notify", PAGE)["token"]
    meta.moves_on(days=300)
    codes = [code_of(meta.sends(PAGE, _notification(token))) for _ in range(2)]
    assert codes == [ACCEPTED, (100, None)]


def test_a_token_expires_after_a_year(meta: Meta) -> None:
    meta.writes(PAGE)
    meta.sends(PAGE, _request())
    token = meta.acts("tap_notify", PAGE)["token"]
    meta.moves_on(days=365)
    assert code_of(meta.sends(PAGE, _notification(token))) == (100, None)


def test_a_token_that_nobody_gave_is_refused(meta: Meta) -> None:
    assert code_of(meta.sends(PAGE, _notification("made-up"))) == (100, None)


def test_the_answer_to_a_notification_does_not_name_the_recipient(meta: Meta) -> None:
    meta.writes(PAGE)
    meta.sends(PAGE, _request())
    token = meta.acts("tap_notify", PAGE)["token"]
    assert meta.sends(PAGE, _notification(token))[1].keys() == {"message_id"}


def test_nobody_taps_a_request_that_was_never_sent(meta: Meta) -> None:
    meta.writes(PAGE)
    with pytest.raises(ValueError, match="sees no such request"):
        meta.acts("tap_notify", PAGE)


def test_whatsapp_takes_a_late_text_and_reports_131047(meta: Meta) -> None:
    meta.writes(NUMBER)
    meta.moves_on(hours=24)
    status, _ = meta.sends(NUMBER, text_to(NUMBER))
    [webhook] = meta.delivered("status")
    [told] = webhook["entry"][0]["changes"][0]["value"]["statuses"]
    assert (status, told["status"], told["errors"][0]["code"]) == (200, "failed", 131047)


def test_whatsapp_reports_131047_for_somebody_who_never_wrote(meta: Meta) -> None:
    meta.sends(NUMBER, text_to(NUMBER))
    [webhook] = meta.delivered("status")
    [told] = webhook["entry"][0]["changes"][0]["value"]["statuses"]
    assert told["errors"][0]["code"] == 131047


def test_whatsapp_reports_131026_for_somebody_who_blocked_the_number(meta: Meta) -> None:
    meta.writes(NUMBER)
    meta.acts("block", NUMBER)
    meta.sends(NUMBER, text_to(NUMBER))
    told = meta.delivered("status")[0]["entry"][0]["changes"][0]["value"]["statuses"][0]
    assert told["errors"][0]["code"] == 131026


def test_whatsapp_sends_an_approved_template_at_any_time(meta: Meta) -> None:
    meta.control("POST", "/_templates", [{"channel_id": NUMBER, "name": "mug_is_back"}])
    assert code_of(meta.sends(NUMBER, _template())) == ACCEPTED


@pytest.mark.parametrize(
    ("known", "template", "code"),
    [
        ([], {}, 132001),
        ([{"channel_id": NUMBER, "name": "mug_is_back", "status": "PAUSED"}], {}, 132015),
        ([{"channel_id": NUMBER, "name": "mug_is_back", "status": "DISABLED"}], {}, 132016),
        ([{"channel_id": NUMBER, "name": "mug_is_back", "status": "PENDING"}], {}, 132001),
        ([{"channel_id": NUMBER, "name": "mug_is_back", "language": "tr"}], {}, 132001),
        ([{"channel_id": NUMBER, "name": "mug_is_back", "body_parameters": 1}], {}, 132000),
        (
            [{"channel_id": NUMBER, "name": "mug_is_back", "body_parameters": 1}],
            {"components": TWO_PARAMETERS},
            132000,
        ),
        ([], {"name": ""}, 131008),
        ([], {"language": "en_US"}, 131008),
    ],
)
def test_whatsapp_refuses_another_template(
    meta: Meta, known: list[Any], template: dict[str, Any], code: int
) -> None:
    meta.control("POST", "/_templates", known)
    assert code_of(meta.sends(NUMBER, _template(**template)))[0] == code


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"messaging_product": "sms"}, 100),
        ({"to": "905551112233"}, 131009),
        ({"to": None}, 131009),
        ({"type": "dance"}, 131009),
        ({"type": "template"}, 131008),
        ({"biz_opaque_callback_data": "x" * 513}, 131009),
        ({"text": {}}, 100),
    ],
)
def test_whatsapp_refuses_malformed_messages(meta: Meta, facts: dict[str, Any], code: int) -> None:
    meta.writes(NUMBER)
    assert code_of(meta.sends(NUMBER, text_to(NUMBER, **facts)))[0] == code


def test_whatsapp_knows_a_customer_by_user_id_as_well(meta: Meta) -> None:
    who = {"channel_id": NUMBER, "contact_id": "TR.1A2B", "phone": "905551112233"}
    meta.control("POST", "/_customer/message", {**who, "text": "hi"})
    by_user_id = {"to": None, "recipient": "TR.1A2B"}
    meta.sends(NUMBER, text_to(NUMBER, **by_user_id))
    meta.sends(NUMBER, text_to(NUMBER))
    assert [call["recipient"] for call in meta.control("GET", "/_log")] == ["TR.1A2B"] * 2


def test_f16_a_page_has_a_rate(still: Meta) -> None:
    channel = {"platform": "messenger", "channel_id": PAGE, "token": "page-token"}
    still.control("POST", "/_channels", [{**channel, "per_second": 2}])
    still.writes(PAGE)
    codes = [code_of(still.sends(PAGE, text_to(PAGE)))[0] for _ in range(3)]
    assert codes == [None, None, 613]


def test_f16_a_whatsapp_number_has_a_rate_per_customer_and_it_recovers(still: Meta) -> None:
    still.writes(NUMBER)
    codes = [code_of(still.sends(NUMBER, text_to(NUMBER)))[0] for _ in range(46)]
    still.moves_on(seconds=7)
    codes.append(code_of(still.sends(NUMBER, text_to(NUMBER)))[0])
    assert codes == [None] * 45 + [131056, None]


def test_f16_a_whatsapp_number_has_a_rate(still: Meta) -> None:
    channel = {"platform": "whatsapp", "channel_id": NUMBER, "token": "wa-token"}
    still.control("POST", "/_channels", [{**channel, "per_second": 1}])
    still.writes(NUMBER)
    codes = [code_of(still.sends(NUMBER, text_to(NUMBER)))[0] for _ in range(2)]
    assert codes == [None, 130429]
