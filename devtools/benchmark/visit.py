"""A customer of the shop, and the people who answer: in process, on the stack's own tables."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace as replace_port
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct, convert
from msgspec.structs import replace

from chalicelib import bootstrap
from chalicelib.core.channel import AutomaticReply, ChannelSettings
from chalicelib.core.ids import conversation_id
from chalicelib.core.metrics import Reading, _durations
from chalicelib.core.metrics.response_time import METRIC as RESPONSE_TIME
from chalicelib.core.pacing import Pacer
from chalicelib.platforms import Accepted, GraphRequest, platform_of
from chalicelib.ports import Runtime
from chalicelib.usecases import process_event, reply_as_person
from devtools.benchmark import bodies
from devtools.benchmark.metering import Meter, Units
from devtools.local_aws import shop
from devtools.simulator import webhooks

SOON = timedelta(minutes=1)
ANSWER = "Evet, bugün geldi! Sizin için bir tane saklayabiliriz."
_numbers = itertools.count(1)


class Shop:
    """The use cases as the functions have them, but for the clock and for Meta, who accepts all."""

    def __init__(self, meter: Meter) -> None:
        self.now = datetime.now(UTC).replace(hour=10, minute=0, second=0, microsecond=0)
        self.meter, self.sender = meter, _Accepting()
        live = bootstrap.live()
        self.rt: Runtime = replace_port(
            live, now=lambda: self.now, sleep=self._passes, sender=self.sender, log=_Silent()
        )

    @contextmanager
    def open_for(self, platform: str, *, greets: bool) -> Iterator[Visit]:
        """A new customer at ten in the morning; afterwards it is ten again."""
        channel = _settings(platform)
        off = AutomaticReply(is_on=False)
        channel = replace(channel, handover_notice=off)
        if not greets:
            channel = replace(channel, instant_reply=off)
        stored = self.rt.channels.load(channel.channel_id, is_fresh=True)
        version = stored.version + 1 if stored else 1
        self.rt.channels.save(replace(channel, version=version))
        began = self.now
        # The same seconds come again: they must not look like a second message within one.
        self.rt = replace_port(self.rt, pacer=Pacer())
        yield Visit(self, channel, next(_numbers))
        self.now = began

    def _passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def has_been_answering(self) -> None:
        """Readings of former days are there, as in a shop that works: ten answers a day."""
        days = [self.now.date() - timedelta(days=back) for back in range(20)]
        self.rt.readings.save(
            [_reading(each.channel_id, day.isoformat()) for each in shop.CHANNELS for day in days]
        )


class Visit:
    """What one customer and the people of the shop do, one after the other."""

    def __init__(self, shop: Shop, channel: ChannelSettings, number: int) -> None:
        self._shop, self._channel = shop, channel
        self._number = number
        self.units = Units()

    @contextmanager
    def measured(self) -> Iterator[None]:
        """What happens within is what the scenario is about."""
        with self._shop.meter.counting() as units:
            yield
            self.units = Units(units.write, units.read)

    def later(self, by: timedelta = SOON) -> None:
        self._shop.now += by

    def delivers(self, body: dict[str, Any]) -> None:
        """The worker's part of a webhook delivery."""
        platform = platform_of(body)
        for item in platform.walk(body) if platform else ():
            process_event.run(item, self._shop.now, self._shop.rt)

    def customer_writes(self) -> dict[str, Any]:
        """The delivery, which may come again."""
        body = self.text()
        self.delivers(body)
        return body

    def text(self) -> dict[str, Any]:
        """The customer's next message, which is not delivered yet."""
        return bodies.message(
            self._channel.platform,
            next(_numbers),
            contact_number=self._number,
            at=self._shop.now,
        )

    def person_answers(self) -> None:
        """Through our API."""
        contact = bodies.contact(self._channel.platform, self._number).contact_id
        reply_as_person.run(
            conversation_id=conversation_id(
                self._channel.platform, self._channel.channel_id, contact
            ),
            text=ANSWER,
            author="Ayşe",
            idempotency_key=f"answer {next(_numbers)}",
            rt=self._shop.rt,
        )

    def native_echo(self) -> dict[str, Any]:
        """What a person wrote in the native inbox, or on WhatsApp in the phone app."""
        mid = bodies.message_id(self._channel.platform, next(_numbers))
        if self._channel.platform == "whatsapp":
            to = {"to_user_id": bodies.contact(self._channel.platform, self._number).user_id}
            inner = {"id": mid, "type": "text", "text": {"body": ANSWER}, **to}
            return webhooks.whatsapp_echo(*self._ends(), inner)
        app_id = webhooks.PAGE_INBOX_APP_ID if self._channel.platform == "messenger" else None
        return webhooks.echo(*self._ends(), {"mid": mid, "text": ANSWER}, app_id)

    def echo_of_ours(self) -> dict[str, Any]:
        """Meta's echo of what we sent last."""
        sent = self._shop.sender.sent[-1]
        message = {"mid": sent.message_id, **sent.request.body["message"]}
        return webhooks.echo(*self._ends(), message, int(shop.APP_ID))

    def status(self, word: str) -> dict[str, Any]:
        """What became of what we sent last."""
        sent = self._shop.sender.sent[-1]
        if self._channel.platform == "whatsapp":
            told = {"id": sent.message_id, "status": word, "pricing": bodies.PRICING}
            callback = sent.request.body["biz_opaque_callback_data"]
            told["biz_opaque_callback_data"] = callback
            return webhooks.whatsapp_status(*self._ends(), told)
        writer = webhooks.read if word == "read" else webhooks.delivered
        return writer(*self._ends(), sent.message_id)

    def _ends(self) -> tuple[Any, Any, datetime]:
        platform = self._channel.platform
        return bodies.CHANNELS[platform], bodies.contact(platform, self._number), self._shop.now


class _Sent(Struct):
    message_id: str
    request: GraphRequest


class _Accepting:
    """Meta on a good day. The stand-in would send webhooks that the deployed functions answer."""

    def __init__(self) -> None:
        self.sent: list[_Sent] = []

    def post(self, channel: ChannelSettings, request: GraphRequest) -> Accepted:
        self.sent.append(_Sent(bodies.message_id(channel.platform, next(_numbers)), request))
        return Accepted(self.sent[-1].message_id)

    def get(
        self, channel: ChannelSettings, path: str, host: str, *, per_second: float | None = None
    ) -> dict[str, Any]:
        return {"first_name": "Ayşe", "last_name": "Demir", "id": path}


class _Silent:
    """The table of results is what is to be read."""

    def info(self, event: str, **facts: object) -> None: ...
    def warning(self, event: str, **facts: object) -> None: ...
    def count(self, metric: str, **dimensions: str) -> None: ...


def _reading(channel_id: str, day: str) -> Reading:
    counts = _durations.counts([240] * 6 + [1500] * 4)
    result = RESPONSE_TIME.read(counts)
    return Reading(
        channel_id=channel_id,
        day=day,
        metric=RESPONSE_TIME.name,
        definition=RESPONSE_TIME.definition,
        unit=RESPONSE_TIME.unit,
        value=result.value,
        n=result.n,
        is_final=True,
        counts=counts,
    )


def _settings(platform: str) -> ChannelSettings:
    channel = next(each for each in shop.CHANNELS if each.platform == platform)
    document = shop.settings(channel, "local") | {"channel_id": channel.channel_id, "hours": None}
    return convert(document, ChannelSettings)
