"""What the stand-in remembers over a restart."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct


class Channel(Struct, kw_only=True):
    """A Page, Instagram account or WhatsApp number that our app is connected to."""

    platform: str
    channel_id: str
    token: str
    node_id: str = ""
    app_id: str = "987654321"
    business_id: str = ""  # the WABA
    display_phone_number: str = "15550783881"
    per_second: float | None = None  # None: the platform's own limit
    has_human_agent: bool = True
    has_one_time_notifications: bool = True
    reads: bool = True  # customers read what they get
    login: str = "facebook"  # or instagram: Instagram Login
    permissions: list[str] | None = None  # of the token; None: all that are needed
    granted_to: str = "PAGE"
    token_expires_at: int = 0  # seconds since 1970; 0: never
    is_blocked: bool = False  # Meta lets it send nothing
    ad_window_days: int = 1  # how long an ad opens the window: up to 7, Meta does not say when
    portfolio_limit: int | None = None  # customers in 24 hours outside their windows
    marketing_cap: int | None = None  # marketing templates to one customer in 24 hours
    service_messages: dict[str, int] = {}  # delivered ones, by calendar month


class Contact(Struct, kw_only=True):
    """A customer of one channel."""

    contact_id: str
    phone: str | None = None
    user_id: str | None = None
    name: str | None = None
    last_action_at: datetime | None = None  # the last one that opens a window
    is_blocked: bool = False
    ad_window_ends_at: datetime | None = None
    thread_owner: str = ""  # the app that has the thread, if it is another than ours
    has_stopped_marketing: bool = False
    marketing_at: list[datetime] = []  # marketing templates that were taken
    opened_at: datetime | None = None  # when we last wrote outside the window
    is_stranger: bool = False  # wrote past the stand-in, if at all: windows cannot be judged
    auto_reply: str = ""  # what this customer's own bot answers; {n} counts down
    auto_replies_left: int = 0


class Token(Struct, kw_only=True):
    """Permits one notification on a topic."""

    channel_id: str
    contact_id: str
    topic: str
    opted_in_at: datetime
    used_at: datetime | None = None


class Comment(Struct, kw_only=True):
    """What a customer wrote under a post: may be answered in private once."""

    channel_id: str
    contact_id: str
    commented_at: datetime
    answered_at: datetime | None = None


class Template(Struct, kw_only=True):
    channel_id: str
    name: str
    language: str = "en_US"
    status: str = "APPROVED"
    category: str = "UTILITY"
    body_parameters: int | None = None  # None: not checked
    header: str | None = None  # text, image, video or document; None: not checked


class AppWebhook(Struct, kw_only=True):
    """Where the app gets an object's events."""

    callback_url: str
    fields: list[str] = []
    is_active: bool = True


class State(Struct):
    """Everything but the logs. Keys of contacts and requests are joined ids."""

    counter: int = 0
    channels: dict[str, Channel] = {}
    contacts: dict[str, Contact] = {}
    tokens: dict[str, Token] = {}
    comments: dict[str, Comment] = {}
    templates: dict[str, Template] = {}
    # Webhooks go out all the same: nobody needs to subscribe in order to play.
    subscriptions: dict[str, list[str]] = {}  # channel -> fields
    app_webhooks: dict[str, AppWebhook] = {}
    profiles: dict[str, dict[str, Any]] = {}  # channel -> field -> value
    asked_topics: dict[str, str] = {}  # channel/contact/topic -> title of the request


def key(*parts: str) -> str:
    return "\x1f".join(parts)


class Call(Struct, kw_only=True):
    """One call to the Graph API as it came in, and what became of it."""

    at: datetime
    method: str
    path: str
    channel_id: str | None = None
    platform: str | None = None
    recipient: str | None = None
    body: Any = None
    status: int | None = None  # None: we hung up without an answer
    answer: Any = None
    accepted: bool = False
    message_id: str | None = None


class Delivery(Struct, kw_only=True):
    """One webhook that we posted, after its last try."""

    delivery_id: str
    at: datetime
    kind: str
    channel_id: str | None
    body: Any
    status: int | None = None  # None: nobody to deliver to, or nobody there
    tries: int = 0
