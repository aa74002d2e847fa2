"""What Graph's answers say about a connection: every reason comes from answers of its kind."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from chalicelib.catalogue import PLATFORMS
from chalicelib.core.channel import AutomaticReply, PrivateReply
from chalicelib.core.connection import Check, Reason
from chalicelib.core.connection_findings import Finding
from chalicelib.platforms import _connecting as connecting
from chalicelib.platforms._connecting import LOGINS, Answer
from chalicelib.platforms._connection_findings import Facts, findings, version_finding
from tests import builders

ROOT = Path(__file__).parents[2]
NOW = builders.NOON
APP, PAGE, ACCOUNT = "987654321", builders.CHANNEL, "17841400000000001"
MESSENGER, LINKED = LOGINS["messenger", "facebook"], LOGINS["instagram", "facebook"]
WHATSAPP = LOGINS["whatsapp", "facebook"]

Told = dict[str, Any]


def ok(**content: Any) -> Answer:
    return Answer(200, content)


def refused(code: int, status: int = 400) -> Answer:
    return Answer(status, {"error": {"code": code}})


def token(**facts: Any) -> Answer:
    known = {"is_valid": True, "app_id": APP, "scopes": [*MESSENGER.permissions], "type": "PAGE"}
    return ok(data=known | {"expires_at": 0} | facts)


def webhook(name: str = "page", **facts: Any) -> Answer:
    known = {"object": name, "callback_url": "https://x", "active": True}
    fields = [{"name": each} for each in MESSENGER.app_fields]
    return ok(data=[known | {"fields": fields} | facts])


def subscription(*fields: str, app_id: str = APP) -> Answer:
    return ok(data=[{"id": app_id, "subscribed_fields": list(fields)}])


GOOD = Facts(
    token=token(),
    identity=ok(id=PAGE),
    subscription=subscription(*MESSENGER.channel_fields),
    webhook=webhook(),
    app_id=APP,
)


def found(check: Check, platform: str = "messenger", **facts: Any) -> Finding:
    known = {name: getattr(GOOD, name) for name in GOOD.__struct_fields__}
    settings = facts.pop("settings", {})
    channel = builders.channel(platform=platform, **settings)
    told = findings(channel, Facts(**known | facts), NOW)
    return next(finding for finding in told if finding.check is check)


def reason(check: Check, platform: str = "messenger", **facts: Any) -> Reason:
    return found(check, platform, **facts).reason


def seconds(day: str) -> int:
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())


def test_every_platform_can_be_connected() -> None:
    assert {platform for platform, _ in LOGINS} == set(PLATFORMS)


def test_a_channel_that_lacks_nothing_is_well_in_every_respect() -> None:
    assert {each.state for each in findings(builders.channel(), GOOD, NOW)} == {"ok"}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"token": token(is_valid=False)}, Reason.TOKEN_INVALID),
        ({"token": refused(190, 401)}, Reason.TOKEN_INVALID),
        ({"token": refused(100)}, Reason.APP_SECRET_WRONG),
        ({"token": refused(190), "as_app": True}, Reason.APP_SECRET_WRONG),
        ({"token": refused(100), "as_app": True}, Reason.TOKEN_OF_OTHER_APP),
        ({"settings": {"own_app_id": "1"}}, Reason.TOKEN_OF_OTHER_APP),
        ({"token": Answer()}, Reason.TOKEN_NOT_ASKED),
        ({"token": Answer(503)}, Reason.TOKEN_NOT_ASKED),
        ({"token": refused(4)}, Reason.TOKEN_NOT_ASKED),
    ],
)
def test_of_a_token_that_is_not_good_nothing_else_is_told(facts: Told, expected: Reason) -> None:
    assert reason(Check.TOKEN, **facts) is expected


def test_that_sending_has_stopped_is_told_beside_a_dead_token() -> None:
    stopped = reason(Check.SENDING, token=token(is_valid=False), is_stopped=True)
    assert stopped is Reason.SENDING_STOPPED


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"identity": ok(id="1")}, Reason.CHANNEL_IS_ANOTHER),
        (
            {"identity": ok(id="1"), "token": token(type="USER")},
            Reason.CHANNEL_NEEDS_PAGE_TOKEN,
        ),
        ({"identity": refused(100)}, Reason.CHANNEL_NOT_VISIBLE),
        ({"identity": ok()}, Reason.CHANNEL_NOT_VISIBLE),
        ({"identity": Answer()}, Reason.CHANNEL_NOT_ASKED),
        ({"identity": refused(2)}, Reason.CHANNEL_NOT_ASKED),
        ({"settings": {"graph_node_id": "2"}}, Reason.CHANNEL_IS_ANOTHER),
    ],
)
def test_whose_token_it_is(facts: Told, expected: Reason) -> None:
    assert reason(Check.CHANNEL, **facts) is expected


def test_an_instagram_account_is_known_by_the_page_that_lends_its_token() -> None:
    linked = ok(id="55", instagram_business_account={"id": ACCOUNT})
    own = {"channel_id": ACCOUNT, "graph_node_id": "55"}
    assert reason(Check.CHANNEL, "instagram", settings=own, identity=linked) is Reason.CHANNEL_OK


def test_a_permission_may_be_granular() -> None:
    granular = [{"scope": each, "target_ids": [PAGE]} for each in MESSENGER.permissions]
    facts = token(scopes=[], granular_scopes=granular)
    assert reason(Check.PERMISSIONS, token=facts) is Reason.PERMISSIONS_OK


def test_missing_permissions_are_named() -> None:
    lacking = found(Check.PERMISSIONS, token=token(scopes=["pages_messaging"]))
    assert lacking == Finding(Reason.PERMISSIONS_MISSING, ("pages_manage_metadata",))


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"expires_at": 0}, Finding(Reason.EXPIRY_NEVER)),
        (
            {"expires_at": seconds("2026-11-28")},
            Finding(Reason.EXPIRY_NEAR, on=date(2026, 11, 28)),
        ),
        (
            {"expires_at": seconds("2026-11-29")},
            Finding(Reason.EXPIRY_FAR, on=date(2026, 11, 29)),
        ),
        (
            {"expires_at": 0, "data_access_expires_at": seconds("2026-11-25")},
            Finding(Reason.EXPIRY_NEAR, on=date(2026, 11, 25)),
        ),
    ],
)
def test_a_token_that_ends_within_a_week_is_told_of(facts: Told, expected: Finding) -> None:
    assert found(Check.EXPIRY, token=token(**facts)) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (ok(data=[]), Reason.NOT_SUBSCRIBED),
        (subscription(*MESSENGER.channel_fields, app_id="5"), Reason.NOT_SUBSCRIBED),
        (refused(200, 403), Reason.NOT_SUBSCRIBED),
        (subscription("messages"), Reason.SUBSCRIPTION_LACKS_FIELDS),
        (Answer(), Reason.SUBSCRIPTION_NOT_ASKED),
    ],
)
def test_what_the_app_is_subscribed_to_at_the_channel(answer: Answer, expected: Reason) -> None:
    assert reason(Check.SUBSCRIPTION, subscription=answer) is expected


def test_whatsapp_has_no_fields_of_the_channel() -> None:
    ours = ok(data=[{"whatsapp_business_api_data": {"id": APP}}])
    told = reason(
        Check.SUBSCRIPTION,
        "whatsapp",
        token=token(scopes=[*WHATSAPP.permissions]),
        subscription=ours,
    )
    assert told is Reason.SUBSCRIBED


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (ok(data=[]), Reason.WEBHOOK_ABSENT),
        (webhook("user"), Reason.WEBHOOK_ABSENT),
        (webhook(active=False), Reason.WEBHOOK_INACTIVE),
        (webhook(fields=["messages"]), Reason.WEBHOOK_LACKS_FIELDS),
        (refused(190), Reason.WEBHOOK_NOT_TOLD),
        (Answer(), Reason.WEBHOOK_NOT_TOLD),
    ],
)
def test_what_the_webhook_of_the_app_has(answer: Answer, expected: Reason) -> None:
    assert reason(Check.WEBHOOK, webhook=answer) is expected


def test_of_instagram_the_app_tells_nothing() -> None:
    assert reason(Check.WEBHOOK, "instagram", webhook=ok(data=[])) is Reason.WEBHOOK_NOT_TOLD


def test_a_number_that_meta_blocks_is_told_with_the_codes() -> None:
    blocked = {"entity_type": "WABA", "can_send_message": "BLOCKED"}
    health = {
        "can_send_message": "BLOCKED",
        "entities": [blocked | {"errors": [{"error_code": 141006}]}],
    }
    told = found(Check.SENDING, "whatsapp", identity=ok(id=PAGE, health_status=health))
    assert told == Finding(Reason.SENDING_BLOCKED, ("WABA (error 141006)",))


@pytest.mark.parametrize(
    ("identity", "expected"),
    [
        (Answer(), Reason.TOKEN_NOT_ASKED),
        (refused(190, 401), Reason.TOKEN_INVALID),
        (ok(user_id=ACCOUNT), Reason.TOKEN_OK),
    ],
)
def test_a_token_of_instagram_login_is_judged_by_its_use(
    identity: Answer, expected: Reason
) -> None:
    settings = {"channel_id": ACCOUNT, "graph_host": "instagram"}
    told = reason(Check.TOKEN, "instagram", settings=settings, identity=identity, token=Answer())
    assert told is expected


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        (Check.PERMISSIONS, Reason.PERMISSIONS_NOT_TOLD),
        (Check.EXPIRY, Reason.EXPIRY_NOT_TOLD),
    ],
)
def test_what_meta_does_not_tell_of_instagram_login_is_unknown(
    check: Check, expected: Reason
) -> None:
    settings = {"channel_id": ACCOUNT, "graph_host": "instagram"}
    told = reason(check, "instagram", settings=settings, identity=ok(user_id=ACCOUNT))
    assert told is expected


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("v20.0", Reason.GRAPH_VERSION_GONE),
        ("v19.0", Reason.GRAPH_VERSION_GONE),
        ("v3.2", Reason.GRAPH_VERSION_GONE),
        ("v21.0", Reason.GRAPH_VERSION_ENDS),
        ("v25.0", Reason.GRAPH_VERSION_OK),
        ("v26.0", Reason.GRAPH_VERSION_NO_END),
    ],
)
def test_how_long_a_version_is_served(version: str, expected: Reason) -> None:
    assert version_finding(version, NOW).reason is expected


def test_subscribing_keeps_the_fields_of_others() -> None:
    look = connecting.Call(path="/me/subscribed_apps")
    call = connecting.subscribing_call(look, LINKED, frozenset({"feed"}))
    assert call.query == {"subscribed_fields": "feed,messaging_policy_enforcement"}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_fields_that_are_wanted_stand_in_the_documents(platform: str) -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    wanted = {
        field for (name, _), each in LOGINS.items() for field in each.app_fields if name == platform
    }
    assert {field for field in wanted if f"`{field}`" not in page} == set()


ON = AutomaticReply(text="Thank you!")
COMMENTS = {"private_reply": PrivateReply(text="Hi!")}


@pytest.mark.parametrize(
    ("platform", "settings", "expected"),
    [
        ("messenger", {}, set()),
        ("messenger", COMMENTS, {"feed"}),
        ("messenger", {"page_recommended": ON}, {"ratings"}),
        ("messenger", {"page_not_recommended": ON}, {"ratings"}),
        ("instagram", COMMENTS | {"graph_host": "instagram"}, {"comments"}),
        ("whatsapp", {}, set()),
    ],
)
def test_fields_that_only_some_settings_use_are_wanted_with_them(
    platform: str, settings: Told, expected: set[str]
) -> None:
    channel = builders.channel(platform=platform, **settings)
    wanted, plain = connecting.login_of(channel), builders.channel(platform=platform)
    usual = {*connecting.login_of(plain).app_fields}
    assert set(wanted.app_fields) - usual == expected
    assert expected <= {*wanted.channel_fields}


def test_a_page_that_lends_its_token_is_not_subscribed_to_comments() -> None:
    login = connecting.login_of(builders.channel(platform="instagram", **COMMENTS))
    assert (login.channel_fields, login.app_fields[-1]) == (LINKED.channel_fields, "comments")


@pytest.mark.parametrize("login", LOGINS.values(), ids=[f"{a}-{b}" for a, b in LOGINS])
def test_no_field_is_wanted_twice(login: connecting.Login) -> None:
    assert len(set(login.app_fields)) == len(login.app_fields)


def test_a_setting_that_needs_another_field_makes_the_subscription_lack_it() -> None:
    lacking = found(Check.SUBSCRIPTION, settings=COMMENTS)
    assert lacking == Finding(Reason.SUBSCRIPTION_LACKS_FIELDS, ("feed",))


@pytest.mark.parametrize("body", [None, [], "x", {"data": 5}, {"data": [5]}, {"error": "x"}])
def test_no_answer_however_odd_raises(body: Any) -> None:
    odd = Answer(200, body if isinstance(body, dict) else {})
    facts = Facts(token=token(), identity=odd, subscription=odd, webhook=odd, app_id=APP)
    assert len(findings(builders.channel(), facts, NOW)) == 7
