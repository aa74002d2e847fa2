"""The conversations of a channel by what is still allowed in them, from either store."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.core.channel import ApprovedTemplate, NotificationTopic
from chalicelib.core.marketing_waits import USER_LIMIT, MarketingWait
from chalicelib.core.messages import Author
from chalicelib.core.messaging_policy import window_length
from chalicelib.core.opt_in import MARKETING
from chalicelib.core.template_states import Aspect, TemplateFact
from chalicelib.ports import Runtime
from chalicelib.usecases import closing_soon
from chalicelib.usecases.errors import InvalidInput, NotFound
from tests import builders, fakes
from tests.builders import CHANNEL, NOON

HOUR, DAY, SECOND = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)
NAMES = ("ada", "ben", "cem", "dora", "efe")


@pytest.fixture
def rt(stores) -> Runtime:
    channel = builders.channel(has_human_agent=True, one_time_notifications=True)
    return open_at(stores, channel)


def open_at(stores, channel) -> Runtime:
    fake = fakes.runtime(channel)
    return replace(
        fake,
        conversations=stores.conversations,
        messages=stores.messages,
        opt_ins=stores.opt_ins,
    )


def wrote(rt: Runtime, name: str, at: datetime, **facts) -> str:
    """A customer's message, with the window that it opens; the conversation's id."""
    length = window_length("messenger", "message", at)
    told = {
        "last_customer_at": at,
        "window_opened_at": at,
        "window_opened_by": "message",
        "window_ends_at": at + length,
    }
    row = builders.conversation(contact_id=name, **(told | facts))
    rt.messages.record(
        builders.message(
            conversation_id=row.conversation_id,
            message_id=f"{name}-{at:%d%H}",
            author=Author.CUSTOMER,
            occurred_at=at,
            day=at.date().isoformat(),
        )
    )
    assert rt.conversations.save(row) is None
    return row.conversation_id


def listed(rt: Runtime, **page) -> list[tuple[str, str, datetime | None]]:
    asked = {"cursor": None, "limit": 100} | page
    found = closing_soon.run(CHANNEL, rt=rt, **asked)
    return [(row.contact_id, one.allowed.value, one.until) for row, one in found.items]


def allowed(rt: Runtime) -> list[str]:
    return [which for _, which, _ in listed(rt)]


def test_replies_come_before_tagged_replies_and_what_ends_soonest_first(rt):
    wrote(rt, "ada", NOON - 2 * DAY)
    wrote(rt, "ben", NOON - HOUR)
    wrote(rt, "cem", NOON - 3 * DAY)
    wrote(rt, "dora", NOON - 20 * HOUR)
    assert listed(rt) == [
        ("dora", "reply", NOON + 4 * HOUR),
        ("ben", "reply", NOON + 23 * HOUR),
        ("cem", "tagged_reply", NOON + 4 * DAY),
        ("ada", "tagged_reply", NOON + 5 * DAY),
    ]


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (DAY - SECOND, ["reply"]),
        (DAY, ["tagged_reply"]),
        (7 * DAY - SECOND, ["tagged_reply"]),
        (7 * DAY, []),
    ],
)
def test_a_conversation_moves_on_at_each_boundary_without_a_write(rt, later, expected):
    conversation = wrote(rt, "ada", NOON)
    before = rt.conversations.load(conversation)
    rt.now.advance(seconds=later.total_seconds())
    assert allowed(rt) == expected
    assert rt.conversations.load(conversation) == before


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"thread_owner": "other"}, "nothing"),
        ({"unreachable_at": NOON}, "nothing"),
        ({}, "reply"),
    ],
)
def test_where_nothing_is_allowed_it_says_so(rt, facts, expected):
    wrote(rt, "ada", NOON - HOUR, **facts)
    assert allowed(rt) == [expected]


def test_without_the_feature_no_person_answers_later(stores):
    rt = open_at(stores, builders.channel())
    wrote(rt, "ada", NOON - 2 * DAY)
    assert allowed(rt) == ["nothing"]


def test_consent_is_what_is_left_after_the_window(stores):
    rt = open_at(stores, builders.channel(one_time_notifications=True))
    conversation = wrote(rt, "ada", NOON - 2 * DAY)
    opt_in = builders.opt_in(conversation_id=conversation, contact_id="ada", token="t")
    rt.opt_ins.record(opt_in)
    ((_, which, until),) = listed(rt)
    assert (which, until) == ("notification", opt_in.expires_at - timedelta(minutes=5))


def test_a_stop_of_everything_leaves_nothing(stores):
    rt = open_at(stores, builders.channel(one_time_notifications=True))
    conversation = wrote(rt, "ada", NOON - 2 * DAY)
    rt.opt_ins.record(builders.opt_in(conversation_id=conversation, contact_id="ada", token="t"))
    rt.opt_ins.stop(conversation, topic=None, at=NOON + HOUR)
    rt.now.advance(hours=2)
    assert allowed(rt) == ["nothing"]


MUG = NotificationTopic(topic="mug", title="The mug", template_name="back", template_language="en")
SALE = ApprovedTemplate(name="sale", language="en", category="marketing")
NEWS = ApprovedTemplate(name="news", language="en", category="utility")
BACK = ApprovedTemplate(name="back", language="en", category="marketing")
TURKISH, AMERICAN = "905551112233", "12025550100"


def agreed(stores, contact: str, topic: str, *templates: ApprovedTemplate) -> Runtime:
    """A number whose customer wrote two days ago, having agreed to a topic."""
    channel = builders.channel(
        platform="whatsapp",
        business_account_id="5",
        notification_topics=(MUG,),
        templates=templates,
    )
    rt = open_at(stores, channel)
    conversation = wrote(rt, contact, NOON - 2 * DAY, platform="whatsapp")
    rt.opt_ins.record(
        builders.opt_in(
            conversation_id=conversation,
            contact_id=contact,
            platform="whatsapp",
            topic=topic,
            token=None,
        )
    )
    return rt


@pytest.mark.parametrize(
    ("contact", "topic", "templates", "expected"),
    [
        (TURKISH, "mug", (BACK,), "notification"),
        (AMERICAN, "mug", (BACK,), "nothing"),
        (TURKISH, "lamp", (BACK,), "nothing"),
        (TURKISH, MARKETING, (SALE,), "notification"),
        (AMERICAN, MARKETING, (SALE,), "nothing"),
        (AMERICAN, MARKETING, (SALE, NEWS), "notification"),
        (TURKISH, MARKETING, (), "nothing"),
    ],
)
def test_a_template_is_left_where_the_policy_would_let_it_go(
    stores, contact, topic, templates, expected
):
    assert allowed(agreed(stores, contact, topic, *templates)) == [expected]


def test_a_template_that_meta_paused_is_not_left(stores):
    rt = agreed(stores, TURKISH, "mug", BACK)
    rt.templates.tell(
        TemplateFact(
            account_id="5",
            name="back",
            language="en",
            aspect=Aspect.STATUS,
            word="PAUSED",
            at=NOON,
        )
    )
    assert allowed(rt) == ["nothing"]


def test_marketing_that_has_to_wait_is_not_left(stores):
    rt = agreed(stores, TURKISH, "mug", BACK)
    row = rt.conversations.newest(CHANNEL, cursor=None, limit=1).items[0]
    held = MarketingWait(NOON, NOON + DAY, USER_LIMIT)
    rt.conversations.hold_marketing(row.conversation_id, held)
    assert allowed(rt) == ["nothing"]


@pytest.mark.parametrize("limit", [1, 2, 3, 5])
def test_pages_follow_each_other_without_a_gap(rt, limit):
    for number, name in enumerate(NAMES):
        wrote(rt, name, NOON - number * 10 * HOUR)
    assert paged(rt, limit) == listed(rt)


def paged(rt: Runtime, limit: int) -> list[tuple[str, str, datetime | None]]:
    found, cursor = [], None
    while True:
        page = closing_soon.run(CHANNEL, cursor=cursor, limit=limit, rt=rt)
        found += [(row.contact_id, one.allowed.value, one.until) for row, one in page.items]
        if (cursor := page.next_cursor) is None:
            return found


def test_more_than_a_page_of_the_index_is_walked(rt, monkeypatch):
    monkeypatch.setattr(closing_soon, "_PAGE", 2)
    for number, name in enumerate(NAMES):
        wrote(rt, name, NOON - number * HOUR)
    assert len(listed(rt)) == len(NAMES)


def in_sections(monkeypatch, most: int) -> None:
    monkeypatch.setattr(closing_soon, "_PAGE", 2)
    monkeypatch.setattr(closing_soon, "MOST", most)


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5])
def test_of_a_large_channel_all_are_listed_the_newest_section_first(rt, monkeypatch, limit):
    in_sections(monkeypatch, 4)
    for number, name in enumerate(NAMES):
        wrote(rt, name, NOON - number * HOUR)
    assert [name for name, *_ in paged(rt, limit)] == ["dora", "cem", "ben", "ada", "efe"]


def test_a_page_is_cut_with_a_cursor_where_a_section_ends(rt, monkeypatch):
    in_sections(monkeypatch, 2)
    for number, name in enumerate(NAMES):
        wrote(rt, name, NOON - number * HOUR)
    page = closing_soon.run(CHANNEL, cursor=None, limit=100, rt=rt)
    assert (len(page.items), page.next_cursor is None) == (2, False)


def test_a_page_looks_at_one_section_alone(rt, monkeypatch):
    in_sections(monkeypatch, 4)
    for number, name in enumerate(NAMES):
        wrote(rt, name, NOON - number * HOUR)
    looked, newest = [], rt.conversations.newest
    monkeypatch.setattr(
        rt.conversations, "newest", lambda *of, **page: looked.append(page) or newest(*of, **page)
    )
    closing_soon.run(CHANNEL, cursor=None, limit=1, rt=rt)
    assert len(looked) == 2


def test_what_did_not_move_for_a_week_is_not_walked(rt, monkeypatch):
    monkeypatch.setattr(closing_soon, "_PAGE", 1)
    wrote(rt, "ada", NOON - HOUR)
    wrote(rt, "ben", NOON - 8 * DAY)
    assert [name for name, *_ in listed(rt)] == ["ada"]


FOREIGN = [
    *("x", "bm90IGpzb24", "WzEsMl0", "WzAsIjIwMjYtMTEtMjEiLCJhIl0"),
    closing_soon._cursor(closing_soon._Position("no cursor of the walk")),
    closing_soon._cursor(closing_soon._Position(None, (0, NOON.replace(tzinfo=None), "a"))),
]


@pytest.mark.parametrize("cursor", FOREIGN)
def test_a_cursor_of_somebody_else_is_refused(rt, cursor):
    with pytest.raises(InvalidInput, match="cursor"):
        listed(rt, cursor=cursor)


def test_an_unknown_channel_is_not_found(rt):
    with pytest.raises(NotFound):
        closing_soon.run("999", cursor=None, limit=1, rt=rt)
