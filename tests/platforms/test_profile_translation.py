"""A profile on its way to Meta and back: what is set is what is read."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.profile import (
    Command,
    Commands,
    Greeting,
    IceBreaker,
    IceBreakers,
    Menu,
    MenuItem,
    Profile,
)
from chalicelib.core.profile_drift import FIELDS
from chalicelib.platforms import _profile
from chalicelib.platforms._connecting import Answer
from tests import builders

PAGE = builders.channel(graph_node_id=None)
ACCOUNT = builders.channel(platform="instagram", graph_host="instagram")
NUMBER = builders.channel(platform="whatsapp", channel_id="1065")
OPEN = IceBreaker(question="Open?", payload="x")
FULL = Profile(
    greeting=(Greeting(text="Hi"),),
    get_started="start",
    ice_breakers=(IceBreakers(questions=(OPEN,)), IceBreakers(questions=(OPEN,), locale="tr_TR")),
    persistent_menu=(
        Menu(
            items=(MenuItem(title="A", payload="a"), MenuItem(title="B", url="https://b.example")),
            is_composer_off=True,
        ),
    ),
    commands=(Commands(commands=(Command(name="track", description="Where?"),)),),
)
OF_NUMBER = Profile(
    ice_breakers=(IceBreakers(questions=(IceBreaker(question="Open?"),)),), commands=FULL.commands
)


def _some(each: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(each, max_size=3).map(tuple)


def ok(**content: Any) -> Answer:
    return Answer(200, content)


def test_what_messenger_is_given_reads_as_it_was_wanted() -> None:
    given = [change.call.body for change in _profile.changes(PAGE, FULL, FIELDS)]
    assert _profile.parsed(PAGE, ok(data=given)) == FULL


WORD = st.text(min_size=1, max_size=9)
LOCALE = st.sampled_from(["default", "tr_TR"])
ITEM = st.builds(MenuItem, title=WORD, payload=WORD) | st.builds(MenuItem, title=WORD, url=WORD)
PROFILE = st.builds(
    Profile,
    greeting=_some(st.builds(Greeting, text=WORD, locale=LOCALE)),
    get_started=st.none() | WORD,
    ice_breakers=_some(
        st.builds(
            IceBreakers,
            questions=_some(st.builds(IceBreaker, question=WORD, payload=WORD)),
            locale=LOCALE,
        )
    ),
    persistent_menu=_some(
        st.builds(Menu, items=_some(ITEM), is_composer_off=st.booleans(), locale=LOCALE)
    ),
    commands=_some(
        st.builds(
            Commands,
            commands=_some(st.builds(Command, name=WORD, description=WORD)),
            locale=LOCALE,
        )
    ),
)


@given(PROFILE)
def test_any_profile_reads_as_it_was_set(profile: Profile) -> None:
    calls = [change.call for change in _profile.changes(PAGE, profile, FIELDS)]
    given = [call.body for call in calls if call.method == "POST"]
    assert _profile.parsed(PAGE, ok(data=given)) == profile


@given(PROFILE)
def test_every_field_is_either_set_or_deleted(profile: Profile) -> None:
    named = [name for change in _profile.changes(PAGE, profile, FIELDS) for name in change.fields]
    assert sorted(named) == sorted(FIELDS)


def test_what_a_number_is_given_reads_as_it_was_wanted() -> None:
    [change] = _profile.changes(NUMBER, OF_NUMBER, ("ice_breakers", "commands"))
    assert change.call.path == "/1065/conversational_automation"
    told = ok(conversational_automation=change.call.body, id="1065")
    assert _profile.parsed(NUMBER, told) == OF_NUMBER


def test_only_the_named_fields_are_changed() -> None:
    [change] = _profile.changes(PAGE, FULL, ("get_started",))
    assert (change.call.method, change.call.body) == ("POST", {"get_started": {"payload": "start"}})


def test_what_is_not_wanted_is_deleted_in_one_call() -> None:
    [change] = _profile.changes(PAGE, Profile(), ("get_started", "persistent_menu"))
    expected = {"fields": ["get_started", "persistent_menu"]}
    assert (change.call.method, change.call.body) == ("DELETE", expected)


def test_a_number_is_given_an_empty_list_for_none() -> None:
    [change] = _profile.changes(NUMBER, Profile(), ("ice_breakers",))
    assert change.call.body == {"prompts": []}


def test_the_greeting_goes_alone() -> None:
    calls = _profile.changes(PAGE, FULL, FIELDS)
    assert [change.fields for change in calls][1] == ("greeting",)


@pytest.mark.parametrize("channel", [PAGE, ACCOUNT, NUMBER], ids=lambda each: each.platform)
def test_nothing_to_change_is_no_call(channel: Any) -> None:
    assert _profile.changes(channel, Profile(), ()) == ()


def test_an_account_names_its_platform_and_its_host() -> None:
    call = _profile.reading_call(ACCOUNT)
    assert call.query == {"fields": "ice_breakers,persistent_menu", "platform": "instagram"}
    assert call.host == "instagram"


@pytest.mark.parametrize(
    "data",
    [
        [{"call_to_actions": [{"question": "Open?", "payload": "x"}], "locale": "default"}],
        [{"ice_breakers": [{"question": "Open?", "payload": "x"}]}],
        [{"ice_breakers": [{"call_to_actions": [{"question": "Open?", "payload": "x"}]}]}],
    ],
)
def test_questions_are_read_in_every_shape_that_meta_shows(data: list[Any]) -> None:
    expected = Profile(ice_breakers=(IceBreakers(questions=(OPEN,)),))
    assert _profile.parsed(ACCOUNT, ok(data=data)) == expected


@pytest.mark.parametrize("channel", [PAGE, NUMBER], ids=lambda each: each.platform)
def test_a_refusal_is_no_profile(channel: Any) -> None:
    assert _profile.parsed(channel, Answer(400, {"error": {"code": 100}})) is None


@pytest.mark.parametrize("channel", [PAGE, NUMBER], ids=lambda each: each.platform)
@pytest.mark.parametrize(
    "content",
    [
        {},
        {"data": 5},
        {"data": [5]},
        {"data": [{"greeting": 5, "ice_breakers": "x", "get_started": []}]},
        {"conversational_automation": {"prompts": 5, "commands": "x"}},
    ],
)
def test_no_answer_however_odd_raises(channel: Any, content: dict[str, Any]) -> None:
    assert _profile.parsed(channel, Answer(200, content)) == Profile()
