"""Personal words in automatic texts: three placeholders, each with a fallback, and nothing else.

A placeholder stands for a whole phrase ("at 09:00", "on Monday at 09:00", "soon"), so that a
sentence reads well with the value and with the fallback.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from chalicelib.core import texts

NOT_FILLED = "words without placeholders: those are for automatic replies"
FALLBACKS = texts.words("en").FALLBACKS
MAX_VALUE_CHARACTERS = 40
MAX_VALUE_BYTES = 80
# Two bytes a character: the longest value by either measure.
_LONGEST_VALUE = "ß" * MAX_VALUE_CHARACTERS

_NAMES = "|".join(FALLBACKS)
# Not inside further braces: what looks like another template language stays as it is.
_PLACEHOLDER = re.compile(rf"(?<!\{{)\{{({_NAMES})\}}(?!\}})")
_ANY_BRACES = re.compile(r"\{[^{}]*\}")
_JOINERS = "\u200c\u200d"  # format characters that names and emoji need
# Control, format, surrogate and private-use characters.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co"})


class Values(Struct, frozen=True, kw_only=True):
    """What is known when the text is written, at `now`, by somebody in `zone`."""

    zone: ZoneInfo
    now: datetime
    first_name: str | None = None
    usual_response_time: timedelta | None = None
    opens_at: datetime | None = None
    language: str = "en"


def fill(text: str, values: Values) -> str:
    """`text` with its placeholders filled, in one pass: braces in a value stay as they are."""
    return _fill(text, _phrases(values), texts.words(values.language).FALLBACKS)


def problem(text: str, text_limit: Callable[[str], str | None]) -> str | None:
    """What is expected instead of this text, or None if it will do also with the longest values."""
    if not text.strip():
        return "some text"
    if not is_plain(text):
        return "text without control characters"
    if _ANY_BRACES.search(_PLACEHOLDER.sub("", text)):
        return "no other words in braces than " + ", ".join(f"{{{name}}}" for name in FALLBACKS)
    return text_limit(_fill(text, dict.fromkeys(FALLBACKS, _LONGEST_VALUE), FALLBACKS))


def is_filled(text: str) -> bool:
    """Whether it says everything in words: no placeholder is left to be filled."""
    return _PLACEHOLDER.search(text) is None


def is_plain(text: str) -> bool:
    """No control characters but line ends, and no half of a character."""
    return not any(unicodedata.category(c) in ("Cc", "Cs") for c in text if c != "\n")


def say_duration(duration: timedelta, language: str = "en") -> str:
    """For example "in about 10 minutes"."""
    minutes = max(1, round(duration.total_seconds() / 60))
    if minutes >= 10:
        minutes = 5 * round(minutes / 5)
    if minutes < 60:
        return _count(minutes, "minute", language)
    hours = round(minutes / 60)
    if hours < 24:
        return _count(hours, "hour", language)
    return _count(round(hours / 24), "day", language)


def say_time(moment: datetime, at: datetime, zone: ZoneInfo, language: str = "en") -> str:
    """For example "at 09:00", "on Monday at 09:00", "on Monday, 4 January at 09:00"."""
    words, local = texts.words(language), moment.astimezone(zone)
    days_ahead = (local.date() - at.astimezone(zone).date()).days
    known = {
        "clock": f"{local.hour:02}:{local.minute:02}",
        "weekday": words.WEEKDAYS[local.weekday()],
        "day": local.day,
        "month": words.MONTHS[local.month - 1],
    }
    if days_ahead == 0:
        return str(words.AT_TODAY.format(**known))
    return str((words.AT_WEEKDAY if days_ahead < 7 else words.AT_DATE).format(**known))


def _fill(text: str, phrases: Mapping[str, str], fallbacks: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: _tidy(phrases[found[1]]) or fallbacks[found[1]], text)


def _phrases(values: Values) -> dict[str, str]:
    wait, opens_at, language = values.usual_response_time, values.opens_at, values.language
    return {
        "first_name": values.first_name or "",
        "usual_response_time": say_duration(wait, language) if wait is not None else "",
        "opens_at": say_time(opens_at, values.now, values.zone, language) if opens_at else "",
    }


def _tidy(value: str) -> str:
    """One short line of printable characters."""
    kept = "".join(" " if c.isspace() else c for c in value[:200] if c.isspace() or _is_shown(c))
    line = " ".join(kept.split())[:MAX_VALUE_CHARACTERS]
    return line.encode()[:MAX_VALUE_BYTES].decode(errors="ignore").strip()


def _is_shown(character: str) -> bool:
    return character in _JOINERS or unicodedata.category(character) not in _HIDDEN


def _count(number: int, unit: str, language: str) -> str:
    words = texts.words(language)
    one, many = words.COUNTS[unit]
    return str(words.IN_ABOUT.format(count=one if number == 1 else many.format(n=number)))
