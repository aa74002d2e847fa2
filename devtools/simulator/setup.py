"""Connecting: whose token it is and what it may do, and who is subscribed to what."""

from __future__ import annotations

import urllib.parse
import urllib.request
from typing import Any

from devtools.simulator import errors, gate, profile
from devtools.simulator.answers import Answer
from devtools.simulator.errors import GraphError
from devtools.simulator.state import AppWebhook, Channel
from devtools.simulator.world import World

PERMISSIONS = {
    ("messenger", "facebook"): ["pages_messaging", "pages_manage_metadata", "pages_show_list"],
    ("instagram", "facebook"): [
        *("instagram_basic", "instagram_manage_messages"),
        *("pages_manage_metadata", "pages_show_list"),
    ],
    ("instagram", "instagram"): [
        *("instagram_business_basic", "instagram_business_manage_messages"),
    ],
    ("whatsapp", "facebook"): ["whatsapp_business_messaging", "whatsapp_business_management"],
}
TO_SUBSCRIBE = {
    ("messenger", "facebook"): "pages_manage_metadata",
    ("instagram", "facebook"): "pages_manage_metadata",
    ("instagram", "instagram"): "instagram_business_basic",
    ("whatsapp", "facebook"): "whatsapp_business_management",
}
# Of the v26.0 enums of Page and Instagram account, those about messaging.
PAGE_FIELDS = frozenset(
    {
        *("feed", "inbox_labels", "leadgen", "mention", "message_context", "message_deliveries"),
        *("message_echoes", "message_edits", "message_mention", "message_reactions"),
        *("message_reads", "message_template_status_update", "messages", "messaging_optins"),
        *("messaging_account_linking", "messaging_appointments", "messaging_customer_information"),
        *("messaging_feedback", "messaging_handovers", "messaging_in_thread_lead_form_submit"),
        *("messaging_optouts", "messaging_policy_enforcement", "messaging_postbacks"),
        *("messaging_referrals", "ratings", "response_feedback", "send_cart", "standby"),
    }
)
INSTAGRAM_FIELDS = frozenset(
    {
        *("comments", "live_comments", "mentions", "message_edit", "message_reactions"),
        *("messages", "messaging_optins", "messaging_postbacks", "messaging_referral"),
        *("messaging_seen", "standby", "story_insights"),
    }
)
APP_OBJECTS = ("page", "whatsapp_business_account")  # the subscriptions edge knows no instagram
HANDSHAKE_SECONDS = 10.0

Query = dict[str, str]
Headers = dict[str, str]


class Setup:
    """Answers what has to do with setting up; `webhook_url` is what the dashboard was told."""

    def __init__(self, world: World, *, webhook_url: str | None, app_secret: str) -> None:
        self._world, self._webhook_url, self._app_secret = world, webhook_url, app_secret

    def is_about(self, parts: list[str]) -> bool:
        match parts:
            case ["debug_token"] | ["me"] | [_, "subscribed_apps"] | [_, "subscriptions"]:
                return True
            case [node]:
                channel = self._world.state.channels.get(node)
                return channel is not None and channel.platform == "whatsapp"
        return False

    def answer(
        self, method: str, parts: list[str], query: Query, headers: Headers, body: Any
    ) -> Answer:
        match method, parts:
            case "GET", ["debug_token"]:
                return _ok({"data": self._token(query, headers)})
            case _, [app_id, "subscriptions"]:
                self._check_app(app_id, headers)
                return _ok(self._app(method, body if isinstance(body, dict) else {}))
        channel = gate.identify(self._world, headers, query, self._app_secret)
        match method, parts:
            case "GET", [node]:
                told = profile.of_number(self._world, channel, query)
                return _ok(_identity(channel, node) | told)
            case _, [node, "subscribed_apps"]:
                _check_subscribed_node(channel, node)
                return _ok(self._subscription(method, channel, query))
        raise errors.no_such_node("/".join(parts))

    def _token(self, query: Query, headers: Headers) -> dict[str, Any]:
        """Page facebook-login/guides/access-tokens/debugging; Instagram's own tokens are strange
        to it."""
        token, asked_by = query.get("input_token", ""), _bearer(headers)
        channel = self._world.channel_of(token)
        if "|" in asked_by:
            app_id = asked_by.partition("|")[0]
            self._check_app(app_id, headers)
            if channel and channel.app_id != app_id:
                raise errors.parameter(
                    "The App_id in the input_token did not match the Viewing App"
                )
        else:
            gate.identify(self._world, headers, query, self._app_secret)
        if channel is None or channel.login != "facebook":
            return {"error": {"code": 190, "message": "Invalid"}, "is_valid": False, "scopes": []}
        return _told(channel, is_valid=not self._world.is_over(channel))

    def _check_app(self, app_id: str, headers: Headers) -> None:
        known = {channel.app_id for channel in self._world.state.channels.values()}
        app, _, secret = _bearer(headers).partition("|")
        if app != app_id or app not in known or secret != (self._app_secret or secret):
            raise errors.bad_token()

    def _app(self, method: str, body: dict[str, Any]) -> dict[str, Any]:
        with self._world.lock:
            webhooks = self._world.state.app_webhooks
            for name in APP_OBJECTS if self._webhook_url else ():
                webhooks.setdefault(name, AppWebhook(callback_url=str(self._webhook_url)))
            if method == "GET":
                return {"data": [_shown(name, each) for name, each in webhooks.items()]}
        return self._change(body)

    def _change(self, body: dict[str, Any]) -> dict[str, Any]:
        name, address = str(body.get("object")), str(body.get("callback_url"))
        if name not in APP_OBJECTS:
            raise errors.parameter("Param object must be one of " + ", ".join(APP_OBJECTS))
        _shake_hands(address, str(body.get("verify_token")))
        fields = [each for each in str(body.get("fields", "")).split(",") if each]
        with self._world.lock:
            webhooks = self._world.state.app_webhooks
            webhooks[name] = AppWebhook(callback_url=address, fields=fields)
            self._world.save()
        return {"success": True}

    def _subscription(self, method: str, channel: Channel, query: Query) -> dict[str, Any]:
        if method == "POST":
            return self._subscribe(channel, query.get("subscribed_fields", ""))
        subscriptions = self._world.state.subscriptions
        if method == "DELETE":
            subscriptions.pop(channel.channel_id, None)
            return {"success": True}
        is_there = channel.channel_id in subscriptions
        return {"data": [_entry(channel, subscriptions[channel.channel_id])] if is_there else []}

    def _subscribe(self, channel: Channel, asked: str) -> dict[str, Any]:
        if TO_SUBSCRIBE[_login(channel)] not in _permissions(channel):
            raise GraphError(403, 200, "(#200) Permissions error")
        fields = [each for each in asked.split(",") if each]
        known = INSTAGRAM_FIELDS if channel.login == "instagram" else PAGE_FIELDS
        if channel.platform != "whatsapp" and not (fields and known >= set(fields)):
            raise errors.parameter("Param subscribed_fields must be of the enum, and is required")
        with self._world.lock:
            self._world.state.subscriptions[channel.channel_id] = fields
            self._world.save()
        return {"success": True}


def _shake_hands(address: str, verify_token: str) -> None:
    """What Meta does before it takes an address."""
    asked = {"hub.mode": "subscribe", "hub.challenge": "1", "hub.verify_token": verify_token}
    url = f"{address}?{urllib.parse.urlencode(asked)}"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=HANDSHAKE_SECONDS) as answer:
            is_ours = answer.status == 200 and answer.read() == b"1"
    except (OSError, ValueError):
        is_ours = False
    if not is_ours:
        raise GraphError(400, 2200, "(#2200) Callback verification failed")


def _told(channel: Channel, *, is_valid: bool) -> dict[str, Any]:
    return {
        "app_id": channel.app_id,
        "type": channel.granted_to,
        "application": "Stand-in",
        "data_access_expires_at": 0,
        "expires_at": channel.token_expires_at,
        "is_valid": is_valid,
        "profile_id": _node(channel),
        "scopes": _permissions(channel),
    }


def _identity(channel: Channel, node: str) -> dict[str, Any]:
    if channel.platform == "whatsapp":
        gate.check_node(channel, node)
        return {"id": channel.channel_id, "health_status": _health(channel)}
    if channel.granted_to == "USER":
        return {"id": "20531316728", "name": "Mia"}
    if channel.login == "instagram":
        return {"user_id": channel.channel_id, "id": f"8{channel.channel_id}"}
    linked = {"instagram_business_account": {"id": channel.channel_id}}
    return {"id": _node(channel), **(linked if channel.platform == "instagram" else {})}


def _health(channel: Channel) -> dict[str, Any]:
    """Page whatsapp/support/health-status (read 2026-11-22)."""
    state = "BLOCKED" if channel.is_blocked else "AVAILABLE"
    entities = [
        {"entity_type": "PHONE_NUMBER", "id": channel.channel_id, "can_send_message": state},
        {"entity_type": "WABA", "id": _account(channel), "can_send_message": "AVAILABLE"},
        {"entity_type": "APP", "id": channel.app_id, "can_send_message": "AVAILABLE"},
    ]
    return {"can_send_message": state, "entities": entities}


def _entry(channel: Channel, fields: list[str]) -> dict[str, Any]:
    app = {"id": channel.app_id, "name": "Stand-in", "link": "https://example.com/"}
    if channel.platform == "whatsapp":
        return {"whatsapp_business_api_data": app}
    return {**app, "subscribed_fields": fields}


def _shown(name: str, webhook: AppWebhook) -> dict[str, Any]:
    fields = [{"name": each, "version": "v25.0"} for each in webhook.fields]
    return {
        "object": name,
        "callback_url": webhook.callback_url,
        "active": webhook.is_active,
        "fields": fields,
    }


def _check_subscribed_node(channel: Channel, node: str) -> None:
    if channel.platform != "whatsapp":
        gate.check_node(channel, node)
    elif node != _account(channel):
        raise errors.no_such_node(node)


def _login(channel: Channel) -> tuple[str, str]:
    return channel.platform, channel.login


def _permissions(channel: Channel) -> list[str]:
    granted = channel.permissions
    return PERMISSIONS[_login(channel)] if granted is None else granted


def _node(channel: Channel) -> str:
    return channel.node_id or channel.channel_id


def _account(channel: Channel) -> str:
    return channel.business_id or f"9{channel.channel_id}"


def _bearer(headers: Headers) -> str:
    return headers.get("authorization", "").removeprefix("Bearer ")


def _ok(body: dict[str, Any]) -> Answer:
    return Answer(status=200, body=body)
