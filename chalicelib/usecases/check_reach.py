"""What a key for some channels may not do to them: reach others through their settings."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.core.access import ApiKey
from chalicelib.ports import Runtime
from chalicelib.usecases.errors import Forbidden

_ACCESS_TOKEN = "access_token"  # noqa: S105 - the name of the field


def run(channel_id: str, document: Mapping[str, object], key: ApiKey, rt: Runtime) -> None:
    """Token and node stay, or are the channel's own: by those of another channel, messages would go
    out in its name. Who gives an access token reaches no further than the token does, once Meta has
    judged it. Raises Forbidden."""
    if key.channels is None or _ACCESS_TOKEN in document:
        return
    stored = rt.channels.load(channel_id, is_fresh=True)
    own = {
        "token_parameter": f"{rt.settings.secrets_path}/channels/{channel_id}/token",
        "graph_node_id": channel_id,
    }
    for name, value in own.items():
        if document.get(name) not in (None, value, getattr(stored, name, None)):
            sentence = f"A key for some channels cannot set {name} to what is not the channel's."
            raise Forbidden("scope", sentence)
