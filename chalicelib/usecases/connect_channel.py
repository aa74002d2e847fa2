"""Connect a channel by its access token: check it, keep it, save the settings, subscribe.

A token that Meta does not take, or that is another channel's, changes nothing. What else is missing
does not lose the settings: it is told, with what to do about it.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.core.access import ApiKey
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.connection import Reason
from chalicelib.core.connection_findings import Finding, worst
from chalicelib.platforms._connecting import business_account
from chalicelib.platforms._connection_findings import Facts
from chalicelib.ports import Connecting, NotKeptError, Runtime
from chalicelib.usecases import check_channel, check_reach, save_channel
from chalicelib.usecases.check_channel import ConnectionView, Meta
from chalicelib.usecases.errors import Conflict, InvalidInput
from chalicelib.usecases.save_channel import Precondition

TOKEN = "access_token"  # noqa: S105 - the name of the field
MOST_CHARACTERS = 1000
# Faults of the token itself: another one must be given.
WRONG = frozenset(
    {
        *(Reason.TOKEN_INVALID, Reason.TOKEN_OF_OTHER_APP, Reason.CHANNEL_IS_ANOTHER),
        *(Reason.CHANNEL_NEEDS_PAGE_TOKEN, Reason.CHANNEL_NOT_VISIBLE),
    }
)
# The token could not be judged: what is stored, perhaps a good one, stays.
UNJUDGED = frozenset({Reason.TOKEN_NOT_ASKED, Reason.CHANNEL_NOT_ASKED, Reason.APP_SECRET_WRONG})


class Connected(Struct, frozen=True):
    """The settings as they are stored now, and how the channel hangs on Meta."""

    channel: ChannelSettings
    view: ConnectionView


def run(
    channel_id: str,
    document: Mapping[str, object],
    given: Precondition,
    rt: Runtime,
    outside: Connecting,
    *,
    by: ApiKey,
) -> Connected:
    """Connect by the document's `access_token`, which is stored only if Meta says that it is the
    channel's. Raises InvalidInput that names the field at fault, ConditionMissing, Outdated,
    Conflict if the token could not be stored, and Forbidden if nobody could judge the token and the
    document reaches further than the key."""
    token = _token(document.get(TOKEN))
    wanted = {name: value for name, value in document.items() if name != TOKEN}
    with_token = wanted | {"token_parameter": _own_parameter(channel_id, wanted, rt)}
    channel = save_channel.prepared(channel_id, with_token, given, rt)
    meta = Meta(rt, outside)
    facts = check_channel.asked(channel, token, rt, meta)
    view = check_channel.told(channel, facts, rt)
    _refuse(view.findings)
    if UNJUDGED.intersection(finding.reason for finding in view.findings):
        check_reach.run(channel_id, wanted, by, rt)
        kept = wanted | _kept_parameter(channel_id, rt)
        saved = save_channel.run(channel_id, kept, given, rt)
        has_token = outside.secrets.access_token(saved) is not None
        return _logged(Connected(saved, replace(view, has_token=has_token)), rt)
    # Before the settings: who reads the new version of them finds the new token.
    _keep(str(channel.token_parameter), token, outside)
    saved = save_channel.run(channel_id, with_token | _account(channel, facts), given, rt)
    return _logged(Connected(saved, _subscribed(saved, token, facts, rt, outside, meta)), rt)


def _subscribed(
    channel: ChannelSettings,
    token: str,
    facts: Facts,
    rt: Runtime,
    outside: Connecting,
    meta: Meta,
) -> ConnectionView:
    mended = check_channel.subscribed(channel, token, facts, outside, meta)
    return check_channel.told(channel, replace(mended, is_stopped=False), rt)


def _account(channel: ChannelSettings, facts: Facts) -> dict[str, object]:
    """A number's account, as Meta tells it: by it notices about templates find their channels."""
    if channel.platform != "whatsapp" or channel.business_account_id is not None:
        return {}
    account = business_account(facts.identity)
    return {"business_account_id": account} if account else {}


def _token(given: object) -> str:
    token = given.strip() if isinstance(given, str) else ""
    if not (token.isascii() and token.isprintable() and 0 < len(token) <= MOST_CHARACTERS):
        raise InvalidInput(TOKEN, f"an access token of Meta, at most {MOST_CHARACTERS} characters")
    return token


def _own_parameter(channel_id: str, wanted: Mapping[str, object], rt: Runtime) -> str:
    """Where a token that comes through the API is kept. One that channels share is not replaced
    from one of them."""
    own = f"{rt.settings.secrets_path}/channels/{channel_id}/token"
    if wanted.get("token_parameter") not in (None, own):
        raise InvalidInput("token_parameter", f"nothing, or {own}, beside an {TOKEN}")
    return own


def _kept_parameter(channel_id: str, rt: Runtime) -> dict[str, object]:
    """Where the token is kept that the channel has by now, whatever the document says of it."""
    stored = rt.channels.load(channel_id, is_fresh=True)
    name = stored.token_parameter if stored else None
    return {"token_parameter": name} if name else {}


def _refuse(found: tuple[Finding, ...]) -> None:
    for finding in found:
        if finding.reason in WRONG:
            raise InvalidInput(
                TOKEN, f"a token of this channel. {finding.sentence} {finding.remedy}"
            )


def _keep(name: str, token: str, outside: Connecting) -> None:
    try:
        outside.secrets.keep_access_token(name, token)
    except NotKeptError:
        sentence = "The access token could not be stored; nothing was changed. Try again."
        raise Conflict("token_not_kept", sentence) from None


def _logged(connected: Connected, rt: Runtime) -> Connected:
    state = worst(connected.view.findings)
    channel_id = connected.channel.channel_id
    rt.log.info("channel_connected", channel_id=channel_id, state=state.value)
    return connected
