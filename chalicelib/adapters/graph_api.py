"""The one place that talks to the Graph API: version, hosts, timeouts, credentials.

A POST is made once; whether it may be made again the use case decides by the class of the error.
"""

from __future__ import annotations

import hmac
import json
import time
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from chalicelib.adapters import http
from chalicelib.config import Settings
from chalicelib.core.rate_limits import BUSY_PERCENT
from chalicelib.platforms import Accepted, ErrorClass, GraphRequest, SendError
from chalicelib.platforms._graph_answers import read_answer
from chalicelib.platforms._graph_limits import retry_after_seconds, usage_percent
from chalicelib.platforms._graph_versions import WARN_DAYS, days_left, end_of

if TYPE_CHECKING:
    from requests import Session

    from chalicelib.core.channel import ChannelSettings
    from chalicelib.ports import Log, Secrets

HOSTS = {"facebook": "https://graph.facebook.com", "instagram": "https://graph.instagram.com"}
CONNECT_TIMEOUT_SECONDS = 3.0
READ_TIMEOUT_SECONDS = 10.0
LOOK_UP_SECONDS = (1.0, 2.0)  # to connect, to read: a customer may be waiting for the reply
# A connection that slept with its Lambda may be half dead: a request written into it is lost or
# not, nobody knows. A new connection is cheaper than an ambiguous send.
_IDLE_SECONDS = 20.0


def warn_of_version_end(version: str, today: date, log: Log) -> None:
    """Log it when the version has 90 days left, or fewer."""
    left, end = days_left(version, today), end_of(version)
    if end is not None and left is not None and left <= WARN_DAYS:
        log.warning("graph_version_ends", version=version, day=end.isoformat())


def base_url(settings: Settings, host: str) -> str:
    """Meta's host; another one only in stage local, whatever the settings say."""
    if settings.graph_url and settings.stage == "local":
        return settings.graph_url.rstrip("/")
    return HOSTS[host]


def proof(token: str, app_secrets: Sequence[bytes]) -> dict[str, str]:
    """`appsecret_proof` (page graph-api/guides/secure-requests): the token is ours to use."""
    if not app_secrets:
        return {}
    return {"appsecret_proof": hmac.digest(app_secrets[0], token.encode(), "sha256").hex()}


class GraphApi:
    """Fulfils `ports.Sender`."""

    def __init__(
        self,
        settings: Settings,
        secrets: Secrets,
        log: Log,
        timeouts: tuple[float, float] = (CONNECT_TIMEOUT_SECONDS, READ_TIMEOUT_SECONDS),
    ) -> None:
        self._settings, self._secrets, self._log = settings, secrets, log
        self._timeouts = timeouts
        self._session: Session | None = None
        self._used_at = 0.0
        self._turns: dict[str, float] = {}  # channel -> when its next paced look-up may be made

    def post(self, channel: ChannelSettings, request: GraphRequest) -> Accepted:
        """One POST to `/{version}/{node}{request.path}`, never repeated here. Raises SendError."""
        node = channel.graph_node_id or channel.channel_id
        path = f"/{node}{request.path}"
        response = self._call(channel, "POST", path, request.host, request.body, self._timeouts)
        percent = usage_percent(response.headers)
        self._warn_when_busy(channel, percent)
        accepted = read_answer(response.status, response.headers, response.content)
        if percent < BUSY_PERCENT:
            return accepted
        wait = retry_after_seconds(response.headers)
        return replace(accepted, busy_percent=percent, retry_after_seconds=wait)

    def get(
        self, channel: ChannelSettings, path: str, host: str, *, per_second: float | None = None
    ) -> dict[str, Any] | None:
        """A look-up at `/{version}{path}`; None on any failure, which is logged."""
        if per_second:
            self._wait_for_turn(channel.channel_id, 1 / per_second)
        try:
            response = self._call(channel, "GET", path, host, None, LOOK_UP_SECONDS)
            return _looked_up(response)
        except SendError as error:
            self._log.warning(
                "graph_lookup_failed", channel_id=channel.channel_id, reason=error.reason
            )
            return None

    def _wait_for_turn(self, channel_id: str, apart_seconds: float) -> None:
        now = time.monotonic()
        turn = max(now, self._turns.get(channel_id, now))
        self._turns[channel_id] = turn + apart_seconds
        if turn > now:
            time.sleep(turn - now)

    def _call(
        self,
        channel: ChannelSettings,
        method: str,
        path: str,
        host: str,
        body: Any,
        timeouts: tuple[float, float],
    ) -> http.Answer:
        token = self._secrets.access_token(channel)
        if not token:
            raise SendError("token_missing", error_class=ErrorClass.TOKEN)
        call = http.Call(
            method=method,
            url=f"{self._base(channel, host)}/{self._settings.graph_version}{path}",
            query=proof(token, self._secrets.app_secrets()),
            headers={"Authorization": f"Bearer {token}"},
            body=body,
            timeouts=timeouts,
        )
        return http.once(self._fresh_session(), call)

    def _base(self, channel: ChannelSettings, host: str) -> str:
        is_instagram = "instagram" in (host, channel.graph_host)
        return base_url(self._settings, "instagram" if is_instagram else "facebook")

    def _fresh_session(self) -> Session:
        now = time.monotonic()
        if self._session is not None and now - self._used_at > _IDLE_SECONDS:
            self._session.close()
        self._used_at = now
        if self._session is None:
            self._session = http.new_session()
        return self._session

    def _warn_when_busy(self, channel: ChannelSettings, percent: float) -> None:
        if percent >= BUSY_PERCENT:
            self._log.warning(
                "graph_usage_high", channel_id=channel.channel_id, percent=int(percent)
            )


def _looked_up(response: http.Answer) -> dict[str, Any]:
    """The object that was asked for. Raises SendError if it is none."""
    try:
        answer = json.loads(response.content)
    except ValueError:
        answer = None
    if response.status != 200 or not isinstance(answer, dict) or "error" in answer:
        reason = f"lookup_http_{response.status}"
        raise SendError(reason, error_class=ErrorClass.BAD_REQUEST)
    return answer
