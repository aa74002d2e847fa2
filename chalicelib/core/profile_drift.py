"""In which fields the platform's profile is not the one that is wanted."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from chalicelib.core.profile import Profile

FIELDS = Profile.__struct_fields__


class DriftState(StrEnum):
    """How a field of the platform's profile differs from what is wanted."""

    MISSING = "missing"
    EXTRA = "extra"
    DIFFERS = "differs"


class Drift(Struct, frozen=True):
    """One field that is not as wanted."""

    field: str
    state: DriftState


def drift(wanted: Profile, actual: Profile) -> tuple[Drift, ...]:
    """The fields in which the platform's profile differs, whatever the order of its languages."""
    states = {field: _state(_sorted(wanted, field), _sorted(actual, field)) for field in FIELDS}
    return tuple(Drift(field, state) for field, state in states.items() if state)


def _state(wanted: object, actual: object) -> DriftState | None:
    if wanted == actual:
        return None
    if not wanted:
        return DriftState.EXTRA
    return DriftState.DIFFERS if actual else DriftState.MISSING


def _sorted(profile: Profile, field: str) -> object:
    value = getattr(profile, field)
    return sorted(value, key=lambda each: each.locale) if isinstance(value, tuple) else value
