"""Take a delivery: size, signature, then split it into events and put them on the queue.

The order matters: nothing is hashed before its size is known, nothing parsed before its signature.
Meta stops sending after an hour of answers other than 200 (webhooks page, read 2026-11-21), so what
is signed is taken: the unreadable into quarantine, what we have no word for like any other event.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from chalicelib.core.events import Event, UnknownEvent
from chalicelib.core.signature import claimed_digest, matching_secret
from chalicelib.platforms import Unreadable, events_in
from chalicelib.ports import IntakeRuntime, NotKeptError, QueueEntry
from chalicelib.usecases.queue_records import inbound_entry, quarantine_entry

# WhatsApp sends at most 3 MB in a POST (webhooks overview, 2025-12-02); hashing more gains nothing.
MAX_BODY_BYTES = 3_500_000
# SQS takes 1 MiB a message since 2025-08; an entry of its own may not fill a batch to the brim.
MAX_INBOUND_BYTES = 900_000
MAX_QUARANTINE_BYTES = 1_048_576

_PLAIN_NAME = re.compile(r"\w{1,60}", re.ASCII)


class Outcome(StrEnum):
    """What became of a delivery."""

    ACCEPTED = "accepted"
    QUARANTINED = "quarantined"
    FORGED = "forged"
    TOO_LARGE = "too_large"
    UNAVAILABLE = "unavailable"  # not kept: Meta must send it again


_REFUSED = frozenset({Outcome.FORGED, Outcome.TOO_LARGE, Outcome.UNAVAILABLE})


def run(raw: bytes, signature: str | None, rt: IntakeRuntime) -> Outcome:
    """Take a delivery, or say why not. Never raises because of what is in it."""
    outcome = _receive(raw, signature, rt)
    if outcome in _REFUSED:
        rt.log.count("deliveries_refused", reason=outcome.value)
    return outcome


def _receive(raw: bytes, signature: str | None, rt: IntakeRuntime) -> Outcome:
    if len(raw) > MAX_BODY_BYTES:
        return Outcome.TOO_LARGE
    if not _is_authentic(raw, signature, rt):
        return Outcome.FORGED
    received_at = rt.now()
    try:
        events = events_in(raw)
        entries = [inbound_entry(event, received_at) for event in events]
    except Unreadable:
        return _quarantine(raw, "unreadable", received_at, rt)
    except Exception as error:  # noqa: BLE001 - a bug of ours must not make Meta unsubscribe the channel
        rt.log.warning("parse_failed", error=type(error).__name__, bytes=len(raw))
        return _quarantine(raw, "parse_failed", received_at, rt)
    if not _is_queued(entries, received_at, rt):
        return Outcome.UNAVAILABLE
    _report(events, raw, rt)
    return Outcome.ACCEPTED


def _is_authentic(raw: bytes, signature: str | None, rt: IntakeRuntime) -> bool:
    claimed = claimed_digest(signature)
    if claimed is None:
        return False
    position = matching_secret(raw, claimed, rt.secrets.app_secrets())
    if position is None and rt.secrets.refresh():
        position = matching_secret(raw, claimed, rt.secrets.app_secrets())
    if position:
        rt.log.count("signed_with_previous_secret")
    return position is not None


def _is_queued(entries: Sequence[QueueEntry], received_at: datetime, rt: IntakeRuntime) -> bool:
    large = [entry for entry in entries if len(entry.body) > MAX_INBOUND_BYTES]
    small = [entry for entry in entries if len(entry.body) <= MAX_INBOUND_BYTES]
    if not all(_is_kept(entry.body.encode(), "item_too_large", received_at, rt) for entry in large):
        return False
    refused = rt.inbound.send(small)
    if refused:
        rt.log.warning("queue_refused_events", refused=len(refused), events=len(small))
        refused = rt.inbound.send([small[position] for position in refused])
    return not refused


def _quarantine(raw: bytes, reason: str, received_at: datetime, rt: IntakeRuntime) -> Outcome:
    entry = quarantine_entry(raw, reason=reason, received_at=received_at)
    if len(entry.body) <= MAX_QUARANTINE_BYTES and not rt.quarantine_queue.send([entry]):
        rt.log.count("quarantined", reason=reason)
        return Outcome.QUARANTINED
    if _is_kept(raw, reason, received_at, rt):
        return Outcome.QUARANTINED
    return Outcome.UNAVAILABLE


def _is_kept(body: bytes, reason: str, at: datetime, rt: IntakeRuntime) -> bool:
    try:
        rt.large.put(body, reason=reason, at=at)
    except NotKeptError:
        return False
    rt.log.count("quarantined", reason=reason)
    return True


def _report(events: Sequence[Event], raw: bytes, rt: IntakeRuntime) -> None:
    rt.log.info("delivery_accepted", events=len(events), bytes=len(raw))
    for event in events:
        if isinstance(event, UnknownEvent):
            rt.log.count("unknown_events", platform=event.platform, kind=_kind(event))


def _kind(event: Event) -> str:
    """The field's name if it looks like one: a metric must not carry content."""
    name = event.item.field or event.item.section
    return name if _PLAIN_NAME.fullmatch(str(name)) else "other"
