"""The business's own rules: who answers, what becomes of the conversation, and a dry run."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from chalicelib.core.channel import AutomaticReply, ChannelSettings, NotificationTopic
from chalicelib.core.custom_rules import Rule, Then, When
from chalicelib.core.events import Item, Referral, Referred
from chalicelib.core.handling import Handling
from chalicelib.core.handling_settings import Disclosure
from chalicelib.core.ids import conversation_id
from chalicelib.core.rule_trial import DryRun
from chalicelib.ports import Runtime
from chalicelib.usecases import (
    answer_message,
    dry_run_rules,
    join_by_hand,
    organise,
    process_event,
    record_change,
)
from chalicelib.usecases.errors import InvalidInput, NotFound
from tests import builders, fakes
from tests.builders import CHANNEL, CONTACT, CONVERSATION, NOON
from tests.usecases.crashes import Point, Watch

HOUR = timedelta(hours=1)
PRICES = Rule(name="prices", when=When(words=("price",)), then=Then(text="Which mug?"))
SORTED = Rule(
    name="sorted", when=When(words=("price",)), then=Then(tags=("price",), assign_to="Mia")
)
AGAIN = Rule(name="again", when=When(tag="price"), then=Then(text="Still about the price?"))
SPRING = Rule(name="spring", when=When(referral_ref="spring"), then=Then(text="Welcome to spring!"))
MUG = NotificationTopic(topic="mug", title="When the mug is back", keywords=("mug",))


def channel(*rules: Rule, **facts: Any) -> ChannelSettings:
    return builders.channel(rules=rules, disclosure=Disclosure(when="never"), **facts)


def heard(settings: ChannelSettings, *texts: str) -> Runtime:
    """A customer wrote these at noon, a minute apart."""
    clock = fakes.Clock(NOON)
    rt = fakes.runtime(settings, now=clock)
    for number, text in enumerate(texts):
        clock.at = NOON + number * timedelta(minutes=1)
        process_event.run(item(f"m_{number}", text, at=number), NOON, rt)
    return rt


def item(message_id: str, text: str, *, at: int = 0) -> Item:
    milliseconds = int((NOON + at * timedelta(minutes=1)).timestamp() * 1000)
    body = {
        "sender": {"id": CONTACT},
        "recipient": {"id": CHANNEL},
        "timestamp": milliseconds,
        "message": {"mid": message_id, "text": text},
    }
    return Item(object="page", section="messaging", entry_id=CHANNEL, body=body)


def visit(ref: str) -> Referred:
    return Referred(
        event_id=f"messenger:referral:{ref}",
        platform="messenger",
        channel_id=CHANNEL,
        contact_id=CONTACT,
        occurred_at=NOON,
        item=builders.ITEM,
        referral=Referral(ref=ref, source="SHORTLINK"),
    )


def came_by(ref: str, *rules: Rule) -> Runtime:
    """A customer came by this link at noon, without a word."""
    rt = fakes.runtime(channel(*rules), now=fakes.Clock(NOON))
    record_change.referred(visit(ref), channel(*rules), rt)
    return rt


def visit_again(rt: Runtime, number: int) -> None:
    """A minute later each time, through the same link."""
    rt.now.advance(minutes=1)
    event = replace(visit("spring"), event_id=f"messenger:referral:{number}", occurred_at=rt.now())
    record_change.referred(event, rt.channels.all()[0], rt)


def dies_while_visited(rt: Runtime, point: Point | None) -> list[str]:
    """The calls of a visit, whose worker is killed at this point."""
    watch = Watch(point)
    with suppress(SystemExit):
        record_change.referred(visit("spring"), channel(SPRING), watch.over(rt))
    return watch.calls


def visited_by(ref: str) -> Runtime:
    """The same as Meta tells it, of a channel without rules."""
    rt = fakes.runtime(channel(), now=fakes.Clock(NOON))
    told = item("m_0", "")
    told.body.pop("message")
    told.body["referral"] = {"ref": ref, "source": "SHORTLINK", "type": "OPEN_THREAD"}
    process_event.run(told, NOON, rt)
    return rt


def texts(rt: Runtime) -> list[str]:
    return [body["message"]["text"] for body in rt.sender.bodies]


def handling(rt: Runtime) -> Handling:
    return rt.conversations.handling(CONVERSATION)


def try_rules(rt: Runtime, *rules: Rule, hours: int = 24) -> DryRun:
    return dry_run_rules.run(CHANNEL, rules, hours=hours, rt=rt)


class TestAtWork:
    def test_a_rule_answers(self) -> None:
        assert texts(heard(channel(PRICES), "What is the price?")) == ["Which mug?"]

    def test_what_no_rule_matches_is_left_to_the_others(self) -> None:
        greeting = AutomaticReply(text="Hello!")
        assert texts(heard(channel(PRICES, instant_reply=greeting), "Hi")) == ["Hello!"]

    def test_a_request_goes_before_a_rule(self) -> None:
        settings = channel(PRICES, notification_topics=(MUG,))
        assert texts(heard(settings, "The price of the mug?")) != ["Which mug?"]

    def test_a_rule_goes_before_the_greeting(self) -> None:
        settings = channel(PRICES, instant_reply=AutomaticReply(text="Hello!"))
        assert texts(heard(settings, "What is the price?")) == ["Which mug?"]

    def test_a_rule_that_sorts_tags_and_assigns(self) -> None:
        rt = heard(channel(SORTED), "What is the price?")
        assert (handling(rt).tags, handling(rt).assigned_to) == (("price",), "Mia")
        assert texts(rt) == []

    def test_sorting_leaves_the_answer_to_another_rule(self) -> None:
        rt = heard(channel(SORTED, PRICES), "What is the price?")
        assert (handling(rt).tags, texts(rt)) == (("price",), ["Which mug?"])

    def test_a_rule_that_answers_may_sort_too(self) -> None:
        both = Rule(name="b", when=When(on="message"), then=Then(text="Hi", tags=("new",)))
        assert handling(heard(channel(both), "Hello")).tags == ("new",)

    def test_a_tag_counts_from_the_next_message_on(self) -> None:
        rt = heard(channel(SORTED, AGAIN), "What is the price?", "Hello?")
        assert texts(rt) == ["Still about the price?"]

    def test_f08_an_input_that_comes_again_changes_nothing(self) -> None:
        rt = heard(channel(SORTED, PRICES), "What is the price?")
        before = handling(rt)
        process_event.run(item("m_0", "What is the price?"), NOON, rt)
        assert (handling(rt), len(rt.sender.posts)) == (before, 1)

    def test_while_a_person_is_at_it_rules_only_sort(self) -> None:
        settings = channel(SORTED, PRICES)
        rt = fakes.runtime(settings, now=fakes.Clock(NOON))
        rt.conversations.save(builders.conversation(last_person_at=NOON - timedelta(minutes=1)))
        answer_message.run(builders.message_received(text="The price?"), settings, rt)
        assert (handling(rt).tags, texts(rt)) == (("price",), [])

    def test_an_input_of_long_ago_sorts_nothing(self) -> None:
        rt = fakes.runtime(channel(SORTED), now=fakes.Clock(NOON + HOUR))
        answer_message.run(builders.message_received(text="The price?"), channel(SORTED), rt)
        assert handling(rt) == Handling()

    def test_without_rules_nobody_looks_how_it_is_handled(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(fakes.FakeConversations, "handling", None)
        assert texts(heard(channel(), "What is the price?")) == []


FULL = tuple(f"tag-{number}" for number in range(20))


def with_twenty_tags(*rules: Rule) -> Runtime:
    """A conversation that has as many tags as it may have; then the customer asks the price."""
    rt = heard(channel(*rules), "Hello")
    organise.tag(CONVERSATION, FULL, rt)
    rt.now.advance(minutes=1)
    process_event.run(item("m_9", "What is the price?", at=1), NOON, rt)
    return rt


class TestTooManyTags:
    @pytest.mark.parametrize("rule", [SORTED, replace(PRICES, then=Then(text="?", tags=("x",)))])
    def test_what_a_rule_gives_beyond_them_is_counted(self, rule: Rule) -> None:
        rt = with_twenty_tags(rule)
        assert handling(rt).tags == FULL
        assert rt.log.counts["tags_left_out"] == 1

    def test_nothing_is_counted_while_there_is_place(self) -> None:
        assert heard(channel(SORTED), "The price?").log.counts["tags_left_out"] == 0

    def test_nothing_is_counted_of_a_tag_that_is_there(self) -> None:
        rule = replace(SORTED, then=Then(tags=("tag-3",)))
        assert with_twenty_tags(rule).log.counts["tags_left_out"] == 0

    def test_a_dry_run_names_them(self) -> None:
        rt = with_twenty_tags()
        (match,) = try_rules(rt, SORTED).matches
        assert match.tags_left_out == ("price",)

    def test_a_dry_run_names_none_while_there_is_place(self) -> None:
        (match,) = try_rules(heard(channel(), "The price?"), SORTED).matches
        assert match.tags_left_out == ()


class TestVisits:
    def test_who_comes_through_a_link_is_told_what_its_rule_says(self) -> None:
        assert texts(came_by("spring", SPRING)) == ["Welcome to spring!"]

    def test_a_visit_may_be_sorted(self) -> None:
        both = Rule(name="s", when=When(on="visit"), then=Then(tags=("link",), assign_to="Mia"))
        rt = came_by("spring", both, SPRING)
        assert (handling(rt).tags, handling(rt).assigned_to) == (("link",), "Mia")

    def test_f08_a_visit_that_is_told_again_is_answered_once(self) -> None:
        rt = came_by("spring", SPRING)
        record_change.referred(visit("spring"), channel(SPRING), rt)
        assert len(rt.sender.posts) == 1

    def test_f40_visits_count_for_the_limits_as_messages_do(self) -> None:
        rt = came_by("spring", SPRING)
        [visit_again(rt, number) for number in range(1, 6)]
        assert len(rt.sender.posts) == 3

    def test_f40_a_message_within_seconds_of_an_answered_visit_is_not_answered_too(self) -> None:
        rt = came_by("spring", SPRING, PRICES)
        process_event.run(item("m_1", "The price?"), NOON, rt)
        assert texts(rt) == ["Welcome to spring!"]

    def test_f08_a_visit_whose_worker_died_with_the_slot_is_answered(self) -> None:
        rt = fakes.runtime(channel(SPRING), now=fakes.Clock(NOON))
        calls = dies_while_visited(fakes.runtime(channel(SPRING), now=fakes.Clock(NOON)), None)
        dies_while_visited(rt, Point(calls.index("messages.claim"), "messages.claim", "before"))
        record_change.referred(visit("spring"), channel(SPRING), rt)
        assert texts(rt) == ["Welcome to spring!"]

    @pytest.mark.parametrize(
        "rule",
        [
            PRICES,
            Rule(name="o", when=When(is_open=True), then=Then(text="We are open.")),
            Rule(name="m", when=When(on="message", referral_ref="spring"), then=Then(text="Hi")),
            Rule(name="r", when=When(referral_ref="summer"), then=Then(text="Welcome!")),
            Rule(name="h", when=When(referral_ref="spring"), then=Then(hands_over=True)),
        ],
    )
    def test_other_rules_do_not_mean_a_visit(self, rule: Rule) -> None:
        rt = came_by("spring", rule)
        assert (texts(rt), handling(rt)) == ([], Handling())

    def test_a_visit_in_another_apps_thread_is_not_answered(self) -> None:
        rt = fakes.runtime(channel(SPRING), now=fakes.Clock(NOON))
        record_change.referred(replace(visit("spring"), is_standby=True), channel(SPRING), rt)
        assert texts(rt) == []

    def test_a_visit_of_long_ago_is_not_answered(self) -> None:
        rt = fakes.runtime(channel(SPRING), now=fakes.Clock(NOON + HOUR))
        record_change.referred(visit("spring"), channel(SPRING), rt)
        assert texts(rt) == []


class TestDryRun:
    def test_it_tells_what_would_have_been_said(self) -> None:
        tried = try_rules(heard(channel(), "The price?", "Hello"), PRICES)
        (match,) = tried.matches
        assert (match.message_id, match.rule, match.text) == ("m_0", "prices", "Which mug?")
        assert (tried.looked_at, tried.is_complete, tried.matched) == (2, True, {"prices": 1})

    def test_nothing_is_sent_or_stored(self) -> None:
        rt = heard(channel(), "The price?")
        try_rules(rt, PRICES, SORTED)
        assert (rt.sender.posts, handling(rt)) == ([], Handling())
        assert rt.channels.load(CHANNEL) == channel()

    def test_rules_that_sort_are_named_beside_the_answer(self) -> None:
        (match,) = try_rules(heard(channel(), "The price?"), SORTED, PRICES).matches
        assert (match.rule, match.sorted_by) == ("prices", ("sorted",))

    def test_it_tells_who_would_have_answered_before(self) -> None:
        rt = heard(channel(notification_topics=(MUG,)), "The price of the mug?")
        (match,) = try_rules(rt, PRICES).matches
        assert match.answered_by == "notification_request"

    def test_visits_are_tried_too(self) -> None:
        tried = try_rules(visited_by("spring"), SPRING, PRICES)
        (match,) = tried.matches
        assert (match.rule, match.text, match.answered_by) == ("spring", SPRING.then.text, None)
        assert (tried.looked_at, tried.matched) == (1, {"spring": 1, "prices": 0})

    def test_a_rule_for_messages_does_not_mean_a_visit(self) -> None:
        rule = Rule(name="all", when=When(is_open=True), then=Then(text="Hi"))
        assert try_rules(visited_by("spring"), rule).matches == ()

    def test_the_latest_come_first(self) -> None:
        tried = try_rules(heard(channel(), "price one", "price two"), PRICES)
        assert [match.message_id for match in tried.matches] == ["m_1", "m_0"]

    def test_what_is_older_is_not_looked_at(self) -> None:
        rt = heard(channel(), "The price?")
        rt.now.at = NOON + 3 * HOUR
        assert (try_rules(rt, PRICES, hours=2).looked_at, try_rules(rt, PRICES).looked_at) == (0, 1)

    def test_it_looks_at_so_many_and_says_so(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(dry_run_rules, "MOST_MESSAGES", 1)
        tried = try_rules(heard(channel(), "price one", "price two"), PRICES)
        assert (tried.looked_at, tried.is_complete) == (1, False)

    def test_it_says_so_if_a_day_had_more_than_is_read(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(dry_run_rules, "MOST_FACTS", 1)
        rt = heard(channel(), "price one")
        assert try_rules(rt, PRICES).is_complete
        process_event.run(item("m_1", "price two", at=1), NOON, rt)
        assert not try_rules(rt, PRICES).is_complete

    def test_what_came_before_the_zone_changed_is_looked_at(self) -> None:
        rt = heard(channel(time_zone="Pacific/Kiritimati"), "The price?")
        assert rt.channels.save(channel(time_zone="Pacific/Pago_Pago"))
        assert try_rules(rt, PRICES).looked_at == 1

    def test_what_was_unsent_is_not_looked_at(self) -> None:
        rt = heard(channel(), "The price?")
        rt.messages.delete(CONVERSATION, "m_0", NOON)
        assert try_rules(rt, PRICES).looked_at == 0

    def test_tags_count_as_they_are_now(self) -> None:
        rt = heard(channel(SORTED), "The price?")
        (match,) = try_rules(rt, AGAIN).matches
        assert match.rule == "again"

    @pytest.mark.parametrize("contact_id", ["0", "9" * 20])
    def test_tags_are_those_of_the_contact_under_whichever_key_it_wrote(
        self, contact_id: str
    ) -> None:
        rt = heard(channel(), "The price?")
        other = builders.conversation(
            contact_id=contact_id,
            conversation_id=conversation_id("messenger", CHANNEL, contact_id),
        )
        rt.conversations.save(other)
        join_by_hand.merge(CONVERSATION, other.conversation_id, rt)
        organise.tag(CONVERSATION, ("price",), rt)
        (match,) = try_rules(rt, AGAIN).matches
        assert match.rule == "again"

    def test_a_rule_that_could_not_be_saved_is_refused(self) -> None:
        empty = Rule(name="empty", when=When(), then=Then(text="Hi"))
        with pytest.raises(InvalidInput) as refused:
            try_rules(heard(channel()), empty)
        assert refused.value.field == "rules[0].when"

    def test_an_unknown_channel_is_not_found(self) -> None:
        with pytest.raises(NotFound):
            try_rules(fakes.runtime(), PRICES)

    def test_rules_in_the_settings_are_the_same_document(self) -> None:
        document = msgspec.to_builtins(PRICES)
        assert msgspec.convert(document, Rule) == PRICES
