"""A customer wrote: store it, move the conversation on, let the first automation answer."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from chalicelib.catalogue import AUTOMATIONS
from chalicelib.core.answering import (
    Reply,
    answer_again,
    first_reply,
    release_slot,
    take_slot,
    wanted,
)
from chalicelib.core.automations import Automation, stop
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Conversation
from chalicelib.core.custom_rules import look_at_tags
from chalicelib.core.events import MessageReceived, Postback
from chalicelib.core.feedback import tapped
from chalicelib.core.handling import Handling, settled
from chalicelib.core.ids import attempt_id
from chalicelib.core.messages import Author, Message, State
from chalicelib.core.steps import Step
from chalicelib.ports import Runtime
from chalicelib.usecases import (
    apply_rules,
    automatic_message,
    change_handling,
    disclose,
    erase_contact,
    hand_over,
    know_contact,
    list_topics,
    meet_contact,
    move_conversation,
    personalise,
    record_consent,
    record_feedback,
    send_message,
    settle_send,
    stored_message,
)
from chalicelib.usecases.meet_contact import Met
from chalicelib.usecases.settle_send import StillSendingError

Input = MessageReceived | Postback


def run(event: Input, channel: ChannelSettings, rt: Runtime) -> None:
    """Store the input and answer it at most once, however often it is delivered."""
    met = meet_contact.run(event, channel, rt)
    if met.is_erased:
        record_consent.wished(event, channel, rt)  # a stop stays
        erase_contact.keep_nothing_of(stored_message.received(event, channel), rt)
        return
    if tapped(event.payload) is not None:
        record_feedback.tapped(event, met, channel, rt)
        return
    rt.messages.record(stored_message.received(event, channel))
    _remember_origin(event, channel, rt)
    _go_on(event, met, channel, rt)


def _go_on(event: Input, met: Met, channel: ChannelSettings, rt: Runtime) -> None:
    """Move the conversation on, with the slot of a reply taken if there is to be one, and do what
    follows."""
    handling = _handling(event, met.known, channel, rt)
    slot = _Slot(event, channel, rt, _automations(event, channel, rt), handling)
    step = _step(event, channel)
    known = move_conversation.run(
        channel,
        event.contact_id or "",
        lambda _row: step,
        rt,
        change=lambda before, after: met.noted(slot.take(before, after)),
        known=met.known,
    )
    wish = slot.wanted()
    hand_over.on_input(event, wish, known, handling, channel, rt)
    if wish and wish.answer.grants_opt_in:
        record_consent.in_own_words(event, channel, wish.answer.grants_opt_in, rt)
    if channel.rules:
        apply_rules.run(event, known, handling, channel, rt)
    said = _reply_once(slot, known, rt)
    if handling:
        hand_over.pass_on(event, said, known, channel, rt)
    if slot.is_new_contact and not slot.is_by_name:
        know_contact.run(event, channel, rt, is_new=True)


class _Slot:
    """The decision whether to answer, taken again whenever the row turns out to have changed."""

    def __init__(
        self,
        event: Input,
        channel: ChannelSettings,
        rt: Runtime,
        automations: Sequence[Automation],
        handling: Handling | None,
    ) -> None:
        self.event, self.channel, self._rt = event, channel, rt
        self._automations, self._handling = automations, handling
        self.before: Conversation | None = None
        self._attempt_id = reply_key(event)
        self.reply: Reply | None = None
        self.is_new_contact = False
        self.was_taken = False  # by an earlier delivery of this event

    @property
    def is_by_name(self) -> bool:
        return self.reply is not None and personalise.names_contact(self.reply.answer)

    def wanted(self) -> Reply | None:
        """The reply, or what it would be if automation might speak."""
        return self.reply or wanted(
            self.event,
            before=self.before,
            channel=self.channel,
            automations=self._automations,
            handling=self._handling,
        )

    def take(self, before: Conversation, after: Conversation) -> Conversation:
        """The row with the slot of the reply taken, if there is to be one."""
        self.is_new_contact, self.before = before.first_contact_at is None, before
        self.reply = self._decide(replace(before, thread_owner=after.thread_owner))
        if self.reply is None:
            return after
        slotted = take_slot(
            release_slot(after, self._attempt_id),
            self.reply,
            self.event,
            attempt_id=self._attempt_id,
        )
        return replace(slotted, last_automated_at=max(slotted.automated_at))

    def _decide(self, before: Conversation) -> Reply | None:
        taken = [send for send in before.recent_sends if send.attempt_id == self._attempt_id]
        self.was_taken = bool(taken)
        if taken:
            return answer_again(
                self.event,
                taken[0],
                before=before,
                channel=self.channel,
                now=self._rt.now(),
                automations=self._automations,
                handling=self._handling,
            )
        reply = first_reply(
            self.event,
            before=before,
            channel=self.channel,
            now=self._rt.now(),
            automations=self._automations,
            handling=self._handling,
        )
        if isinstance(reply, Reply):
            return reply
        if reply.reason.startswith("limit_"):
            self._rt.log.count("automation_rests", reason=reply.reason)
        return None


def _automations(event: Input, channel: ChannelSettings, rt: Runtime) -> Sequence[Automation]:
    """Who may answer. A wish to hear no more is recorded here, and confirmed by its own automation
    or by none; START is an ordinary word to whoever had not stopped."""
    noted = record_consent.wished(event, channel, rt)
    if noted is None:
        listing = list_topics.run(event, channel, rt)
        return (listing,) if listing else AUTOMATIONS
    if noted.is_new:
        return (stop.AUTOMATION,)
    return (
        () if noted.wish.is_stop else [each for each in AUTOMATIONS if each is not stop.AUTOMATION]
    )


def _handling(
    event: Input, known: Conversation, channel: ChannelSettings, rt: Runtime
) -> Handling | None:
    """As it stands for this input; None where nothing depends on it, which saves the look."""
    if not channel.handover.is_on and not look_at_tags(channel.rules):
        return None
    return settled(change_handling.load(known, rt), stored_message.time_of(event))


def _reply_once(slot: _Slot, known: Conversation, rt: Runtime) -> Message | None:
    row = _earlier_reply(slot, rt)
    if slot.reply and not row:
        row = _answer(slot.reply, slot, known, rt)
    if row and row.state is State.CLAIMED:
        raise StillSendingError
    return row


def _earlier_reply(slot: _Slot, rt: Runtime) -> Message | None:
    """The row of the reply, if an earlier delivery got as far: what is left is not ours to do, but
    for telling that its worker died."""
    if not slot.was_taken:
        return None
    conversation = stored_message.conversation_of(slot.event, slot.channel)
    row = rt.messages.load(conversation, reply_key(slot.event))
    return settle_send.if_abandoned(row, slot.channel, rt) if row else None


def reply_key(event: Input) -> str:
    """At most one automatic reply to an event: its attempt id depends on the event alone."""
    return attempt_id(f"{event.event_id}#reply")


def _step(event: Input, channel: ChannelSettings) -> Step:
    at = stored_message.time_of(event)
    return Step(
        at=at,
        day=channel.local_day(at),
        author=Author.CUSTOMER,
        opens=stored_message.opens(event),
        owner=stored_message.owner(event),
    )


def _remember_origin(event: Input, channel: ChannelSettings, rt: Runtime) -> None:
    if event.referral:
        rt.conversations.save_referral(
            stored_message.conversation_of(event, channel),
            event.referral,
            stored_message.time_of(event),
        )


def _answer(reply: Reply, slot: _Slot, known: Conversation, rt: Runtime) -> Message:
    event, channel = slot.event, slot.channel
    said = personalise.run(reply.answer, event, channel, rt, is_new=slot.is_new_contact)
    contact_id = event.contact_id or ""
    before = slot.before or move_conversation.unwritten(channel, contact_id)
    at = stored_message.time_of(event)
    message = automatic_message.run(
        disclose.run(said, reply.automation, channel, before, at=at, contact_id=contact_id),
        automation=reply.automation,
        key=reply_key(event),
        contact_id=event.contact_id or "",
        channel=channel,
    )
    return send_message.run(message, rt, known=known)
