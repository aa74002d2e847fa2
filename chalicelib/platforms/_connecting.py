"""How a channel of each platform is connected: what is asked of Graph, and what is wanted.

Pages instagram-platform/webhooks, graph-api/webhooks/subscriptions-edge, whatsapp permissions
(2026-05-21), whatsapp health-status, messenger-platform/webhooks (2026-09-11); all read 2026-11-22.
A file of its own: only connecting and looking load it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.core.channel import ChannelSettings
from chalicelib.platforms._values import ident, listed, mapping, objects

# A Page's events come with any of its fields; this one disturbs no Page that only lends its token.
QUIET_PAGE_FIELD = "messaging_policy_enforcement"


class Call(Struct, frozen=True, kw_only=True):
    """A call to the Graph API that is no message; `path` below the version."""

    method: str = "GET"
    path: str
    query: Mapping[str, str] = {}
    body: Mapping[str, Any] | None = None
    host: str = "facebook"


class Answer(Struct, frozen=True):
    """What came back. Without a `status` nobody answered, or nobody who could."""

    status: int | None = None
    content: Mapping[str, Any] = {}

    @property
    def is_ok(self) -> bool:
        return self.status == 200

    @property
    def code(self) -> int | None:
        """Meta's error code."""
        code = mapping(self.content.get("error")).get("code")
        return code if isinstance(code, int) else None


class Login(Struct, frozen=True, kw_only=True):
    """One way to connect a channel: Instagram has two, by its Page and by itself."""

    permissions: tuple[str, ...]
    identity: str  # path that shows whose token it is; {id} is the channel
    identity_fields: str
    own_id: tuple[str, ...]  # where in that answer the channel's id stands
    page_token: bool = False
    tells_token: bool = True  # whether /debug_token knows such tokens
    channel_fields: tuple[str, ...] = ()  # subscribed to for the channel; none: it has no choice
    object: str  # of the app's webhook
    app_fields: tuple[str, ...]  # subscribed to by the app
    tells_app: bool = True  # whether the app's subscriptions show this object


_MESSENGER = (
    *("messages", "message_echoes", "message_edits", "message_reactions", "message_deliveries"),
    *("message_reads", "messaging_postbacks", "messaging_referrals", "messaging_optins"),
    *("messaging_handovers", "standby", "messaging_policy_enforcement"),
    *("messaging_in_thread_lead_form_submit", "messaging_feedback"),
    "message_template_status_update",
)
_INSTAGRAM = (
    *("messages", "message_edit", "message_reactions", "messaging_postbacks"),
    *("messaging_referral", "messaging_seen", "standby"),
)
_WHATSAPP = (
    *("messages", "smb_message_echoes", "calls", "user_preferences", "messaging_handovers"),
    *("standby", "message_template_status_update", "message_template_quality_update"),
    *("template_category_update", "account_update"),
)
# What only some settings have a use for: comments and reviews of a busy Page are many.
_COMMENTS = {"messenger": "feed", "instagram": "comments"}
_REVIEWS = "ratings"

LOGINS: dict[tuple[str, str], Login] = {
    ("messenger", "facebook"): Login(
        permissions=("pages_messaging", "pages_manage_metadata"),
        identity="/me",
        identity_fields="id",
        own_id=("id",),
        page_token=True,
        channel_fields=_MESSENGER,
        object="page",
        app_fields=_MESSENGER,
    ),
    # "App Subscriptions edge is not supported" for the instagram object: the dashboard has it.
    ("instagram", "facebook"): Login(
        permissions=("instagram_basic", "instagram_manage_messages", "pages_manage_metadata"),
        identity="/me",
        identity_fields="id,instagram_business_account",
        own_id=("instagram_business_account", "id"),
        page_token=True,
        channel_fields=(QUIET_PAGE_FIELD,),
        object="instagram",
        app_fields=_INSTAGRAM,
        tells_app=False,
    ),
    ("instagram", "instagram"): Login(
        permissions=("instagram_business_basic", "instagram_business_manage_messages"),
        identity="/me",
        identity_fields="user_id",
        own_id=("user_id",),
        tells_token=False,
        channel_fields=_INSTAGRAM,
        object="instagram",
        app_fields=_INSTAGRAM,
        tells_app=False,
    ),
    ("whatsapp", "facebook"): Login(
        permissions=("whatsapp_business_messaging", "whatsapp_business_management"),
        identity="/{id}",
        identity_fields="id,health_status",
        own_id=("id",),
        object="whatsapp_business_account",
        app_fields=_WHATSAPP,
    ),
}


def login_of(channel: ChannelSettings) -> Login:
    """With the fields that the channel's settings have a use for. Messenger and WhatsApp have one
    host, whatever the settings say."""
    host = channel.graph_host if channel.platform == "instagram" else "facebook"
    login, own = LOGINS[channel.platform, host], _own_fields(channel)
    has_messages = "messages" in login.channel_fields
    return replace(
        login,
        channel_fields=login.channel_fields + (own if has_messages else ()),
        app_fields=login.app_fields + own,
    )


def _own_fields(channel: ChannelSettings) -> tuple[str, ...]:
    """Those of the channel's own settings, beside what every channel wants."""
    comments = _COMMENTS.get(channel.platform) if channel.private_reply.is_on else None
    is_reviewed = channel.page_recommended.is_on or channel.page_not_recommended.is_on
    reviews = _REVIEWS if is_reviewed and channel.platform == "messenger" else None
    return tuple(field for field in (comments, reviews) if field)


def host_of(channel: ChannelSettings) -> str:
    return "facebook" if login_of(channel).tells_token else "instagram"


def token_call(token: str) -> Call:
    """Page facebook-login/guides/access-tokens/debugging: the token may ask about itself."""
    return Call(path="/debug_token", query={"input_token": token})


def identity_call(channel: ChannelSettings) -> Call:
    login = login_of(channel)
    return Call(
        path=login.identity.format(id=channel.channel_id),
        query={"fields": login.identity_fields},
        host=host_of(channel),
    )


def subscription_call(channel: ChannelSettings, identity: Answer) -> Call | None:
    """What the app is subscribed to at the channel; None if its node is not known."""
    node = _subscribed_node(channel, identity)
    return Call(path=f"/{node}/subscribed_apps", host=host_of(channel)) if node else None


def subscribing_call(look: Call, login: Login, known: frozenset[str]) -> Call:
    """Subscribe to what is wanted, and keep what is there: Meta replaces the fields."""
    fields = ",".join(sorted(known | set(login.channel_fields)))
    query = {"subscribed_fields": fields} if fields else {}
    return Call(method="POST", path=look.path, query=query, host=look.host)


def webhook_call(app_id: str) -> Call:
    return Call(path=f"/{app_id}/subscriptions")


def widening_call(app_id: str, login: Login, webhook: Answer, verify_token: str) -> Call | None:
    """Add the wanted fields to the app's webhook where it is; None if it has them, or is nowhere.

    Meta calls that address with the token first: somebody else's webhook would not know it, and
    stays as it is."""
    known = app_webhook(webhook, login)
    is_complete = known is not None and fields_of(known) >= set(login.app_fields)
    if not login.tells_app or known is None or is_complete or not known.get("callback_url"):
        return None
    body = {
        "object": login.object,
        "callback_url": str(known["callback_url"]),
        "fields": ",".join(sorted(fields_of(known) | set(login.app_fields))),
        "verify_token": verify_token,
    }
    return Call(method="POST", path=f"/{app_id}/subscriptions", body=body)


def app_webhook(webhook: Answer, login: Login) -> Mapping[str, Any] | None:
    """The app's webhook for the platform's object."""
    return next((each for each in _listed(webhook) if each.get("object") == login.object), None)


def fields_of(subscription: Mapping[str, Any]) -> frozenset[str]:
    """The fields of an app's or a channel's subscription, which are names or named objects."""
    fields = listed(subscription.get("subscribed_fields", subscription.get("fields")))
    names = [each.get("name") if isinstance(each, dict) else each for each in fields]
    return frozenset(name for name in names if isinstance(name, str))


def our_subscription(answer: Answer, app_id: str | None) -> Mapping[str, Any] | None:
    """The entry of our app; without its id, or where entries have none, the first one."""
    entries = _listed(answer)
    named = {_app_of(entry): entry for entry in entries if _app_of(entry)}
    if app_id and named:
        return named.get(app_id)
    return entries[0] if entries else None


def _app_of(entry: Mapping[str, Any]) -> str | None:
    """WhatsApp wraps the app: whatsapp webhooks/subscriptions page."""
    wrapped = mapping(entry.get("whatsapp_business_api_data"))
    return ident(wrapped.get("id")) or ident(entry.get("id"))


def _subscribed_node(channel: ChannelSettings, identity: Answer) -> str | None:
    if channel.platform == "whatsapp":
        return business_account(identity)
    return "me"


def business_account(identity: Answer) -> str | None:
    """The WABA: a number's health tells it, and no setting has to."""
    entities = objects(mapping(identity.content.get("health_status")).get("entities"))
    accounts = [each for each in entities if each.get("entity_type") == "WABA"]
    return ident(accounts[0].get("id")) if accounts else None


def _listed(answer: Answer) -> tuple[dict[str, Any], ...]:
    return objects(answer.content.get("data")) if answer.is_ok else ()
