"""The messaging policy on the command line.

`explain` tells why a message may be sent or not: of facts given as options, or with --conversation
and --stage of a conversation. --at may be repeated, to compare days.

`export --stage S --channel ID --from T --to T` writes what the policy was asked, as JSON lines;
with --topic and --at also what a campaign at that time would ask.

`backtest HISTORY` asks again: with --rules by the rule files of a folder, with --at at another
time of the campaign; and shows what would have been refused, by rule and reason.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from devtools import reach, stage
from devtools.policy import backtest, explain, history
from devtools.stage import UsageError


def main(words: list[str]) -> int:
    options = _parser().parse_args(words)
    try:
        for line in _lines(options):
            print(line)
    except (UsageError, OSError, *stage.AWS_ERRORS) as error:
        print(f"Failed. {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    as_it_is = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("devtools.policy", None, __doc__, formatter_class=as_it_is)
    commands = parser.add_subparsers(dest="command", required=True)
    explain.add_options(commands.add_parser("explain"))
    export = commands.add_parser("export")
    export.add_argument("--stage", default="")
    export.add_argument("--channel", required=True)
    export.add_argument("--from", dest="since", required=True)
    export.add_argument("--to", dest="until", required=True)
    export.add_argument("--topic", help="of a campaign, at --at")
    export.add_argument("--promotional", action="store_true", help="what it says is advertising")
    export.add_argument("--at")
    again = commands.add_parser("backtest")
    again.add_argument("history", type=Path)
    again.add_argument("--rules", type=Path, help="a folder of rule files")
    again.add_argument("--at", type=_moment, help="when the campaign would be sent instead")
    return parser


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not 2000 <= at.year <= 2100:
        raise argparse.ArgumentTypeError(
            "expected a time with its offset from 2000 to 2100, such as 2026-11-21T14:00:00Z"
        )
    return at


def _lines(options: argparse.Namespace) -> Iterator[str]:
    if options.command == "explain":
        yield from explain.run(options, explain.clock())
    elif options.command == "export":
        yield from history.written(_exported(options, reach.reach(options.stage).call))
    else:
        records = history.read(options.history.read_bytes().splitlines())
        yield from backtest.lines(backtest.run(records, rules=options.rules, at=options.at))


def _exported(options: argparse.Namespace, call: history.Call) -> Iterable[history.Record]:
    if options.topic and not options.at:
        raise UsageError("--at: expected the time of the campaign beside --topic")
    if not options.topic and (options.at or options.promotional):
        raise UsageError("--topic: expected the topic of the campaign beside --at or --promotional")
    yield from history.attempts(call, options.channel, options.since, options.until)
    if options.topic:
        yield from history.recipients(
            call,
            options.channel,
            options.topic,
            options.at,
            is_promotional=options.promotional,
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
