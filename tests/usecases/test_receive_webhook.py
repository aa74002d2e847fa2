"""Deliveries: who may deliver, what is queued, what is quarantined, when Meta must come again."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.usecases import receive_webhook
from chalicelib.usecases.receive_webhook import MAX_BODY_BYTES, Outcome
from tests.builders import NOON
from tests.fakes import FakeQueue, FakeSecrets
from tests.intake import (
    SECRET,
    FakeDeafQueue,
    FakeRotatingSecrets,
    deliver,
    intake,
    page,
    page_message,
    queued,
    sign,
    to_bytes,
    whatsapp,
    whatsapp_message,
)

HELLO = to_bytes(page(page_message("m_1")))


class TestWhoMayDeliver:
    def test_a_signed_delivery_is_accepted(self) -> None:
        assert deliver(HELLO, intake()) is Outcome.ACCEPTED

    @pytest.mark.parametrize("signature", [None, "", "sha256=", "sha256=" + "0" * 64, "sha1=ä"])
    def test_f35_forged_or_unsigned_is_refused(self, signature: str | None) -> None:
        assert receive_webhook.run(HELLO, signature, intake()) is Outcome.FORGED

    def test_f35_nothing_of_a_forged_delivery_is_kept(self) -> None:
        rt = intake()
        receive_webhook.run(HELLO, sign(HELLO, b"other"), rt)
        kept = rt.inbound.entries, rt.quarantine_queue.entries, rt.large.kept, rt.log.lines
        assert kept == ([], [], [], [])

    def test_without_a_secret_nothing_is_accepted(self) -> None:
        rt = intake(secrets=FakeRotatingSecrets(app_secrets=()))
        assert deliver(HELLO, rt) is Outcome.FORGED

    def test_during_rotation_the_previous_secret_is_valid(self) -> None:
        rt = intake(secrets=FakeRotatingSecrets(app_secrets=(b"new", SECRET)))
        assert deliver(HELLO, rt) is Outcome.ACCEPTED

    def test_use_of_the_previous_secret_is_counted(self) -> None:
        rt = intake(secrets=FakeRotatingSecrets(app_secrets=(b"new", SECRET)))
        deliver(HELLO, rt)
        assert rt.log.counts["signed_with_previous_secret"] == 1

    def test_a_secret_rotated_a_moment_ago_is_found_by_a_refresh(self) -> None:
        later = FakeSecrets(app_secrets=(SECRET,))
        rt = intake(secrets=FakeRotatingSecrets(app_secrets=(b"old",), later=later))
        assert deliver(HELLO, rt) is Outcome.ACCEPTED

    def test_a_malformed_header_does_not_even_look_at_the_secrets(self) -> None:
        secrets = FakeRotatingSecrets(app_secrets=())
        receive_webhook.run(HELLO, "sha1=abc", intake(secrets=secrets))
        assert secrets.refreshes == 0

    @pytest.mark.parametrize(
        ("length", "outcome"),
        [
            (MAX_BODY_BYTES - 1, Outcome.QUARANTINED),
            (MAX_BODY_BYTES, Outcome.QUARANTINED),
            (MAX_BODY_BYTES + 1, Outcome.TOO_LARGE),
            (10_000_000, Outcome.TOO_LARGE),
        ],
    )
    def test_f30_a_body_over_the_limit_is_refused(self, length: int, outcome: Outcome) -> None:
        assert deliver(b"x" * length, intake()) is outcome

    def test_f30_size_is_checked_before_the_signature(self) -> None:
        secrets = FakeRotatingSecrets(app_secrets=())
        raw = b"x" * (MAX_BODY_BYTES + 1)
        assert receive_webhook.run(raw, "forged", intake(secrets=secrets)) is Outcome.TOO_LARGE


class TestWhatIsQueued:
    def test_the_record_carries_version_time_and_item(self) -> None:
        rt = intake()
        deliver(HELLO, rt)
        record = queued(rt)[0]
        known = record["v"], record["received_at"], record["item"]["body"]
        assert known == (1, NOON.isoformat().replace("+00:00", "Z"), page_message("m_1"))

    def test_f03_a_thousand_updates_are_a_thousand_records(self) -> None:
        rt = intake()
        deliver(to_bytes(whatsapp(*(whatsapp_message(f"wamid.{n}") for n in range(1000)))), rt)
        assert len({entry.deduplication for entry in rt.inbound.entries}) == 1000

    def test_f03_the_neighbours_of_an_update_do_not_travel_with_it(self) -> None:
        rt = intake()
        payload = whatsapp(*(whatsapp_message(f"wamid.{n}", sender=str(n)) for n in range(1000)))
        value = payload["entry"][0]["changes"][0]["value"]
        value["contacts"] = [{"wa_id": str(n), "profile": {"name": "N"}} for n in range(1000)]
        deliver(to_bytes(payload), rt)
        assert max(len(entry.body) for entry in rt.inbound.entries) < 1000

    def test_f03_a_malformed_item_does_not_block_the_others(self) -> None:
        rt = intake()
        updates: list[Any] = [page_message(f"m_{n}") for n in range(1000)]
        updates[500] = "not an object"
        outcome = deliver(to_bytes(page(*updates)), rt)
        facts = outcome, len(rt.inbound.entries), rt.log.counts["unknown_events"]
        assert facts == (Outcome.ACCEPTED, 1000, 1)

    def test_f03_several_entries_and_both_ways_are_read(self) -> None:
        rt = intake()
        both = page(page_message("m_1"))
        both["entry"] += page(page_message("m_2"), section="standby")["entry"]
        deliver(to_bytes(both), rt)
        assert [record["item"]["section"] for record in queued(rt)] == ["messaging", "standby"]

    def test_f01_a_repeated_delivery_has_the_same_ids(self) -> None:
        rt = intake()
        deliver(HELLO, rt)
        deliver(HELLO, rt)
        first, second = rt.inbound.entries
        assert (first.deduplication, first.group) == (second.deduplication, second.group)

    def test_f36_a_captured_delivery_replayed_later_has_the_same_ids(self) -> None:
        rt = intake()
        deliver(HELLO, rt)
        rt.now.advance(days=400)
        deliver(HELLO, rt)
        first, second = rt.inbound.entries
        assert first.deduplication == second.deduplication

    def test_f36_a_replayed_record_tells_when_it_came(self) -> None:
        rt = intake()
        rt.now.advance(days=400)
        deliver(HELLO, rt)
        assert queued(rt)[0]["received_at"] == rt.now().isoformat().replace("+00:00", "Z")

    def test_messages_of_a_conversation_share_a_group(self) -> None:
        rt = intake()
        deliver(to_bytes(page(page_message("m_1"), page_message("m_2"))), rt)
        assert len({entry.group for entry in rt.inbound.entries}) == 1

    def test_an_echo_stands_in_the_group_of_its_conversation(self) -> None:
        rt = intake()
        swapped = {"sender": {"id": "1122"}, "recipient": {"id": "5550001"}, "timestamp": 1}
        echo = swapped | {"message": {"mid": "m_2", "is_echo": True, "text": "hello"}}
        deliver(to_bytes(page(page_message("m_1"), echo)), rt)
        assert len({entry.group for entry in rt.inbound.entries}) == 1

    def test_other_contacts_have_other_groups(self) -> None:
        rt = intake()
        deliver(to_bytes(page(page_message("m_1"), page_message("m_2", sender="5550002"))), rt)
        assert len({entry.group for entry in rt.inbound.entries}) == 2

    def test_the_same_message_in_standby_is_another_record(self) -> None:
        rt = intake()
        deliver(HELLO, rt)
        deliver(to_bytes(page(page_message("m_1"), section="standby")), rt)
        assert len({entry.deduplication for entry in rt.inbound.entries}) == 2

    @pytest.mark.parametrize("mid", ["m", "m" * 160, "mïd\ud800"])
    def test_ids_fit_into_sqs_whatever_the_platform_sends(self, mid: str) -> None:
        rt = intake()
        deliver(to_bytes(page(page_message(mid, sender=mid))), rt)
        entry = rt.inbound.entries[0]
        assert (len(entry.group), len(entry.deduplication)) == (64, 64)

    @pytest.mark.parametrize(
        "text",
        [
            "日本語",
            "\U0001f600",
            "\ud800",
            "\udc00x",
            "\x00\x01\x1f\x7f",
            "\ufffe\uffff",
            '"\\',
            "\ufeff",
        ],
    )
    def test_f33_a_record_is_plain_ascii_whatever_the_text(self, text: str) -> None:
        rt = intake()
        deliver(to_bytes(page(page_message("m_1", text=text))), rt)
        body = rt.inbound.entries[0].body
        assert (body.isascii(), body.isprintable()) == (True, True)

    def test_text_comes_out_of_the_record_as_it_went_in(self) -> None:
        rt = intake()
        deliver(to_bytes(page(page_message("m_1", text="Grüße 😀 日本 \t\x7f"))), rt)
        assert queued(rt)[0]["item"]["body"]["message"]["text"] == "Grüße 😀 日本 \t\x7f"

    @pytest.mark.parametrize(
        "payload",
        [
            {"object": "threads", "entry": [{"id": "1"}]},
            {"object": "page", "entry": [{"id": "1", "changes": [{"field": "new", "value": 1}]}]},
            {"object": "page", "entry": [{"id": "1", "messaging": [{"hologram": {}}]}]},
            {"object": "page", "entry": []},
            {},
            [],
            1,
            "text",
            None,
        ],
    )
    def test_f37_what_we_have_no_word_for_is_queued_and_counted(self, payload: object) -> None:
        rt = intake()
        outcome = deliver(to_bytes(payload), rt)
        facts = outcome, len(rt.inbound.entries), rt.log.counts["unknown_events"]
        assert facts == (Outcome.ACCEPTED, 1, 1)

    def test_f37_two_unknown_events_are_two_records(self) -> None:
        rt = intake()
        deliver(to_bytes({"object": "threads", "entry": [{"id": "1"}]}), rt)
        deliver(to_bytes({"object": "threads", "entry": [{"id": "2"}]}), rt)
        assert len({entry.deduplication for entry in rt.inbound.entries}) == 2


class TestWhenTheQueueRefuses:
    @pytest.mark.parametrize("failing", range(1, 11))
    def test_f26_what_was_refused_is_sent_once_more(self, failing: int) -> None:
        rt = intake()
        rt.inbound.refusing = [tuple(range(failing))]
        outcome = deliver(to_bytes(page(*(page_message(f"m_{n}") for n in range(10)))), rt)
        ids = [entry.deduplication for entry in rt.inbound.entries]
        assert (outcome, len(ids), len(set(ids))) == (Outcome.ACCEPTED, 10, 10)

    @pytest.mark.parametrize("failing", range(1, 11))
    def test_f26_what_is_refused_twice_must_come_again(self, failing: int) -> None:
        rt = intake()
        rt.inbound.refusing = [tuple(range(10)), tuple(range(failing))]
        outcome = deliver(to_bytes(page(*(page_message(f"m_{n}") for n in range(10)))), rt)
        assert outcome is Outcome.UNAVAILABLE

    def test_f05_only_what_was_refused_is_sent_again(self) -> None:
        rt = intake()
        rt.inbound.refusing = [(1,)]
        deliver(to_bytes(page(page_message("m_0"), page_message("m_1"))), rt)
        mids = [record["item"]["body"]["message"]["mid"] for record in queued(rt)]
        assert mids == ["m_0", "m_1"]

    def test_f27_an_unreachable_queue_is_no_fault_of_the_delivery(self) -> None:
        assert deliver(HELLO, intake(inbound=FakeDeafQueue())) is Outcome.UNAVAILABLE

    def test_f27_the_redelivery_after_an_outage_is_queued_once(self) -> None:
        rt = intake()
        rt.inbound.refusing = [(0,), (0,)]
        outcomes = [deliver(HELLO, rt), deliver(HELLO, rt)]
        expected = [Outcome.UNAVAILABLE, Outcome.ACCEPTED]
        assert (outcomes, len(rt.inbound.entries)) == (expected, 1)


class TestWhatIsLogged:
    def test_an_accepted_delivery_is_one_line(self) -> None:
        rt = intake()
        deliver(HELLO, rt)
        facts = {"events": 1, "bytes": len(HELLO)}
        assert (rt.log.lines, rt.log.counts) == ([("delivery_accepted", facts)], {})

    def test_a_refused_delivery_is_counted(self) -> None:
        rt = intake()
        receive_webhook.run(HELLO, None, rt)
        assert rt.log.counts["deliveries_refused"] == 1

    def test_s06_no_content_is_logged(self) -> None:
        rt = intake()
        canary = page_message("m_canary", text="canary text", sender="4917055501990")
        deliver(to_bytes(page(canary, {"canary key": "canary value"})), rt)
        deliver(b"canary", rt)
        canaries = {"canary", "4917055501990"}
        assert not [canary for canary in canaries if canary in str(rt.log.lines)]

    def test_a_queue_that_refuses_is_noted(self) -> None:
        rt = intake(inbound=FakeQueue())
        rt.inbound.refusing = [(0,)]
        deliver(HELLO, rt)
        assert rt.log.lines[0] == ("queue_refused_events", {"refused": 1, "events": 1})
