"""Calls to the Graph API that are no messages: what connecting a channel asks and sets.

Somebody waits for the answer, and one after the other must fit into the API function's 20 seconds.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from chalicelib.adapters import http
from chalicelib.adapters.graph_api import base_url, proof
from chalicelib.config import Settings
from chalicelib.platforms import SendError
from chalicelib.platforms._connecting import Answer, Call

if TYPE_CHECKING:
    from chalicelib.ports import ChannelSecrets, Log

# To connect, to read. To change the app's webhook Meta first calls ours, which may start cold.
TIMEOUTS_SECONDS = {"GET": (1.0, 2.5), "POST": (1.0, 6.0), "DELETE": (1.0, 6.0)}


class GraphAdmin:
    """Fulfils `ports.GraphAdmin`."""

    def __init__(self, settings: Settings, secrets: ChannelSecrets, log: Log) -> None:
        self._settings, self._secrets, self._log = settings, secrets, log

    def call(self, call: Call, token: str) -> Answer:
        """One call, made once. What nobody answered, or not as JSON, has no status."""
        try:
            answer = self._made(call, token)
            content = json.loads(answer.content)
        except SendError as error:
            self._log.warning("graph_not_asked", reason=error.reason)
            return Answer()
        except ValueError:
            return Answer(answer.status if answer.status >= 500 else None)
        return Answer(answer.status, content if isinstance(content, dict) else {})

    def _made(self, call: Call, token: str) -> http.Answer:
        version = self._settings.graph_version
        whole = http.Call(
            method=call.method,
            url=f"{base_url(self._settings, call.host)}/{version}{call.path}",
            query={**call.query, **proof(token, self._secrets.app_secrets())},
            headers={"Authorization": f"Bearer {token}"},
            body=None if call.body is None else dict(call.body),
            timeouts=TIMEOUTS_SECONDS[call.method],
        )
        with http.new_session() as session:
            return http.once(session, whole)
