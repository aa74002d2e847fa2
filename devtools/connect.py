"""Connect a channel from the command line: asks for what it needs, and prints each check.

`make connect STAGE=prod [CHANNEL=id]`; docs/operations.md tells the rest. The access token comes
from META_ACCESS_TOKEN or the keyboard, never from the command line, where others could read it.
"""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from devtools import reach, stage
from devtools.reach import Stage, ask, content
from devtools.stage import UsageError

TOKEN = "META_ACCESS_TOKEN"  # noqa: S105 - the name of a variable
PLATFORMS = ("messenger", "instagram", "whatsapp")

Json = dict[str, Any]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stage", default="")
    parser.add_argument("--channel", default="", help="Meta's id of the Page, account or number")
    options = parser.parse_args()
    try:
        where = reach.reach(options.stage)
        connection = connect(where, options.channel or ask("CHANNEL", "Id of the channel"))
    except (UsageError, *stage.AWS_ERRORS) as error:
        print(f"Not connected. {error}", file=sys.stderr)
        return 1
    print("\n".join(lines(connection)))
    return int(connection["state"] == "missing")


def connect(where: Stage, channel_id: str) -> Json:
    """Connect the channel; what the API says about its connection. Raises UsageError."""
    path = f"/v1/channels/{channel_id}"
    known = where.call("GET", path)
    if known.status == 404:
        settings = new_settings()
        token = reach.ask_secret(TOKEN, f"Access token of {channel_id}")
        return _put(where, path, settings | {"access_token": token}, If_None_Match="*")
    settings, token = content(known), _optional_token(channel_id)
    if not token:
        print("No new access token: looking with the one that is stored")
        mended: Json = content(where.call("POST", f"{path}/connection", {}))
        return mended
    version = known.headers["ETag"]
    own = f"/hearback/{where.name}/channels/{channel_id}/token"
    wanted = settings | {"access_token": token, "token_parameter": own}
    return _put(where, path, wanted, If_Match=version)


def new_settings() -> Json:
    """What a channel needs to be connected; the rest can be put later. Raises UsageError."""
    platform = _one_of("PLATFORM", "Platform", PLATFORMS)
    settings = {"platform": platform, "name": ask("NAME", "Name, for people")}
    if os.environ.get("META_APP_ID"):
        settings["own_app_id"] = os.environ["META_APP_ID"]
    if platform != "instagram":
        return settings
    host = _one_of("GRAPH_HOST", "Logged in by Instagram or by Facebook", ("instagram", "facebook"))
    page = {"graph_node_id": ask("PAGE", "Id of its Page")} if host == "facebook" else {}
    return settings | {"graph_host": host} | page


def lines(connection: Mapping[str, Any]) -> Iterator[str]:
    """The checks in plain words, each remedy below what it is for."""
    for check in connection["checks"]:
        yield f"{check['state']:8} {check['check']:14} {check['sentence']}"
        if check["remedy"]:
            yield f"{'':24}-> {check['remedy']}"


def _put(where: Stage, path: str, document: Json, **condition: str) -> Json:
    saved = content(where.call("PUT", path, document, **condition))
    connection: Json = saved["connection"]
    stored = "Settings and access token are stored"
    without = "The settings are saved, the access token is not stored"
    print(without if _is_unjudged(connection) else stored)
    return connection


def _is_unjudged(connection: Json) -> bool:
    """The API stores a token only once Meta has said whose it is."""
    return any(
        check["state"] != "ok" if check["check"] == "token" else check["state"] == "unknown"
        for check in connection["checks"]
        if check["check"] in ("token", "channel")
    )


def _optional_token(channel_id: str) -> str:
    token = os.environ.get(TOKEN, "")
    if not token and sys.stdin.isatty():
        question = f"Access token of {channel_id} (nothing: keep the one that is stored): "
        token = getpass.getpass(question)
    return token.strip()


def _one_of(variable: str, question: str, choices: tuple[str, ...]) -> str:
    value = ask(variable, f"{question} ({', '.join(choices)})")
    if value not in choices:
        raise UsageError(f"{variable}: one of {', '.join(choices)}.")
    return value


if __name__ == "__main__":
    sys.exit(main())
