"""The channel's own rules beside the answer to an input: those that only sort the conversation, and
all of them where a customer came through a link without a word."""

from __future__ import annotations

from msgspec.structs import replace

from chalicelib.core import custom_rules
from chalicelib.core import handling as changes
from chalicelib.core.automations._guard import MAX_AGE
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Conversation
from chalicelib.core.custom_rules import Moment, Rule, look_at_tags
from chalicelib.core.events import MessageReceived, Postback, Referred
from chalicelib.core.handling import Handling
from chalicelib.core.ids import attempt_id
from chalicelib.core.messages import Message
from chalicelib.ports import Runtime
from chalicelib.usecases import change_handling, occasion
from chalicelib.usecases.occasion import Occasion
from chalicelib.usecases.stored_message import time_of

Input = MessageReceived | Postback


def run(
    event: Input,
    known: Conversation,
    handling: Handling | None,
    channel: ChannelSettings,
    rt: Runtime,
) -> None:
    """What the rules that match this input and say nothing want. `handling` as it stood before.
    An input that comes late sorts nothing. Safe to repeat."""
    if rt.now() - time_of(event) > MAX_AGE or _is_of_others(event):
        return
    rules = custom_rules.sorting(channel.rules, moment_of(event, channel, handling))
    if rules:
        _sort(rules, known, rt)


def on_visit(
    event: Referred, known: Conversation, channel: ChannelSettings, rt: Runtime
) -> Message | None:
    """The same for a customer who came through a link or an ad without a word. Returns the row of
    what a rule has to say to that, if one has. Safe to repeat."""
    at = time_of(event)
    if rt.now() - at > MAX_AGE or event.is_standby:
        return None
    handling = change_handling.load(known, rt) if look_at_tags(channel.rules) else None
    visit = moment_of(event, channel, handling)
    rules = custom_rules.sorting(channel.rules, visit)
    answer = custom_rules.answering(channel.rules, visit)
    if rules or answer:
        applied = (*rules, answer) if answer else rules
        _sort(applied, known, rt)
    if answer is None:
        return None
    key = attempt_id(f"{event.event_id}#reply")
    told = Occasion(
        name="custom_rules", key=key, at=at, referral=event.referral, is_by_contact=True
    )
    sent = occasion.run(told, channel, known, rt)
    return sent if isinstance(sent, Message) else None


def moment_of(
    event: Input | Referred, channel: ChannelSettings, handling: Handling | None
) -> Moment:
    """What rules look at in this input."""
    referral = event.referral
    return Moment(
        text=_words(event),
        payload=None if isinstance(event, Referred) else event.payload,
        is_open=channel.is_open(time_of(event)),
        tags=handling.tags if handling else (),
        referral_source=referral.source if referral else None,
        referral_ref=referral.ref if referral else None,
        is_visit=isinstance(event, Referred),
    )


def _words(event: Input | Referred) -> str | None:
    match event:
        case MessageReceived():
            return event.text
        case Postback():
            return event.title
    return None


def _sort(rules: tuple[Rule, ...], known: Conversation, rt: Runtime) -> None:
    """With all their tags; of several that assign the first does."""
    tags = [tag for rule in rules for tag in rule.then.tags]
    assigned = next((rule.then.assign_to for rule in rules if rule.then.assign_to), None)

    def change(stored: Handling) -> Handling:
        return replace(changes.tagged(stored, *tags), assigned_to=assigned or stored.assigned_to)

    change_handling.tell_of_tags(tags, change_handling.run(known, change, rt), known, rt)


def _is_of_others(event: Input) -> bool:
    is_group = isinstance(event, MessageReceived) and event.group_id is not None
    return event.is_standby or is_group
