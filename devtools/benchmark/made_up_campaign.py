"""A campaign to any number of customers, made while they are read: of what is written only the
campaign's own items are kept. Every call to a store is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from msgspec import Struct, convert
from msgspec.structs import replace

from chalicelib.core import ids
from chalicelib.core.campaigns import LANES, Campaign, Lane, Page, bounds, lanes
from chalicelib.core.channel import ChannelSettings, NotificationTopic
from chalicelib.core.conversation import Conversation
from chalicelib.core.opt_in import Consents, OptIn
from chalicelib.core.pacing import Pacer
from chalicelib.core.rate_limits import Ask, Grant, Shared
from chalicelib.platforms import Accepted
from chalicelib.ports import OptInPage
from devtools.local_aws import shop

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
TOPIC = "mug"
ANSWERED_AFTER = timedelta(milliseconds=100)  # Meta
STORES = ("campaigns", "channels", "conversations", "messages", "opt_ins", "rates")


class Told(Struct):
    """What was done so far."""

    calls: Counter[str]
    posts: int = 0
    now: datetime = NOON


def runtime(size: int) -> tuple[Any, Told]:
    """The ports that a campaign asks, and what they were asked. So many customers of a Page have
    a token for the topic."""
    told = Told(calls=Counter())
    channel = _channel()
    people = _People(channel)
    stores: dict[str, Any] = {
        "campaigns": Campaigns(size, channel.channel_id),
        "channels": _Channels(channel),
        "conversations": _Conversations(people),
        "messages": _Messages(),
        "opt_ins": _OptIns(size, people),
        "rates": _Rates(),
    }
    rt = SimpleNamespace(
        now=lambda: told.now,
        sleep=lambda seconds: _pass(told, timedelta(seconds=seconds)),
        settings=SimpleNamespace(worker_concurrency=50),
        pacer=Pacer(),
        sender=_Sender(told),
        log=_Silent(),
        **{name: _Counted(name, stores[name], told.calls) for name in STORES},
    )
    return rt, told


def campaign(size: int, channel_id: str) -> Campaign:
    return Campaign(
        campaign_id=f"to-{size}",
        topic=TOPIC,
        channels=(channel_id,),
        send_at=NOON,
        expires_at=NOON + timedelta(days=30),
        created_at=NOON,
        text="The blue mug is back.",
    )


class Campaigns:
    """The lanes, and of each lane the page that it works on."""

    def __init__(self, size: int, channel_id: str) -> None:
        self._campaign = campaign(size, channel_id)
        self.lanes_by_id = {lane.lane_id: lane for lane in lanes(self._campaign)}
        self._pages: dict[str, Page] = {}

    def load(self, campaign_id: str) -> Campaign:
        return self._campaign

    def lane(self, campaign_id: str, lane_id: str) -> Lane:
        return self.lanes_by_id[lane_id]

    def move(self, before: Lane, after: Lane) -> Lane:
        moved = replace(after, version=before.version + 1)
        self.lanes_by_id[before.lane_id] = moved
        return moved

    def page(self, campaign_id: str, lane_id: str, number: int) -> Page | None:
        page = self._pages.get(lane_id)
        return page if page and page.number == number else None

    def keep_page(self, lane: Lane, page: Page) -> Page:
        self._pages[lane.lane_id] = page
        return page

    def save_page(self, lane: Lane, page: Page) -> bool:
        self._pages[lane.lane_id] = page
        return True


class _People:
    """The customers of the page that was read last, each by its conversation."""

    def __init__(self, channel: ChannelSettings) -> None:
        self._channel, self._contacts = channel, dict[str, str]()

    def come(self, numbers: Iterable[int]) -> tuple[OptIn, ...]:
        platform, channel_id = self._channel.platform, self._channel.channel_id
        contacts = (f"7000000000{number}" for number in numbers)
        self._contacts = {ids.conversation_id(platform, channel_id, c): c for c in contacts}
        return tuple(self.consent(each) for each in self._contacts)

    def consent(self, conversation_id: str) -> OptIn:
        return OptIn(
            conversation_id=conversation_id,
            channel_id=self._channel.channel_id,
            contact_id=self._contacts[conversation_id],
            platform=self._channel.platform,
            opt_in_id=ids.digest("opt_in", conversation_id),
            topic=TOPIC,
            opted_in_at=NOON - timedelta(days=3),
            expires_at=NOON + timedelta(days=300),
            token=f"token-{conversation_id}",
        )

    def row(self, conversation_id: str) -> Conversation:
        return Conversation(
            conversation_id=conversation_id,
            platform=self._channel.platform,
            channel_id=self._channel.channel_id,
            contact_id=self._contacts[conversation_id],
            version=3,
            first_contact_at=NOON - timedelta(days=3),
            last_customer_at=NOON - timedelta(days=3),
        )


class _OptIns(Struct, frozen=True):
    size: int
    people: _People

    def page_of_topic(
        self,
        channel_id: str,
        topic: str,
        *,
        between: tuple[str, str],
        cursor: str | None,
        limit: int,
    ) -> OptInPage:
        """Each lane has one of every eight; by its bounds it is known which lane asks."""
        place, first = _LANE_OF[between], int(cursor or 0)
        numbers = range(place, self.size, LANES)
        following = str(first + limit) if first + limit < len(numbers) else None
        return OptInPage(self.people.come(numbers[first : first + limit]), following)

    def consents(self, *conversation_ids: str) -> Consents:
        return Consents(tuple(map(self.people.consent, conversation_ids)))

    def claim(self, opt_in: OptIn, attempt_id: str, at: datetime) -> bool:
        return True


class _Conversations(Struct, frozen=True):
    people: _People

    def load_leading(self, conversation_ids: Iterable[str]) -> dict[str, Conversation]:
        return {each: self.people.row(each) for each in conversation_ids}

    def links(self, conversation_id: str) -> tuple[()]:
        return ()

    def save(self, conversation: Conversation) -> None:
        return None


class _Messages:
    def claim(self, message: object) -> None:
        return None

    def settle(self, *_: object, **__: object) -> None:
        return None


class _Channels(Struct, frozen=True):
    channel: ChannelSettings

    def load(self, channel_id: str) -> ChannelSettings:
        return self.channel

    def is_stopped(self, channel_id: str) -> bool:
        return False

    def stopped_because(self, channel_id: str) -> None:
        return None

    def blocked_because(self, channel_id: str) -> None:
        return None


class _Rates:
    def lease(self, ask: Ask, at: datetime) -> Grant:
        return Grant(ask.tokens, Shared())


class _Sender(Struct, frozen=True):
    told: Told

    def post(self, channel: ChannelSettings, request: object) -> Accepted:
        self.told.posts += 1
        _pass(self.told, ANSWERED_AFTER)
        return Accepted(f"mid.{self.told.posts}")


class _Silent:
    def __getattr__(self, name: str) -> Any:
        return lambda *_, **__: None


class _Counted:
    def __init__(self, name: str, store: Any, calls: Counter[str]) -> None:
        self._name, self._store, self._calls = name, store, calls

    def __getattr__(self, name: str) -> Any:
        self._calls[f"{self._name}.{name}"] += 1
        return getattr(self._store, name)


_LANE_OF = {bounds(number): number for number in range(LANES)}


def _channel() -> ChannelSettings:
    own = shop.CHANNELS[0]
    channel = convert(shop.settings(own, "local") | {"channel_id": own.channel_id}, ChannelSettings)
    topics = (NotificationTopic(topic=TOPIC, title="When the mug is back"),)
    return replace(channel, notification_topics=topics, one_time_notifications=True)


def _pass(told: Told, length: timedelta) -> None:
    told.now += length
