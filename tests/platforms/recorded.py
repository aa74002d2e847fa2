"""The recorded payloads and what their sources state about them."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from chalicelib.platforms import decode, parse

FOLDER = Path(__file__).parents[1] / "payloads" / "recorded"


def table(name: str) -> list[dict[str, str]]:
    """The rows of a table in the folder."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


WEBHOOKS = [row["file"] for row in table("INDEX.tsv") if row["kind"] == "webhook"]


def payload(file: str) -> Any:
    """The JSON of a recorded file."""
    return decode((FOLDER / file).read_bytes())


def events(file: str) -> list[Any]:
    """What we make of a recorded webhook."""
    return list(parse(payload(file)))


def named(part: str) -> str:
    """The one recorded webhook whose name ends like this."""
    (file,) = [file for file in WEBHOOKS if file.endswith(part)]
    return file
