"""The minute schedule, second part: look whether unknown sends arrived, where the platform shows
its conversations; a one-time token is posted again. Elsewhere only a status or an echo tells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice, takewhile, zip_longest

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.core import decisions, looking
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.contacts import Key
from chalicelib.core.conversation import Conversation
from chalicelib.core.looking import Conclusion, Look
from chalicelib.core.messages import Listing, Message, State, state_now
from chalicelib.core.messaging_policy import Basis
from chalicelib.platforms import _conversations_api as api
from chalicelib.ports import Runtime
from chalicelib.usecases import confirm_send, find_contact, send_message

LOOKS = 40  # a run; the platform lets us make two a second for each Page
_OF_A_CHANNEL = 20
# Of the function's 55 seconds, counted from before it began to send: a look takes up to four.
WORKING_TIME = timedelta(seconds=50)


class _Unknown(Struct, frozen=True):
    channel: ChannelSettings
    conversation: Conversation
    row: Message


def run(rt: Runtime, *, until: datetime | None = None) -> int:
    """Look for each unknown send whose time has come, beginning no look after `until`; returns how
    many were settled."""
    looks: dict[str, Look | None] = {}
    due = takewhile(lambda _: until is None or rt.now() < until, islice(_in_turn(rt), LOOKS))
    return sum(_is_settled(channel, *key, looks, rt) for channel, key in due)


def _in_turn(rt: Runtime) -> Iterator[tuple[ChannelSettings, tuple[str, str]]]:
    """Channel by channel, so that none waits for another's many."""
    channels = [each for each in rt.channels.all() if each.platform in api.OFFERED_BY]
    now = rt.now()
    of_each = (
        [(c, key) for key in rt.messages.to_look_for(c.channel_id, before=now, limit=_OF_A_CHANNEL)]
        for c in channels
    )
    for round_ in zip_longest(*of_each):
        yield from (each for each in round_ if each)


def _is_settled(
    channel: ChannelSettings,
    conversation_id: str,
    message_id: str,
    looks: dict[str, Look | None],
    rt: Runtime,
) -> bool:
    row = rt.messages.load_now(conversation_id, message_id)
    conversation = rt.conversations.load(conversation_id)
    if row is None or conversation is None:
        return False
    unknown = _Unknown(channel, conversation, row)
    try:
        return _looked_for(unknown, looks, rt)
    except Exception as error:  # noqa: BLE001 - one send must not hold up the others
        rt.log.warning("look_failed", message_id=message_id, error=type(error).__name__)
        return False


def _looked_for(unknown: _Unknown, looks: dict[str, Look | None], rt: Runtime) -> bool:
    conversation, row, now = unknown.conversation, unknown.row, rt.now()
    if state_now(row, now) is not State.UNKNOWN:
        return False
    if row.state is State.CLAIMED:
        row = replace(row, failure=looking.WORKER_DIED)
    keys = _keys(conversation, rt)
    if conversation.conversation_id not in looks:
        looks[conversation.conversation_id] = _look(unknown, keys, rt)
    look = looks[conversation.conversation_id]
    taken = _taken(row, keys, rt) if look else frozenset()
    conclusion = looking.conclude(row, look, taken=taken, now=now)
    if conclusion.state is not State.SENT and _is_posted_again(unknown, rt):
        return True
    _apply(conclusion, unknown, rt)
    return conclusion.state is not State.UNKNOWN


def _is_posted_again(unknown: _Unknown, rt: Runtime) -> bool:
    """Whether that settled it. A one-time token may be posted again: the platform takes it once."""
    row = unknown.row
    if row.basis != Basis.ONE_TIME_TOKEN:
        return False
    settled = send_message.repeat(row, rt, known=unknown.conversation)
    is_over = settled.state is State.SENT or settled.failure == looking.UNCONFIRMED
    if is_over:
        _tell(settled.failure or "posted_again", row, rt)
    return is_over


def _look(unknown: _Unknown, keys: Iterable[Key], rt: Runtime) -> Look | None:
    """What all keys show; None if one of them could not be looked at."""
    looks = []
    for key in keys:
        look = _look_at(key.contact_id, unknown.channel, rt)
        if look is None:
            return None
        looks.append(look)
    return looking.together(looks)


def _look_at(contact_id: str, channel: ChannelSettings, rt: Runtime) -> Look | None:
    path = api.path(channel.platform, channel.graph_node_id or channel.channel_id, contact_id)
    answer = rt.sender.get(channel, path, channel.graph_host, per_second=api.CALLS_PER_SECOND)
    return api.read(answer, contact_id) if answer else None


def _keys(conversation: Conversation, rt: Runtime) -> tuple[Key, ...]:
    """Under which it may have gone out: that of the contact that wrote last, also if the two were
    separated since."""
    own = find_contact.key_of(conversation)
    told = {key for link in find_contact.family([own], rt) for key in link.pair}
    return tuple(sorted(told | {own}))


def _taken(row: Message, keys: Iterable[Key], rt: Runtime) -> frozenset[str]:
    """The platform's ids of all other messages under these keys."""
    known = [m for key in keys for m in rt.messages.history(key.conversation_id)]
    others = [m for m in known if m.message_id != row.message_id]
    return frozenset(i for m in others for i in (m.message_id, m.platform_message_id) if i)


def _apply(conclusion: Conclusion, unknown: _Unknown, rt: Runtime) -> None:
    row, channel, conversation = unknown.row, unknown.channel, unknown.conversation
    if conclusion.state is State.SENT:
        # The answer first: nobody looks again, nor comes again, for what is settled.
        confirm_send.answered(row, channel, rt, known=conversation)
        entry = decisions.proved(rt.now(), conclusion.platform_message_id)
        confirm_send.run(row, conclusion.platform_message_id, channel, rt, entry=entry)
    else:
        rt.messages.settle(
            row.conversation_id,
            row.message_id,
            conclusion.state,
            failure=conclusion.failure,
            listing=Listing(channel.channel_id, rt.now(), conclusion.look_at, row.day),
            entry=_entry(conclusion, rt),
        )
    if conclusion.look_at is None:
        _tell(conclusion.failure or "found", row, rt)


def _entry(conclusion: Conclusion, rt: Runtime) -> str | None:
    """Of the last look: what those before it did not find is no news."""
    if conclusion.look_at:
        return None
    return decisions.not_accepted(rt.now(), conclusion.state, conclusion.failure)


def _tell(outcome: str, row: Message, rt: Runtime) -> None:
    rt.log.info(
        "unknown_send_settled",
        message_id=row.message_id,
        channel_id=row.channel_id,
        outcome=outcome,
    )
    rt.log.count("unknown_sends_settled", outcome=outcome)
