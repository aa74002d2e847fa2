"""The `/_...` paths: tell the stand-in what to do, ask what it saw."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Struct

from devtools.simulator.courier import Courier
from devtools.simulator.customers import Act, Customers, NotPossibleError
from devtools.simulator.faults import Fault, Faults
from devtools.simulator.state import Channel, Template, key
from devtools.simulator.world import World


class Redelivery(Struct, kw_only=True, forbid_unknown_fields=True):
    """Post again what was posted: the `last` ones or those named, or a payload of the caller's."""

    last: int | None = None
    ids: list[str] = []
    copies: int = 1
    shuffled: bool = False
    payload: Any = None


class Wait(Struct, kw_only=True, forbid_unknown_fields=True):
    seconds: float = 10.0


class Control:
    """Answers control requests with (status, JSON)."""

    def __init__(
        self, world: World, courier: Courier, faults: Faults, *, people: Customers
    ) -> None:
        self._world, self._courier, self._faults = world, courier, faults
        self._acts: dict[str, Callable[[Act], dict[str, Any]]] = {
            "/_customer/message": people.message,
            "/_customer/postback": people.postback,
            "/_customer/referral": people.referral,
            "/_customer/react": people.react,
            "/_customer/plugin": people.plugin,
            "/_customer/preference": people.preference,
            "/_native/thread": people.take_thread,
            "/_customer/edit": people.edit,
            "/_customer/unsend": people.unsend,
            "/_customer/tap_notify": people.tap_notify,
            "/_customer/comment": people.comment,
            "/_customer/review": people.review,
            "/_customer/block": people.block,
            "/_customer/auto_reply": people.auto_reply,
            "/_native/reply": people.native_reply,
        }
        self._others: dict[tuple[str, str], Callable[[Any], Any]] = {
            ("GET", "/_health"): self._health,
            ("GET", "/_log"): lambda _: world.calls.entries(),
            ("GET", "/_deliveries"): lambda _: world.deliveries.entries(),
            ("GET", "/_faults"): lambda _: faults.pending(),
            ("DELETE", "/_faults"): self._clear_faults,
            ("POST", "/_faults"): self._add_faults,
            ("POST", "/_channels"): self._add_channels,
            ("POST", "/_templates"): self._add_templates,
            ("POST", "/_deliver"): self._deliver,
            ("POST", "/_wait"): self._wait,
        }

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        """Status and JSON; a wrong request is told what is wrong with it."""
        try:
            if method == "POST" and path in self._acts:
                return 200, self._acts[path](msgspec.convert(body, Act))
            if (method, path) in self._others:
                return 200, self._others[method, path](body)
        except (NotPossibleError, msgspec.ValidationError) as error:
            return 400, {"error": str(error)}
        return 404, {"error": f"no such control: {method} {path}"}

    def _health(self, _: Any) -> dict[str, Any]:
        return {"ok": True, "now": self._world.now(), "pending": self._courier.pending}

    def _wait(self, body: Any) -> dict[str, Any]:
        """Until every webhook was delivered or given up."""
        wait = msgspec.convert(body or {}, Wait)
        return {"is_idle": self._courier.wait(wait.seconds), "pending": self._courier.pending}

    def _add_channels(self, body: Any) -> dict[str, Any]:
        with self._world.lock:
            for channel in msgspec.convert(body, list[Channel]):
                self._world.state.channels[channel.channel_id] = channel
            self._world.save()
            return {"channels": sorted(self._world.state.channels)}

    def _add_templates(self, body: Any) -> dict[str, Any]:
        with self._world.lock:
            for template in msgspec.convert(body, list[Template]):
                joined = key(template.channel_id, template.name, template.language)
                self._world.state.templates[joined] = template
            self._world.save()
            return {"templates": len(self._world.state.templates)}

    def _add_faults(self, body: Any) -> dict[str, Any]:
        self._faults.add(msgspec.convert(body, list[Fault]))
        return {"faults": len(self._faults.pending())}

    def _clear_faults(self, _: Any) -> dict[str, Any]:
        self._faults.clear()
        return {"faults": 0}

    def _deliver(self, body: Any) -> dict[str, Any]:
        wanted = msgspec.convert(body or {}, Redelivery)
        if wanted.payload is not None:
            return {"delivery_ids": [self._post("given", wanted.payload, None)]}
        past = self._world.deliveries.entries()
        chosen = [one for one in past if one.delivery_id in wanted.ids] if wanted.ids else past
        chosen = (chosen[-wanted.last :] if wanted.last else chosen) * wanted.copies
        if wanted.shuffled:
            self._world.random.shuffle(chosen)
        sent = [self._post(one.kind, one.body, one.channel_id) for one in chosen]
        return {"delivery_ids": sent}

    def _post(self, kind: str, payload: Any, channel_id: str | None) -> str:
        return self._courier.send(kind, payload, channel_id=channel_id, lane="redelivered")
