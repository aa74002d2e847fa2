"""Why a message may be sent or not, in plain words: of facts given as options, or of a stage's
conversation."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, get_args, get_type_hints

import msgspec

from chalicelib.api.policy_shapes import verdict_document
from chalicelib.core.documents import InvalidField, declared, named
from chalicelib.core.policy_facts import Facts
from chalicelib.usecases import explain_policy
from chalicelib.usecases.errors import InvalidInput
from devtools import reach
from devtools.stage import UsageError

Json = dict[str, Any]

_APART = frozenset({"at", "opt_in"})
_OPT_IN = '{"opted_in_at": "2026-11-21T14:00:00Z", "topic": "mug", "has_token": true}'


def add_options(parser: argparse.ArgumentParser) -> None:
    """An option for each fact, by its name; --at may be given more than once."""
    parser.add_argument("--conversation", help="its id, at --stage")
    parser.add_argument("--stage", default="", help="where the conversation is")
    parser.add_argument("--at", action="append", default=[], help="a time; may be repeated")
    parser.add_argument("--opt-in", type=_opt_in, help=_OPT_IN)
    for name, kind in get_type_hints(Facts).items():
        if name not in _APART:
            is_flag = bool in get_args(kind)
            how: Json = {"action": "store_const", "const": True} if is_flag else {}
            parser.add_argument("--" + name.replace("_", "-"), **how)


def run(options: argparse.Namespace, now: datetime) -> Iterator[str]:
    """The lines to print, of each time asked for. Raises UsageError."""
    told = {name: getattr(options, name) for name in get_type_hints(Facts) if name != "at"}
    facts = {name: value for name, value in told.items() if value is not None}
    for number, at in enumerate(options.at or [now.isoformat()]):
        if number:
            yield ""
        yield from lines(_answer(options, facts | {"at": at}, now))


def lines(answer: Mapping[str, Any]) -> Iterator[str]:
    """A verdict, as the API tells it, in plain words."""
    yield f"{answer['at']}: {answer['verdict']}, {answer['basis'] or answer['reason']}"
    if answer["sentence"]:
        yield f"  {answer['sentence']}"
    if answer["tag"]:
        yield f"  sent with the tag {answer['tag']}"
    if answer["deadline"]:
        yield f"  until {answer['deadline']}"
    if answer["not_before"]:
        yield f"  may be tried again from {answer['not_before']}"
    yield from _instead(answer["instead"])
    yield from _rule(answer["rule"])
    if answer["price"]:
        price = answer["price"]
        country = price["country"] or "country not known"
        yield f"  price: {price['category']}, {price['price']}, {country}"
    if answer["taken_as_now"]:
        yield f"  as they are now: {', '.join(answer['taken_as_now'])}"
    yield from (f"  warning: {each}" for each in answer["warnings"])
    yield f"  rules of {answer['rules_version']}"


def _instead(instead: Mapping[str, Any] | None) -> Iterator[str]:
    if instead and instead["bases"]:
        until = f", until {instead['until']}" if instead["until"] else ""
        yield f"  allowed instead: {', '.join(instead['bases'])}{until}"
    if instead and instead["sentence"]:
        yield f"  {instead['sentence']}"


def _rule(rule: Mapping[str, Any] | None) -> Iterator[str]:
    if rule:
        dates = f"{rule['effective_from'] or 'always'} to {rule['effective_to'] or 'open'}"
        yield f"  rule {rule['id']} ({dates}): {rule['says']}"
        yield f"  source: {rule['source']} ({rule['grade']})"


def _answer(options: argparse.Namespace, facts: Json, now: datetime) -> Json:
    if options.conversation is None:
        return explained(facts, now)
    body = _built(facts) | {"conversation_id": options.conversation}
    reply = reach.reach(options.stage).call("POST", "/v1/policy/check", body)
    if reply.status != 200:
        raise UsageError(f"The API answers {reply.status}: {reply.content}")
    answer: Json = reply.content
    return answer


def explained(facts: Json, now: datetime) -> Json:
    """The answer on facts alone, which needs no stage. Raises UsageError."""
    try:
        told = explain_policy.of_facts(_read(facts), now=now)
    except InvalidInput as error:
        raise UsageError(_option(error.field, error.expected)) from None
    answer: Json = msgspec.to_builtins(verdict_document(told, now))
    return answer


def _opt_in(text: str) -> Json:
    try:
        told = json.loads(text)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise argparse.ArgumentTypeError(f"expected JSON such as {_OPT_IN}")
    return told


def _built(facts: Json) -> Json:
    """As JSON, numbers as such."""
    read = msgspec.to_builtins(_read(facts))
    return {name: value for name, value in read.items() if value is not None}


def _read(facts: Json) -> Facts:
    try:
        return msgspec.convert(facts, Facts, strict=False)
    except msgspec.ValidationError as error:
        wrong: InvalidField = named(str(error))
        expected = declared(Facts, wrong.field) or wrong.expected
        raise UsageError(_option(wrong.field, expected)) from None


def _option(field: str, expected: str) -> str:
    return f"--{field.replace('_', '-')}: expected {expected}"


def clock() -> datetime:
    return datetime.now(UTC)
