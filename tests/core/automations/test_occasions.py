"""What is said where nobody has written to us: a review, a job application, a public comment."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.catalogue import AUTOMATIONS
from chalicelib.core import occasions
from chalicelib.core.automations import Answer, Situation, Tier
from chalicelib.core.automations import page_not_recommended as not_recommended
from chalicelib.core.channel import AutomaticReply, PrivateReply
from tests.builders import channel
from tests.core.automations.situations import shop, situation

BY_NAME = {one.name: one for one in AUTOMATIONS if one.tier is Tier.OCCASION}
SIMPLE = sorted(set(BY_NAME) - {"private_reply"})
LATER = {"page_recommended": timedelta(minutes=10), "page_not_recommended": timedelta(minutes=10)}


def occasion(name: str, **facts: Any) -> Situation:
    settings = shop(**{name: facts.pop("reply", AutomaticReply(text="Thanks."))})
    return situation(**({"occasion": name, "channel": settings, "text": None} | facts))


def comment(reply: PrivateReply, **facts: Any) -> Answer | None:
    given = {"text": "How much is the mug?", "post_id": "post-1"} | facts
    return BY_NAME["private_reply"].decide(occasion("private_reply", reply=reply, **given))


@pytest.mark.parametrize("name", SIMPLE)
def test_an_occasion_is_answered_with_the_text_of_the_channel(name: str) -> None:
    answer = BY_NAME[name].decide(occasion(name))
    assert answer == Answer(text="Thanks.", after=LATER.get(name, timedelta()))


@pytest.mark.parametrize("name", SIMPLE)
def test_without_a_text_it_has_one_of_its_own(name: str) -> None:
    answer = BY_NAME[name].decide(occasion(name, reply=AutomaticReply()))
    assert answer is not None
    assert "{first_name}" in (answer.text or "")


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_all_are_off_by_default(name: str) -> None:
    assert BY_NAME[name].decide(situation(occasion=name, channel=channel())) is None


@pytest.mark.parametrize("name", SIMPLE)
def test_a_message_is_no_occasion(name: str) -> None:
    assert BY_NAME[name].decide(occasion(name, occasion=None, text="Hello?")) is None


def test_a_recommendation_is_not_answered_as_the_opposite() -> None:
    wanted = shop(page_not_recommended=AutomaticReply())
    asked = situation(occasion="page_recommended", channel=wanted)
    assert not_recommended.decide(asked) is None


def test_every_comment_is_answered_where_nothing_is_named() -> None:
    assert comment(PrivateReply(text="Hi!")) == Answer(text="Hi!")


def test_a_comment_without_words_is_answered_where_no_keyword_is_named() -> None:
    assert comment(PrivateReply(text="Hi!"), text=None) == Answer(text="Hi!")


@pytest.mark.parametrize(
    ("text", "is_answered"), [("The MUG!", True), ("Smuggler", False), (None, False)]
)
def test_a_keyword_picks_the_comments(text: str | None, is_answered: bool) -> None:
    answer = comment(PrivateReply(text="Hi!", keywords=("mug",)), text=text)
    assert (answer is not None) is is_answered


@pytest.mark.parametrize(("post", "is_answered"), [("post-1", True), ("post-2", False)])
def test_a_post_picks_the_comments(post: str, is_answered: bool) -> None:
    answer = comment(PrivateReply(text="Hi!", post_ids=("post-1",)), post_id=post)
    assert (answer is not None) is is_answered


def test_a_message_is_no_comment() -> None:
    assert comment(PrivateReply(text="Hi!"), occasion=None) is None


@pytest.mark.parametrize(
    ("platform", "name"),
    [
        ("instagram", "page_recommended"),
        ("instagram", "page_not_recommended"),
        ("whatsapp", "page_recommended"),
        ("whatsapp", "private_reply"),
    ],
)
def test_what_a_platform_does_not_have_cannot_be_turned_on(platform: str, name: str) -> None:
    reply = PrivateReply() if name == "private_reply" else AutomaticReply()
    wrong = list(occasions.problems(channel(platform=platform, **{name: reply})))
    assert [field for field, _ in wrong] == [name]


@pytest.mark.parametrize("platform", ["messenger", "instagram", "whatsapp"])
def test_turned_off_they_bother_no_platform(platform: str) -> None:
    assert list(occasions.problems(channel(platform=platform))) == []
