"""The way of a delivery, from its signature to its consequences, between fakes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from chalicelib.core.channel import AutomaticReply, ChannelSettings
from chalicelib.core.messages import Message
from chalicelib.ports import Runtime
from chalicelib.usecases import process_batch, receive_webhook
from chalicelib.usecases.receive_webhook import Outcome
from tests import builders, fakes
from tests.fake_esm import FakeEsm
from tests.intake import intake, sign, to_bytes

PAGE, PROFESSIONAL, NUMBER = "100100100100101", "17841400000000001", "106540352242922"
APP_ID = "1029384756019283"


def shop(channel_id: str, platform: str, **facts: Any) -> ChannelSettings:
    """A channel that greets, always open."""
    greets = {
        "instant_reply": AutomaticReply(text="Hello!"),
        "handover_notice": AutomaticReply(is_on=False),
        "own_app_id": APP_ID,
    }
    return builders.channel(channel_id=channel_id, platform=platform, **(greets | facts))


CHANNELS = (
    shop(PAGE, "messenger"),
    shop(PROFESSIONAL, "instagram"),
    shop(NUMBER, "whatsapp"),
)


class Journey:
    """Deliver payloads, then look at `rt` (the fakes), `esm` (the queue) and `kept`."""

    def __init__(
        self, *channels: ChannelSettings, at: datetime = builders.NOON, **ports: Any
    ) -> None:
        self.clock = fakes.Clock(at)
        self.rt: Runtime = fakes.runtime(*(channels or CHANNELS), now=self.clock, **ports)
        self.worker = self.rt  # what the handler uses: a test may break it
        self.esm = FakeEsm(lambda records: process_batch.run(records, self.worker), self.clock)
        self.intake = intake(now=self.clock, inbound=self.esm)

    def deliver(self, *payloads: Any, times: int = 1) -> list[Outcome]:
        """Meta posts these, signed, and the queue is worked off."""
        outcomes = [self.post(payload) for payload in payloads for _ in range(times)]
        self.esm.run()
        return outcomes

    def post(self, payload: Any) -> Outcome:
        raw = payload if isinstance(payload, bytes) else to_bytes(payload)
        return receive_webhook.run(raw, sign(raw), self.intake)

    @property
    def rows(self) -> tuple[Message, ...]:
        found: tuple[Message, ...] = self.rt.messages.all  # type: ignore[attr-defined]
        return found

    @property
    def posts(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.rt.sender.bodies  # type: ignore[attr-defined]
        return found

    @property
    def kept(self) -> list[str]:
        """The reasons of what is in quarantine."""
        kept = self.rt.quarantine.kept  # type: ignore[attr-defined]
        return [reason for _, reason, _ in kept]

    def state(self) -> str:
        """All that is stored and sent, to be compared."""
        return snapshot(self.rt)


def snapshot(rt: Any) -> str:
    """What the stores hold and what was posted, whatever the number of saves it took."""
    conversations = [replace(row, version=0) for row in rt.conversations.rows.values()]
    beside = rt.conversations._seen, rt.conversations._referrals
    stored = sorted(map(repr, conversations)), rt.messages.all, rt.waits.all, beside
    return repr((stored, rt.opt_ins._opt_ins, rt.sender.bodies))


def milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def text(
    contact: str = "7001",
    words: str | None = "Is the mug back?",
    *,
    mid: str = "m_1",
    at: datetime = builders.NOON,
    **message: Any,
) -> dict[str, Any]:
    """A customer's message on the Messenger Page."""
    return messaging(contact, {"message": {"mid": mid, "text": words, **message}}, at=at)


def messaging(contact: str, inner: dict[str, Any], *, at: datetime = builders.NOON) -> Any:
    """An item of a Page's `messaging` list from a customer."""
    sender, recipient = {"id": contact}, {"id": PAGE}
    return {"sender": sender, "recipient": recipient, "timestamp": milliseconds(at), **inner}


def echo(
    contact: str = "7001", *, mid: str, words: str | None, at: datetime, **message: Any
) -> dict[str, Any]:
    """What the Page wrote, as Meta tells it."""
    inner = {"mid": mid, "text": words, "is_echo": True, **message}
    item = messaging(contact, {"message": inner}, at=at)
    return item | {"sender": item["recipient"], "recipient": item["sender"]}


def page(*items: Any, section: str = "messaging", channel_id: str = PAGE) -> dict[str, Any]:
    """A delivery of the Page."""
    entry = {"id": channel_id, "time": milliseconds(builders.NOON), section: list(items)}
    return {"object": "page", "entry": [entry]}


def echo_of(post: dict[str, Any], *, mid: str, at: datetime) -> dict[str, Any]:
    """The echo that Meta sends of what we posted to it."""
    message = post["message"]
    return echo(
        post["recipient"].get("id", "7001"),  # a token stands in for the one who gave it
        mid=mid,
        words=message["text"],
        at=at,
        metadata=message["metadata"],
        app_id=int(APP_ID),
    )


def seconds(number: float) -> datetime:
    """So long after noon."""
    return builders.NOON + timedelta(seconds=number)


def texts(posts: Iterable[dict[str, Any]]) -> list[str]:
    return [post["message"]["text"] for post in posts]
