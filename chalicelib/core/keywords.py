"""Keywords in what a customer wrote: as whole words, whatever their case and width.

Nobody tells in which language a message is, so the four letters I, İ, ı and i count as one: in
Turkish and Azerbaijani the capital of i is İ and that of ı is I, elsewhere the capital of i is I.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_ONE_I = str.maketrans("Iİı", "iii")
_DOT_ABOVE = "\u0307"  # what is left of an İ that was typed in two characters
_FIRST_SYLLABLE, _LAST_SYLLABLE = "\uac00", "\ud7a3"  # of Korean
_END = rf"(?![^\W{_FIRST_SYLLABLE}-{_LAST_SYLLABLE}])"  # of a word, but for Korean particles
# Turkish and Azerbaijani on a keyboard that lacks their letters.
_AS_ASCII = str.maketrans("çğşöüə", "cgsoue")


def is_asked(keywords: Iterable[str], text: str | None) -> bool:
    """Whether one of the keywords stands in the text."""
    words = folded(text or "")
    return any(occurs(keyword, words) for keyword in keywords)


def is_all(keywords: Iterable[str], text: str | None) -> bool:
    """Whether the text is one of the keywords, with nothing but marks around it."""
    words = re.sub(r"^\W+|\W+$", "", folded(text or ""))
    return any(folded(keyword) == words for keyword in keywords)


def occurs(keyword: str, words: str) -> bool:
    """Whether it stands in the `folded` words: "mug" in "the mug!", but not in "smuggler". Korean
    writes particles right after a word: of a Korean one only the beginning counts, and any other
    may have Korean letters after it."""
    pattern = _pattern(keyword)
    return pattern is not None and pattern.search(words) is not None


@lru_cache(maxsize=4096)  # every message is compared with hundreds of them
def _pattern(keyword: str) -> re.Pattern[str] | None:
    wanted = folded(keyword)
    if not wanted:
        return None
    end = "" if _FIRST_SYLLABLE <= wanted[-1:] <= _LAST_SYLLABLE else _END
    return re.compile(rf"(?<!\w){re.escape(wanted)}{end}")


def folded(text: str) -> str:
    """The text as it is compared: without case, width and runs of space."""
    plain = unicodedata.normalize("NFKC", text).translate(_ONE_I).casefold()
    return " ".join(plain.replace(f"i{_DOT_ABOVE}", "i").split())


def in_ascii(text: str) -> str:
    """The text `folded`, and its Turkish and Azerbaijani letters as they are typed without them:
    for words that are ours, where no two become the same."""
    return folded(text).translate(_AS_ASCII)
