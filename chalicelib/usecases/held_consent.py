"""Consents held by a message that was refused and will never use them: its worker died before it
gave them back. Whoever wants such a consent next may have it."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from chalicelib.core.conversation import Conversation
from chalicelib.core.opt_in import OptIn
from chalicelib.core.opt_in_stage import is_over_unposted
from chalicelib.ports import Runtime
from chalicelib.usecases import find_contact


def is_in_vain(opt_in: OptIn, conversation: Conversation, rt: Runtime) -> bool:
    """Whether every attempt that shares it was refused before any post: none of them can be claimed
    any more. Read at this moment; who sends one of them again claims the consent anew."""
    attempt_id = opt_in.used_by
    while attempt_id:
        row = find_contact.message(conversation, attempt_id, rt)
        if row is None or not is_over_unposted(row):
            return False
        attempt_id = row.resent_as
    return opt_in.used_by is not None


def among(
    opt_ins: Iterable[OptIn], conversation: Conversation, topic: str | None, rt: Runtime
) -> tuple[OptIn, ...]:
    """Those of the topic that are held in vain and otherwise good, as they are stored."""
    held = (each for each in opt_ins if each.topic == topic and each.stopped_at is None)
    return tuple(each for each in held if is_in_vain(each, conversation, rt))


def as_free(opt_in: OptIn) -> OptIn:
    return replace(opt_in, used_by=None, used_at=None)
