"""Compare the decision ledger of a stage with its hourly digests.

`python -m devtools.ledger verify --stage prod [--channel id] [--anchor]`; docs/ledger.md tells what
it proves. It reads the tables with the credentials of the environment, and changes nothing. The
exit code is 1 if something differs. With --anchor it prints each channel's last digest, to be kept
where nobody who may write to the tables can change it.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Mapping

from chalicelib.core.channel import ChannelSettings
from chalicelib.ports import Runtime
from devtools import cloudformation, stage, verify_ledger
from devtools.local_aws import ministack
from devtools.local_aws import stack as local
from devtools.stage import UsageError
from devtools.verify_ledger import Difference, Verified

TABLES = ("Channels", "Messages", "Reports")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=["verify"])
    parser.add_argument("--stage", default="")
    parser.add_argument("--channel", default="", help="one channel alone")
    parser.add_argument("--anchor", action="store_true", help="print the last digests")
    options = parser.parse_args()
    try:
        rt = _open(options.stage)
        found = verify(_channels(options.channel, rt), rt)
    except (UsageError, *stage.AWS_ERRORS) as error:
        print(f"Not verified. {error}", file=sys.stderr)
        return 1
    print("\n".join(line for one in found.items() for line in lines(*one, anchor=options.anchor)))
    return int(any(each.difference for each in found.values()))


def verify(channels: tuple[ChannelSettings, ...], rt: Runtime) -> dict[str, Verified]:
    """What was found of each channel, by its id."""
    return {each.channel_id: verify_ledger.run(each, rt) for each in channels}


def lines(channel_id: str, found: Verified, *, anchor: bool) -> Iterator[str]:
    """What was found of a channel in plain words."""
    looked_at = f"{found.hours} hours, {found.rows} rows"
    told = _difference(found.difference) if found.difference else "as it was digested"
    yield f"{channel_id}: {looked_at}: {told}"
    if anchor and found.last:
        yield f"anchor {channel_id} {found.last.hour} {found.last.hash}"


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
