"""Start the stand-in for Meta: `python -m devtools.simulator --port 8100 --state DIR ...`."""

from __future__ import annotations

import argparse
import os
import signal
import threading
from pathlib import Path

from devtools.simulator.server import Simulator


def main() -> None:
    """Serves until SIGTERM or Ctrl-C."""
    options = _options()
    simulator = Simulator(
        port=options.port,
        state=options.state,
        webhook_url=options.webhook_url,
        app_secret=options.app_secret,
        clock=options.clock,
        seed=options.seed,
        takes_strangers=options.strangers,
    )
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    with simulator:
        print(f"stand-in for Meta on {simulator.url}", flush=True)
        ended.wait()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="devtools.simulator", description=__doc__)
    clock = os.environ.get("TEST_CLOCK")
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--state", type=Path, help="folder that survives a restart")
    parser.add_argument("--webhook-url", help="where deliveries are posted; none without it")
    parser.add_argument("--app-secret", default=os.environ.get("META_APP_SECRET", ""))
    parser.add_argument("--clock", type=Path, default=Path(clock) if clock else None)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--strangers",
        action="store_true",
        help="people and tokens that it never saw are taken on trust: others post webhooks too",
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
