"""What may be found when a channel's connection is looked at, in words.

Whoever connects a channel reads these sentences, so that each thing missing names its remedy.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from chalicelib.core.connection import Check, CheckState, Reason


class Entry(Struct, frozen=True):
    """A reason in words: `{names}` and `{on}` stand for what was found. OK needs no remedy."""

    check: Check
    state: CheckState
    sentence: str
    remedy: str | None = None


class Finding(Struct, frozen=True):
    """What one check found: `names` of permissions, fields or ids, and a date."""

    reason: Reason
    names: tuple[str, ...] = ()
    on: date | None = None

    @property
    def check(self) -> Check:
        return CATALOGUE[self.reason].check

    @property
    def state(self) -> CheckState:
        return CATALOGUE[self.reason].state

    @property
    def sentence(self) -> str:
        return self._filled(CATALOGUE[self.reason].sentence)

    @property
    def remedy(self) -> str | None:
        remedy = CATALOGUE[self.reason].remedy
        return self._filled(remedy) if remedy else None

    def _filled(self, text: str) -> str:
        on = self.on.isoformat() if self.on else "an unknown day"
        return text.format(names=", ".join(self.names) or "none", on=on)


def worst(findings: Iterable[Finding]) -> CheckState:
    """MISSING if anything is, else UNKNOWN if anything could not be looked at."""
    states = {finding.state for finding in findings}
    return next((s for s in (CheckState.MISSING, CheckState.UNKNOWN) if s in states), CheckState.OK)


_OK, _MISSING, _UNKNOWN = CheckState.OK, CheckState.MISSING, CheckState.UNKNOWN
_AGAIN = "Look again in some minutes; nothing was changed."

CATALOGUE: dict[Reason, Entry] = {
    Reason.TOKEN_OK: Entry(Check.TOKEN, _OK, "Meta takes the access token."),
    Reason.TOKEN_ABSENT: Entry(
        Check.TOKEN,
        _MISSING,
        "No access token is stored for this channel: nothing can be sent.",
        "Run `make connect`, or put the settings with `access_token`.",
    ),
    Reason.TOKEN_INVALID: Entry(
        Check.TOKEN,
        _MISSING,
        "Meta does not take the access token: it was withdrawn, has expired or is misspelt.",
        "Make a new token in Meta's dashboard and give it to `make connect`.",
    ),
    Reason.TOKEN_OF_OTHER_APP: Entry(
        Check.TOKEN,
        _MISSING,
        "The access token belongs to another Meta app.",
        "Make the token with the app whose secret this stage has, or correct `own_app_id`.",
    ),
    Reason.TOKEN_NOT_ASKED: Entry(
        Check.TOKEN, _UNKNOWN, "Meta could not be asked about the access token.", _AGAIN
    ),
    Reason.APP_SECRET_WRONG: Entry(
        Check.TOKEN,
        _MISSING,
        "Meta does not take this stage's app secret together with the token.",
        "Store the app's secret (dashboard, App settings, Basic) as the SSM parameter"
        " /hearback/STAGE/app_secret, and see that `own_app_id` is that app.",
    ),
    Reason.CHANNEL_OK: Entry(Check.CHANNEL, _OK, "The token is this channel's."),
    Reason.CHANNEL_IS_ANOTHER: Entry(
        Check.CHANNEL,
        _MISSING,
        "The token is not this channel's but {names}'s.",
        "Give the token of this channel, or connect the other one under its own id.",
    ),
    Reason.CHANNEL_NEEDS_PAGE_TOKEN: Entry(
        Check.CHANNEL,
        _MISSING,
        "The token is a person's; a Page's is needed.",
        "Ask Graph for /me/accounts with that token, and give the `access_token` of the Page.",
    ),
    Reason.CHANNEL_NOT_VISIBLE: Entry(
        Check.CHANNEL,
        _MISSING,
        "The token does not see this channel.",
        "Check the channel's id; then give the token's user access to it in Meta's business"
        " settings, and make the token anew.",
    ),
    Reason.CHANNEL_NOT_ASKED: Entry(
        Check.CHANNEL, _UNKNOWN, "Meta could not be asked whose token it is.", _AGAIN
    ),
    Reason.PERMISSIONS_OK: Entry(Check.PERMISSIONS, _OK, "The token has all permissions: {names}."),
    Reason.PERMISSIONS_MISSING: Entry(
        Check.PERMISSIONS,
        _MISSING,
        "The token lacks permissions: {names}.",
        "Grant {names} to the app when making the token, and give the new one to `make connect`.",
    ),
    Reason.PERMISSIONS_NOT_TOLD: Entry(
        Check.PERMISSIONS,
        _UNKNOWN,
        "Meta does not tell what this token may do; needed are {names}.",
        "If subscribing or sending is refused, make the token anew with {names}.",
    ),
    Reason.EXPIRY_NEVER: Entry(Check.EXPIRY, _OK, "The token does not expire."),
    Reason.EXPIRY_FAR: Entry(Check.EXPIRY, _OK, "The token is good until {on}."),
    Reason.EXPIRY_NEAR: Entry(
        Check.EXPIRY,
        _MISSING,
        "The token is good until {on} only; then sending stops.",
        "Make a new token, best one of a system user which does not expire, and give it to"
        " `make connect`.",
    ),
    Reason.EXPIRY_NOT_TOLD: Entry(
        Check.EXPIRY,
        _UNKNOWN,
        "Meta does not tell when this token expires; those of Instagram Login last 60 days.",
        "Refresh the token in time and give the new one to `make connect`.",
    ),
    Reason.SUBSCRIBED: Entry(
        Check.SUBSCRIPTION, _OK, "The channel's events come to our app: {names}."
    ),
    Reason.NOT_SUBSCRIBED: Entry(
        Check.SUBSCRIPTION,
        _MISSING,
        "Our app is not subscribed to the channel: no message of a customer arrives.",
        "Run `make connect`; if that does not help, put right what is missing above first.",
    ),
    Reason.SUBSCRIPTION_LACKS_FIELDS: Entry(
        Check.SUBSCRIPTION,
        _MISSING,
        "Our app is subscribed to the channel without these fields: {names}.",
        "Run `make connect`; if that does not help, put right what is missing above first.",
    ),
    Reason.SUBSCRIPTION_NOT_ASKED: Entry(
        Check.SUBSCRIPTION, _UNKNOWN, "Meta could not be asked about the subscription.", _AGAIN
    ),
    Reason.WEBHOOK_OK: Entry(Check.WEBHOOK, _OK, "The app's webhook has the wanted fields."),
    Reason.WEBHOOK_ABSENT: Entry(
        Check.WEBHOOK,
        _MISSING,
        "The app has no webhook for {names}.",
        "In the app dashboard, Webhooks, {names}: enter callback URL and verify token, as"
        " `make deploy` prints them. Then run `make connect`.",
    ),
    Reason.WEBHOOK_INACTIVE: Entry(
        Check.WEBHOOK,
        _MISSING,
        "Meta has switched off the app's webhook for {names}.",
        "See that `make smoke` goes through, then save the callback URL in the app dashboard,"
        " Webhooks, {names}, again.",
    ),
    Reason.WEBHOOK_LACKS_FIELDS: Entry(
        Check.WEBHOOK,
        _MISSING,
        "The app's webhook lacks these fields: {names}.",
        "Run `make connect`, or subscribe to {names} in the app dashboard, Webhooks.",
    ),
    Reason.WEBHOOK_NOT_TOLD: Entry(
        Check.WEBHOOK,
        _UNKNOWN,
        "Meta does not tell which fields the app's webhook has; wanted are {names}.",
        "Look into the app dashboard, Webhooks, and subscribe to {names}.",
    ),
    Reason.SENDING_OK: Entry(Check.SENDING, _OK, "The channel may send."),
    Reason.SENDING_STOPPED: Entry(
        Check.SENDING,
        _MISSING,
        "Sending has stopped, because Meta refused the access token; what is due is held.",
        "Give a good token to `make connect`.",
    ),
    Reason.SENDING_BLOCKED: Entry(
        Check.SENDING,
        _MISSING,
        "Meta blocks sending: {names}.",
        "See the number in the WhatsApp Manager; it tells what Meta wants.",
    ),
    Reason.GRAPH_VERSION_OK: Entry(
        Check.GRAPH_VERSION, _OK, "Graph API {names} is served until {on}."
    ),
    Reason.GRAPH_VERSION_NO_END: Entry(
        Check.GRAPH_VERSION, _OK, "Graph API {names} has no end date known to this release."
    ),
    Reason.GRAPH_VERSION_ENDS: Entry(
        Check.GRAPH_VERSION,
        _MISSING,
        "Graph API {names} is served until {on} only.",
        "Deploy a release of Hearback that speaks a newer version.",
    ),
    Reason.GRAPH_VERSION_GONE: Entry(
        Check.GRAPH_VERSION,
        _MISSING,
        "Meta has not served Graph API {names} since {on}: an older or newer one answers.",
        "Deploy a release of Hearback that speaks a newer version.",
    ),
}
