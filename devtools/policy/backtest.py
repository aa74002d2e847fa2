"""Ask the policy again about an exported history: by changed rules, or at another time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from chalicelib.core.messaging_policy import PLATFORMS, Question, Refusal, _rules, check
from devtools.policy.history import Record, question
from devtools.stage import UsageError


class Verdict(Struct, frozen=True, order=True):
    """`permitted` or `refused`; the basis or the reason; the rule, if one decides."""

    word: str
    why: str
    rule: str


class Tried(Struct, frozen=True):
    """A record, the verdict on it by the rules of this release, and by the changed ones or at the
    other time."""

    record: Record
    before: Verdict
    after: Verdict


def run(
    records: Sequence[Record], *, rules: Path | None = None, at: datetime | None = None
) -> list[Tried]:
    """Each record with both verdicts. `rules`: a folder of rule files, each in place of that of its
    platform. `at`: when the recipients of a campaign would be written to instead. Raises
    UsageError."""
    if at and not any(record.what == "recipient" for record in records):
        raise UsageError("--at: this history has no campaign to move; export it with --topic")
    asked = [question(record) for record in records]
    before = [_verdict(each) for each in asked]
    lengths = [_length(each) for each in asked]
    moved = [_moved(each, record, at) for each, record in zip(asked, records, strict=True)]
    with changed(rules):
        pairs = zip(moved, lengths, strict=True)
        after = [_verdict(_with_window(each, length)) for each, length in pairs]
    return [Tried(*each) for each in zip(records, before, after, strict=True)]


def lines(tried: Sequence[Tried]) -> Iterator[str]:
    """What was permitted and refused, before and after, and what changed by which rule."""
    for title, verdicts in (("Before", _before(tried)), ("After", _after(tried))):
        yield f"{title}: {_total(verdicts)}"
        yield from _counted(verdicts)
    changes = Counter((each.before, each.after) for each in tried if _differs(each))
    yield f"Changed: {changes.total()} of {len(tried)}"
    for (before, after), number in changes.most_common():
        yield f"  {number:6}  {_named(before)} -> {_named(after)}"
    unlike = sum(_recorded(each.record) != each.before.word for each in tried)
    if unlike:
        yield f"{unlike} were decided otherwise at the time, by the rules of then"


@contextmanager
def changed(folder: Path | None) -> Iterator[None]:
    """The rules of this folder hold meanwhile. Raises UsageError if they are not readable."""
    own = _rules._content

    def content(name: str) -> bytes:
        there = folder / name if folder else None
        return there.read_bytes() if there and there.exists() else own(name)

    if folder and not any((folder / f"{platform}.json").exists() for platform in PLATFORMS):
        raise UsageError(f"{folder} has none of {', '.join(f'{p}.json' for p in PLATFORMS)}.")
    _rules._content = content
    _rules.rule_file.cache_clear()
    try:
        _read_all()
        yield
    finally:
        _rules._content = own
        _rules.rule_file.cache_clear()


def _read_all() -> None:
    for platform in PLATFORMS:
        try:
            _rules.rule_file(platform)
        except msgspec.DecodeError as error:
            raise UsageError(f"{platform}.json is no file of rules: {error}") from None


def _verdict(asked: Question) -> Verdict:
    told = check(asked)
    if isinstance(told, Refusal):
        return Verdict("refused", told.reason, told.rule or "")
    return Verdict("permitted", told.basis.value, told.rule)


def _moved(asked: Question, record: Record, at: datetime | None) -> Question:
    return replace(asked, at=at) if at and record.what == "recipient" else asked


def _length(asked: Question) -> timedelta | None:
    if asked.window_opened_by is None or asked.window_opened_at is None:
        return None
    return _rules.window_length(asked.platform, asked.window_opened_by, asked.window_opened_at)


def _with_window(asked: Question, before: timedelta | None) -> Question:
    """With the end of its window as the rules at hand have it; one that a setting of the channel
    lengthened keeps what that added."""
    if before is None or asked.window_ends_at is None:
        return asked
    now = _length(asked)
    return replace(asked, window_ends_at=asked.window_ends_at + (now - before) if now else None)


def _before(tried: Iterable[Tried]) -> Counter[Verdict]:
    return Counter(each.before for each in tried)


def _after(tried: Iterable[Tried]) -> Counter[Verdict]:
    return Counter(each.after for each in tried)


def _differs(each: Tried) -> bool:
    return (each.before.word, each.before.why) != (each.after.word, each.after.why)


def _recorded(record: Record) -> str:
    return "refused" if record.verdict == "refused" else "permitted"


def _total(verdicts: Counter[Verdict]) -> str:
    refused = sum(number for each, number in verdicts.items() if each.word == "refused")
    return f"{verdicts.total() - refused} permitted, {refused} refused"


def _counted(verdicts: Counter[Verdict]) -> Iterator[str]:
    for verdict, number in sorted(verdicts.items()):
        yield f"  {number:6}  {_named(verdict)}"


def _named(verdict: Verdict) -> str:
    rule = f" ({verdict.rule})" if verdict.rule else ""
    return f"{verdict.word}, {verdict.why}{rule}"
