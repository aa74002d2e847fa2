"""What botocore must know of the AWS services that our functions may call, and nothing else.

botocore 1.43 reads 1.3 MB of endpoints and 0.2 to 1 MB of JSON for each service before its first
call. Its data path takes a smaller copy, which `write` makes; what is not in it, botocore finds in
its own. https://docs.aws.amazon.com/botocore/latest/reference/loaders.html (read 2026-11-22)

Endpoint rules stay botocore's own: they are a language that grows, and botocore 1.34.145 does not
know a word that those of 1.43 use. It reads these models and endpoints (tried 2026-11-22).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

SERVICE = "service-2"
# Permissions of Lambda itself: our code does not call these services.
NOT_CALLED = frozenset({"logs", "xray"})
# IAM names one action where the API has two, a call otherwise than the API, and the parts of a
# transaction instead of it.
ALSO = {
    "sqs:SendMessage": ("SendMessageBatch",),
    "lambda:InvokeFunction": ("Invoke",),
    "dynamodb:ConditionCheckItem": ("TransactWriteItems",),
}

Json = dict[str, Any]


def write(target: Path, policies: Path) -> None:
    """The copy for all operations that a policy in the folder allows."""
    from botocore.loaders import Loader

    known, wanted = Loader(), operations(policies)
    for service, names in wanted.items():
        folder = target / service / known.determine_latest_version(service, SERVICE)
        model = smaller(known.load_service_model(service, SERVICE), names)
        _write(folder / f"{SERVICE}.json", model)
    _write(target / "endpoints.json", _endpoints(known.load_data("endpoints"), wanted))


def operations(policies: Path) -> dict[str, set[str]]:
    """Of each service, the operations that the policies allow."""
    found: dict[str, set[str]] = {}
    for action in _actions(policies):
        service, _, name = action.partition(":")
        if service not in NOT_CALLED:
            found.setdefault(service, set()).update({name, *ALSO.get(action, ())})
    return {service: found[service] for service in sorted(found)}


def smaller(model: Json, names: set[str]) -> Json:
    """The service model with these operations and their shapes, without documentation. Names that
    the API does not have, such as permissions without a call of their own, are left out."""
    kept = {name: model["operations"][name] for name in sorted(names & set(model["operations"]))}
    needed = set(_shapes_below(model["shapes"], kept.values()))
    shapes = {name: shape for name, shape in model["shapes"].items() if name in needed}
    return model | {"operations": _undocumented(kept), "shapes": _undocumented(shapes)}


def _actions(policies: Path) -> Iterator[str]:
    for path in sorted(policies.glob("*.json")):
        for statement in json.loads(path.read_text())["Statement"]:
            actions = statement["Action"]
            yield from [actions] if isinstance(actions, str) else actions


def _shapes_below(shapes: Json, of: Iterable[Json]) -> Iterator[str]:
    seen: set[str] = set()
    waiting = [name for operation in of for name in _named(operation)]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += _named(shapes[name])
            yield name


def _named(part: Any) -> list[str]:
    """The shapes that an operation or a shape names, in any of its members."""
    if isinstance(part, dict):
        own = [part["shape"]] if isinstance(part.get("shape"), str) else []
        return own + [name for value in part.values() for name in _named(value)]
    return [name for value in part for name in _named(value)] if isinstance(part, list) else []


def _undocumented(part: Any) -> Any:
    """Without the texts; a member that is called `documentation` is no text and stays."""
    if isinstance(part, dict):
        return {
            name: _undocumented(value) for name, value in part.items() if not _is_text(name, value)
        }
    return [_undocumented(value) for value in part] if isinstance(part, list) else part


def _is_text(name: str, value: Any) -> bool:
    return name == "documentation" and isinstance(value, str)


def _endpoints(content: Json, services: Iterable[str]) -> Json:
    kept = set(services)
    partitions = [
        part | {"services": {name: of for name, of in part["services"].items() if name in kept}}
        for part in content["partitions"]
    ]
    return content | {"partitions": partitions}


def _write(path: Path, content: Json) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, separators=(",", ":")))
