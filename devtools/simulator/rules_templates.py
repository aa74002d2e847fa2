"""Is this template filled in as it was approved? From the published pages, apart from the product.

WhatsApp: templates/components and utility-templates (2025-11-14), error-codes (2025-11-19).
Messenger: utility-messages (2026-03-13).
"""

from __future__ import annotations

from typing import Any

from devtools.simulator.errors import GraphError, parameter, whatsapp
from devtools.simulator.state import Channel
from devtools.simulator.world import World

# error-codes (2025-11-19); since 2023-05-23 instead of 132001.
NOT_NOW = {"PAUSED": 132015, "DISABLED": 132016}
WANTED = {
    "text": str,
    "payload": str,
    "currency": dict,
    "date_time": dict,
    "image": dict,
    "video": dict,
    "document": dict,
}


def check_template(world: World, channel: Channel, template: Any) -> None:
    """Raises GraphError in the words of the Cloud API."""
    name, language = _named(template)
    known = world.template(channel, name, language)
    if known is not None and known.status in NOT_NOW:
        raise whatsapp(NOT_NOW[known.status], f"Template is {known.status}", "Low quality")
    if known is None or known.status != "APPROVED":
        details = "Template name does not exist in the translation"
        raise whatsapp(132001, "Template name does not exist", details, 404)
    given = _parameters(template, "body")
    if known.body_parameters not in (None, len(given)):
        details = f"body: number of params ({len(given)}) does not match ({known.body_parameters})"
        raise whatsapp(132000, "Number of parameters does not match", details)
    for kind in ("header", "body", "button"):
        for each in _parameters(template, kind):
            _check_parameter(kind, each)
    kinds = [each.get("type") for each in _parameters(template, "header")]
    if known.header is not None and kinds != [known.header]:
        raise whatsapp(132012, "Parameter format does not match", f"header: {known.header}")


def check_utility(world: World, channel: Channel, body: dict[str, Any]) -> None:
    """A Messenger message with a template. Raises GraphError (100)."""
    if body.get("messaging_type") != "UTILITY":
        raise parameter("A message with a template needs messaging_type UTILITY")
    try:
        check_template(world, channel, body["message"]["template"])
    except GraphError as error:
        raise parameter("The utility message template cannot be sent so") from error


def _named(template: Any) -> tuple[str, str]:
    language = template.get("language")
    code = language.get("code") if isinstance(language, dict) else None
    if not template.get("name") or not code:
        raise whatsapp(131008, "Required parameter is missing", "template needs name and language")
    return str(template["name"]), str(code)


def _parameters(template: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    components = template.get("components") or []
    mine = [one.get("parameters", []) for one in components if one.get("type") == kind]
    return [each for parameters in mine for each in parameters]


def _check_parameter(kind: str, given: dict[str, Any]) -> None:
    word = str(given.get("type"))
    value = given.get(word)
    if word not in WANTED or not isinstance(value, WANTED[word]) or not value:
        raise whatsapp(132012, "Parameter format does not match", f"{kind}: {word}")
    if word == "text" and ("\n" in value or "\t" in value or " " * 5 in value):
        raise whatsapp(132018, "Parameter format does not match", f"{kind}: line breaks, tabs")
    if word == "currency" and not isinstance(value.get("amount_1000"), int):
        raise whatsapp(132012, "Parameter format does not match", f"{kind}: amount_1000")
