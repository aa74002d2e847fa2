"""Delivers webhooks: signs, posts, tries again, keeps the order within a conversation."""

from __future__ import annotations

import hashlib
import hmac
import json
import queue
import threading
import time
import urllib.error
import urllib.request
from datetime import datetime
from typing import Any

from devtools.simulator.faults import Fault, Faults
from devtools.simulator.state import Delivery
from devtools.simulator.world import World

PAUSES_SECONDS = (0.0, 0.3, 1.0, 3.0)  # before each try; Meta goes on for days
TIMEOUT_SECONDS = 20.0
GATHERING_SECONDS = 2.0  # a shuffle that does not fill goes out after that


class Courier:
    """One queue per lane; a conversation always takes the same lane."""

    def __init__(
        self, world: World, faults: Faults, *, url: str | None, app_secret: str, lanes: int = 4
    ) -> None:
        self._world, self._faults = world, faults
        self._url, self._secret = url, app_secret.encode()
        self._open = threading.Condition()
        self._pending = 0
        self._gathered: list[Delivery] = []
        self._lanes: list[queue.Queue[Delivery | None]] = [queue.Queue() for _ in range(lanes)]
        self._threads = [
            threading.Thread(target=self._work, args=(lane,), daemon=True) for lane in self._lanes
        ]
        for thread in self._threads:
            thread.start()

    def send(self, kind: str, body: Any, *, channel_id: str | None, lane: str) -> str:
        """Take a webhook for delivery; returns its delivery id."""
        delivery = Delivery(
            delivery_id=self._world.new_id("d_"),
            at=self._now(),
            kind=kind,
            channel_id=channel_id,
            body=body,
        )
        fault = self._faults.of_webhook({"kind": kind, "channel_id": channel_id})
        if fault is None:
            self._enqueue(delivery, lane)
        else:
            self._misbehave(fault, delivery, lane)
        return delivery.delivery_id

    @property
    def pending(self) -> int:
        """Webhooks on their way, those held back included."""
        with self._open:
            return self._pending

    def wait(self, seconds: float) -> bool:
        """Until nothing is on its way; False if that takes longer."""
        with self._open:
            return self._open.wait_for(lambda: self._pending == 0, timeout=seconds)

    def close(self) -> None:
        for lane in self._lanes:
            lane.put(None)
        for thread in self._threads:
            thread.join(timeout=2.0)

    def _misbehave(self, fault: Fault, delivery: Delivery, lane: str) -> None:
        if fault.kind == "duplicates":
            for _ in range(1 + fault.copies):
                self._enqueue(delivery, lane)
        elif fault.kind == "delay":
            self._later(fault.seconds, lambda: self._put(delivery, lane))
        else:
            self._gather(delivery, fault.size)

    def _gather(self, delivery: Delivery, size: int) -> None:
        with self._open:
            self._pending += 1
            self._gathered.append(delivery)
            is_full = len(self._gathered) >= size
        if is_full:
            self._scatter()
        else:
            self._timer(GATHERING_SECONDS, self._scatter)

    def _scatter(self) -> None:
        """All that was gathered, in a seeded disorder, one after the other."""
        with self._open:
            gathered, self._gathered = self._gathered, []
        self._world.random.shuffle(gathered)
        for delivery in gathered:
            self._put(delivery, "shuffled")

    def _later(self, seconds: float, action: Any) -> None:
        with self._open:
            self._pending += 1
        self._timer(seconds, action)

    def _timer(self, seconds: float, action: Any) -> None:
        timer = threading.Timer(seconds, action)
        timer.daemon = True
        timer.start()

    def _enqueue(self, delivery: Delivery, lane: str) -> None:
        with self._open:
            self._pending += 1
        self._put(delivery, lane)

    def _put(self, delivery: Delivery, lane: str) -> None:
        number = hashlib.sha256(lane.encode()).digest()[0] % len(self._lanes)
        self._lanes[number].put(delivery)

    def _work(self, lane: queue.Queue[Delivery | None]) -> None:
        while (delivery := lane.get()) is not None:
            try:
                self._world.deliveries.append(self._deliver(delivery))
            finally:
                with self._open:
                    self._pending -= 1
                    self._open.notify_all()

    def _deliver(self, delivery: Delivery) -> Delivery:
        body = encoded(delivery.body)
        status, tries = None, 0
        for pause in PAUSES_SECONDS if self._url else ():
            time.sleep(pause)
            tries += 1
            status = self._post(body)
            if status == 200:
                break
        return Delivery(
            delivery_id=delivery.delivery_id,
            at=delivery.at,
            kind=delivery.kind,
            channel_id=delivery.channel_id,
            body=delivery.body,
            status=status,
            tries=tries,
        )

    def _post(self, body: bytes) -> int | None:
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "facebookexternalua",
            "X-Hub-Signature": f"sha1={hmac.digest(self._secret, body, 'sha1').hex()}",
            "X-Hub-Signature-256": f"sha256={hmac.digest(self._secret, body, 'sha256').hex()}",
        }
        request = urllib.request.Request(str(self._url), body, headers, method="POST")  # noqa: S310
        try:
            with _OPENER.open(request, timeout=TIMEOUT_SECONDS) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return None

    def _now(self) -> datetime:
        return self._world.now()


# Loopback is never asked for through a proxy of the environment.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def encoded(body: Any) -> bytes:
    """As Meta writes JSON: ASCII with lower-case escapes, slashes escaped as well."""
    return json.dumps(body, separators=(",", ":")).replace("/", "\\/").encode()
