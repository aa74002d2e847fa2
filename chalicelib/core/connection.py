"""How a channel hangs on Meta: what is checked, and what each check may find.

The words are in connection_findings.py: only who looks needs them.
"""

from __future__ import annotations

from enum import StrEnum


class Check(StrEnum):
    """What is looked at."""

    TOKEN = "token"  # noqa: S105 - the name of a check
    CHANNEL = "channel"
    PERMISSIONS = "permissions"
    EXPIRY = "expiry"
    SUBSCRIPTION = "subscription"
    WEBHOOK = "webhook"
    SENDING = "sending"
    GRAPH_VERSION = "graph_version"


class CheckState(StrEnum):
    """What a check comes to."""

    OK = "ok"
    MISSING = "missing"
    UNKNOWN = "unknown"  # it could not be looked at: no reason to worry yet


class Reason(StrEnum):
    """What a check found."""

    TOKEN_OK = "token_ok"  # noqa: S105
    TOKEN_ABSENT = "token_absent"  # noqa: S105
    TOKEN_INVALID = "token_invalid"  # noqa: S105
    TOKEN_OF_OTHER_APP = "token_of_other_app"  # noqa: S105
    TOKEN_NOT_ASKED = "token_not_asked"  # noqa: S105
    APP_SECRET_WRONG = "app_secret_wrong"  # noqa: S105
    CHANNEL_OK = "channel_ok"
    CHANNEL_IS_ANOTHER = "channel_is_another"
    CHANNEL_NEEDS_PAGE_TOKEN = "channel_needs_page_token"  # noqa: S105
    CHANNEL_NOT_VISIBLE = "channel_not_visible"
    CHANNEL_NOT_ASKED = "channel_not_asked"
    PERMISSIONS_OK = "permissions_ok"
    PERMISSIONS_MISSING = "permissions_missing"
    PERMISSIONS_NOT_TOLD = "permissions_not_told"
    EXPIRY_NEVER = "expiry_never"
    EXPIRY_FAR = "expiry_far"
    EXPIRY_NEAR = "expiry_near"
    EXPIRY_NOT_TOLD = "expiry_not_told"
    SUBSCRIBED = "subscribed"
    NOT_SUBSCRIBED = "not_subscribed"
    SUBSCRIPTION_LACKS_FIELDS = "subscription_lacks_fields"
    SUBSCRIPTION_NOT_ASKED = "subscription_not_asked"
    WEBHOOK_OK = "webhook_ok"
    WEBHOOK_ABSENT = "webhook_absent"
    WEBHOOK_INACTIVE = "webhook_inactive"
    WEBHOOK_LACKS_FIELDS = "webhook_lacks_fields"
    WEBHOOK_NOT_TOLD = "webhook_not_told"
    SENDING_OK = "sending_ok"
    SENDING_STOPPED = "sending_stopped"
    SENDING_BLOCKED = "sending_blocked"
    GRAPH_VERSION_OK = "graph_version_ok"
    GRAPH_VERSION_NO_END = "graph_version_no_end"
    GRAPH_VERSION_ENDS = "graph_version_ends"
    GRAPH_VERSION_GONE = "graph_version_gone"
