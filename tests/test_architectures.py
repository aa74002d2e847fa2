"""A package may be for the other kind of processor that Lambda has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from devtools import package
from devtools.deploy import machine_of
from devtools.stage import UsageError


@pytest.mark.parametrize(
    ("architecture", "machine"), [("arm64", "aarch64"), ("x86_64", "x86_64"), ("", package.HERE)]
)
def test_a_word_of_lambda_names_a_machine(architecture: str, machine: str) -> None:
    assert machine_of(architecture) == machine


def test_an_unknown_word_is_answered_with_those_that_are_known() -> None:
    with pytest.raises(UsageError, match="ARCHITECTURE as x86_64 or arm64"):
        machine_of("risc")


def test_packages_for_two_machines_are_two() -> None:
    digests = {package.fingerprint(package.ROOT, each) for each in package.ARCHITECTURES}
    assert len(digests) == 2


@pytest.mark.parametrize("machine", package.ARCHITECTURES)
def test_libraries_are_fetched_for_that_machine_alone(
    machine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands: list[list[Any]] = []
    monkeypatch.setattr("subprocess.run", lambda pip, **_: commands.append(pip))
    package._fetch(package.ROOT, tmp_path, machine)
    platforms = {each for pip in commands for each in pip if str(each).startswith("--platform=")}
    assert platforms == {f"--platform={each}_{machine}" for each in package.MANYLINUX}
