"""The platform told with a refusal that a template is paused or disabled: the next send knows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from chalicelib.core.channel import ChannelSettings
from chalicelib.core.template_states import Aspect, TemplateFact
from chalicelib.ports import Runtime
from chalicelib.usecases import template_facts

# Error codes (WhatsApp, 2025-11-19), as the notices of a template's status put it.
CODES = {132015: "PAUSED", 132016: "DISABLED"}


def run(
    template: dict[str, Any] | None,
    code: int | None,
    channel: ChannelSettings,
    rt: Runtime,
    *,
    at: datetime,
) -> None:
    """Remember it like a notice of that moment: a later one counts instead. Safe to repeat."""
    account_id, (name, language) = (
        template_facts.account_of(channel),
        template_facts.named(template),
    )
    if code not in CODES or not (account_id and name and language):
        return
    fact = TemplateFact(
        account_id=account_id,
        name=name,
        language=language,
        aspect=Aspect.STATUS,
        word=CODES[code],
        at=at,
    )
    rt.templates.tell(fact)
    rt.log.count("templates_changed", aspect=Aspect.STATUS.value)
