"""What Meta told about templates, beside the reports: rarely written, read where one is sent."""

from __future__ import annotations

import msgspec
from pynamodb.exceptions import PutError

from chalicelib.core.template_states import TemplateFact, TemplateState, state_of
from chalicelib.storage._connection import refused_by
from chalicelib.storage._models import ReportItem

_TEMPLATE = "template#"


class Templates:
    """Fulfils `ports.Templates`."""

    def __init__(self, item: type[ReportItem]) -> None:
        self._item = item

    def tell(self, fact: TemplateFact) -> None:
        """Of each aspect the latest fact stays, in whatever order they come."""
        row = self._item(
            fact.account_id,
            f"{_place(fact.name, fact.language)}{fact.aspect}",
            at=fact.at,
            document=fact,
        )
        try:
            row.save(ReportItem.at.does_not_exist() | (ReportItem.at < fact.at))
        except PutError as error:
            refused_by(error, self._item)  # a later one is there

    def state(self, account_id: str, name: str, language: str) -> TemplateState:
        rows = self._item.query(account_id, ReportItem.item.startswith(_place(name, language)))
        return state_of(msgspec.convert(row.document, TemplateFact) for row in rows)


def _place(name: str, language: str) -> str:
    """Names and languages of templates have no #: lower case letters, digits and _ (WhatsApp,
    templates, 2025-11-14)."""
    return f"{_TEMPLATE}{name}#{language}#"
