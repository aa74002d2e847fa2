"""API keys over HTTP: issued, listed, rotated, revoked; what each role and scope may."""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from msgspec.structs import replace

from chalicelib.core.access import Role
from chalicelib.usecases import api_keys as use_case
from chalicelib.usecases.errors import Forbidden
from tests import builders
from tests.api.conftest import KEY
from tests.api.contract import declarations, names_a_channel
from tests.builders import CHANNEL, CONVERSATION

SETTINGS = {"platform": "messenger", "name": "The Mug Shop"}
WEEK = {"channel_id": CHANNEL, "from": "2026-11-15", "to": "2026-11-21"}
UNKNOWN_MESSAGE = (
    "/v1/conversations/{conversation_id}/messages/{message_id}/resend",
    "/v1/conversations/{conversation_id}/messages/{message_id}/cancel",
)


def create(api, role: str = "admin", channels: list[str] | None = None) -> tuple[str, str]:
    """The id and the secret of a new key."""
    body = api.post("/v1/keys", {"name": "new", "role": role, "channels": channels}).body
    return body["id"], body["key"]


def test_new_key_is_told_once_and_works_at_once(api):
    answer = api.post("/v1/keys", {"name": "Till", "role": "read"})
    assert answer.status == 201
    assert api.by(answer.body["key"]).get("/v1/channels").status == 200
    assert answer.body["key"] not in str(api.get("/v1/keys").body)


def test_key_is_kept_as_its_hash_only(api, keys):
    _, secret = create(api)
    assert secret not in str(keys.all())


def test_keys_are_listed_with_what_they_may(api, rt):
    key_id, _ = create(api, "agent", [CHANNEL])
    listed = api.get("/v1/keys").body["items"]
    assert [each["id"] for each in listed] == ["key-1", key_id]
    assert listed[1] == {
        "id": key_id,
        "name": "new",
        "role": "agent",
        "channels": [CHANNEL],
        "created_at": "2026-11-21T12:00:00Z",
        "rotated_at": None,
        "revoked_at": None,
    }


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"role": "owner"}, "role"),
        ({"role": None}, "role"),
        ({"channels": []}, "channels"),
        ({"channels": ["a b"]}, "channels[0]"),
        ({"channels": "1"}, "channels"),
        ({"secret": "x"}, "secret"),
    ],
)
def test_wrong_field_of_a_new_key_is_refused_by_its_name(api, change, field):
    answer = api.post("/v1/keys", {"name": "new", "role": "read"} | change)
    assert (answer.status, answer.body["field"]) == (400, field)


@pytest.mark.parametrize("role", ["read", "agent"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/keys"),
        ("POST", "/v1/keys"),
        ("POST", "/v1/keys/key-1/rotate"),
        ("DELETE", "/v1/keys/key-1"),
        ("PUT", f"/v1/channels/{CHANNEL}"),
        ("POST", "/v1/reports/recompute"),
    ],
)
def test_who_is_no_admin_is_told_which_role_is_missing(api, role, method, path):
    _, secret = create(api, role)
    answer = api.by(secret).call(method, path, b"{}", api.by(secret).headers)
    assert (answer.status, answer.body["reason"]) == (403, "role")
    assert "admin" in answer.body["detail"]


def test_who_only_reads_does_not_answer_customers(api):
    _, secret = create(api, "read")
    answer = api.by(secret).post(f"/v1/conversations/{CONVERSATION}/messages", {})
    assert (answer.status, answer.body["detail"]) == (
        403,
        "This needs an API key with the role agent.",
    )


def test_agent_may_what_a_reader_may(api):
    _, secret = create(api, "agent")
    assert api.by(secret).get("/v1/channels").status == 200


# ------------------------------------------------------------------------------------- scope


@pytest.fixture
def scoped(api, rt):
    """An admin of the channel 555 alone."""
    api.put("/v1/channels/555", SETTINGS)
    rt.conversations.save(builders.conversation())
    _, secret = create(api, channels=["555"])
    return api.by(secret)


PAIR = {"conversation_id": CONVERSATION, "other_conversation_id": CONVERSATION}
# Every route that names a channel or a conversation, with a request that would do.
RULES = {"rules": [{"name": "hello", "when": {"on": "tap"}, "then": {"text": "Hello!"}}]}
REQUESTS = {
    ("GET", "/v1/conversations"): {"channel_id": CHANNEL},
    ("GET", "/v1/conversations/{conversation_id}"): {},
    ("GET", "/v1/conversations/{conversation_id}/messages"): {},
    ("GET", "/v1/conversations/{conversation_id}/decisions"): {},
    ("GET", "/v1/decisions"): {
        "channel_id": CHANNEL,
        "from": "2026-11-21T00:00:00Z",
        "to": "2026-11-22T00:00:00Z",
    },
    ("POST", "/v1/conversations/{conversation_id}/messages"): {"text": "Hi", "author": "Mia"},
    ("POST", "/v1/conversations/{conversation_id}/messages/{message_id}/resend"): {},
    ("POST", "/v1/conversations/{conversation_id}/messages/{message_id}/cancel"): {},
    ("POST", "/v1/conversations/{conversation_id}/notification-requests"): {"topic": "mug"},
    ("POST", "/v1/conversations/{conversation_id}/notifications"): {"topic": "mug", "text": "Hi"},
    ("GET", "/v1/conversations/{conversation_id}/opt-ins"): {},
    ("POST", "/v1/conversations/{conversation_id}/opt-ins"): {
        "topic": "marketing_messages",
        "how": "form",
    },
    ("DELETE", "/v1/conversations/{conversation_id}/opt-ins"): {},
    ("POST", "/v1/conversations/{conversation_id}/triggers"): {"name": "job_application"},
    ("POST", "/v1/channels/{channel_id}/rules/dry-run"): RULES,
    ("POST", "/v1/policy/check"): {"conversation_id": CONVERSATION, "origin": "person"},
    ("POST", "/v1/conversations/{conversation_id}/handover"): {"to": "automation"},
    ("POST", "/v1/conversations/{conversation_id}/assignment"): {"assigned_to": "Mia"},
    ("PUT", "/v1/conversations/{conversation_id}/tags"): {"tags": ["vip"]},
    ("POST", "/v1/conversations/{conversation_id}/close"): {"closed_by": "Mia"},
    ("GET", "/v1/channels/{channel_id}"): {},
    ("PUT", "/v1/channels/{channel_id}"): SETTINGS,
    ("GET", "/v1/channels/{channel_id}/connection"): {},
    ("POST", "/v1/channels/{channel_id}/connection"): {},
    ("GET", "/v1/channels/{channel_id}/profile"): {},
    ("PUT", "/v1/channels/{channel_id}/profile"): {"get_started": "start"},
    ("GET", "/v1/channels/{channel_id}/costs"): {},
    ("GET", "/v1/reports/responsiveness"): WEEK,
    ("GET", "/v1/reports/answerers"): WEEK,
    ("GET", "/v1/reports/facts"): WEEK | {"metric": "response_rate"},
    ("POST", "/v1/reports/recompute"): WEEK,
    ("GET", "/v1/sends"): {"channel_id": CHANNEL},
    ("POST", "/v1/contacts/merge"): PAIR,
    ("POST", "/v1/contacts/unmerge"): PAIR,
    ("POST", "/v1/contacts/erase"): {"conversation_id": CONVERSATION, "confirm": True},
}


def ask(api, method: str, path: str):
    """The route's request, about CHANNEL and a conversation of it."""
    named = {"conversation_id": CONVERSATION, "channel_id": CHANNEL, "message_id": "m-1"}
    given, filled = REQUESTS[method, path], path.format(**named)
    if method == "GET":
        return api.get(f"{filled}?{urlencode(given)}")
    headers = api.headers | {"Idempotency-Key": "k"}
    return api.call(method, filled, json.dumps(given).encode(), headers)


def test_every_route_that_names_a_channel_is_tried(app):
    named = {route for route, declared in declarations(app) if names_a_channel(route[1], declared)}
    assert named == set(REQUESTS)


@pytest.mark.parametrize(("method", "path"), REQUESTS)
def test_what_is_out_of_scope_does_not_exist_and_nothing_is_done(scoped, rt, method, path):
    answer = ask(scoped, method, path)
    assert (answer.status, answer.body["detail"]) == (404, "There is no such thing here.")
    assert (rt.sender.posts, rt.day_requests.days) == ([], [])
    assert rt.channels.load(CHANNEL) == builders.channel()


@pytest.mark.parametrize(("method", "path"), REQUESTS)
def test_a_key_of_the_channel_is_let_in(api, rt, method, path):
    rt.conversations.save(builders.conversation())
    _, secret = create(api, channels=[CHANNEL])
    answer = ask(api.by(secret), method, path)
    assert answer.status not in (401, 403)
    assert (answer.status == 404) is (path in UNKNOWN_MESSAGE)


def test_conversation_that_does_not_exist_answers_as_one_out_of_scope(scoped):
    missing = scoped.get("/v1/conversations/" + "c" * 22)
    assert missing.body == scoped.get(f"/v1/conversations/{CONVERSATION}").body


def test_channel_out_of_scope_is_neither_changed_nor_connected(scoped):
    tried = [scoped.put(f"/v1/channels/{each}", SETTINGS) for each in (CHANNEL, "777")]
    assert [answer.status for answer in tried] == [404, 404]


def test_channels_out_of_scope_are_not_listed(scoped):
    assert [each["channel_id"] for each in scoped.get("/v1/channels").body["items"]] == ["555"]


def test_channel_in_scope_is_read_and_changed(scoped):
    assert scoped.change("/v1/channels/555", SETTINGS).status == 200
    assert scoped.get("/v1/conversations?channel_id=555").status == 200


@pytest.mark.parametrize("channels", [None, [CHANNEL], ["555", CHANNEL]])
def test_scoped_admin_issues_no_key_beyond_its_scope(scoped, channels):
    answer = scoped.post("/v1/keys", {"name": "new", "role": "read", "channels": channels})
    assert (answer.status, answer.body["reason"]) == (403, "scope")


def test_scoped_admin_manages_the_keys_within_its_scope(scoped):
    key_id, _ = create(scoped, "admin", ["555"])
    assert key_id in [each["id"] for each in scoped.get("/v1/keys").body["items"]]
    assert scoped.delete(f"/v1/keys/{key_id}").status == 200


@pytest.mark.parametrize("channels", [None, ["555", CHANNEL]])
def test_key_beyond_the_scope_does_not_exist(api, scoped, channels):
    key_id, _ = create(api, "read", channels)
    assert key_id not in str(scoped.get("/v1/keys").body)
    assert scoped.delete(f"/v1/keys/{key_id}").status == 404
    assert scoped.post(f"/v1/keys/{key_id}/rotate", {}).status == 404


def test_key_never_issues_a_higher_role(rt, keys):
    reader = replace(keys.all()[0], role=Role.AGENT)
    with pytest.raises(Forbidden) as refusal:
        use_case.create("new", Role.ADMIN, None, by=reader, keys=keys, rt=rt)
    assert refusal.value.reason == "role"


# ------------------------------------------------------------------------------------- rotate


def test_rotated_key_has_a_new_secret_and_the_same_rights(api):
    key_id, old = create(api, "agent", [CHANNEL])
    answer = api.post(f"/v1/keys/{key_id}/rotate", {})
    assert (answer.status, answer.body["id"]) == (200, key_id)
    assert (answer.body["role"], answer.body["channels"]) == ("agent", [CHANNEL])
    assert answer.body["rotated_at"] == "2026-11-21T12:00:00Z"
    assert api.by(answer.body["key"]).get("/v1/channels").status == 200
    assert api.by(old).get("/v1/channels").status == 401


@pytest.mark.parametrize(("seconds", "status"), [(3599, 200), (3600, 401)])
def test_old_secret_is_good_for_the_grace(api, rt, seconds, status):
    key_id, old = create(api, "read")
    api.post(f"/v1/keys/{key_id}/rotate", {"grace_seconds": 3600})
    rt.now.at += timedelta(seconds=seconds)
    assert api.by(old).get("/v1/channels").status == status


@pytest.mark.parametrize("grace", [-1, 86_401, "1", 1.5, None])
def test_grace_is_a_day_at_most(api, grace):
    answer = api.post("/v1/keys/key-1/rotate", {"grace_seconds": grace})
    assert (answer.status, answer.body["field"]) == (400, "grace_seconds")


def test_rotated_key_is_listed_once(api):
    api.post("/v1/keys/key-1/rotate", {"grace_seconds": 60})
    assert [each["id"] for each in api.get("/v1/keys").body["items"]] == ["key-1"]


def test_key_may_be_rotated_again_and_the_first_secret_has_ended(api, rt):
    key_id, first = create(api, "read")
    api.post(f"/v1/keys/{key_id}/rotate", {"grace_seconds": 60})
    again = api.post(f"/v1/keys/{key_id}/rotate", {"grace_seconds": 60})
    rt.now.at += timedelta(seconds=61)
    assert api.by(first).get("/v1/channels").status == 401
    assert api.by(again.body["key"]).get("/v1/channels").status == 200


def test_two_who_rotate_at_once_do_not_both_win(api, keys, monkeypatch):
    rotate = keys.rotate
    monkeypatch.setattr(keys, "rotate", lambda *given: rotate(*given) and rotate(*given))
    answer = api.post("/v1/keys/key-1/rotate", {})
    assert (answer.status, answer.body["reason"]) == (409, "changed")


# ------------------------------------------------------------------------------------- revoke


def test_revoked_key_ends_with_its_older_secrets(api):
    key_id, old = create(api, "read")
    new = api.post(f"/v1/keys/{key_id}/rotate", {"grace_seconds": 3600}).body["key"]
    answer = api.delete(f"/v1/keys/{key_id}")
    assert (answer.status, answer.body["revoked_at"]) == (200, "2026-11-21T12:00:00Z")
    assert [api.by(each).get("/v1/channels").status for each in (old, new)] == [401, 401]


def test_revoked_key_stays_listed_and_is_revoked_once(api, rt):
    key_id, _ = create(api, "read")
    first = api.delete(f"/v1/keys/{key_id}")
    rt.now.at += timedelta(hours=1)
    assert api.delete(f"/v1/keys/{key_id}").body == first.body
    assert api.get("/v1/keys").body["items"][1]["revoked_at"] == "2026-11-21T12:00:00Z"


def test_answer_tells_the_time_of_revoking_that_is_stored(api, rt, keys, monkeypatch):
    key_id, _ = create(api, "read")
    revoke = keys.revoke

    def slow(*given):
        rt.now.at += timedelta(seconds=1)
        return revoke(*given)

    monkeypatch.setattr(keys, "revoke", slow)
    assert api.delete(f"/v1/keys/{key_id}").body == api.get("/v1/keys").body["items"][1]


def test_revoked_key_gets_no_new_secret(api):
    key_id, _ = create(api, "read")
    api.delete(f"/v1/keys/{key_id}")
    answer = api.post(f"/v1/keys/{key_id}/rotate", {})
    assert (answer.status, answer.body["reason"]) == (409, "revoked")


def test_last_admin_of_all_channels_stays(api):
    create(api, "agent")
    create(api, "admin", [CHANNEL])
    revoked, _ = create(api, "admin")
    api.delete(f"/v1/keys/{revoked}")
    answer = api.delete("/v1/keys/key-1")
    assert (answer.status, answer.body["reason"]) == (409, "last_admin")


def test_admin_of_all_channels_goes_when_another_is_left(api):
    create(api, "admin")
    assert api.delete("/v1/keys/key-1").status == 200


def test_two_admins_who_revoke_each_other_leave_one(api, keys, monkeypatch):
    """The other's revocation comes between our look and our write."""
    other, secret = create(api, "admin")
    revoke = keys.revoke

    def late(*given):
        monkeypatch.setattr(keys, "revoke", revoke)
        assert api.by(secret).delete("/v1/keys/key-1").status == 200
        return revoke(*given)

    monkeypatch.setattr(keys, "revoke", late)
    answer = api.delete(f"/v1/keys/{other}")
    assert (answer.status, answer.body["reason"]) == (409, "last_admin")


def test_key_rotated_while_it_is_revoked_has_no_good_secret_left(api, keys, monkeypatch):
    key_id, _ = create(api, "read")
    revoke, new = keys.revoke, []

    def late(*given):
        monkeypatch.setattr(keys, "revoke", revoke)
        new.append(api.post(f"/v1/keys/{key_id}/rotate", {}).body["key"])
        return revoke(*given)

    monkeypatch.setattr(keys, "revoke", late)
    assert api.delete(f"/v1/keys/{key_id}").status == 200
    assert api.by(new[0]).get("/v1/channels").status == 401


@pytest.mark.parametrize("path", ["/v1/keys/none", "/v1/keys/a%20b"])
def test_unknown_key_is_not_found(api, path):
    assert api.delete(path).status == 404


def test_who_did_what_to_a_key_is_logged_by_ids_only(api, rt):
    key_id, secret = create(api, "read")
    new = api.post(f"/v1/keys/{key_id}/rotate", {}).body["key"]
    api.delete(f"/v1/keys/{key_id}")
    who = {"key_id": key_id, "by_key_id": "key-1"}
    events = ("key_created", "key_rotated", "key_revoked")
    assert rt.log.lines == [(event, who) for event in events]
    assert not {secret, new, KEY} & set(str(rt.log.lines).split("'"))


def test_secret_is_not_cached_by_anybody(api):
    answer = api.post("/v1/keys", {"name": "new", "role": "read"})
    assert answer.headers["Cache-Control"] == "no-store"
