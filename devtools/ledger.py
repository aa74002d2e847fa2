"""Compare the decision ledger of a stage with its hourly digests.

`python -m devtools.ledger verify --stage prod [--channel id] [--anchor] [--anchors file]`;
docs/ledger.md tells what it proves. It reads the tables with the credentials of the environment,
and changes nothing. The exit code is 1 if something differs. With --anchor it prints each channel's
last digest, to be kept where nobody who may write to the tables can change it; with --anchors it
compares with what was kept, of one day or of many.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

from chalicelib.core.channel import ChannelSettings
from chalicelib.ports import Runtime
from devtools import cloudformation, stage, verify_ledger
from devtools.local_aws import ministack
from devtools.local_aws import stack as local
from devtools.stage import UsageError
from devtools.verify_ledger import Anchor, Difference, Verified

Anchors: TypeAlias = dict[str, set[Anchor]]  # by channel

TABLES = ("Channels", "Conversations", "Messages", "Reports")
_ANCHOR = "anchor"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=["verify"])
    parser.add_argument("--stage", default="")
    parser.add_argument("--channel", default="", help="one channel alone")
    parser.add_argument("--anchor", action="store_true", help="print the last digests")
    parser.add_argument("--anchors", type=Path, help="a file of lines that --anchor printed")
    options = parser.parse_args()
    try:
        kept = read(options.anchors.read_text().splitlines()) if options.anchors else {}
        rt = _open(options.stage)
        found = verify(_channels(options.channel, rt), rt, kept)
    except (UsageError, OSError, *stage.AWS_ERRORS) as error:
        print(f"Not verified. {error}", file=sys.stderr)
        return 1
    gone = [] if options.channel else sorted(kept.keys() - found.keys())
    print("\n".join(line for one in found.items() for line in lines(*one, anchor=options.anchor)))
    print(
        "".join(f"{each}: DIFFERS: it has an anchor and is no channel any more\n" for each in gone)
    )
    return int(any(each.difference for each in found.values()) or bool(gone))


def verify(
    channels: tuple[ChannelSettings, ...], rt: Runtime, anchors: Mapping[str, set[Anchor]]
) -> dict[str, Verified]:
    """What was found of each channel, by its id."""
    return {
        each.channel_id: verify_ledger.run(each, rt, anchors=anchors.get(each.channel_id, ()))
        for each in channels
    }


def read(kept: Iterable[str]) -> Anchors:
    """The anchors among lines that this command printed, once or often. Raises UsageError."""
    found: Anchors = {}
    for number, words in enumerate(map(str.split, kept), 1):
        if words[:1] != [_ANCHOR]:
            continue
        if len(words) != 4:
            raise UsageError(f"Line {number}: expected `{_ANCHOR} channel hour hash`.")
        _, channel_id, hour, hashed = words
        found.setdefault(channel_id, set()).add((hour, hashed))
    if not found:
        raise UsageError("The file has no anchor: `--anchor` prints them.")
    return found


def lines(channel_id: str, found: Verified, *, anchor: bool) -> Iterator[str]:
    """What was found of a channel in plain words."""
    looked_at = f"{found.hours} hours, {found.rows} rows"
    told = _difference(found.difference) if found.difference else "as it was digested"
    yield f"{channel_id}: {looked_at}: {told}"
    if found.behind and found.last:
        yield (
            f"{channel_id}: BEHIND: {found.behind} hours after {found.last.hour} have no digest: "
            "the schedule rested, or their digests were removed"
        )
    if anchor and found.last:
        yield f"{_ANCHOR} {channel_id} {found.last.hour} {found.last.hash}"


def _difference(found: Difference) -> str:
    where = f"hour {found.hour}"
    if found.message_id:
        where += f", conversation {found.conversation_id}, message {found.message_id}"
    return f"DIFFERS: {where}: {found.what}"


def _channels(wanted: str, rt: Runtime) -> tuple[ChannelSettings, ...]:
    found = tuple(each for each in rt.channels.all() if wanted in ("", each.channel_id))
    if not found:
        raise UsageError(f"There is no channel {wanted}." if wanted else "There is no channel.")
    return found


def _open(name: str) -> Runtime:
    """The stores of the stage. Raises UsageError."""
    os.environ.update(_local() if name == local.STAGE else _deployed(name))
    from chalicelib import bootstrap  # late: it reads the environment

    return bootstrap.live()


def _local() -> dict[str, str]:
    try:
        running = local.read()
    except FileNotFoundError:
        raise UsageError("Nothing runs on this machine: `make up` starts it.") from None
    where = {"AWS_ENDPOINT_URL": running.aws_endpoint_url, "AWS_DEFAULT_REGION": running.region}
    return ministack.ROOT_USER | where | {"STAGE": local.STAGE} | _names(local.outputs(running))


def _deployed(name: str) -> dict[str, str]:
    stack = stage.stack_name(name)
    session, account = stage.open_session()
    found = cloudformation.describe(session.client("cloudformation"), stack)
    if found is None:
        raise UsageError(f"There is no stack {stack} in account {account}: `make deploy` makes it.")
    return {"STAGE": name} | _names(cloudformation.outputs(found))


def _names(outputs: Mapping[str, str]) -> dict[str, str]:
    return {f"{name.upper()}_TABLE": outputs[f"{name}TableName"] for name in TABLES}


if __name__ == "__main__":
    sys.exit(main())
