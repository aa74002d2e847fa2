"""What Graph's answers say about how a channel is connected. Pure: answers in, findings out."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from chalicelib.core.channel import ChannelSettings
from chalicelib.core.connection import Reason
from chalicelib.core.connection_findings import Finding
from chalicelib.platforms import _connecting as connecting
from chalicelib.platforms._connecting import Answer, Login, login_of
from chalicelib.platforms._graph_versions import WARN_DAYS, days_left, end_of
from chalicelib.platforms._values import ident, listed, mapping, objects, to_utc

WARN_OF_EXPIRY = timedelta(days=7)
# Page graph-api/guides/error-handling (read 2026-11-22): 1 and 2 are Meta's own trouble, the others
# say that it was asked too often.
_NOT_NOW = frozenset({1, 2, 4, 17, 32, 341, 613, 80007, 130429})
_BAD_TOKEN = 190
_BAD_PARAMETER = 100  # also a proof that does not fit, also a token of another app


class Facts(Struct, frozen=True, kw_only=True):
    """What Meta answered. `as_app`: it was asked about the token by the app, not by the token."""

    token: Answer = Answer()
    identity: Answer = Answer()
    subscription: Answer = Answer()
    webhook: Answer = Answer()
    app_id: str | None = None
    as_app: bool = False
    is_stopped: bool = False


def app_id_of(channel: ChannelSettings, token: Answer) -> str | None:
    """The app that the token belongs to, as Meta tells it or the settings do."""
    return ident(_debugged(token).get("app_id")) or channel.own_app_id


def findings(channel: ChannelSettings, facts: Facts, now: datetime) -> tuple[Finding, ...]:
    """One finding of each check that the token allows to be made, in the order to repair them."""
    login = login_of(channel)
    token = _token(login, facts, channel.own_app_id)
    if token is not Reason.TOKEN_OK:
        return (Finding(token), *([Finding(Reason.SENDING_STOPPED)] if facts.is_stopped else []))
    return (
        Finding(token),
        _channel(channel, login, facts),
        _permissions(login, facts),
        _expiry(login, facts, now),
        _subscription(login, facts),
        _webhook(login, facts),
        _sending(facts),
    )


def version_finding(version: str, now: datetime) -> Finding:
    """How long Meta serves this version of the Graph API."""
    left, end = days_left(version, now.date()), end_of(version)
    if left is None:
        return Finding(Reason.GRAPH_VERSION_NO_END, (version,))
    if left <= 0:
        return Finding(Reason.GRAPH_VERSION_GONE, (version,), end)
    is_near = left <= WARN_DAYS
    reason = Reason.GRAPH_VERSION_ENDS if is_near else Reason.GRAPH_VERSION_OK
    return Finding(reason, (version,), end)


def _token(login: Login, facts: Facts, own_app_id: str | None) -> Reason:
    if not login.tells_token:
        return _token_by_use(facts.identity)
    told = _debugged(facts.token)
    if not told:
        return _token_refused(facts)
    if told.get("is_valid") is not True:
        return Reason.TOKEN_INVALID
    if own_app_id and ident(told.get("app_id")) not in (None, own_app_id):
        return Reason.TOKEN_OF_OTHER_APP
    return Reason.TOKEN_OK


def _token_by_use(answer: Answer) -> Reason:
    """Of a token that nobody can ask about: what using it showed."""
    if _is_silent(answer):
        return Reason.TOKEN_NOT_ASKED
    return Reason.TOKEN_INVALID if answer.code == _BAD_TOKEN else Reason.TOKEN_OK


def _token_refused(facts: Facts) -> Reason:
    answer = facts.token
    if _is_silent(answer):
        return Reason.TOKEN_NOT_ASKED
    if facts.as_app:  # the app's own token is made of its id and secret
        is_other = answer.code == _BAD_PARAMETER
        return Reason.TOKEN_OF_OTHER_APP if is_other else Reason.APP_SECRET_WRONG
    is_proof = answer.code == _BAD_PARAMETER
    return Reason.APP_SECRET_WRONG if is_proof else Reason.TOKEN_INVALID


def _channel(channel: ChannelSettings, login: Login, facts: Facts) -> Finding:
    answer = facts.identity
    if _is_silent(answer):
        return Finding(Reason.CHANNEL_NOT_ASKED)
    own = _own_id(answer, login)
    if own == channel.channel_id and _is_node(channel, login, answer):
        return Finding(Reason.CHANNEL_OK)
    if login.page_token and _debugged(facts.token).get("type") == "USER":
        return Finding(Reason.CHANNEL_NEEDS_PAGE_TOKEN)
    if not answer.is_ok or own is None:
        return Finding(Reason.CHANNEL_NOT_VISIBLE)
    return Finding(Reason.CHANNEL_IS_ANOTHER, (own,))


def _own_id(answer: Answer, login: Login) -> str | None:
    value: object = dict(answer.content) if answer.is_ok else {}
    for name in login.own_id:
        value = mapping(value).get(name)
    return ident(value)


def _is_node(channel: ChannelSettings, login: Login, answer: Answer) -> bool:
    """A Page that lends its token is the one that messages are posted to."""
    if not login.page_token or channel.graph_node_id is None:
        return True
    return ident(answer.content.get("id")) == channel.graph_node_id


def _permissions(login: Login, facts: Facts) -> Finding:
    if not login.tells_token:
        return Finding(Reason.PERMISSIONS_NOT_TOLD, login.permissions)
    told = _debugged(facts.token)
    granular = [each.get("scope") for each in objects(told.get("granular_scopes"))]
    granted = {*(str(scope) for scope in listed(told.get("scopes"))), *granular}
    missing = tuple(each for each in login.permissions if each not in granted)
    if missing:
        return Finding(Reason.PERMISSIONS_MISSING, missing)
    return Finding(Reason.PERMISSIONS_OK, login.permissions)


def _expiry(login: Login, facts: Facts, now: datetime) -> Finding:
    if not login.tells_token:
        return Finding(Reason.EXPIRY_NOT_TOLD)
    told = _debugged(facts.token)
    ends = [to_utc(told.get(name)) for name in ("expires_at", "data_access_expires_at")]
    dated = [each for each in ends if each and each.timestamp() > 0]  # 0: never
    if not dated:
        return Finding(Reason.EXPIRY_NEVER)
    end = min(dated)
    is_near = end - now <= WARN_OF_EXPIRY
    return Finding(Reason.EXPIRY_NEAR if is_near else Reason.EXPIRY_FAR, on=end.date())


def _subscription(login: Login, facts: Facts) -> Finding:
    if not facts.subscription.is_ok and _is_silent(facts.subscription):
        return Finding(Reason.SUBSCRIPTION_NOT_ASKED)
    ours = connecting.our_subscription(facts.subscription, facts.app_id)
    if ours is None:
        return Finding(Reason.NOT_SUBSCRIBED)
    missing = _missing(login.channel_fields, connecting.fields_of(ours))
    if missing:
        return Finding(Reason.SUBSCRIPTION_LACKS_FIELDS, missing)
    return Finding(Reason.SUBSCRIBED, login.channel_fields or ("all that the app has",))


def _webhook(login: Login, facts: Facts) -> Finding:
    ours = connecting.app_webhook(facts.webhook, login)
    if ours is None and (not login.tells_app or not facts.webhook.is_ok):
        return Finding(Reason.WEBHOOK_NOT_TOLD, login.app_fields)
    if ours is None:
        return Finding(Reason.WEBHOOK_ABSENT, (login.object,))
    if ours.get("active") is False:
        return Finding(Reason.WEBHOOK_INACTIVE, (login.object,))
    missing = _missing(login.app_fields, connecting.fields_of(ours))
    return Finding(Reason.WEBHOOK_LACKS_FIELDS, missing) if missing else Finding(Reason.WEBHOOK_OK)


def _sending(facts: Facts) -> Finding:
    if facts.is_stopped:
        return Finding(Reason.SENDING_STOPPED)
    health = mapping(facts.identity.content.get("health_status"))
    if health.get("can_send_message") != "BLOCKED":
        return Finding(Reason.SENDING_OK)
    entities = objects(health.get("entities"))
    blocked = [each for each in entities if each.get("can_send_message") == "BLOCKED"]
    return Finding(Reason.SENDING_BLOCKED, tuple(_named(each) for each in blocked))


def _named(entity: dict[str, object]) -> str:
    """Such as WABA 141006; Meta's words about it are not for us to repeat."""
    codes = [str(each.get("error_code")) for each in objects(entity.get("errors"))]
    because = f" (error {', '.join(codes)})" if codes else ""
    return f"{ident(entity.get('entity_type'))}{because}"


def _missing(wanted: tuple[str, ...], known: frozenset[str]) -> tuple[str, ...]:
    return tuple(each for each in wanted if each not in known)


def _debugged(answer: Answer) -> dict[str, object]:
    return mapping(answer.content.get("data")) if answer.is_ok else {}


def _is_silent(answer: Answer) -> bool:
    """Nobody answered, or Meta could not just now."""
    return answer.status is None or answer.status >= 500 or answer.code in _NOT_NOW
