"""The comparison with others: all are asked for the same, and whoever is not there is left out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from devtools.benchmark import against_peers, bodies, chart, peer_environment
from devtools.benchmark.against_peers import BATCH, DELIVERIES, PEERS, Contender, Peer
from devtools.benchmark.peer_environment import MissingError
from devtools.benchmark.peers import hearback, pywa_peer
from devtools.benchmark.peers.contract import ForgedError, check
from devtools.benchmark.results import Result


def ours(scratch: Path, platform: str) -> list[str | Path]:
    path = scratch / "bodies.json"
    against_peers.write_bodies(platform, path)
    return [sys.executable, "-m", "devtools.benchmark.peers.worker", "hearback", path]


def ratio(name: str, value: float) -> Result:
    return Result(name=name, value=1.0, unit="us", goal=1.0, floor=1 / value, ratio=value)


@pytest.mark.parametrize("platform", ["messenger", "whatsapp"])
def test_our_worker_handles_every_message_of_a_batch(tmp_path: Path, platform: str) -> None:
    with Contender(ours(tmp_path, platform)) as contender:
        assert contender.handled_of_batch() == BATCH


def test_a_worker_handles_as_often_as_it_is_asked(tmp_path: Path) -> None:
    with Contender(ours(tmp_path, "whatsapp")) as contender:
        assert contender._asked("single", 3)[1] == 3 * DELIVERIES
        assert contender._asked("single", 1)[1] == DELIVERIES


def test_contenders_are_compared_in_microseconds_for_each_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(against_peers, "ROUNDS", 1)
    monkeypatch.setattr(against_peers, "WARMING_MICROS", 1.0)
    command = ours(tmp_path, "whatsapp")
    time, lost = against_peers.compare(Peer("itself", "whatsapp"), command, command)
    assert time.ratio == pytest.approx(1, rel=0.8)
    assert (time.value < 1000, lost.value) == (True, 0)


@pytest.mark.parametrize("connect", [hearback.connect, pywa_peer.connect])
def test_who_checks_signatures_refuses_a_forged_one(connect: Any) -> None:
    [delivery] = bodies.deliveries("whatsapp", batch=1, count=1)
    peer = connect(bodies.SECRET, print)
    with pytest.raises(ForgedError):
        peer.read(delivery.raw, "sha256=" + "0" * 64)


def test_the_check_for_those_who_have_none_refuses_a_forged_one() -> None:
    [delivery] = bodies.deliveries("whatsapp", batch=1, count=1)
    check(bodies.SECRET, delivery.raw, delivery.signature)
    with pytest.raises(ForgedError):
        check(bodies.SECRET, delivery.raw + b" ", delivery.signature)


def test_without_a_package_index_everybody_is_left_out_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise subprocess.CalledProcessError(1, "pip")

    monkeypatch.setattr(peer_environment, "HOME", tmp_path / "peers")
    monkeypatch.setattr(peer_environment, "_run", fails)
    said: list[str] = []
    assert list(against_peers.measure(tmp_path, said.append)) == []
    left_out = [line.split(":")[0] for line in said if line.startswith("Left out")]
    assert left_out == [f"Left out {peer.name}" for peer in PEERS]


def test_a_failed_set_up_leaves_nothing_that_looks_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(folder: Path) -> None:
        folder.mkdir()
        raise OSError

    monkeypatch.setattr(peer_environment, "HOME", tmp_path)
    with pytest.raises(MissingError, match="no package index answers"):
        peer_environment._made("venv", "1", half)
    assert list(tmp_path.iterdir()) == []


def test_every_rival_has_its_reader() -> None:
    names = {f"{peer.name}.js" if peer.is_node else f"{peer.name}_peer.py" for peer in PEERS}
    assert names <= {path.name for path in peer_environment.SOURCES.iterdir()}


def test_the_chart_has_a_bar_for_each_rival_the_nearest_first() -> None:
    picture = chart.of_peers([ratio("peer_slow_one", 0.01), ratio("peer_near", 0.5)])
    assert picture is not None
    words = [each.text for each in ElementTree.fromstring(picture).iter() if each.text]  # noqa: S314
    assert [word for word in words if word in ("hearback", "near", "slow-one")] == [
        "hearback",
        "near",
        "slow-one",
    ]
    assert {"1", "2", "100"} <= set(words)


def test_without_rivals_there_is_no_chart() -> None:
    assert chart.of_peers([ratio("cpu_x", 0.5)]) is None
