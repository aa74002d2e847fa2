"""What may be sent to many: where consent, campaigns and facts about templates are kept."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.core.campaigns import Campaign, Lane, Page
    from chalicelib.core.opt_in import Consents, How, OptIn, Stop
    from chalicelib.core.template_states import TemplateFact, TemplateState
    from chalicelib.ports.values import CampaignPage, LaneWanted, OptInPage


class OptIns(Protocol):
    def forget(self, conversation_id: str) -> None:
        """Remove the opt-ins of an erased contact; its stops stay."""

    def record(self, opt_in: OptIn) -> None:
        """Store it once: told again, what was used since stays used."""

    def stop(
        self,
        conversation_id: str,
        topic: str | None,
        at: datetime,
        *,
        how: How = ...,
        evidence: str | None = None,
    ) -> None:
        """The contact wants no more of this topic, or (None) nothing but answers; the latest stop
        of each stays. `evidence` is an id, never words."""

    def resume(
        self,
        conversation_id: str,
        topic: str | None,
        at: datetime,
        *,
        how: How = ...,
        evidence: str | None = None,
    ) -> None:
        """Takes back the stops of exactly this topic, or of all, that came before."""

    def stops(self, *conversation_ids: str) -> tuple[Stop, ...]:
        """The latest stop of each topic under each of these keys, also if it was taken back, as
        they stand now."""

    def consents(self, *conversation_ids: str) -> Consents:
        """The opt-ins as `of_conversation` has them and the stops, by one read."""

    def of_conversation(self, *conversation_ids: str) -> tuple[OptIn, ...]:
        """The opt-ins of a contact whose keys have these conversations; a stop under any of them
        stops all."""

    def of_topic(self, channel_id: str, topic: str) -> tuple[OptIn, ...]: ...
    def page_of_topic(
        self,
        channel_id: str,
        topic: str,
        *,
        between: tuple[str, str],
        cursor: str | None,
        limit: int,
    ) -> OptInPage:
        """Some of the topic's opt-ins whose ids are between the two texts, in the order of the ids,
        perhaps a moment old; without stops."""

    def claim(self, opt_in: OptIn, attempt_id: str, at: datetime) -> bool:
        """Spend it on this attempt; False if another attempt has it. Repeating the same attempt is
        True."""

    def ask(self, conversation_id: str, topic: str, attempt_id: str, at: datetime) -> None:
        """The contact was asked about this topic, by this attempt; the latest stays."""

    def release(self, opt_in: OptIn) -> None:
        """Who has it, as it was read, will never use it: another one may. Nothing if it was claimed
        since then, by whomever."""


class Campaigns(Protocol):
    def create(self, campaign: Campaign) -> Campaign:
        """Store it with its lanes unless there is one of this id; returns the campaign that is
        stored."""

    def load(self, campaign_id: str) -> Campaign | None:
        """As it stands now."""

    def cancel(self, campaign_id: str, at: datetime) -> None:
        """The first time stays."""

    def newest(self, *, cursor: str | None, limit: int) -> CampaignPage:
        """All but dry runs, by when they were created. Raises ValueError for a cursor of somebody
        else."""

    def due(self, *, before: datetime, limit: int) -> tuple[LaneWanted, ...]:
        """The lanes whose time has come, the longest due first; without scanning."""

    def lane(self, campaign_id: str, lane_id: str) -> Lane | None:
        """As it stands now."""

    def lanes(self, campaign_id: str) -> tuple[Lane, ...]:
        """All of the campaign, by channel and number."""

    def move(self, before: Lane, after: Lane) -> Lane | None:
        """Store `after` in place of `before`; returns it with its version, None if the lane was
        moved by somebody else. A lost answer of our own write counts as stored."""

    def keep_page(self, lane: Lane, page: Page) -> Page:
        """Store it unless the lane has one of this number; returns the one that is stored."""

    def save_page(self, lane: Lane, page: Page) -> bool:
        """Store it in place of the one there is; False if a later holder of the lane did."""

    def page(self, campaign_id: str, lane_id: str, number: int) -> Page | None: ...


class Templates(Protocol):
    """What Meta told about templates, by the account that has them."""

    def tell(self, fact: TemplateFact) -> None:
        """Of each aspect the latest fact stays, in whatever order they come."""

    def state(self, account_id: str, name: str, language: str) -> TemplateState: ...
