"""A rival in a process of its own: `python -m devtools.benchmark.peers.worker MODULE BODIES`.

BODIES is JSON: the secret, and by name lists of [raw, signature by SHA-256, signature by SHA-1].
A line on its standard input, "NAME TIMES", asks to go through a list so often; it answers with the
microseconds of processor time, and with how often the handler was called. `bottender.js` does the
same for Node.
"""

from __future__ import annotations

import gc
import importlib
import json
import logging
import sys
import time
from pathlib import Path

from devtools.benchmark.peers.contract import Peer


class Handler:
    """Counts what it is given, and keeps nothing."""

    def __init__(self) -> None:
        self.handled = 0

    def __call__(self, _message: object) -> None:
        self.handled += 1


def main(module: str, bodies: str) -> None:
    logging.disable(logging.CRITICAL)
    given = json.loads(Path(bodies).read_text())
    handler = Handler()
    connect = importlib.import_module(f"devtools.benchmark.peers.{module}").connect
    peer = connect(given["secret"].encode(), handler)
    for line in sys.stdin:
        name, times = line.split()
        deliveries = [(raw.encode(), sha256) for raw, sha256, _ in given[name]]
        handler.handled = 0
        print(_micros(peer, deliveries, int(times)), handler.handled, flush=True)


def _micros(peer: Peer, deliveries: list[tuple[bytes, str]], times: int) -> float:
    total = 0.0
    gc.collect()
    for _ in range(times):
        peer.forget()
        began = time.process_time()
        for raw, signature in deliveries:
            peer.read(raw, signature)
        total += time.process_time() - began
    return total * 1e6


if __name__ == "__main__":
    main(*sys.argv[1:])
