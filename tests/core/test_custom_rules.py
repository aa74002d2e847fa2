"""A business's own rules: which of them match, and what is refused when they are saved."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.catalogue import PLATFORMS
from chalicelib.core.automations import Answer, notification_request
from chalicelib.core.automations.custom_rules import decide
from chalicelib.core.channel import ChannelSettings, NotificationTopic
from chalicelib.core.custom_rules import Moment, Rule, Then, When, answering, sorting
from chalicelib.core.events import Referral
from chalicelib.core.handling_settings import Handover
from chalicelib.core.messages import Button, QuickReply
from chalicelib.core.rule_document import problems
from tests.builders import channel
from tests.core.automations.situations import situation

HELLO = Then(text="Hello!")
MUG = NotificationTopic(topic="mug", title="When the mug is back")
KNOWN = Moment(
    text="Is the MUG broken?",
    payload=None,
    is_open=True,
    tags=("vip",),
    referral_source="ADS",
    referral_ref="spring",
)


def rule(name: str = "one", then: Then = HELLO, *, is_on: bool = True, **when: Any) -> Rule:
    return Rule(name=name, when=When(**when), then=then, is_on=is_on)


def is_met(**when: Any) -> bool:
    return answering((rule(**when),), KNOWN) is not None


def wrong(*rules: Rule, platform: str = "messenger", **facts: Any) -> list[str]:
    given: ChannelSettings = channel(platform=platform, rules=rules, **facts)
    known = PLATFORMS[platform]
    return [field for field, _ in problems(given, known.text_limit, known.choices_limit)]


def says(then: Then, **facts: Any) -> Answer | None:
    rules = (rule(then=then, words=("mug",)),)
    settings = channel(rules=rules, notification_topics=(MUG,), handover=Handover())
    return decide(situation(text="the mug", channel=settings, **facts))


@pytest.mark.parametrize(
    "when",
    [
        {"on": "message"},
        {"words": ("cup", "mug")},
        {"is_open": True},
        {"tag": "vip"},
        {"referral_source": "ads"},
        {"referral_ref": "spring"},
        {"words": ("mug",), "is_open": True, "tag": "vip"},
    ],
)
def test_a_rule_matches_when_all_that_it_names_holds(when: dict[str, Any]) -> None:
    assert is_met(**when)


@pytest.mark.parametrize(
    "when",
    [
        {"on": "tap"},
        {"words": ("cup", "smug")},
        {"payload": "mug:blue"},
        {"is_open": False},
        {"tag": "regular"},
        {"referral_source": "SHORTLINK"},
        {"referral_ref": "Spring"},
        {"words": ("mug",), "is_open": False},
        {"words": ("mug",), "tag": "regular"},
    ],
)
def test_one_condition_that_does_not_hold_is_enough_to_pass_it_over(when: dict[str, Any]) -> None:
    assert not is_met(**when)


def test_a_tap_is_known_by_what_it_brings_back() -> None:
    tapped = Moment(text="The blue one", payload="mug:blue", is_open=True)
    assert answering((rule(on="tap", payload="mug:blue"),), tapped) is not None


def test_a_rule_that_is_off_never_matches() -> None:
    assert answering((rule(words=("mug",), is_on=False),), KNOWN) is None


def test_the_first_that_matches_answers() -> None:
    rules = (rule("a", words=("cup",)), rule("b", words=("mug",)), rule("c", on="message"))
    assert [answering(rules, KNOWN)] == [rules[1]]


def test_a_rule_that_only_sorts_leaves_the_answer_to_the_next() -> None:
    rules = (rule("a", Then(tags=("mug",)), words=("mug",)), rule("b", on="message"))
    assert (answering(rules, KNOWN), sorting(rules, KNOWN)) == (rules[1], (rules[0],))


@given(st.lists(st.booleans(), max_size=8))
def test_every_matching_rule_either_sorts_or_may_answer(speaks: list[bool]) -> None:
    rules = tuple(
        rule(str(n), HELLO if each else Then(tags=("t",)), on="message")
        for n, each in enumerate(speaks)
    )
    first = answering(rules, KNOWN)
    assert len(sorting(rules, KNOWN)) == speaks.count(False)
    assert (first is None) is (True not in speaks)


def test_the_answer_says_what_the_rule_says() -> None:
    blue, link = QuickReply(title="Blue"), Button(title="Shop", url="https://shop.example")
    then = Then(text="Which?", quick_replies=(blue,), buttons=(link,), tags=("mug",))
    answer = says(then)
    assert answer is not None
    assert (answer.text, answer.quick_replies) == ("Which?", (blue,))
    assert (answer.buttons, answer.tags) == ((link,), ("mug",))


def test_a_handover_has_the_words_of_the_handover() -> None:
    answer = says(Then(hands_over=True, assign_to="Mia"))
    assert answer is not None
    assert (answer.hands_over, answer.assign_to, bool(answer.text)) == (True, "Mia", True)


def test_who_is_asked_about_a_topic_taps_a_word_that_asks_for_it() -> None:
    answer = says(Then(text="It is sold out.", ask="mug", ask_label="Tell me"))
    assert answer is not None
    (tap,) = answer.quick_replies
    settings = channel(notification_topics=(MUG,))
    granted = notification_request.decide(
        situation(text="Tell me", payload=tap.payload, channel=settings)
    )
    assert granted is not None
    assert granted.grants_opt_in == "mug"


def test_where_the_customer_came_from_counts() -> None:
    settings = channel(rules=(rule(referral_ref="spring"),))
    came = situation(text="Hi", channel=settings, referral=Referral(ref="spring"))
    assert decide(came) == Answer(text="Hello!")


def test_a_channel_without_rules_has_nothing_to_say() -> None:
    assert decide(situation(text="Hi")) is None


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (rule(), "rules[0].when"),
        (rule(on="comment"), "rules[0].when.on"),
        (rule(on="message", payload="x"), "rules[0].when.payload"),
        (rule(on="visit", payload="x"), "rules[0].when.payload"),
        (rule(on="visit", words=("x",)), "rules[0].when.words"),
        (rule(then=Then(), on="tap"), "rules[0].then"),
        (rule(then=Then(hands_over=True), on="tap"), "rules[0].then.hands_over"),
        (rule(then=Then(text="?", ask="cup", ask_label="Yes"), on="tap"), "rules[0].then.ask"),
        (rule(then=Then(text="?", ask="mug"), on="tap"), "rules[0].then.ask_label"),
        (rule(then=Then(text="?", ask_label="Yes"), on="tap"), "rules[0].then.ask_label"),
        (rule(then=Then(text="Hi {nobody}"), on="tap"), "rules[0].then.text"),
        (rule(then=Then(text="x" * 2001), on="tap"), "rules[0].then.text"),
        (
            rule(then=Then(tags=("t",), quick_replies=(QuickReply(title="A"),)), on="tap"),
            "rules[0].then.text",
        ),
        (
            rule(then=Then(text="?", buttons=(Button(title="A", url="ftp://x"),)), on="tap"),
            "rules[0].then.buttons[0].url",
        ),
        (rule(tag="vip!"), "rules[0].when.tag"),
        (rule(then=Then(tags=("vip", "a,b")), on="tap"), "rules[0].then.tags[1]"),
        (rule(then=Then(tags=("vip\n",)), on="tap"), "rules[0].then.tags[0]"),
        (rule(then=Then(assign_to=" "), on="tap"), "rules[0].then.assign_to"),
        (rule(then=Then(assign_to="Mia\x07"), on="tap"), "rules[0].then.assign_to"),
    ],
)
def test_a_rule_that_could_not_work_is_refused_by_its_field(given: Rule, field: str) -> None:
    assert wrong(given, notification_topics=(MUG,)) == [field]


def test_two_rules_have_two_names() -> None:
    assert wrong(rule(on="tap"), rule(on="message")) == ["rules[1].name"]


def test_what_can_be_tapped_is_measured_by_the_platform() -> None:
    eleven = tuple(QuickReply(title=f"T{n}") for n in range(11))
    given = rule(then=Then(text="Which?", quick_replies=eleven), on="tap")
    assert (wrong(given), wrong(given, platform="whatsapp")) == (
        [],
        ["rules[0].then.quick_replies"],
    )


@pytest.mark.parametrize("platform", ["messenger", "instagram"])
def test_a_text_above_choices_has_room_for_the_longest_name(platform: str) -> None:
    then = Then(text="{first_name}" + "x" * 620, buttons=(Button(title="A", payload="a"),))
    assert wrong(rule(then=then, on="tap"), platform=platform) == ["rules[0].then.text"]


def test_a_good_rule_is_taken() -> None:
    good = rule(then=Then(text="Hi {first_name}!", tags=("mug",)), words=("mug",))
    assert wrong(good) == []
