"""The stand-in's memory: channels, customers, tokens, templates, and the two logs."""

from __future__ import annotations

import hashlib
import random
import threading
from datetime import datetime
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from devtools.simulator.clock import Clock
from devtools.simulator.state import Call, Channel, Contact, Delivery, State, Template, key

MESSAGE_ID_PREFIXES = {"messenger": "m_", "instagram": "aWdf", "whatsapp": "wamid."}

Entry = TypeVar("Entry", Call, Delivery)


class Journal(Generic[Entry]):
    """An append-only list, mirrored line by line into a file if there is one."""

    def __init__(self, entry_type: type[Entry], path: Path | None) -> None:
        self._path, self._lock = path, threading.Lock()
        self._entries: list[Entry] = []
        if path is not None and path.exists():
            lines = path.read_bytes().splitlines()
            self._entries = [msgspec.json.decode(line, type=entry_type) for line in lines]

    def append(self, entry: Entry) -> None:
        with self._lock:
            self._entries.append(entry)
            if self._path is not None:
                with self._path.open("ab") as file:
                    file.write(msgspec.json.encode(entry) + b"\n")

    def entries(self) -> list[Entry]:
        with self._lock:
            return list(self._entries)


class World:
    """Shared by all threads: hold `lock` while reading and changing `state`."""

    def __init__(
        self,
        clock: Clock,
        *,
        seed: int = 1,
        directory: Path | None = None,
        takes_strangers: bool = False,
    ) -> None:
        self.lock = threading.RLock()
        self.takes_strangers = takes_strangers
        self.random = random.Random(seed)  # noqa: S311 - repeatable, guards nothing
        self._clock, self._seed = clock, seed
        self._file = _file(directory, "state.json")
        self.state = _load(self._file)
        self.calls = Journal(Call, _file(directory, "log.jsonl"))
        self.deliveries = Journal(Delivery, _file(directory, "deliveries.jsonl"))

    def now(self) -> datetime:
        return self._clock.now()

    def new_id(self, prefix: str) -> str:
        """The next id; the same seed gives the same sequence."""
        with self.lock:
            self.state.counter += 1
            digest = hashlib.sha256(f"{self._seed}:{self.state.counter}".encode()).hexdigest()
        return f"{prefix}{digest[:24]}"

    def save(self) -> None:
        """Make the state survive a restart; a crash in between leaves the former one."""
        if self._file is None:
            return
        with self.lock:
            fresh = self._file.with_suffix(".new")
            fresh.write_bytes(msgspec.json.encode(self.state))
            fresh.replace(self._file)

    def channel_of(self, token: str) -> Channel | None:
        channels = list(self.state.channels.values())
        return next((channel for channel in channels if channel.token == token), None)

    def is_over(self, channel: Channel) -> bool:
        """Has the channel's token expired?"""
        return 0 < channel.token_expires_at <= self.now().timestamp()

    def contact(self, channel: Channel, contact_id: str) -> Contact | None:
        """By its id, on WhatsApp also by its phone or its BSUID."""
        found = self.state.contacts.get(key(channel.channel_id, contact_id))
        if found or channel.platform != "whatsapp":
            return found
        mine = self.contacts_of(channel)
        return next((one for one in mine if contact_id in (one.phone, one.user_id)), None)

    def meet(self, channel: Channel, contact_id: str) -> Contact:
        """The contact, made known to this channel if it was not."""
        found = self.contact(channel, contact_id)
        if found is None:
            found = Contact(contact_id=contact_id)
            self.state.contacts[key(channel.channel_id, contact_id)] = found
        return found

    def meet_stranger(self, channel: Channel, contact_id: str) -> Contact | None:
        """The contact; one who was never seen here is taken on trust, if strangers are taken."""
        found = self.contact(channel, contact_id)
        if found or not self.takes_strangers:
            return found
        found = self.meet(channel, contact_id)
        found.is_stranger = True
        return found

    def template(self, channel: Channel, name: str, language: str) -> Template | None:
        return self.state.templates.get(key(channel.channel_id, name, language))

    def contacts_of(self, channel: Channel) -> list[Contact]:
        prefix = key(channel.channel_id, "")
        contacts = list(self.state.contacts.items())
        return [contact for joined, contact in contacts if joined.startswith(prefix)]


def _file(directory: Path | None, name: str) -> Path | None:
    if directory is None:
        return None
    directory.mkdir(parents=True, exist_ok=True)
    return directory / name


def _load(file: Path | None) -> State:
    if file is None or not file.exists():
        return State()
    return msgspec.json.decode(file.read_bytes(), type=State)
