"""Channels over HTTP: connecting, changing and reading them."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.builders import CHANNEL, NOON

PATH = f"/v1/channels/{CHANNEL}"
TOKEN = f"/hearback/test/channels/{CHANNEL}/token"
SETTINGS = {
    "platform": "messenger",
    "name": "The Mug Shop",
    "time_zone": "Europe/Berlin",
    "hours": {"monday": [{"opens": "09:00", "closes": "18:00"}]},
    "away_message": {"is_on": True, "text": "We are back {opens_at}."},
    "token_parameter": TOKEN,
}


def test_new_channel_is_connected_and_read_back(api):
    saved = api.put("/v1/channels/555", SETTINGS)
    assert saved.status == 200
    assert api.get("/v1/channels/555").body == saved.body
    assert saved.body["time_zone"] == "Europe/Berlin"
    assert (saved.body["channel_id"], saved.body["version"]) == ("555", 1)


def test_every_save_raises_the_version_and_dates_it(api):
    api.put("/v1/channels/555", SETTINGS)
    body = api.change("/v1/channels/555", SETTINGS | {"name": "Mugs"}).body
    assert (body["version"], body["updated_at"], body["name"]) == (
        2,
        "2026-11-21T12:00:00Z",
        "Mugs",
    )


def test_what_was_read_may_be_put_back(api):
    settings = api.get(PATH).body
    again = api.change(PATH, settings).body
    assert again | {"version": 0, "updated_at": None} == settings


def test_all_channels_are_listed(api):
    api.put("/v1/channels/555", SETTINGS)
    body = api.get("/v1/channels").body
    assert [channel["channel_id"] for channel in body["items"]] == [CHANNEL, "555"]
    assert body["next_cursor"] is None


def test_unknown_channel_is_not_found(api):
    assert api.get("/v1/channels/555").status == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"platform": "telegram"}, "platform"),
        ({"platform": None}, "platform"),
        ({"platform": ["messenger"]}, "platform"),
        ({"name": ""}, "name"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"hours": {"monday": [{"opens": "09:00", "closes": "25:00"}]}}, "hours.monday[0].closes"),
        ({"away_message": {"text": "x" * 2001}}, "away_message.text"),
        ({"away_message": {"text": "{password}"}}, "away_message.text"),
        ({"channel_id": "556"}, "channel_id"),
        ({"colour": "blue"}, "colour"),
        ({"token_parameter": "EAAGm0PX4ZCpsBA"}, "token_parameter"),
        ({"token_parameter": "/hearback/test/app_secret"}, "token_parameter"),
        ({"token_parameter": "/hearback/prod/channels/1/token"}, "token_parameter"),
    ],
)
def test_wrong_setting_is_refused_by_its_path(api, change, field):
    answer = api.put("/v1/channels/555", SETTINGS | change)
    assert (answer.status, answer.body["field"]) == (400, field)
    assert api.get("/v1/channels/555").status == 404


def test_refused_value_is_never_repeated(api):
    answer = api.put("/v1/channels/555", SETTINGS | {"token_parameter": "EAAGm0PX4ZCpsBA"})
    assert "EAAG" not in str(answer.body)


def test_impossible_id_is_refused_by_its_name(api):
    answer = api.put("/v1/channels/a%20b", SETTINGS)
    assert (answer.status, answer.body["field"]) == (400, "channel_id")


def test_channel_keeps_its_platform(api):
    answer = api.change(PATH, SETTINGS | {"platform": "whatsapp"})
    assert (answer.status, answer.body["field"]) == (400, "platform")


def test_channel_whose_token_died_says_so(api, rt):
    rt.channels.stop_sending(CHANNEL, reason="token", at=NOON)
    assert api.get(PATH).body["is_sending_stopped"] is True


def test_saving_a_stopped_channel_resumes_its_sending(api, rt):
    rt.channels.stop_sending(CHANNEL, reason="token", at=NOON)
    assert api.change(PATH, SETTINGS).body["is_sending_stopped"] is False


def test_refused_settings_do_not_resume_sending(api, rt):
    rt.channels.stop_sending(CHANNEL, reason="token", at=NOON)
    api.change(PATH, SETTINGS | {"name": ""})
    assert rt.channels.is_stopped(CHANNEL)


def test_save_is_logged_without_the_settings(api, rt):
    api.change(PATH, SETTINGS)
    assert rt.log.lines == [("channel_saved", {"channel_id": CHANNEL, "version": 1})]


def test_change_without_the_version_that_was_read_is_refused(api):
    answer = api.put(PATH, SETTINGS)
    assert (answer.status, answer.body["reason"]) == (428, "if_match")


def test_of_two_editors_of_one_version_the_second_is_refused(api):
    read = api.get(PATH).headers["ETag"]
    assert api.put(PATH, SETTINGS | {"name": "Ada's"}, If_Match=read).status == 200
    late = api.put(PATH, SETTINGS | {"name": "Bob's"}, If_Match=read)
    assert (late.status, late.body["reason"]) == (412, "changed")
    assert api.get(PATH).body["name"] == "Ada's"


def test_of_two_editors_at_the_same_moment_one_is_refused(api, rt, monkeypatch):
    """The other saves between our reading the version and our storing."""
    read, save = api.get(PATH).headers["ETag"], rt.channels.save

    def late(channel):
        assert save(replace(channel, name="Ada's"))
        return save(channel)

    monkeypatch.setattr(rt.channels, "save", late)
    assert api.put(PATH, SETTINGS | {"name": "Bob's"}, If_Match=read).status == 412
    assert api.get(PATH).body["name"] == "Ada's"


def test_of_two_who_connect_a_channel_at_the_same_moment_one_is_refused(api, rt, monkeypatch):
    save = rt.channels.save
    monkeypatch.setattr(rt.channels, "save", lambda channel: save(channel) and save(channel))
    answer = api.put("/v1/channels/555", SETTINGS)
    assert (answer.status, answer.body["reason"]) == (412, "exists")


def test_save_answers_the_tag_of_the_next_change(api):
    first = api.put("/v1/channels/555", SETTINGS).headers["ETag"]
    second = api.put("/v1/channels/555", SETTINGS, If_Match=first).headers["ETag"]
    assert [first, second, api.get("/v1/channels/555").headers["ETag"]] == ['"1"', '"2"', '"2"']


def test_tag_changes_when_sending_stops_and_still_names_the_version(api, rt):
    api.put("/v1/channels/555", SETTINGS)
    rt.channels.stop_sending("555", reason="token", at=NOON)
    stopped = api.get("/v1/channels/555").headers["ETag"]
    assert stopped != '"1"'
    assert api.put("/v1/channels/555", SETTINGS, If_Match=stopped).status == 200


@pytest.mark.parametrize("tags", ['"0"', "*", '"7", "0"', ' "0" '])
def test_version_that_is_stored_is_changed(api, tags):
    assert api.put(PATH, SETTINGS, If_Match=tags).status == 200


@pytest.mark.parametrize("tags", ['"1"', 'W/"0"', '"another"', '"7", "1"', '""'])
def test_version_that_is_not_stored_is_not_changed(api, tags):
    assert api.put(PATH, SETTINGS, If_Match=tags).status == 412


@pytest.mark.parametrize("tags", ["0", "", '"0" "1"', '"0",'])
def test_if_match_that_is_no_tag_is_refused_by_its_name(api, tags):
    answer = api.put(PATH, SETTINGS, If_Match=tags)
    assert (answer.status, answer.body["field"]) == (400, "If-Match")


def test_version_of_a_channel_that_is_not_connected_is_not_changed(api):
    answer = api.put("/v1/channels/555", SETTINGS, If_Match="*")
    assert (answer.status, answer.body["reason"]) == (412, "absent")


def test_channel_that_must_be_new_is_connected_once(api):
    answers = [api.put("/v1/channels/555", SETTINGS, If_None_Match="*") for _ in range(2)]
    assert [answer.status for answer in answers] == [200, 412]


def test_if_none_match_takes_a_star_only(api):
    answer = api.put("/v1/channels/555", SETTINGS, If_None_Match='"1"')
    assert (answer.status, answer.body["field"]) == (400, "If-None-Match")


def test_wrong_setting_is_told_before_an_old_version(api):
    """RFC 9110, 13.2.1: conditions come after what would be refused anyway."""
    assert api.put(PATH, SETTINGS | {"name": ""}).status == 400
