"""Look how a channel hangs on Meta, and subscribe what is not subscribed."""

from __future__ import annotations

from datetime import timedelta

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.core.channel import ChannelSettings
from chalicelib.core.connection import Reason
from chalicelib.core.connection_findings import Finding
from chalicelib.platforms import _connecting as graph
from chalicelib.platforms._connecting import Answer, Call, Login
from chalicelib.platforms._connection_findings import (
    Facts,
    app_id_of,
    findings,
    version_finding,
)
from chalicelib.ports import Connecting, Runtime

# Of the API function's 20 seconds; the last question may take another 7.
PATIENCE = timedelta(seconds=10)


class ConnectionView(Struct, frozen=True, kw_only=True):
    """What was found. `has_token`: one is stored, good or not."""

    has_token: bool
    findings: tuple[Finding, ...]


class Meta:
    """Asks until one question stays without an answer, or it takes too long: somebody waits."""

    def __init__(self, rt: Runtime, outside: Connecting) -> None:
        self._rt, self._outside = rt, outside
        self._ends, self._is_there = rt.now() + PATIENCE, True

    def ask(self, call: Call | None, token: str | None) -> Answer:
        """What Meta says; an empty answer where there is nothing to ask, or nobody to ask it."""
        if call is None or token is None or not self._is_there or self._rt.now() > self._ends:
            return Answer()
        answer = self._outside.graph.call(call, token)
        self._is_there = answer.status is not None
        return answer

    def app_token(self, app_id: str | None) -> str | None:
        """Page facebook-login/guides/access-tokens#apptokens: id and secret, joined."""
        app_secrets = self._outside.secrets.app_secrets()
        return f"{app_id}|{app_secrets[0].decode()}" if app_id and app_secrets else None


def run(channel: ChannelSettings, rt: Runtime, outside: Connecting) -> ConnectionView:
    """How the channel stands with the token that is stored; nothing is changed."""
    token = outside.secrets.access_token(channel)
    if token is None:
        return _without_token(rt)
    return told(channel, asked(channel, token, rt, Meta(rt, outside)), rt)


def mend(channel: ChannelSettings, rt: Runtime, outside: Connecting) -> ConnectionView:
    """As `run`, after subscribing to what is wanted and not there. Safe to repeat."""
    token = outside.secrets.access_token(channel)
    if token is None:
        return _without_token(rt)
    meta = Meta(rt, outside)
    facts = asked(channel, token, rt, meta)
    return told(channel, subscribed(channel, token, facts, outside, meta), rt)


def asked(channel: ChannelSettings, token: str, rt: Runtime, meta: Meta) -> Facts:
    """All that Meta tells about the token and the channel."""
    login = graph.login_of(channel)
    app_token = meta.app_token(channel.own_app_id)
    about_token = graph.token_call(token) if login.tells_token else None
    token_told = meta.ask(about_token, app_token or token)
    identity = meta.ask(graph.identity_call(channel), token)
    app_id = app_id_of(channel, token_told)
    return Facts(
        token=token_told,
        identity=identity,
        subscription=meta.ask(graph.subscription_call(channel, identity), token),
        webhook=meta.ask(_webhook_call(app_id), meta.app_token(app_id)),
        app_id=app_id,
        as_app=app_token is not None,
        is_stopped=rt.channels.is_stopped(channel.channel_id),
    )


def subscribed(
    channel: ChannelSettings, token: str, facts: Facts, outside: Connecting, meta: Meta
) -> Facts:
    """The facts after subscribing to what was missing, as Meta tells them then."""
    return replace(
        facts,
        subscription=_channel_subscribed(channel, token, facts, meta),
        webhook=_app_subscribed(
            graph.login_of(channel), facts, outside.secrets.verify_token(), meta
        ),
    )


def told(channel: ChannelSettings, facts: Facts, rt: Runtime) -> ConnectionView:
    """The facts as findings."""
    version = version_finding(rt.settings.graph_version, rt.now())
    return ConnectionView(has_token=True, findings=(*findings(channel, facts, rt.now()), version))


def _without_token(rt: Runtime) -> ConnectionView:
    version = version_finding(rt.settings.graph_version, rt.now())
    return ConnectionView(has_token=False, findings=(Finding(Reason.TOKEN_ABSENT), version))


def _webhook_call(app_id: str | None) -> Call | None:
    return graph.webhook_call(app_id) if app_id else None


def _channel_subscribed(channel: ChannelSettings, token: str, facts: Facts, meta: Meta) -> Answer:
    look, login = graph.subscription_call(channel, facts.identity), graph.login_of(channel)
    if look is None or not facts.subscription.is_ok:
        return facts.subscription
    ours = graph.our_subscription(facts.subscription, facts.app_id)
    known = graph.fields_of(ours or {})
    if ours is not None and known >= set(login.channel_fields):
        return facts.subscription
    meta.ask(graph.subscribing_call(look, login, known), token)
    return meta.ask(look, token)


def _app_subscribed(login: Login, facts: Facts, verify_token: str | None, meta: Meta) -> Answer:
    if facts.app_id is None or verify_token is None:
        return facts.webhook
    widening = graph.widening_call(facts.app_id, login, facts.webhook, verify_token)
    if widening is None:
        return facts.webhook
    app_token = meta.app_token(facts.app_id)
    meta.ask(widening, app_token)
    return meta.ask(graph.webhook_call(facts.app_id), app_token)
