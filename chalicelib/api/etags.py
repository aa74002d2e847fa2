"""Entity tags of channel settings: RFC 9110, 8.8.3, 13.1.1 and 13.1.2 (read 2026-11-21)."""

from __future__ import annotations

import re
from collections.abc import Container

from chalicelib.usecases.errors import InvalidInput
from chalicelib.usecases.save_channel import Precondition

_TAG = re.compile(r'(W/)?"([!#-~]*)"')
_VERSION = re.compile(r"([0-9]{1,9})(-stopped)?")
_STOPPED = "-stopped"


def etag(version: int, *, is_stopped: bool) -> str:
    """A strong tag: the document differs when sending is stopped, which is no new version."""
    return f'"{version}{_STOPPED if is_stopped else ""}"'


def precondition(if_match: str | None, if_none_match: str | None) -> Precondition:
    """What a PUT takes for granted. Raises InvalidInput that names the header."""
    if if_none_match is not None and if_none_match.strip() != "*":
        raise InvalidInput("If-None-Match", "*, for a channel that is not connected yet")
    versions = None if if_match is None else _versions(if_match)
    return Precondition(versions=versions, is_new=if_none_match is not None)


class _Any:
    """Whatever version there is."""

    def __contains__(self, version: object) -> bool:
        return True


def _versions(if_match: str) -> Container[int]:
    """The versions of the tags. A weak tag matches nothing, and so does one that is not ours; that
    sending was stopped meanwhile is no change that an editor could lose."""
    if if_match.strip() == "*":
        return _Any()
    tags = [_TAG.fullmatch(each.strip()) for each in if_match.split(",")]
    if None in tags:
        raise InvalidInput("If-Match", 'entity tags such as "3", or *')
    ours = [_VERSION.fullmatch(tag[2]) for tag in tags if tag and not tag[1]]
    return frozenset(int(each[1]) for each in ours if each)
