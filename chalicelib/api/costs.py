"""What WhatsApp messages cost: the bill of a month, and the rate cards it is made by."""

from __future__ import annotations

from typing import Annotated

from chalice.app import Blueprint, Response
from msgspec import Meta, Struct

from chalicelib.api import answers
from chalicelib.api.endpoint import endpoint, runtime
from chalicelib.api.shapes import Page
from chalicelib.core.access import ApiKey, Role
from chalicelib.core.costs import MonthCosts
from chalicelib.core.rate_cards import RateCard
from chalicelib.usecases.errors import Forbidden

costs = Blueprint(__name__)

_END = r"$(?!\n)"
_Month = Annotated[
    str,
    Meta(pattern=f"^20[0-9]{{2}}-(0[1-9]|1[0-2]){_END}", description="a month such as 2026-11"),
]
_Currency = Annotated[str, Meta(pattern=f"^[A-Z]{{3}}{_END}", description="a currency such as USD")]


class CostsQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    month: _Month | None = None
    currency: _Currency | None = None


@endpoint(
    costs,
    "GET",
    "/v1/channels/{channel_id}/costs",
    role=Role.READ,
    query=CostsQuery,
    answer=MonthCosts,
)
def month_costs(channel_id: str, query: CostsQuery) -> Response:
    """What the messages of a month cost and free ones saved, by the rate cards that held, and how
    many answers are still free."""
    from chalicelib.usecases import read_costs

    return answers.ok(read_costs.run(channel_id, query.month, query.currency, runtime()))


@endpoint(costs, "GET", "/v1/rate-cards", role=Role.READ, answer=Page[RateCard])
def list_rate_cards(caller: ApiKey) -> Response:
    """All rate cards, by day and currency; they are every channel's and no secret."""
    return answers.ok(Page(list(runtime().rate_cards.all()), None))


@endpoint(costs, "PUT", "/v1/rate-cards", role=Role.ADMIN, body=RateCard, answer=RateCard)
def put_rate_card(body: RateCard, caller: ApiKey) -> Response:
    """Load the rates that hold from a day on, in place of those of the same day and currency. They
    are every channel's, so it needs a key that sees all."""
    from chalicelib.usecases import save_rate_card

    if not caller.is_master:
        raise Forbidden("scope", "This needs an API key for all channels.")
    return answers.ok(save_rate_card.run(body, runtime()))
