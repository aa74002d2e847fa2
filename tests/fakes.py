"""One fake for every port, and `runtime()` that bundles them. tests/storage keeps them honest.

The stores of messages, conversations and opt-ins take a lock, so that races can be played with
threads. The larger ones have files of their own; name them as `fakes.FakeLog`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from threading import RLock
from types import SimpleNamespace
from typing import Any

from msgspec.structs import replace

from chalicelib.config import Settings
from chalicelib.core.access import ApiKey
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.pacing import Pacer
from chalicelib.core.rate_cards import RateCard
from chalicelib.core.template_states import TemplateFact, TemplateState, state_of
from chalicelib.ports import Runtime
from tests import builders
from tests.fake_campaigns import FakeCampaigns, FakeLaneRequests
from tests.fake_conversations import FakeConversations as FakeConversations
from tests.fake_conversations import FakeWaits as FakeWaits
from tests.fake_measuring import FakeDigests as FakeDigests
from tests.fake_measuring import FakeReadings as FakeReadings
from tests.fake_messages import FakeMessages
from tests.fake_opt_ins import FakeOptIns as FakeOptIns
from tests.fake_outside import Clock as Clock
from tests.fake_outside import FakeBacklog as FakeBacklog
from tests.fake_outside import FakeDayRequests as FakeDayRequests
from tests.fake_outside import FakeLog as FakeLog
from tests.fake_outside import FakeQuarantine as FakeQuarantine
from tests.fake_outside import FakeQueue as FakeQueue
from tests.fake_outside import FakeSecrets as FakeSecrets
from tests.fake_outside import FakeSender as FakeSender
from tests.fake_rates import FakeRates


class FakeChannels:
    def __init__(self, *channels: ChannelSettings) -> None:
        self._channels = {channel.channel_id: channel for channel in channels}
        self.stopped: dict[str, tuple[str, datetime]] = {}
        self._blocks: dict[str, tuple[datetime, str]] = {}
        self._spent: dict[str, str | None] = {}
        self._lock = RLock()

    def load(self, channel_id: str, *, is_fresh: bool = False) -> ChannelSettings | None:
        return self._channels.get(channel_id)

    def save(self, channel: ChannelSettings) -> bool:
        with self._lock:
            stored = self._channels.get(channel.channel_id)
            if (stored.version if stored else 0) != max(channel.version - 1, 0):
                return False
            self._channels[channel.channel_id] = channel
            return True

    def all(self) -> tuple[ChannelSettings, ...]:
        return tuple(self._channels[channel_id] for channel_id in sorted(self._channels))

    def stop_sending(self, channel_id: str, *, reason: str, at: datetime) -> None:
        self.stopped.setdefault(channel_id, (reason, at))

    def is_stopped(self, channel_id: str) -> bool:
        return channel_id in self.stopped or self.blocked_because(channel_id) is not None

    def resume_sending(self, channel_id: str) -> None:
        self.stopped.pop(channel_id, None)

    def stopped_because(self, channel_id: str) -> str | None:
        return self.stopped[channel_id][0] if channel_id in self.stopped else None

    def tell_block(self, channel_id: str, reason: str | None, at: datetime) -> None:
        told = (at, reason or "")
        self._blocks[channel_id] = max(self._blocks.get(channel_id, told), told)

    def blocked_because(self, channel_id: str) -> str | None:
        return self._blocks[channel_id][1] or None if channel_id in self._blocks else None

    def note_budget(self, channel_id: str, month: str | None) -> None:
        self._spent[channel_id] = month

    def budget_reached_in(self, channel_id: str) -> str | None:
        return self._spent.get(channel_id)


class FakeApiKeys:
    def __init__(self) -> None:
        self._secrets: dict[str, ApiKey] = {}
        self._lock = RLock()

    def find(self, key_hash: str) -> ApiKey | None:
        return self._secrets.get(key_hash)

    def all(self) -> tuple[ApiKey, ...]:
        return tuple(self._secrets.values())

    def add(self, key: ApiKey) -> None:
        self._secrets[key.key_hash] = key

    def rotate(self, old: ApiKey, new: ApiKey, until: datetime) -> bool:
        with self._lock:
            if not self._is_the_one(old.key_hash):
                return False
            stored = self._secrets[old.key_hash]
            self._secrets[old.key_hash] = replace(stored, expires_at=until)
            self._secrets[new.key_hash] = new
            return True

    def revoke(self, secrets: Sequence[ApiKey], at: datetime, witness: ApiKey | None) -> bool:
        with self._lock:
            is_left = witness is None or self._is_the_one(witness.key_hash)
            if not is_left or any(self._secrets[s.key_hash] != s for s in secrets):
                return False
            for secret in secrets:
                self._secrets[secret.key_hash] = replace(secret, revoked_at=at)
            return True

    def _is_the_one(self, key_hash: str) -> bool:
        stored = self._secrets.get(key_hash)
        return stored is not None and stored.expires_at is None and stored.revoked_at is None


class FakeRateCards:
    def __init__(self) -> None:
        self._cards: dict[str, RateCard] = {}

    def save(self, card: RateCard) -> None:
        self._cards[card.version] = card

    def all(self) -> tuple[RateCard, ...]:
        return tuple(self._cards[version] for version in sorted(self._cards))


class FakeTemplates:
    def __init__(self) -> None:
        self._facts: dict[tuple[str, str, str, str], TemplateFact] = {}

    def tell(self, fact: TemplateFact) -> None:
        place = (fact.account_id, fact.name, fact.language, fact.aspect)
        known = self._facts.get(place)
        if known is None or known.at < fact.at:
            self._facts[place] = fact

    def state(self, account_id: str, name: str, language: str) -> TemplateState:
        return state_of(
            fact for place, fact in self._facts.items() if place[:3] == (account_id, name, language)
        )


def stores() -> SimpleNamespace:
    """One of each store, as `chalicelib.storage.Storage` has them."""
    return SimpleNamespace(
        conversations=FakeConversations(),
        messages=FakeMessages(),
        waits=FakeWaits(),
        channels=FakeChannels(),
        opt_ins=FakeOptIns(),
        campaigns=FakeCampaigns(),
        readings=FakeReadings(),
        templates=FakeTemplates(),
        rate_cards=FakeRateCards(),
        rates=FakeRates(),
        digests=FakeDigests(),
    )


def runtime(
    *channels: ChannelSettings,
    now: datetime | Callable[[], datetime] = builders.NOON,
    settings: Settings | None = None,
    **ports: Any,
) -> Runtime:
    """A Runtime of fakes that knows these channels; `rt.now` is a `Clock`; `ports` replaces any."""
    clock = Clock(now) if isinstance(now, datetime) else now
    fakes: dict[str, Any] = {
        "settings": settings or builders.settings(),
        "now": clock,
        "sleep": lambda seconds: clock.advance(seconds=seconds),
        "conversations": FakeConversations(),
        "messages": FakeMessages(),
        "waits": FakeWaits(),
        "channels": FakeChannels(*channels),
        "opt_ins": FakeOptIns(),
        "campaigns": FakeCampaigns(),
        "readings": FakeReadings(),
        "templates": FakeTemplates(),
        "rate_cards": FakeRateCards(),
        "rates": FakeRates(),
        "digests": FakeDigests(),
        "pacer": Pacer(),
        "quarantine": FakeQuarantine(),
        "quarantine_backlog": FakeBacklog(),
        "day_requests": FakeDayRequests(),
        "lane_requests": FakeLaneRequests(),
        "sender": FakeSender(),
        "log": FakeLog(),
    }
    return Runtime(**(fakes | ports))
