"""Ready texts: what each automation says if the business wrote nothing of its own, and the words
by which customers ask for it, in every language that we know.

One module a language, loaded when a channel speaks it. The texts of a name have the same
placeholders (`core/personalisation.py`) in all languages, and fit every platform.
"""

from __future__ import annotations

from types import ModuleType

LANGUAGES = ("en", "tr", "az", "ko")


def ready(name: str, language: str) -> str:
    """The text of this name. Raises KeyError for a name or language that there is not."""
    return str(words(language).TEXTS[name])


def keywords(name: str) -> tuple[str, ...]:
    """The words that ask for it, of all languages: nobody tells in which one a customer writes.
    Raises KeyError for a name that has none."""
    return tuple(word for each in LANGUAGES for word in words(each).KEYWORDS[name])


def alone(name: str) -> tuple[str, ...]:
    """The words that ask for it as the whole message alone, of all languages."""
    return tuple(word for each in LANGUAGES for word in words(each).ALONE.get(name, ()))


def in_all_languages() -> dict[str, dict[str, str]]:
    """Every ready text by name and language, in the order of the names."""
    names = sorted(words(LANGUAGES[0]).TEXTS)
    return {name: {each: ready(name, each) for each in LANGUAGES} for name in names}


def words(language: str) -> ModuleType:
    """All that is said in this language. Raises KeyError for one that we do not know."""
    match language:
        case "en":
            from chalicelib.core.texts import en

            return en
        case "tr":
            from chalicelib.core.texts import tr

            return tr
        case "az":
            from chalicelib.core.texts import az

            return az
        case "ko":
            from chalicelib.core.texts import ko

            return ko
    raise KeyError(language)
