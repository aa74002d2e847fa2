"""What a naive parser misses, by the numbers of `tests/payloads/recorded/README.md`.

19 and 20 are about Graph answers and signatures; here stands what of them concerns parsing.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.platforms import Unreadable, decode, parse
from tests.platforms.bodies import kinds, messaging, one, page, text, wa_message, whatsapp
from tests.platforms.recorded import FOLDER, events, named, table

NOON = datetime(2025, 11, 21, 4, 40, tzinfo=UTC)


def test_trap_01_standby_may_hold_only_the_two_ends() -> None:
    (event,) = events(named("MessengerConnector-standbyRequest.json"))

    assert event.is_standby
    assert event.contact_id == "<USER_ID>"


def test_trap_01_standby_with_an_empty_postback_is_a_postback() -> None:
    (event,) = events(named("null-payload-has-to-be-supported.json"))

    assert (type(event).__name__, event.is_standby) == ("Postback", True)


def test_trap_01_standby_stands_beside_messaging() -> None:
    payload = page(text("m_1"), standby=[text("m_2")])

    assert kinds(payload) == ["MessageReceived", "MessageReceived"]


def test_trap_02_the_test_button_of_the_dashboard_sends_a_message() -> None:
    (event,) = events(named("instagram_test_event.json"))

    assert (event.channel_id, event.contact_id, event.text) == ("23245", "12334", "random_text")
    assert event.occurred_at == datetime(2018, 5, 27, 22, 23, 44, tzinfo=UTC)


@pytest.mark.parametrize(
    "entry",
    [None, [], {}, [{}], [None], ["x"], 7, [{"id": "1", "changes": [{}]}], [{"changes": None}]],
)
@pytest.mark.parametrize("kind", ["page", "instagram", "whatsapp_business_account"])
def test_trap_03_an_entry_without_anything_is_one_unknown_event(kind: str, entry: Any) -> None:
    assert kinds({"object": kind, "entry": entry}) == ["UnknownEvent"]


@pytest.mark.parametrize("kind", ["page", "whatsapp_business_account"])
def test_trap_03_a_field_without_value_is_one_unknown_event(kind: str) -> None:
    event = one({"object": kind, "entry": [{"id": "1", "changes": [{"field": "feed"}]}]})

    assert event.reason == "change without value, keys: field"


def test_trap_03_a_delivery_without_entry_is_one_unknown_event() -> None:
    assert one({"object": "page"}).reason == "no entries, keys: object"


def test_trap_04_everything_of_a_delivery_is_read_also_what_comes_twice() -> None:
    (entry,) = page(text("m_1"), text("m_1"))["entry"]
    payload = {"object": "page", "entry": [entry, entry]}

    assert [event.event_id for event in parse(payload)] == ["messenger:1001:m_1"] * 4


def test_trap_05_an_opt_in_without_sender_is_known_by_its_user_ref() -> None:
    (event,) = events(named("it_calls_optin_event.json"))

    assert (type(event).__name__, event.contact_id) == ("OptedIn", "1234")


@pytest.mark.parametrize("kind", ["a_new_one", 7, {"a": 1}])
def test_trap_05_an_opt_in_of_an_unknown_type_is_kept_and_opens_nothing(kind: object) -> None:
    body = messaging(optin={"type": kind, "payload": "mug", "ref": "mug"})

    assert type(one(page(body))).__name__ == "UnknownEvent"


def test_trap_05_policy_enforcement_comes_with_a_hyphen_and_without_sender() -> None:
    (event,) = events(named("MessengerEvent-policyEnforcement.json"))

    assert (event.action, event.contact_id) == ("block", None)


def test_trap_05_a_message_request_is_a_string() -> None:
    (event,) = events(named("message_request-payload.json"))

    assert event.kind == "message_request"


@pytest.mark.parametrize("number", [1234567890, 2**53 + 1, 2**63 - 1])
def test_trap_06_numbers_that_are_ids_keep_every_digit(number: int) -> None:
    body = messaging(sender={"id": number}, message={"mid": "m_1", "text": "hi"})

    assert one(page(body)).contact_id == str(number)


def test_trap_06_an_id_longer_than_an_integer_keeps_every_digit() -> None:
    raw = json.dumps(page(text())).replace('"7001"', "9" * 30).encode()

    assert one(decode(raw)).contact_id == "9" * 30


@pytest.mark.parametrize(
    "timestamp",
    [
        1763700000000,
        1763700000,
        1763700000.0,
        1763700000000.0,
        "1763700000",
        "1763700000000",
        "1763700000.0",
        "2025-11-21T04:40:00+0000",
        "2025-11-21T04:40:00",
        "2025-11-21T07:40:00+03:00",
    ],
)
def test_trap_07_f19_units_and_spellings_of_time_mean_the_same_moment(timestamp: Any) -> None:
    assert one(page(messaging(timestamp=timestamp, message={"mid": "m"}))).occurred_at == NOON


@pytest.mark.parametrize("nonsense", [-1, True, None, [], {}, "soon", "", 1e300, "9" * 400, 10**18])
def test_trap_07_f19_nonsense_is_no_time(nonsense: Any) -> None:
    assert one(page(messaging(timestamp=nonsense, message={"mid": "m"}))).occurred_at is None


def test_trap_07_what_has_no_time_of_its_own_happened_when_the_delivery_says() -> None:
    payload = page({"sender": {"id": "7001"}, "message": {"mid": "m"}}, time=1763700000)

    assert one(payload).occurred_at == NOON


@pytest.mark.parametrize(
    ("said", "app_id"), [({}, None), ({"app_id": 1821152484774199}, "1821152484774199")]
)
def test_trap_08_an_echo_may_name_its_app(said: dict[str, Any], app_id: str | None) -> None:
    payload = page(
        messaging(
            sender={"id": "1001"},
            recipient={"id": "7001"},
            message={"mid": "m", "is_echo": True} | said,
        )
    )

    event = one(payload)

    assert (type(event).__name__, event.contact_id, event.app_id) == (
        "MessageEchoed",
        "7001",
        app_id,
    )


def test_trap_08_false_flags_are_no_flags() -> None:
    assert kinds(page(text(is_echo=False, is_deleted=False))) == ["MessageReceived"]


def test_trap_08_sender_equal_to_recipient_is_read_by_its_flag() -> None:
    (event,) = events(named("message_echo-payload.json"))

    assert (type(event).__name__, event.channel_id, event.contact_id) == ("MessageEchoed", "3", "3")


def test_trap_08_what_the_channel_itself_sent_is_an_echo_without_the_flag() -> None:
    payload = page(
        messaging(
            sender={"id": "1001"}, recipient={"id": "7001"}, message={"mid": "m", "text": "hi"}
        )
    )

    assert kinds(payload) == ["MessageEchoed"]


@pytest.mark.parametrize(
    ("message", "kind", "media_id"),
    [
        ({"sticker_id": 369}, "sticker", "369"),
        (
            {"attachments": [{"type": "image", "payload": {"url": "u", "sticker_id": 369}}]},
            "image",
            "369",
        ),
        ({"attachments": [{}]}, "unknown", None),
        ({"attachments": [{"type": "like_heart"}]}, "like_heart", None),
        ({"attachments": {"type": "image"}}, "image", None),
    ],
)
def test_trap_09_stickers_and_empty_attachments(
    message: dict[str, Any], kind: str, media_id: str | None
) -> None:
    (attachment,) = one(page(messaging(message={"mid": "m"} | message))).attachments

    assert (attachment.kind, attachment.media_id) == (kind, media_id)


@pytest.mark.parametrize(
    ("attachment", "url"),
    [
        ({"type": "fallback", "payload": None, "URL": "https://a.example"}, "https://a.example"),
        ({"type": "fallback", "url": "https://b.example"}, "https://b.example"),
        (
            {"type": "ig_story", "payload": {"story_media_url": "https://c.example"}},
            "https://c.example",
        ),
        ({"type": "image", "payload": {"url": "world.jpg"}}, "world.jpg"),
    ],
)
def test_trap_09_the_url_stands_in_several_places(attachment: Any, url: str) -> None:
    (found,) = one(page(messaging(message={"mid": "m", "attachments": [attachment]}))).attachments

    assert found.url == url


def test_trap_10_an_unsupported_message_is_a_message() -> None:
    (event,) = events(named("instagram_message_unsupported_event.json"))

    assert (type(event).__name__, event.is_unsupported) == ("MessageReceived", True)


def test_trap_10_an_unsend_names_the_message_and_has_an_id_of_its_own() -> None:
    (event,) = events(named("instagram_message_unsend_event.json"))

    assert (type(event).__name__, event.message_id) == ("MessageDeleted", "message-id-to-delete")
    assert event.event_id.endswith("message-id-to-delete:deleted")


def test_trap_11_a_story_mention_may_arrive_as_an_echo() -> None:
    (event,) = events(named("instagram_story_mention_event_with_echo.json"))

    assert (type(event).__name__, event.attachments[0].kind) == ("MessageEchoed", "story_mention")


@pytest.mark.parametrize(
    ("body", "message_ids", "watermark"),
    [
        ({"read": {"watermark": 1763700000000}}, (), NOON),
        ({"read": {"mid": "m_1"}}, ("m_1",), None),
        ({"delivery": {"watermark": "1763700000000"}}, (), NOON),
        (
            {"delivery": {"mids": ["m_1", "m_2", None], "watermark": 0}},
            ("m_1", "m_2"),
            datetime(1970, 1, 1, tzinfo=UTC),
        ),
    ],
)
def test_trap_12_statuses_name_messages_or_a_watermark(
    body: dict[str, Any], message_ids: tuple[str, ...], watermark: datetime | None
) -> None:
    event = one(page(messaging(**body)))

    assert (event.message_ids, event.watermark) == (message_ids, watermark)


def test_trap_13_the_page_comments_too() -> None:
    value = {"item": "comment", "comment_id": "c", "from": {"id": "1001"}, "message": "Thanks"}

    assert one(page(messaging=[], changes=[{"field": "feed", "value": value}])).is_by_business


def test_trap_13_sender_id_stands_in_place_of_from() -> None:
    value = {"item": "comment", "comment_id": "c", "sender_id": 55, "sender_name": "Ana"}
    event = one(page(messaging=[], changes=[{"field": "feed", "value": value}]))

    assert (event.contact_id, event.author_name) == ("55", "Ana")


def test_trap_13_an_instagram_comment_has_the_time_of_its_delivery() -> None:
    value = {"id": "c1", "from": {"id": "8001"}, "text": "price?"}
    changes = [{"field": "comments", "value": value}]

    event = one(page(object="instagram", messaging=[], changes=changes, time=1763700000))

    assert event.occurred_at == NOON


@pytest.mark.parametrize(
    ("contact", "said", "key"),
    [
        ({"user_id": "TR.1"}, {"from_user_id": "TR.1", "from": None}, "TR.1"),
        ({"user_id": "TR.1"}, {"from": "TR.1"}, "TR.1"),
        ({"user_id": "TR.1", "wa_id": ""}, {"from": ""}, "TR.1"),
        ({"user_id": "TR.1", "wa_id": "905551112233"}, {}, "TR.1"),
        ({"user_id": "TR.1"}, {}, "TR.1"),
        ({"user_id": "TR.1", "wa_id": "4670000000"}, {}, "905551112233"),
        ({"wa_id": "905551112233"}, {}, "905551112233"),
        ({"wa_id": "905551112233"}, {"from": None}, "905551112233"),
    ],
)
def test_trap_14_the_key_is_the_user_id_when_there_is_one(
    contact: dict[str, Any], said: dict[str, Any], key: str
) -> None:
    assert one(whatsapp(contacts=[contact], messages=[wa_message(**said)])).contact_id == key


def test_trap_14_nobody_is_taken_for_somebody_else() -> None:
    contacts = [{"user_id": "TR.1"}, {"user_id": "TR.2"}]

    event = one(whatsapp(contacts=contacts, messages=[wa_message(**{"from": None})]))

    assert event.contact_id is None


@pytest.mark.parametrize(
    "name",
    [
        "system_user_changed_number.json",
        "system_user_changed_user_id.json",
        "system-phone_number_change.json",
    ],
)
def test_trap_14_a_change_of_number_or_id_is_no_message(name: str) -> None:
    assert [type(event).__name__ for event in events(named(name))] == ["ContactChanged"]


def test_trap_15_a_message_with_errors_keeps_what_it_says() -> None:
    (event,) = events(named("error_param.json"))

    assert (type(event).__name__, event.text) == ("MessageReceived", "Check out my product!")


def test_trap_15_errors_of_the_value_are_an_event_beside_the_message() -> None:
    found = [type(event).__name__ for event in events(named("interactive_message_with_err.json"))]

    assert found == ["MessageReceived", "PlatformErrorReported"]


def test_trap_15_a_status_with_errors_need_not_have_failed() -> None:
    event = one(whatsapp(statuses=[{"id": "wamid.O", "status": "sent", "errors": [{"code": 1}]}]))

    assert (event.status, event.errors) == ("sent", ({"code": 1},))


def test_trap_15_a_failed_status_need_not_say_why() -> None:
    assert one(whatsapp(statuses=[{"id": "wamid.O", "status": "failed"}])).errors == ()


@pytest.mark.parametrize(
    "kind", ["image", "interactive", "contacts", "location", "order", "button"]
)
def test_trap_16_a_type_may_come_without_its_body(kind: str) -> None:
    event = one(whatsapp(messages=[{"from": "90", "id": "wamid.A", "type": kind}]))

    assert (type(event).__name__, event.text) == ("MessageReceived", None)


@pytest.mark.parametrize("kind", ["ephemeral", "payment", "never_heard_of", None, 7, []])
def test_trap_16_an_undocumented_type_keeps_its_text(kind: Any) -> None:
    assert one(whatsapp(messages=[wa_message(type=kind)])).text == "hi"


def test_trap_16_an_undocumented_type_keeps_its_body() -> None:
    event = one(whatsapp(messages=[{"id": "wamid.A", "type": "payment", "payment": {"sum": 1}}]))

    assert (event.is_unsupported, event.attachments[0].facts) == (True, {"sum": 1})


@pytest.mark.parametrize("answer", ["{invalid", None, [1], {"a": 1}])
def test_trap_16_a_form_with_an_odd_answer_is_a_message(answer: Any) -> None:
    form = {"type": "nfm_reply", "nfm_reply": {"body": "Sent", "response_json": answer}}

    assert one(whatsapp(messages=[wa_message(type="interactive", interactive=form)])).text == "Sent"


@pytest.mark.parametrize(
    "name", ["message-unreaction_empty.json", "message-unreaction_no_emoji.json"]
)
def test_trap_16_a_reaction_without_emoji_is_taken_back(name: str) -> None:
    (event,) = events(named(name))

    assert (event.message_id, event.emoji) == ("wamid.yzxyzx=", None)


@pytest.mark.parametrize("kind", ["edit", "revoke"])
def test_trap_16_an_edit_or_unsend_of_nothing_is_unknown(kind: str) -> None:
    assert kinds(whatsapp(messages=[wa_message(type=kind)])) == ["UnknownEvent"]


@pytest.mark.parametrize(
    ("word", "status"), [("played", "played"), ("deleted", "deleted"), ("SENT", "sent"), ("3", "3")]
)
def test_trap_17_every_word_of_a_status_is_handed_on(word: str, status: str) -> None:
    assert one(whatsapp(statuses=[{"id": "wamid.O", "status": word}])).status == status


def test_trap_17_calls_stand_among_the_statuses() -> None:
    (event,) = events(named("call_status-call_status.json"))

    assert (type(event).__name__, event.state) == ("CallReported", "ringing")


def test_trap_17_messages_and_statuses_share_a_value() -> None:
    payload = whatsapp(messages=[wa_message()], statuses=[{"id": "wamid.O", "status": "read"}])

    assert kinds(payload) == ["MessageReceived", "StatusChanged"]


def test_trap_17_contacts_beside_a_status_are_no_message() -> None:
    (event,) = events(named("message_status-read.json"))

    assert type(event).__name__ == "StatusChanged"


def test_trap_18_a_referral_comes_on_any_type() -> None:
    (event,) = events(named("ctwa_referral_on_contacts_message.json"))

    assert event.referral.click_id == "AfhcQdP2E4A8wWpeb1FqUzUi"


@pytest.mark.parametrize(
    "referral", [{"source_type": "ad"}, {"source_type": "ad", "ctwa_clid": ""}]
)
def test_trap_18_an_absent_click_id_stays_absent(referral: dict[str, Any]) -> None:
    assert one(whatsapp(messages=[wa_message(referral=referral)])).referral.click_id is None


def test_trap_18_echoes_of_the_phone_app_stand_in_a_list_of_their_own() -> None:
    (event,) = events(named("cloud2026-smb_echo.json"))

    assert (type(event).__name__, event.is_phone_app) == ("MessageEchoed", True)


@pytest.mark.parametrize(
    "body", ["oops", 7, None, [], {"error": "as a string"}, {"success": "true"}]
)
def test_trap_19_an_answer_of_the_graph_api_is_no_webhook(body: Any) -> None:
    assert kinds(body) == ["UnknownEvent"]


def test_trap_19_what_is_no_json_is_unreadable() -> None:
    with pytest.raises(Unreadable, match="not JSON"):
        decode(b"<html>502</html>")


def test_trap_20_the_body_that_meta_signed_is_read_from_the_very_bytes() -> None:
    vector = table("signatures.tsv")[0]
    raw = (FOLDER / vector["body"]).read_bytes()
    signature = hmac.new(vector["app_secret"].encode(), raw, hashlib.sha256).hexdigest()

    assert vector["value"] == f"sha256={signature}"
    assert one(decode(raw)).text == "Hey there! I am using PyWa."
