"""What Meta tells of an account: how its templates stand, and whether it may still send."""

from __future__ import annotations

from chalicelib.core.events import AccountChanged
from chalicelib.core.template_states import APPROVED, Aspect, TemplateFact
from chalicelib.ports import Runtime
from chalicelib.usecases import channel_block
from chalicelib.usecases.stored_message import time_of

# Messenger's name for the first is told in two ways (webhooks reference, read 2026-11).
_ASPECTS = {
    "message_template_status_update": Aspect.STATUS,
    "messenger_template_status_update": Aspect.STATUS,
    "message_template_quality_update": Aspect.QUALITY,
    "template_category_update": Aspect.CATEGORY,
}
# The title beside a status that ends a pause (WhatsApp, message_template_status_update, 2025-11).
_UNPAUSED = "UNPAUSE"
# WhatsApp, webhook account_update (2025-11, events of 2026-04): an event, or what it says of a ban.
_BLOCKS = frozenset({"DISABLE", "ACCOUNT_DELETED", "ACCOUNT_OFFBOARDED"})
_LIFTS = frozenset({"REINSTATE", "ACCOUNT_RECONNECTED"})


def run(event: AccountChanged, rt: Runtime) -> bool:
    """Keep what decides about sending; False if nothing of the notice does. Safe to repeat."""
    account_id = event.item.entry_id
    if account_id is None:
        return False
    if event.field in _ASPECTS:
        return _template(event, account_id, _ASPECTS[event.field], rt)
    return event.field == "account_update" and _account(event, account_id, rt)


def _template(event: AccountChanged, account_id: str, aspect: Aspect, rt: Runtime) -> bool:
    if not (event.name and event.language and event.change):
        return False
    fact = TemplateFact(
        account_id=account_id,
        name=event.name,
        language=event.language,
        aspect=aspect,
        word=APPROVED if event.detail == _UNPAUSED else event.change,
        at=time_of(event),
    )
    rt.templates.tell(fact)
    rt.log.count("templates_changed", aspect=aspect.value)
    return True


def _account(event: AccountChanged, account_id: str, rt: Runtime) -> bool:
    """A block is of all numbers of the account. It is too rare for an index: all channels are
    looked through."""
    words = {event.change, event.detail}
    if not words & (_BLOCKS | _LIFTS):
        return False
    for channel in rt.channels.all():
        if channel.business_account_id == account_id and channel.platform == event.platform:
            _switch(channel.channel_id, event, is_blocked=bool(words & _BLOCKS), rt=rt)
    return True


def _switch(channel_id: str, event: AccountChanged, *, is_blocked: bool, rt: Runtime) -> None:
    rt.log.warning("policy_enforced", channel_id=channel_id, action=event.change)
    if is_blocked:
        channel_block.begins(channel_id, channel_block.OF_ACCOUNT, rt, at=time_of(event))
    else:
        channel_block.ends(channel_id, rt, at=time_of(event))
