"""Rows stay under 1 KB, which is what one write unit holds. F31: nothing grows with its history.
F32: no partition takes all of a busy channel."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import platforms
from chalicelib.core import decisions
from chalicelib.core.conversation import RECENT_SENDS, RecentSend
from chalicelib.core.events import Attachment, MessageReceived
from chalicelib.core.messages import Author, FilledTemplate, MessageKind, Origin, State, Status
from chalicelib.core.messaging_policy import Basis, Permit, Question
from chalicelib.platforms._templates import as_sent
from chalicelib.storage import _keys, _message_rows
from chalicelib.storage._raw import compress, decompress
from tests.builders import CHANNEL, CONVERSATION, NOON, TODAY, conversation, message, our_message

RECORDED = Path(__file__).parents[1] / "payloads" / "recorded"
ONE_UNIT = 1024
# As long as they have been seen: an Instagram mid, a WhatsApp business-scoped user id.
MID = "aWdfZAG1faXRlbToxOk1lc3NhZA2VJRDoxNzg0MTQwMDAwMDAwMDAwMTozNDAyODIzNjY4NDE3MTAzMDA5" * 2
PACKED = "01abc6621a58026e2044796d2d00"
BSUID = "US.13491208655302741918" + "0" * 105


def size(item: dict) -> int:
    """As DynamoDB counts: names and values in UTF-8; two digits of a number in a byte."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: dict) -> int:
    ((kind, content),) = value.items()
    if kind == "N":
        return (len(content) + 1) // 2 + 1
    if kind == "S":
        return len(content.encode())
    return len(content) if kind == "B" else 1


@pytest.fixture
def stored_size(connection, settings, dynamodb):
    def of(table: str, **key: str) -> int:
        named = {name: {"S": value} for name, value in key.items()}
        answer = connection.client.get_item(TableName=getattr(settings, table), Key=named)
        return size(answer["Item"])

    return of


def recorded_messages() -> list:
    """From every recorded delivery, a customer's message of plain text, up to 300 bytes."""
    found = []
    for path in sorted(RECORDED.rglob("*.json")):
        events = platforms.parse(json.loads(path.read_bytes()))
        texts = [
            event
            for event in events
            if isinstance(event, MessageReceived)
            and event.channel_id
            and event.text
            and not event.attachments
            and not event.referral
            and len(event.text.encode()) <= 300
        ]
        found += [pytest.param(event, id=path.stem) for event in texts[:1]]
    return found


def received(event: MessageReceived):
    return message(
        message_id=event.message_id,
        channel_id=event.channel_id,
        text=event.text,
        payload=event.payload,
        reply_to=event.reply_to,
        raw=msgspec.json.encode(event.item),
    )


@pytest.mark.parametrize("event", recorded_messages())
def test_a_recorded_text_message_with_its_raw_event_fits_one_unit(dynamodb, stored_size, event):
    row = received(event)
    dynamodb.messages.record(row)
    key = {"conversation_id": CONVERSATION, "message_id": event.message_id}
    assert stored_size("messages_table", **key) < ONE_UNIT
    assert dynamodb.messages.load(CONVERSATION, event.message_id) == row


def test_a_message_with_the_longest_ids_fits_one_unit(dynamodb, stored_size):
    text = "Mavi kupa ne zaman gelir? " * 10
    body = {
        "object": "instagram",
        "section": "messaging",
        "body": {
            "sender": {"id": "8245617392045510"},
            "recipient": {"id": CHANNEL},
            "timestamp": 1763726400000,
            "message": {"mid": MID, "text": text, "reply_to": {"mid": MID[::-1]}},
        },
        "entry_id": CHANNEL,
        "entry_time": 1763726400123,
    }
    dynamodb.messages.record(
        message(message_id=MID, text=text, reply_to=MID[::-1], raw=json.dumps(body).encode())
    )
    key = {"conversation_id": CONVERSATION, "message_id": MID}
    assert stored_size("messages_table", **key) < ONE_UNIT


def test_a_message_of_ours_with_all_it_can_know_fits_one_unit(dynamodb, stored_size):
    ours = our_message(
        kind=MessageKind.OPT_IN_REQUEST,
        author=Author.PERSON_API,
        text="The blue mug is back. " * 10,
        author_name="Ayse from the shop",
        deadline=NOON + timedelta(hours=23),
        tries=3,
        request={"topic": "mug", "title": "When the mug is back", "token": "t" * 60},
        ledger=(PERMITTED,),
    )
    dynamodb.messages.claim(ours)
    for entry in (decisions.accepted(NOON, MID[:90]), decisions.proved(NOON, MID[:90])):
        dynamodb.messages.settle(
            CONVERSATION, ours.message_id, State.SENT, platform_message_id=MID[:90], entry=entry
        )
    for status in (Status.SENT, Status.DELIVERED, Status.READ):
        pricing = {"billable": False, "pricing_model": "PMP", "category": "referral_conversion"}
        facts = {"pricing": pricing | {"type": "free_entry_point"}, "country": "TR"}
        facts |= {"free_until": "1763959201"} if status is Status.SENT else {}
        dynamodb.messages.status(CONVERSATION, ours.message_id, status, NOON, facts=facts)
    key = {"conversation_id": CONVERSATION, "message_id": ours.message_id}
    assert stored_size("messages_table", **key) < ONE_UNIT


ASKED = Question(
    platform="whatsapp",
    origin=Origin.AUTOMATION,
    kind=MessageKind.TEXT,
    at=NOON + timedelta(microseconds=123456),
    margin=timedelta(minutes=5),
    window_ends_at=NOON + timedelta(hours=23),
    window_opened_at=NOON - timedelta(hours=1),
    last_customer_at=NOON - timedelta(hours=1),
    thread_owner="us",
)
PERMITTED = decisions.permitted(ASKED, Permit(Basis.STANDARD_WINDOW, rule="w" * 40))

ATTACHED = {
    "text": "Our prices for the season",
    "attachments": (
        Attachment(
            kind="file",
            url="https://shop.example/media/2026/11/" + "x" * 120 + ".pdf?v=3",
            title="Prices of the mug shop.pdf",
        ),
    ),
}
TEMPLATED = {
    "kind": MessageKind.TEMPLATE,
    "text": None,
    "request": {
        "template": as_sent(
            FilledTemplate(
                name="order_ready_for_pickup", language="en_US", parameters=("A-17", "Tuesday")
            ),
            None,
        ),
        "topic": "orders",
    },
}


@pytest.mark.parametrize("content", [ATTACHED, TEMPLATED])
def test_a_usual_attachment_or_template_of_ours_fits_one_unit(dynamodb, stored_size, content):
    ours = our_message(author=Author.PERSON_API, author_name="Ayse from the shop", **content)
    dynamodb.messages.claim(ours)
    dynamodb.messages.settle(
        CONVERSATION, ours.message_id, State.SENT, platform_message_id=MID[:90]
    )
    key = {"conversation_id": CONVERSATION, "message_id": ours.message_id}
    assert stored_size("messages_table", **key) < ONE_UNIT


@pytest.mark.parametrize("content", [ATTACHED, TEMPLATED])
def test_an_attachment_or_template_of_ours_is_read_back_as_it_was_planned(dynamodb, content):
    planned = our_message(state=State.PLANNED, lease_until=None, due_at=NOON, **content)
    dynamodb.messages.plan(planned)
    assert dynamodb.messages.load(CONVERSATION, planned.message_id) == planned


def test_a_conversation_with_all_it_can_know_fits_one_unit(dynamodb, stored_size):
    late = NOON + timedelta(microseconds=123456)
    full = conversation(
        platform="whatsapp",
        contact_id=BSUID,
        first_contact_at=late,
        last_customer_at=late,
        last_visit_at=late,
        last_person_at=late,
        last_automated_at=late,
        last_other_app_at=late,
        window_ends_at=late,
        window_opened_at=late,
        window_opened_by="plugin_opt_in",
        wait_opened_at=late,
        wait_day=TODAY,
        closed_wait_opened_at=late,
        closed_wait_answered_at=late,
        closed_wait_answered_by=str(Author.PERSON_NATIVE),
        closed_wait_day=TODAY,
        away_period=late.isoformat(),
        recent_sends=(RecentSend(our_message().message_id, late, "notification_request"),)
        * RECENT_SENDS,
        automated_at=(late,) * 10,
        pair_full_at=late,
        thread_owner="other",
        thread_owner_at=late,
        unreachable_at=late,
        told="kR3_x-6736b2c0",
        is_joint=True,
        wrote_as=CONVERSATION,
    )
    dynamodb.conversations.save(full)
    key = {"conversation_id": full.conversation_id, "item": "row"}
    assert stored_size("conversations_table", **key) < ONE_UNIT


def test_f31_a_message_does_not_grow_with_what_is_told_again(dynamodb, stored_size):
    dynamodb.messages.record(message())
    key = {"conversation_id": CONVERSATION, "message_id": "mid.customer"}
    sizes = set()
    for minute in range(20):
        at = NOON + timedelta(minutes=minute)
        told = {"emoji": "❤", "is_by_business": False, "at": at}
        dynamodb.messages.react(CONVERSATION, "mid.customer", **told)
        dynamodb.messages.status(CONVERSATION, "mid.customer", Status.READ, at)
        sizes.add(stored_size("messages_table", **key))
    assert len(sizes) == 1


def test_f32_a_busy_channels_day_is_spread_over_all_shards():
    """500 messages a second of one channel are under the 1000 writes a second of a partition."""
    ids = [f"conversation-{n}" for n in range(100_000)]
    load = Counter(_keys.channel_day(CHANNEL, TODAY, each) for each in ids)
    due = Counter(_keys.due_shard(each) for each in ids)
    assert len(load) == len(due) == 4
    assert max(load.values()) < 0.3 * len(ids)


def test_f45_what_expired_is_read_until_the_database_removes_it(dynamodb):
    """The expiry frees space only: nothing is decided by it, so a late clean-up changes nothing."""
    row = message(occurred_at=NOON - timedelta(days=800), day="2024-09-12")
    assert dynamodb.messages.record(row)
    assert not dynamodb.messages.record(row)
    assert dynamodb.messages.history(CONVERSATION) == (row,)


def test_a_message_expires_400_days_after_it_happened():
    assert _message_rows.expiry(NOON) == int((NOON + timedelta(days=400)).timestamp())


@given(st.binary(max_size=2000), st.lists(st.none() | st.text(max_size=50), max_size=6))
def test_what_was_compressed_is_read_back(raw, said):
    assert decompress(compress(raw, said), said) == raw


def test_a_raw_event_costs_little_where_the_row_says_the_same():
    raw = f'{{"message":{{"mid":"{MID}","text":"Is the blue mug back?"}}}}'.encode()
    assert len(compress(raw, ["Is the blue mug back?", MID])) < 40 < len(compress(raw)) / 2


def test_a_raw_event_of_the_first_dictionary_stays_readable():
    """Rows of years refer to it: whoever changes the dictionary must number a new one."""
    packed = bytes.fromhex(PACKED)
    assert decompress(packed, ["hello", "mid.1"]) == b'{"message":{"mid":"mid.1","text":"hello"}}'
