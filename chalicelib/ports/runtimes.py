"""The ports that a part of the product gets, bundled into one value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.config import Settings
    from chalicelib.core.pacing import Pacer
    from chalicelib.ports.channels import Channels, RateCards, Rates
    from chalicelib.ports.consent import Campaigns, OptIns, Templates
    from chalicelib.ports.conversations import Conversations, Waits
    from chalicelib.ports.measuring import Digests, Readings
    from chalicelib.ports.messages import Messages
    from chalicelib.ports.outside import (
        Backlog,
        ChannelSecrets,
        DayRequests,
        GraphAdmin,
        LaneRequests,
        Log,
        Quarantine,
        Queue,
        Secrets,
        Sender,
    )


@dataclass(frozen=True, slots=True)
class Runtime:
    """The outside world as the use cases see it."""

    settings: Settings
    now: Callable[[], datetime]
    sleep: Callable[[float], None]  # seconds, below 0 none; only who sends what is due
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


@dataclass(frozen=True, slots=True)
class Connecting:
    """What connecting a channel needs beside the Runtime."""

    graph: GraphAdmin
    secrets: ChannelSecrets
