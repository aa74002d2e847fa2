"""The main job, end to end: signed webhooks become conversations, replies, numbers.

Everything runs from the packaged template on the embedded AWS, with IAM enforced.
"""

from __future__ import annotations

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from chalicelib.platforms import parse
from chalicelib.usecases.queue_records import inbound_entry
from devtools.local_aws.shop import CHANNELS
from tests.e2e.shop import NUMBER, PAGE, PROFESSIONAL, Shop, body_of, new_contact

pytestmark = pytest.mark.e2e

ALL = [channel.channel_id for channel in CHANNELS]


def told(messages: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(one["author"], one["state"], one["text"]) for one in messages]


def milliseconds(shop: Shop) -> int:
    return int(shop.now().timestamp() * 1000)


def page_message(shop: Shop, contact: str, mid: str, *, channel_id: str = PAGE) -> dict[str, Any]:
    """A delivery of one message to a Page."""
    who = {"sender": {"id": contact}, "recipient": {"id": channel_id}}
    item = {**who, "timestamp": milliseconds(shop), "message": {"mid": mid, "text": "Hello?"}}
    entry = {"id": channel_id, "time": milliseconds(shop), "messaging": [item]}
    return {"object": "page", "entry": [entry]}


class TestReceivingAndReplying:
    @pytest.mark.parametrize("channel_id", ALL)
    def test_a_first_message_is_stored_and_greeted(self, shop: Shop, channel_id: str) -> None:
        contact = new_contact()
        shop.customer_writes(channel_id, contact)
        (call,) = shop.calls(contact)
        received, reply = told(shop.messages(channel_id, contact))
        assert received == ("customer", "received", "Hello?")
        assert reply[:2] == ("automation", "sent")
        assert reply[2] in json.dumps(call["body"])

    @pytest.mark.parametrize("channel_id", ALL)
    def test_outside_opening_hours_the_away_message_is_sent(
        self, shop: Shop, channel_id: str
    ) -> None:
        contact = new_contact()
        shop.advance(hours=12)
        shop.customer_writes(channel_id, contact)
        (reply,) = shop.messages(channel_id, contact)[1:]
        assert (reply["automation"], reply["state"]) == ("away_message", "sent")

    @pytest.mark.parametrize("channel_id", ALL)
    def test_a_person_answers_through_the_api(self, shop: Shop, channel_id: str) -> None:
        contact = new_contact()
        shop.customer_writes(channel_id, contact)
        assert shop.conversation(channel_id, contact)["waiting_since"]
        status, answer = shop.answer(channel_id, contact, "Yes, until six.", "k1")
        assert (status, answer["state"]) == (202, "sent")
        assert shop.answer(channel_id, contact, "Yes, until six.", "k1") == (status, answer)
        assert shop.conversation(channel_id, contact)["waiting_since"] is None
        assert len(shop.calls(contact)) == 2

    @pytest.mark.parametrize("channel_id", ALL)
    def test_a_person_answers_with_a_file(self, shop: Shop, channel_id: str) -> None:
        contact, file = new_contact(), {"kind": "file", "url": "https://shop.example/prices.pdf"}
        shop.customer_writes(channel_id, contact)
        status, answer = shop.create(
            channel_id, contact, "messages", "k1", attachment=file, author="Mia"
        )
        assert (status, answer["state"]) == (202, "sent")
        assert file["url"] in json.dumps(shop.calls(contact)[-1]["body"])
        [shown] = shop.messages(channel_id, contact)[-1]["attachments"]
        assert (shown["kind"], shown["url"]) == ("file", file["url"])

    def test_a_person_sends_an_approved_template(self, shop: Shop) -> None:
        contact = new_contact()
        name = {"name": "back_in_stock", "language": "en"}
        shop.put(NUMBER, templates=[name | {"category": "utility", "parameters": 1}])
        shop.customer_writes(NUMBER, contact)
        filled = name | {"parameters": ["blue mug"]}
        status, answer = shop.create(
            NUMBER, contact, "messages", "k1", template=filled, author="Mia"
        )
        assert (status, answer["state"]) == (202, "sent")
        assert shop.messages(NUMBER, contact)[-1]["template"] == name

    @pytest.mark.parametrize("channel_id", ALL)
    def test_a_person_answers_in_metas_own_inbox(self, shop: Shop, channel_id: str) -> None:
        contact = new_contact()
        shop.customer_writes(channel_id, contact)
        shop.advance(minutes=5)
        shop.native_reply(channel_id, contact, "Yes!")
        assert told(shop.messages(channel_id, contact))[2] == ("person_native", "received", "Yes!")
        assert shop.conversation(channel_id, contact)["waiting_since"] is None

    def test_a_reply_after_the_window_is_refused_with_the_reason(self, shop: Shop) -> None:
        contact = new_contact()
        shop.customer_writes(PROFESSIONAL, contact)
        shop.advance(hours=25)
        status, problem = shop.answer(PROFESSIONAL, contact, "Too late", "k1")
        assert (status, problem["reason"], len(shop.calls(contact))) == (409, "window_closed", 1)

    @pytest.mark.parametrize("channel_id", ALL)
    def test_f01_deliveries_repeated_and_shuffled_change_nothing(
        self, shop: Shop, channel_id: str
    ) -> None:
        contact = new_contact()
        shop.customer_writes(channel_id, contact, "one")
        shop.advance(minutes=1)
        shop.native_reply(channel_id, contact, "two")
        before = shop.messages(channel_id, contact), shop.conversation(channel_id, contact)
        shop.advance(minutes=6)
        shop.act("/_deliver", last=6, copies=3, shuffled=True)
        shop.settle()
        after = shop.messages(channel_id, contact), shop.conversation(channel_id, contact)
        assert after == before

    def test_f41_ten_simultaneous_first_messages_get_one_reply(self, shop: Shop) -> None:
        contact = new_contact()
        bodies = [
            body_of(page_message(shop, contact, f"m_{contact}_{number}")) for number in range(10)
        ]
        with ThreadPoolExecutor(max_workers=10) as workers:
            statuses = list(workers.map(shop.post, bodies))
        shop.settle()
        assert statuses == [200] * 10
        authors = [one["author"] for one in shop.messages(PAGE, contact)]
        assert (authors.count("customer"), authors.count("automation")) == (10, 1)

    def test_f41_ten_workers_at_once_send_one_reply(self, shop: Shop) -> None:
        """Past the queue, which would have put them in a row."""
        contact = new_contact()
        bodies = [page_message(shop, contact, f"m_{contact}_{number}") for number in range(10)]
        assert work_at_once(shop, bodies) == [0] * 10
        authors = [one["author"] for one in shop.messages(PAGE, contact)]
        assert (authors.count("customer"), authors.count("automation")) == (10, 1)
        assert len(shop.calls(contact)) == 1

    def test_f01_ten_workers_at_once_store_one_message_once(self, shop: Shop) -> None:
        contact = new_contact()
        work_at_once(shop, [page_message(shop, contact, f"m_{contact}")] * 10)
        authors = [one["author"] for one in shop.messages(PAGE, contact)]
        assert (sorted(authors), len(shop.calls(contact))) == (["automation", "customer"], 1)

    def test_f39_one_message_gets_one_reply_and_then_there_is_silence(self, shop: Shop) -> None:
        contact = new_contact()
        shop.customer_writes(PAGE, contact)
        shop.settle()
        assert len(shop.calls(contact)) == 1


def work_at_once(shop: Shop, payloads: list[dict[str, Any]]) -> list[int]:
    """Each goes to a worker of its own at the same time; how many records each failed. What failed
    is worked again, as the queue would."""
    batches = [records(shop, payload) for payload in payloads]
    with ThreadPoolExecutor(max_workers=10) as workers:
        failed = list(workers.map(shop.process, batches))
    again = [batch for batch, number in zip(batches, failed, strict=True) if number]
    left = [shop.process(batch) for batch in again]
    shop.settle()
    return [0] * (len(batches) - len(again)) + left


def records(shop: Shop, payload: dict[str, Any]) -> list[dict[str, Any]]:
    """As SQS would hand them to the worker."""
    entries = [inbound_entry(event, shop.now()) for event in parse(payload)]
    return [
        {
            "messageId": str(uuid.uuid4()),
            "body": entry.body,
            "attributes": {"MessageGroupId": entry.group, "ApproximateReceiveCount": "1"},
        }
        for entry in entries
    ]


class TestTheDoor:
    def test_meta_can_shake_hands(self, shop: Shop) -> None:
        token = shop.stack.verify_token
        asked = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": "115820"}
        answer = shop.http("GET", "", params=asked)
        assert (answer.status_code, answer.text) == (200, "115820")
        assert answer.headers["Content-Type"].startswith("text/plain")

    def test_a_wrong_token_is_refused(self, shop: Shop) -> None:
        asked = {"hub.mode": "subscribe", "hub.verify_token": "x", "hub.challenge": "115820"}
        assert shop.http("GET", "", params=asked).status_code == 403

    @pytest.mark.parametrize("signature", ["sha256=" + "0" * 64, "sha256=", "sha1=ä"])
    def test_f35_a_forged_delivery_is_refused_and_nothing_is_kept(
        self, shop: Shop, signature: str
    ) -> None:
        before, known = shop.quarantined(), shop.ids_of(PAGE)
        raw = body_of(page_message(shop, new_contact(), "m_forged"))
        assert shop.post(raw, signature.encode()) == 403  # type: ignore[arg-type]
        shop.settle()
        assert (kept_after(shop, before), shop.ids_of(PAGE)) == (0, known)

    def test_f35_another_secret_is_refused(self, shop: Shop) -> None:
        raw = body_of(page_message(shop, new_contact(), "m_forged"))
        assert shop.post(raw, secret="another") == 403

    def test_f33_signed_garbage_is_taken_and_kept(self, shop: Shop) -> None:
        before = shop.quarantined()
        assert shop.post(b"{not json" + new_contact().encode()) == 200
        assert kept_after(shop, before) == 1

    def test_f38_what_is_for_an_unknown_page_is_taken_and_kept(self, shop: Shop) -> None:
        before = shop.quarantined()
        contact = new_contact()
        assert shop.post(body_of(page_message(shop, contact, "m_x", channel_id="4711"))) == 200
        shop.settle()
        assert (kept_after(shop, before), shop.calls(contact)) == (1, [])

    @pytest.mark.parametrize("authorization", [None, "Bearer wrong", "Basic eDp5"])
    def test_the_api_wants_a_key(self, shop: Shop, authorization: str | None) -> None:
        headers = {"Authorization": authorization} if authorization else {}
        answer = shop.http("GET", f"/v1/conversations?channel_id={PAGE}", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["Content-Type"] == "application/problem+json"

    def test_the_api_answers_with_its_key(self, shop: Shop) -> None:
        assert shop.ask("GET", f"/v1/conversations?channel_id={PAGE}")[0] == 200

    def test_iam_is_enforced(self, shop: Shop) -> None:
        """Else no test here would prove the policies of functions: the webhook reads no table."""
        name = shop.outputs["ReceiveName"]
        role = shop.aws("lambda").get_function_configuration(FunctionName=name)["Role"]
        session = shop.aws("sts").assume_role(RoleArn=role, RoleSessionName="test")
        webhook = client(shop, "dynamodb", session["Credentials"])
        with pytest.raises(ClientError, match="AccessDenied"):
            webhook.scan(TableName=shop.outputs["MessagesTableName"])


def client(shop: Shop, service: str, credentials: dict[str, str]) -> Any:
    return boto3.client(
        service,
        endpoint_url=shop.stack.aws_endpoint_url,
        region_name=shop.stack.region,
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    )


def kept_after(shop: Shop, before: int) -> int:
    """How many bodies were put into quarantine since; its schedule runs."""
    shop.run_schedule("StoreQuarantinedName")
    return shop.quarantined() - before


class TestSettings:
    def test_a_change_of_text_takes_effect_within_60_seconds(self, shop: Shop) -> None:
        text = f"New words at {shop.now():%H:%M:%S.%f}"
        assert greeting_of(shop) != text  # workers remember the words before
        shop.put(PROFESSIONAL, instant_reply={"is_on": True, "text": text})
        shop.advance(seconds=60)
        assert greeting_of(shop) == text


def greeting_of(shop: Shop) -> str:
    """What somebody new is greeted with now."""
    contact = new_contact()
    shop.customer_writes(PROFESSIONAL, contact)
    (greeting,) = shop.messages(PROFESSIONAL, contact)[1:]
    return str(greeting["text"])


class TestMetrics:
    def test_the_days_numbers_are_computed_by_the_schedule(self, counted: Shop) -> None:
        shop, day = counted, counted.now().date().isoformat()
        answered, ignored = new_contact(), new_contact()
        shop.customer_writes(NUMBER, answered)
        shop.customer_writes(NUMBER, ignored)
        shop.advance(minutes=10)
        shop.answer(NUMBER, answered, "Yes!", "k1")
        shop.advance(days=1)
        shop.count_days_of(NUMBER)
        provisional = report_of(shop, day)
        shop.advance(days=8)
        shop.count_days_of(NUMBER)
        report = report_of(shop, day)
        assert (len(provisional["days"]), provisional["is_final"]) == (1, False)
        rate, length = (report["totals"][name] for name in ("response_rate", "response_time"))
        assert (rate["value"], rate["n"], report["is_final"]) == (0.5, 2, True)
        assert 600 <= length["value"]["median"] < 660
        assert [each["response_time"]["n"] for each in answerers_of(shop, day)] == [1]
        by_ids = [each["counted_as"] for each in facts_of(shop, day, "response_rate")]
        assert sorted(by_ids) == ["answered_in_time", "unanswered"]

    def test_f21_a_second_run_asks_for_nothing_and_changes_nothing(self, counted: Shop) -> None:
        shop, day = counted, counted.now().date().isoformat()
        shop.customer_writes(NUMBER, new_contact())
        shop.advance(days=1)
        assert shop.count_days_of(NUMBER) > 0
        report = report_of(shop, day)
        assert (len(report["days"]), shop.run_schedule("StartDailyMetricsName")) == (1, 0)
        assert report_of(shop, day) == report

    def test_f26_a_day_that_fails_ends_as_a_dead_letter(self, shop: Shop) -> None:
        wrong = json.dumps({"channel_id": NUMBER, "day": f"soon, {new_contact()}"})
        shop.aws("lambda").invoke(
            FunctionName=shop.outputs["ComputeDayName"], InvocationType="Event", Payload=wrong
        )
        dead = json.loads(shop.dead_letter("MetricsDlqUrl"))
        assert dead["requestPayload"] == json.loads(wrong)
        assert "ValueError" in json.dumps(dead["responsePayload"])


def report_of(shop: Shop, day: str) -> dict[str, Any]:
    path = f"/v1/reports/responsiveness?channel_id={NUMBER}&from={day}&to={day}"
    report: dict[str, Any] = shop.get(path)
    return report


def answerers_of(shop: Shop, day: str) -> list[dict[str, Any]]:
    path = f"/v1/reports/answerers?channel_id={NUMBER}&from={day}&to={day}"
    answerers: list[dict[str, Any]] = shop.get(path)["answerers"]
    return answerers


def facts_of(shop: Shop, day: str, metric: str) -> list[dict[str, Any]]:
    path = f"/v1/reports/facts?channel_id={NUMBER}&from={day}&to={day}&metric={metric}"
    facts: list[dict[str, Any]] = shop.get(path)["items"]
    return facts


class TestSendsThatGoWrong:
    @pytest.mark.parametrize("kind", ["reset_after", "truncated_after", "http_500_html_after"])
    def test_f08_what_was_taken_without_an_answer_is_settled_by_its_echo(
        self, shop: Shop, kind: str
    ) -> None:
        contact = new_contact()
        shop.fails(kind=kind, match={"recipient": contact})
        shop.customer_writes(PAGE, contact)
        (call,) = shop.calls(contact)
        (reply,) = shop.messages(PAGE, contact)[1:]
        assert (reply["state"], reply["platform_message_id"]) == ("sent", call["message_id"])

    def test_f09_what_nobody_knows_is_shown_and_not_repeated(self, shop: Shop) -> None:
        contact = new_contact()
        shop.fails(kind="reset_before", match={"recipient": contact})
        shop.customer_writes(PAGE, contact)
        shop.advance(minutes=10)
        shop.run_schedule("SendDueName")
        (reply,) = shop.messages(PAGE, contact)[1:]
        assert (reply["state"], shop.calls(contact)) == ("unknown", [])

    def test_f15_what_meta_could_not_take_goes_out_with_the_minute_schedule(
        self, shop: Shop
    ) -> None:
        contact = new_contact()
        shop.fails(kind="error", code=2, status=500, match={"recipient": contact})
        shop.customer_writes(PAGE, contact)
        (reply,) = shop.messages(PAGE, contact)[1:]
        assert reply["state"] == "planned"
        shop.advance(minutes=2)
        shop.run_schedule("SendDueName")
        shop.settle()
        (reply,) = shop.messages(PAGE, contact)[1:]
        assert (reply["state"], len(shop.calls(contact))) == ("sent", 1)


class TestTheLedger:
    """Comes last: what we noted of everything above against what the stand-in noted."""

    def test_every_accepted_call_is_one_sent_message_and_the_reverse(self, shop: Shop) -> None:
        shop.customer_writes(PAGE, new_contact())
        shop.settle()
        ours = [
            message["platform_message_id"]
            for channel_id in ALL
            for conversation in shop.ids_of(channel_id)
            for message in shop.messages_of(conversation)
            if message["direction"] == "out" and message["state"] in ("sent", "failed")
            if message["author"] in ("automation", "person_api", "campaign")
            if message["platform_message_id"]
        ]
        theirs = [call["message_id"] for call in shop.calls_to_whom_we_know()]
        assert sorted(ours) == sorted(theirs)
        assert len(set(ours)) == len(ours) > 0
