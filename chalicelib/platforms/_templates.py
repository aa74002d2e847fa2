"""A filled template as Meta's messages want it: the same on WhatsApp and, for utility messages, on
Messenger.

WhatsApp: page whatsapp/templates/components (2025-11-14). Messenger: utility-messages (2026-03-13).
"""

from __future__ import annotations

from typing import Any

from chalicelib.core.channel import ApprovedTemplate, TemplateButton
from chalicelib.core.messages import (
    CurrencyParameter,
    DateTimeParameter,
    FilledTemplate,
    Media,
    Parameter,
    TextParameter,
)

_WORDS_OF = {"file": "document"}  # ours -> Meta's


def as_sent(filled: FilledTemplate, template: ApprovedTemplate | None) -> dict[str, Any]:
    """The `template` of a message; without the approved one its buttons stay empty."""
    components = [*_header(filled.header), *_body(filled.parameters)]
    if template is not None:
        components += map(_button, template.buttons, filled.buttons)
    sent: dict[str, Any] = {"name": filled.name, "language": {"code": filled.language}}
    return sent | ({"components": components} if components else {})


def _header(header: str | Media | None) -> list[dict[str, Any]]:
    if header is None:
        return []
    parameter = _text(header) if isinstance(header, str) else _media(header)
    return [{"type": "header", "parameters": [parameter]}]


def _body(parameters: tuple[Parameter, ...]) -> list[dict[str, Any]]:
    sent = [_parameter(parameter) for parameter in parameters]
    return [{"type": "body", "parameters": sent}] if sent else []


def _parameter(parameter: Parameter) -> dict[str, Any]:
    match parameter:
        case str(text):
            return _text(text)
        case TextParameter(text=text, name=name):
            return _text(text) | ({"parameter_name": name} if name else {})
        case CurrencyParameter(code=code, amount_1000=amount, fallback_value=text):
            value = {"fallback_value": text, "code": code, "amount_1000": amount}
            return {"type": "currency", "currency": value}
        case DateTimeParameter(fallback_value=text):
            return {"type": "date_time", "date_time": {"fallback_value": text}}


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def _media(media: Media) -> dict[str, Any]:
    kind = _WORDS_OF.get(media.kind, media.kind)
    facts = {"link": media.url, "id": media.media_id, "filename": media.filename}
    return {"type": kind, kind: {name: value for name, value in facts.items() if value}}


def _button(button: TemplateButton, value: str) -> dict[str, Any]:
    parameter = _text(value) if button.kind == "url" else {"type": "payload", "payload": value}
    named = {"type": "button", "sub_type": button.kind, "index": str(button.index)}
    return named | {"parameters": [parameter]}
