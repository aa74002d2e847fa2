"""Message templates that Meta approved: what a channel vouches for, and one filled to be sent.

WhatsApp: pages whatsapp/templates/components and templates/utility-templates (2025-11-14): a name
of at most 512 lowercase letters, digits and underscores; 10 buttons, a body of 1024 characters.
Messenger: utility-messages (2026-03-13), of which only a body with text is confirmed here.
Instagram has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace

from chalicelib.core import attachments, personalisation
from chalicelib.core.attachments import Problem
from chalicelib.core.channel import ApprovedTemplate
from chalicelib.core.messages import (
    BODY_CHARACTERS,
    CurrencyParameter,
    DateTimeParameter,
    FilledTemplate,
    Media,
    Parameter,
    TextParameter,
)

HEADER_CHARACTERS = 60
HEADERS = ("text", "image", "video", "file")
CATEGORIES = ("utility", "marketing", "authentication")
BUTTONS = ("url", "quick_reply")

_NAME = r"[a-z0-9_]{1,512}"
_LANGUAGE = r"[a-z]{2,3}(_[A-Z]{2,3})?"
_CURRENCY = r"[A-Z]{3}"
# Meta refuses line breaks, tabs and more than four spaces in a row (132018, 100).
_NOT_IN_A_PARAMETER = r"[\x00-\x1f\x7f]| {5}"


def approved(
    templates: tuple[ApprovedTemplate, ...], name: object, language: object
) -> ApprovedTemplate | None:
    """The one of this name and language."""
    wanted = (one for one in templates if (one.name, one.language) == (name, language))
    return next(wanted, None)


def problems(templates: tuple[ApprovedTemplate, ...], platform: str) -> Iterator[Problem]:
    """What is wrong with the templates that a channel of this platform names."""
    if templates and platform == "instagram":
        yield "templates", "nothing: Instagram has no approved templates"
    taken: set[tuple[str, str]] = set()
    for index, template in enumerate(templates):
        path = f"templates[{index}]"
        yield from ((f"{path}.{field}", expected) for field, expected in _wrong(template, platform))
        if (template.name, template.language) in taken:
            yield path, "a name and language that occur only once"
        taken.add((template.name, template.language))


def filling_problem(filled: FilledTemplate, template: ApprovedTemplate | None) -> Problem | None:
    """The field at fault, also measured by the approved template if we know it."""
    return next(_wrong_filling(filled, template), None)


def reply_problem(
    filled: FilledTemplate, templates: tuple[ApprovedTemplate, ...]
) -> Problem | None:
    """What is wrong with a template that is to answer by itself: its texts may hold placeholders,
    and must fit with the longest values too."""
    template = approved(templates, filled.name, filled.language)
    if template is None:
        return "template", "one that `templates` names"
    if filled.topic is not None:
        return "template.topic", "nothing: an automatic reply rests on the open window"
    for index, parameter in enumerate(filled.parameters):
        wrong = personalisation.problem(_words(parameter), _length) if _words(parameter) else None
        if wrong:
            return f"template.parameters[{index}]", wrong
    return filling_problem(filled, template)


def words(filled: FilledTemplate) -> str:
    """All its texts that may hold placeholders, a line each: no parameter has a line break."""
    return "\n".join(filter(None, map(_words, filled.parameters)))


def with_words(filled: FilledTemplate, lines: str) -> FilledTemplate:
    """The template with its texts replaced by these, in the order of `words`."""
    left = iter(lines.split("\n"))
    parameters = tuple(
        _said(each, next(left)) if _words(each) else each for each in filled.parameters
    )
    return replace(filled, parameters=parameters)


def _wrong(template: ApprovedTemplate, platform: str) -> Iterator[Problem]:
    if not re.fullmatch(_NAME, template.name):
        yield "name", "1 to 512 lowercase letters, digits and underscores"
    if not re.fullmatch(_LANGUAGE, template.language):
        yield "language", "a language code such as en or en_US"
    if template.category not in CATEGORIES:
        yield "category", "one of " + ", ".join(CATEGORIES)
    if template.header not in (None, *HEADERS):
        yield "header", "nothing, or one of " + ", ".join(HEADERS)
    if any(button.kind not in BUTTONS for button in template.buttons):
        yield "buttons", "buttons of kind " + " or ".join(BUTTONS)
    if platform == "messenger":
        yield from _wrong_on_messenger(template)


def _wrong_on_messenger(template: ApprovedTemplate) -> Iterator[Problem]:
    if template.category != "utility":
        yield "category", "utility: Messenger has no other templates"
    if template.header is not None or template.buttons:
        yield "header", "nothing: on Messenger only parameters of the body are filled in"


def _wrong_filling(filled: FilledTemplate, template: ApprovedTemplate | None) -> Iterator[Problem]:
    for index, parameter in enumerate(filled.parameters):
        if not _is_fit(parameter):
            yield f"template.parameters[{index}]", "a value that reads on one line"
    if isinstance(filled.header, Media):
        yield from _wrong_media(filled.header)
    if isinstance(filled.header, str) and not 1 <= len(filled.header) <= HEADER_CHARACTERS:
        yield "template.header", f"a text of 1 to {HEADER_CHARACTERS} characters"
    if template is not None:
        yield from _wrong_measure(filled, template)


def _wrong_media(header: Media) -> Iterator[Problem]:
    wrong = attachments.problem(header)
    if wrong:
        yield wrong[0].replace("attachment", "template.header", 1), wrong[1]


def _wrong_measure(filled: FilledTemplate, template: ApprovedTemplate) -> Iterator[Problem]:
    """The number and the kinds of what is to be filled in (else 132000 or 132012 from Meta)."""
    if len(filled.parameters) != template.parameters:
        yield "template.parameters", f"{template.parameters}, this has {len(filled.parameters)}"
    kind = filled.header.kind if isinstance(filled.header, Media) else filled.header and "text"
    if kind != template.header:
        yield "template.header", template.header or "nothing: this template has none to fill in"
    if len(filled.buttons) != len(template.buttons):
        yield "template.buttons", f"{len(template.buttons)}, this has {len(filled.buttons)}"


def _words(parameter: Parameter) -> str:
    match parameter:
        case str(text) | TextParameter(text=text):
            return text
    return ""


def _said(parameter: Parameter, text: str) -> Parameter:
    return replace(parameter, text=text) if isinstance(parameter, TextParameter) else text


def _length(text: str) -> str | None:
    return None if len(text) <= BODY_CHARACTERS else f"at most {BODY_CHARACTERS} characters"


def _is_fit(parameter: Parameter) -> bool:
    match parameter:
        case str(text) | TextParameter(text=text):
            return 1 <= len(text) <= BODY_CHARACTERS and not re.search(_NOT_IN_A_PARAMETER, text)
        case CurrencyParameter(code=code, fallback_value=text):
            return re.fullmatch(_CURRENCY, code) is not None and not re.search(
                _NOT_IN_A_PARAMETER, text
            )
        case DateTimeParameter(fallback_value=text):
            return not re.search(_NOT_IN_A_PARAMETER, text)
