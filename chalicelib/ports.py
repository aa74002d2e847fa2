"""Everything the use cases need from outside, on one page. `Runtime` bundles it; `bootstrap`
provides it.

All times are aware UTC datetimes. Every write may be repeated with the same effect.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from msgspec import Struct

from chalicelib.core.events import Item

if TYPE_CHECKING:  # types only: the webhook, which starts most often, needs none of them
    from chalicelib.config import Settings
    from chalicelib.core.access import ApiKey
    from chalicelib.core.campaigns import Campaign, Lane, Page
    from chalicelib.core.channel import ChannelSettings
    from chalicelib.core.contacts import Erased, Link
    from chalicelib.core.conversation import Conversation, Profile, Seen, Wait
    from chalicelib.core.day_activity import LocalDay, Run
    from chalicelib.core.digests import Digest, Part
    from chalicelib.core.events import Referral
    from chalicelib.core.feedback import Feedback
    from chalicelib.core.frequency import Slot
    from chalicelib.core.handling import Handling
    from chalicelib.core.marketing_waits import MarketingWait
    from chalicelib.core.messages import Author, Listing, Message, MessageFact, State, Status
    from chalicelib.core.metrics import Reading
    from chalicelib.core.opt_in import Consents, How, OptIn, Stop
    from chalicelib.core.pacing import Pacer
    from chalicelib.core.rate_cards import RateCard
    from chalicelib.core.rate_limits import Ask, Grant
    from chalicelib.core.template_states import TemplateFact, TemplateState
    from chalicelib.platforms import Accepted, GraphRequest
    from chalicelib.platforms._connecting import Answer, Call


@dataclass(frozen=True, slots=True)
class ConversationPage:
    """Conversations in the order asked for; `next_cursor` is opaque, None at the end."""

    items: tuple[Conversation, ...]
    next_cursor: str | None


class Conversations(Protocol):
    def load(self, conversation_id: str, *, is_fresh: bool = False) -> Conversation | None:
        """The row as it stands, perhaps a moment old; or as it is now, at twice the price."""

    def load_leading(self, conversation_ids: Iterable[str]) -> dict[str, Conversation]:
        """For each of these the row that stands for its contact, as far as there is one."""

    def save(self, conversation: Conversation) -> Conversation | None:
        """Store it if the stored version is `conversation.version`, raising the version by one (0:
        no row yet). Returns None when stored, else the row that was in the way. A lost answer of
        our own write counts as stored."""

    def waiting(self, channel_id: str, *, cursor: str | None, limit: int) -> ConversationPage:
        """Conversations with an open wait, the longest first."""

    def newest(self, channel_id: str, *, cursor: str | None, limit: int) -> ConversationPage:
        """All conversations with a message or visit, the latest of a customer or person first."""

    def open_waits(self, channel_id: str, day: str) -> tuple[Wait, ...]:
        """The open waits that opened on this local day."""

    def link(self, link: Link) -> None:
        """Keep a fact about two keys beside both rows; of the same pair and reason the better one
        stays (`contacts.is_better`)."""

    def links(self, conversation_id: str) -> tuple[Link, ...]:
        """The facts that name this key, oldest first, as they stand now."""

    def save_own(self, conversation: Conversation) -> None:
        """Keep what a key brings by itself, before its row takes in others or rests."""

    def own(self, conversation_id: str) -> Conversation | None: ...
    def see(
        self,
        conversation_id: str,
        *,
        delivered_until: datetime | None = None,
        read_until: datetime | None = None,
    ) -> None:
        """Raise a watermark; one write, no read, the highest stays."""

    def seen(self, conversation_id: str) -> Seen: ...
    def profile(self, conversation_id: str) -> Profile | None: ...
    def save_profile(self, conversation_id: str, profile: Profile) -> None: ...
    def save_referral(self, conversation_id: str, referral: Referral, at: datetime) -> None:
        """Keeps the earliest and the latest."""

    def referrals(self, conversation_id: str) -> dict[str, tuple[datetime, Referral]]:
        """ "first" and "latest", as far as known."""

    def slots(self, conversation_id: str) -> tuple[Slot, ...]:
        """The notifications to many that were counted of this contact, as they stand now."""

    def save_slots(
        self, conversation_id: str, before: tuple[Slot, ...], after: tuple[Slot, ...]
    ) -> bool:
        """Store `after` in place of `before`; False if something else is there."""

    def handling(self, conversation_id: str) -> Handling:
        """Who handles it, perhaps a moment old; of one that nobody handled, version 0."""

    def save_handling(self, conversation: Conversation, handling: Handling) -> Handling | None:
        """Store it if the stored version is its own, raising it. Returns None when stored, else
        what was in the way. A lost answer of our own write counts as stored."""

    def needing_person(
        self, channel_id: str, *, cursor: str | None, limit: int
    ) -> ConversationPage:
        """Conversations that need a person, the longest first. Raises ValueError (bad cursor)."""

    def hold_marketing(self, conversation_id: str, wait: MarketingWait) -> None:
        """Keep it beside the row; of two waits the one that began later stays."""

    def marketing_wait(self, conversation_id: str) -> MarketingWait | None: ...

    def forget(self, conversation_id: str, mark: Erased) -> None:
        """Remove the row and all that is beside it; only the mark stays."""

    def erased(self, conversation_id: str) -> Erased | None:
        """The mark, if its contact was erased."""


@dataclass(frozen=True, slots=True)
class MessagePage:
    """Messages in the order asked for; `next_cursor` is opaque, None at the end."""

    items: tuple[Message, ...]
    next_cursor: str | None


class Messages(Protocol):
    def record(self, message: Message) -> bool:
        """Store what somebody else wrote. True if it was new. Merges with edits, reactions,
        statuses and unsends that came before it; after an unsend no content is stored."""

    def edit(
        self, conversation_id: str, message_id: str, text: str | None, at: datetime
    ) -> None: ...
    def delete(self, conversation_id: str, message_id: str, at: datetime) -> None:
        """Remove the content, keep a tombstone."""

    def react(
        self,
        conversation_id: str,
        message_id: str,
        *,
        emoji: str | None,
        is_by_business: bool,
        at: datetime,
    ) -> None: ...
    def status(
        self,
        conversation_id: str,
        message_id: str,
        status: Status,
        at: datetime,
        *,
        failure: str | None = None,
        facts: dict[str, Any] | None = None,
        listing: Listing | None = None,
    ) -> Message | None:
        """Add a dated status; the earliest date of each is kept. One write, no read, also before
        the row exists. A late failure of one of ours is listed with the failed sends. Returns the
        row as it stands, None if there is none yet."""

    def load(self, conversation_id: str, message_id: str) -> Message | None:
        """The row alone, perhaps a moment old: what came under the platform's id of one of ours is
        in `history`."""

    def load_now(self, conversation_id: str, message_id: str) -> Message | None:
        """As `load`, but as it stands this moment; twice the price."""

    def history(self, conversation_id: str) -> tuple[Message, ...]:
        """All messages, oldest first (time, then id), consistent; facts stored under a platform id
        of ours are merged in."""

    def reclassify(self, message: Message, author: Author) -> None: ...

    def plan(self, message: Message) -> Message:
        """Store a PLANNED row with its `due_at` unless the row exists; returns the row as it
        stands."""

    def refuse(self, message: Message) -> Message:
        """Store a REFUSED row unless the row exists in another state than PLANNED; returns the row
        as it stands. What was planned before is listed with the failed sends."""

    def claim(self, message: Message) -> Message | None:
        """Store a CLAIMED row (with `lease_until`), new or from PLANNED. None if we have it, else
        the row in the way. One winner; a lost answer of our own write counts as won. What was
        planned before is listed with the unknown sends, for the end of its lease: nobody would
        bring it again if its worker died."""

    def settle(
        self,
        conversation_id: str,
        message_id: str,
        state: State,
        *,
        platform_message_id: str | None = None,
        failure: str | None = None,
        due_at: datetime | None = None,
        listing: Listing | None = None,
        entry: str | None = None,
    ) -> Message | None:
        """The outcome of a claimed row: SENT, FAILED, UNKNOWN, or PLANNED again with `due_at` and a
        `listing` that names the channel. `entry` is added to its ledger if it becomes that.
        FAILED and UNKNOWN are listed. SENT sticks, and leaves the lists unless the platform
        reported a late failure. Returns the row as it stands, None if there is none."""

    def gone_wrong(
        self, channel_id: str, state: State, *, cursor: str | None, limit: int
    ) -> MessagePage:
        """The listed rows of a channel, FAILED or UNKNOWN, the latest first; perhaps a moment old.
        A page may hold fewer than `limit`. Raises ValueError for a cursor of somebody else."""

    def to_look_for(
        self, channel_id: str, *, before: datetime, limit: int
    ) -> tuple[tuple[str, str], ...]:
        """(conversation_id, message_id) of unknown sends whose time to look has come, the longest
        first; without scanning."""

    def mark_resent(self, conversation_id: str, message_id: str, attempt_id: str) -> Message | None:
        """Name the attempt that makes it again: the first one wins and stays; what proved to be
        sent takes none. It leaves the lists. Returns the row as it stands, None if there is
        none."""

    def postpone(self, message: Message, due_at: datetime) -> None:
        """A PLANNED row becomes due at another time."""

    def keep_raw(self, conversation_id: str, event_id: str, raw: bytes, at: datetime) -> None:
        """Keep the Item of an event that makes no message of its own, as long as a message."""

    def due(self, channel_id: str, *, before: datetime) -> Iterator[tuple[str, str]]:
        """(conversation_id, message_id) of a channel's planned rows whose time has come, oldest
        first; read as far as they are taken, without scanning."""

    def due_of_old(self, *, before: datetime, limit: int) -> tuple[tuple[str, str], ...]:
        """The same of all channels, of rows that a release before planned; `postpone` moves one to
        its channel."""

    def of_day(self, channel_id: str, day: str) -> tuple[MessageFact, ...]:
        """All messages received or sent on this local day, oldest first."""

    def each_of_day(self, channel_id: str, day: str) -> Iterator[MessageFact]:
        """The same one by one, in no order: a busy day need not be held in memory."""

    def note(self, conversation_id: str, message_id: str, entry: str) -> None:
        """Add an entry to the ledger of a row that is there; twice is once."""

    def attempts(
        self, channel_id: str, days: Iterable[str], *, since: datetime, until: datetime
    ) -> Iterator[MessageFact]:
        """What we sent or tried to send on these local days, by the time of its last attempt: from
        `since` on and before `until`, oldest first, without scanning. What is being sent at this
        moment, or waits for its first attempt, is not among them."""

    def forget(self, conversation_id: str, at: datetime) -> Iterator[None]:
        """Remove what was said and what the policy was asked, as of an unsent message; what is
        planned is sent no more. One by one, as far as it is taken; the rest by taking it again."""

    def load_all(self, keys: Sequence[tuple[str, str]]) -> tuple[Message, ...]:
        """The rows with these (conversation_id, message_id), in this order, as far as they are
        there; perhaps a moment old."""


class Waits(Protocol):
    def record(self, wait: Wait) -> None:
        """Store a closed wait, overwriting the one with the same conversation and opening."""

    def remove(self, wait: Wait) -> None: ...
    def of_day(self, channel_id: str, day: str) -> tuple[Wait, ...]:
        """The closed waits that opened on this local day, oldest first."""

    def of_conversation(
        self, channel_id: str, conversation_id: str, days: Iterable[str]
    ) -> tuple[Wait, ...]:
        """The closed waits of one conversation that opened on these local days, oldest first."""


class Channels(Protocol):
    def load(self, channel_id: str, *, is_fresh: bool = False) -> ChannelSettings | None:
        """At most 30 seconds old, or as it is now."""

    def save(self, channel: ChannelSettings) -> bool:
        """Store this version in place of the one before it (version 1: nothing yet). False if
        another is there: of two editors one wins. A lost answer of our own write counts as
        stored."""

    def all(self) -> tuple[ChannelSettings, ...]: ...
    def stop_sending(self, channel_id: str, *, reason: str, at: datetime) -> None:
        """The access token is dead: hold what is to be sent, go on receiving."""

    def is_stopped(self, channel_id: str) -> bool:
        """By us, or blocked by the platform."""

    def stopped_because(self, channel_id: str) -> str | None:
        """The reason of `stop_sending`; None: sending is not stopped."""

    def resume_sending(self, channel_id: str) -> None: ...
    def tell_block(self, channel_id: str, reason: str | None, at: datetime) -> None:
        """The platform blocks the channel for this reason, or (None) does so no more. The latest
        notice counts, in whatever order they come; of the same moment, the block."""

    def blocked_because(self, channel_id: str) -> str | None:
        """The reason of the block, at most 30 seconds old; None: there is none."""

    def note_budget(self, channel_id: str, month: str | None) -> None:
        """In which local month, YYYY-MM, the channel reached its budget; None: it did not."""

    def budget_reached_in(self, channel_id: str) -> str | None:
        """At most 30 seconds old."""


@dataclass(frozen=True, slots=True)
class OptInPage:
    """Opt-ins of a topic; `next_cursor` is opaque, None at the end."""

    items: tuple[OptIn, ...]
    next_cursor: str | None


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

    def release(self, opt_in: OptIn, attempt_id: str) -> None:
        """This attempt will never use it: another one may. Nothing if another has it already."""


@dataclass(frozen=True, slots=True)
class CampaignPage:
    """Campaigns, the newest first; `next_cursor` is opaque, None at the end."""

    items: tuple[Campaign, ...]
    next_cursor: str | None


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


class LaneWanted(Struct, frozen=True):
    """A lane of a campaign that is to be worked on."""

    campaign_id: str
    lane_id: str


class LaneRequests(Protocol):
    def ask(self, lanes: Sequence[LaneWanted]) -> tuple[int, ...]:
        """Have each worked on soon, perhaps more than once; returns the positions refused (empty:
        all taken). Raises nothing for those."""


class Readings(Protocol):
    def save(self, readings: Sequence[Reading]) -> None: ...
    def of_days(self, channel_id: str, first: str, last: str) -> tuple[Reading, ...]:
        """The readings of these days, both included, in the order of day and metric."""

    def remembered(self, channel_id: str, first: str, last: str) -> tuple[Reading, ...]:
        """As `of_days`, at most ten minutes old."""

    def newest_first(self, channel_id: str, first: str, last: str) -> Iterator[Reading]:
        """The same backwards, read from the store as far as they are taken."""

    def save_answerers(self, channel_id: str, day: str, readings: Sequence[Reading]) -> None:
        """The readings of who answered on this day: those and no others."""

    def answerers_of_days(self, channel_id: str, first: str, last: str) -> tuple[Reading, ...]:
        """In the order of day and answerer."""

    def runs(self, channel_id: str, *, since: str = "") -> dict[str, Run]:
        """How the metrics of each local day from `since` on were last computed; if none was, those
        of the latest ten days before."""

    def save_run(self, channel_id: str, day: str, run: Run) -> None: ...
    def cut(self, channel_id: str, day: str) -> LocalDay | None:
        """How this day was cut when it was first computed; None if it was not."""

    def keep_cut(self, local_day: LocalDay) -> LocalDay:
        """Keep how the day is cut unless that was kept before; returns what is kept."""

    def keep_feedback(self, feedback: Feedback) -> None:
        """Keep it among those of its day; the same one again changes nothing."""

    def feedback_of_day(self, channel_id: str, day: str) -> tuple[Feedback, ...]:
        """What customers of the channel said on this local day, oldest first."""


class Templates(Protocol):
    """What Meta told about templates, by the account that has them."""

    def tell(self, fact: TemplateFact) -> None:
        """Of each aspect the latest fact stays, in whatever order they come."""

    def state(self, account_id: str, name: str, language: str) -> TemplateState: ...


class RateCards(Protocol):
    """What WhatsApp asks for messages, as the business loaded it."""

    def save(self, card: RateCard) -> None:
        """In place of the one of the same day and currency."""

    def all(self) -> tuple[RateCard, ...]:
        """By day, then currency."""


class Rates(Protocol):
    """How fast all containers together send, one row for each limit (`core/rate_limits.py`)."""

    def lease(self, ask: Ask, at: datetime) -> Grant:
        """As many of the tokens as there are, perhaps none; nobody else gets the same. A lost
        answer of our own write counts as granted."""

    def pause(self, key: str, until: datetime) -> None:
        """No tokens until then; a longer pause stays."""

    def slow_down(self, key: str, share: float, until: datetime) -> None:
        """Tell whoever leases to use only this share of the rate; the latest word counts."""


class Digests(Protocol):
    """The hourly digests of each channel's ledger."""

    def last(self, channel_id: str) -> Digest | None: ...
    def all(self, channel_id: str) -> Iterator[Digest]:
        """The oldest first; read as far as they are taken."""

    def save(self, digest: Digest) -> bool:
        """Store it unless the hour has one: of two writers one wins. A lost answer of our own write
        counts as stored."""

    def save_part(self, channel_id: str, hour: str, number: int, hashed: str, part: Part) -> None:
        """Keep a part of an hour's digest, before the digest itself."""

    def part(self, channel_id: str, hour: str, number: int, hashed: str) -> Part | None: ...


class NotKeptError(Exception):
    """The quarantine did not take a body."""


class Quarantine(Protocol):
    def put(self, body: bytes, *, reason: str, at: datetime) -> str:
        """Keep what we could not read or place; returns its id, the same for the same body. Raises
        NotKeptError."""


class Queue(Protocol):
    def send(self, entries: Sequence[QueueEntry]) -> tuple[int, ...]:
        """Send in batches; returns the positions that the queue refused (empty: all taken). Raises
        nothing for those."""


class Backlog(Protocol):
    """A queue to be worked off."""

    def take(self) -> tuple[QueueRecord, ...]:
        """Up to ten records, which nobody else gets for some time; none if there are no more. What
        is not deleted comes again."""

    def delete(self, record: QueueRecord) -> None: ...


class QueueRecord(Struct, frozen=True):
    """One message from a queue; by its `receipt` it is deleted."""

    body: str
    receipt: str


class DayWanted(Struct, frozen=True):
    """A channel's local day, YYYY-MM-DD, of which the metrics are wanted."""

    channel_id: str
    day: str


class DayRequests(Protocol):
    def ask(self, days: Sequence[DayWanted]) -> tuple[int, ...]:
        """Have each computed soon, perhaps more than once; returns the positions refused (empty:
        all taken). Raises nothing for those."""


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """One message for a queue; `group` and `deduplication` are hashed already (FIFO), or None."""

    body: str
    group: str | None = None
    deduplication: str | None = None


class Sender(Protocol):
    def post(self, channel: ChannelSettings, request: GraphRequest) -> Accepted:
        """One POST, never repeated here. Raises SendError."""

    def get(
        self, channel: ChannelSettings, path: str, host: str, *, per_second: float | None = None
    ) -> dict[str, Any] | None:
        """A look-up such as a profile; None on any failure, which is logged. Waits its turn if this
        process may make only so many of the channel's look-ups `per_second`."""


class Secrets(Protocol):
    def app_secrets(self) -> tuple[bytes, ...]: ...
    def verify_token(self) -> str | None: ...
    def refresh(self) -> bool:
        """Read the app secrets and the verify token again, at most once in 30 seconds. True if
        they were read."""

    def access_token(self, channel: ChannelSettings) -> str | None: ...


class ChannelSecrets(Protocol):
    """As `Secrets`, for who connects channels."""

    def app_secrets(self) -> tuple[bytes, ...]: ...
    def verify_token(self) -> str | None: ...
    def access_token(self, channel: ChannelSettings) -> str | None: ...
    def keep_access_token(self, name: str, token: str) -> None:
        """Store the token, encrypted, under this name in place of the one before. Raises
        NotKeptError."""


class GraphAdmin(Protocol):
    def call(self, call: Call, token: str) -> Answer:
        """One call that is no message, made once. Raises nothing: what nobody answered has no
        status."""


@dataclass(frozen=True, slots=True)
class Connecting:
    """What connecting a channel needs beside the Runtime."""

    graph: GraphAdmin
    secrets: ChannelSecrets


class ApiKeys(Protocol):
    """Who may call the HTTP API. Not part of `Runtime`: only those who manage keys ask."""

    def find(self, key_hash: str) -> ApiKey | None:
        """The secret with this hash, at most 60 seconds old; None for one that we did not issue.
        Whether it is good is for the caller to ask."""

    def all(self) -> tuple[ApiKey, ...]:
        """Every secret that we issued, good or not: a key that was rotated has several."""

    def add(self, key: ApiKey) -> None: ...
    def rotate(self, old: ApiKey, new: ApiKey, until: datetime) -> bool:
        """Put the new secret in place of the old one, which is good until then. False if the old
        one was replaced or revoked meanwhile."""

    def revoke(self, secrets: Sequence[ApiKey], at: datetime, witness: ApiKey | None) -> bool:
        """Take these secrets back while the witness stays good. False if one of them, or the
        witness, has changed since it was read."""


class Log(Protocol):
    def info(self, event: str, **facts: object) -> None:
        """One line of JSON: ids and codes, never text, names, phones or secrets."""

    def warning(self, event: str, **facts: object) -> None: ...
    def count(self, metric: str, **dimensions: str) -> None:
        """A counter in CloudWatch, by embedded metric format."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """The outside world as the use cases see it."""

    settings: Settings
    now: Callable[[], datetime]
    sleep: Callable[[float], None]  # seconds; only who sends what is due, never a worker
    conversations: Conversations
    messages: Messages
    waits: Waits
    channels: Channels
    opt_ins: OptIns
    campaigns: Campaigns
    readings: Readings
    templates: Templates
    rate_cards: RateCards
    rates: Rates
    digests: Digests
    pacer: Pacer
    quarantine: Quarantine
    quarantine_backlog: Backlog
    day_requests: DayRequests
    lane_requests: LaneRequests
    sender: Sender
    log: Log


@dataclass(frozen=True, slots=True)
class IntakeRuntime:
    """The outside world as the webhook sees it: secrets and queues, nothing else."""

    now: Callable[[], datetime]
    secrets: Secrets
    inbound: Queue
    quarantine_queue: Queue
    large: Quarantine  # what no queue takes
    log: Log


__all__ = ["Item", "Runtime"]
