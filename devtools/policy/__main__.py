"""`python -m devtools.policy explain --platform messenger --origin person --at 2026-11-24T09:00Z`

Explains a verdict of the messaging policy: of facts given as options, or with --conversation and
--stage of a conversation through the API. --at may be repeated, to compare days.
"""

from __future__ import annotations

import argparse
import sys

from devtools import stage
from devtools.policy import explain
from devtools.stage import UsageError


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m devtools.policy", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    explain.add_options(commands.add_parser("explain", help="why a message may be sent or not"))
    options = parser.parse_args(words)
    try:
        for line in explain.run(options, explain.clock()):
            print(line)
    except (UsageError, *stage.AWS_ERRORS) as error:
        print(f"Not explained. {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
