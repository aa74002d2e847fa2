"""`python -m devtools.local_aws up | down | reset`: the stack on this machine, detached."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from devtools.cloudformation import DeployError
from devtools.local_aws import places, stack
from devtools.local_aws.processes import StartError

WORDS: dict[str, Callable[[Callable[[str], None]], object]] = {
    "up": stack.up,
    "down": stack.down,
    "reset": stack.reset,
}


def main() -> int:
    word = sys.argv[1] if len(sys.argv) == 2 else ""
    if word not in WORDS:
        print(__doc__)
        return 2
    try:
        WORDS[word](progress())
    except KeyboardInterrupt:
        return 130
    except (DeployError, StartError) as error:
        print(f"\nFailed: {error}\nLogs are in {places.LOGS}", file=sys.stderr)
        return 1
    if word == "up":
        print(f"Up. Addresses and keys: {places.STACK}")
    return 0


def progress() -> Callable[[str], None]:
    """Prints a line with the seconds since the beginning."""
    began = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - began:6.1f} s  {text}", flush=True)

    return say


if __name__ == "__main__":
    sys.exit(main())
