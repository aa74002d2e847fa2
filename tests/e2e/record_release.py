"""`python -m tests.e2e.record_release`: keeps of a release what the next one must not lose.

Beside `make run` of the release: its packaged template, and every row of its running local stack.
"""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import msgspec
import yaml

from devtools import package
from devtools.local_aws import stack

DATA = Path(__file__).parent / "data"
TEMPLATE = DATA / "previous_template.msgpack.gz"
ROWS = DATA / "previous_rows.msgpack.gz"


def read(path: Path) -> dict[str, Any]:
    """What was kept."""
    kept: dict[str, Any] = msgspec.msgpack.decode(gzip.decompress(path.read_bytes()))
    return kept


def main() -> None:
    running = stack.read()
    names = {
        output.removesuffix("Name"): table
        for output, table in stack.outputs(running).items()
        if output.endswith("TableName")
    }
    dynamodb = stack.clients(running)("dynamodb")
    _write(TEMPLATE, yaml.safe_load(package.build().template.read_text()))
    _write(ROWS, {name: dynamodb.scan(TableName=table)["Items"] for name, table in names.items()})


def _write(path: Path, content: dict[str, Any]) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(gzip.compress(msgspec.msgpack.encode(content), mtime=0))


if __name__ == "__main__":
    main()
