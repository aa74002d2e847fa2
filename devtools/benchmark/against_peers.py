"""Processor time per message, ours and that of other libraries, on the same bytes and in turns.

Everybody runs in a process of its own, ours too, and is asked for a round at a time; whoever is
not asked sleeps. What each of them leaves undone is told in docs/performance.md.
"""

from __future__ import annotations

import hmac
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import msgspec
from msgspec import Struct

from devtools.benchmark import bodies, cpu, peer_environment
from devtools.benchmark.bodies import SECRET, Delivery
from devtools.benchmark.peer_environment import MissingError
from devtools.benchmark.results import Result
from devtools.package import ROOT

ROUNDS = 15
ROUND_MICROS = 50_000.0
WARMING_MICROS = 1_000_000.0  # Node compiles what it runs often
DELIVERIES = 200
BATCH = 100
UNIT = "us/event"
Say = Callable[[str], None]


class Peer(Struct, frozen=True):
    """Who is compared: on which platform's messages, and the most that ours may take of its time,
    if that is a goal."""

    name: str
    platform: str
    most: float | None = None
    is_node: bool = False


PEERS = (
    Peer("pywa", "whatsapp", most=1 / cpu.TIMES_FASTER_THAN_PYWA),
    Peer("heyoo", "whatsapp"),
    Peer("django_meta_whatsapp", "whatsapp"),
    Peer("fbmessenger", "messenger"),
    Peer("bottender", "messenger", is_node=True),
)


class Contender:
    """Somebody at work in a process of its own; a context manager that ends it."""

    def __init__(self, command: Sequence[str | Path]) -> None:
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | {"NODE_ENV": "production"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Contender:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def micros(self, times: int = 1) -> float:
        """Of processor time, for each message, going through the single messages so often."""
        return self._asked("single", times)[0] / (times * DELIVERIES)

    def handled_of_batch(self) -> int:
        """How many messages of one delivery reach the handler."""
        return self._asked("batch", 1)[1]

    def _asked(self, name: str, times: int) -> tuple[float, int]:
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("started without pipes")
        self._process.stdin.write(f"{name} {times}\n")
        self._process.stdin.flush()
        micros, handled = self._process.stdout.readline().split()
        return float(micros), int(handled)


def measure(scratch: Path, say: Say) -> Iterator[Result]:
    """For each rival that can be installed here. Says who is left out, and why."""
    for platform in dict.fromkeys(peer.platform for peer in PEERS):
        write_bodies(platform, _bodies(scratch, platform))
    for peer in PEERS:
        say(f"Processor time against {peer.name}")
        try:
            theirs = command(peer, _bodies(scratch, peer.platform))
        except MissingError as error:
            say(f"Left out {peer.name}: {error}")
            continue
        ours = _python(sys.executable, "hearback", _bodies(scratch, peer.platform))
        yield from compare(peer, ours, theirs)


def compare(
    peer: Peer, ours: Sequence[str | Path], theirs: Sequence[str | Path]
) -> Iterator[Result]:
    """Medians, the median of the rounds' own ratios, and what is lost of a batch."""
    with ExitStack() as running:
        both = [running.enter_context(Contender(each)) for each in (ours, theirs)]
        times = [_warmed_up(each) for each in both]
        rounds = [
            [each.micros(often) for each, often in zip(both, times, strict=True)]
            for _ in range(ROUNDS)
        ]
        handled = both[1].handled_of_batch()
    yield Result(
        name=f"peer_{peer.name}",
        value=round(median(mine for mine, _ in rounds), 2),
        unit=UNIT,
        floor=round(median(his for _, his in rounds), 2),
        ratio=round(median(mine / his for mine, his in rounds), 4),
        goal=peer.most,
    )
    unit = f"of {BATCH} lost"
    yield Result(name=f"peer_{peer.name}_batch", value=BATCH - handled, unit=unit, goal=None)


def command(peer: Peer, given: Path) -> list[str | Path]:
    """How to start it. Raises MissingError."""
    if peer.is_node:
        script = peer_environment.SOURCES / f"{peer.name}.js"
        return ["node", script, peer_environment.node(), given]
    return _python(peer_environment.python(), f"{peer.name}_peer", given)


def write_bodies(platform: str, path: Path) -> None:
    """What worker.py reads."""
    named = {
        "single": bodies.deliveries(platform, batch=1, count=DELIVERIES),
        "batch": bodies.deliveries(platform, batch=BATCH, count=1),
    }
    signed = {name: [_signed(each) for each in some] for name, some in named.items()}
    path.write_bytes(msgspec.json.encode({"secret": SECRET.decode(), **signed}))


def _warmed_up(contender: Contender) -> int:
    """How often to go through the messages for a round that is long enough to be measured."""
    contender.micros()
    contender.micros(_times(contender.micros(), WARMING_MICROS))
    return _times(contender.micros(), ROUND_MICROS)


def _times(micros: float, wanted: float) -> int:
    return max(1, round(wanted / (micros * DELIVERIES)))


def _python(interpreter: str | Path, module: str, given: Path) -> list[str | Path]:
    return [interpreter, "-m", "devtools.benchmark.peers.worker", module, given]


def _bodies(scratch: Path, platform: str) -> Path:
    return scratch / f"{platform}.json"


def _signed(delivery: Delivery) -> tuple[str, str, str]:
    sha1 = "sha1=" + hmac.digest(SECRET, delivery.raw, "sha1").hex()
    return delivery.raw.decode(), delivery.signature, sha1
