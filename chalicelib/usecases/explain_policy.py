"""Ask the policy without sending: for a conversation as it is, was or will be, or for given facts.

Of a conversation at a time that is past, the messages stored until then tell the window, the
customer's last message and the thread's owner; consent, stops and whether the customer is gone
count from when they were told. `TAKEN_AS_NOW` is what nobody keeps the history of. For a time to
come it is supposed that nothing more happens.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.core import ids, policy_facts
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.contacts import near
from chalicelib.core.conversation import Conversation
from chalicelib.core.documents import NEAR, far_times
from chalicelib.core.expected_price import ExpectedPrice, expected_price
from chalicelib.core.messages import MessageKind, Origin, OutboundMessage
from chalicelib.core.messaging_policy import Permit, Question, Refusal, Rule, all_rules, check
from chalicelib.core.policy_facts import Facts
from chalicelib.ports import Runtime
from chalicelib.usecases import (
    ask_policy,
    choose_form,
    expect_price,
    find_contact,
    move_conversation,
    own_facts,
    own_window,
    read_channel,
    read_conversation,
)
from chalicelib.usecases.errors import InvalidInput

TAKEN_AS_NOW = (
    "category",
    "feedback_sent",
    "free_until",
    "has_human_agent",
    "is_budget_reached",
    "is_channel_blocked",
    "marketing_not_before",
    "one_time_notifications",
    "opt_in.is_used",
    "template_quality",
    "template_status",
    "window_opened_by_calls",
    "window_opened_by_reactions",
)
_OF_THE_PAST = (
    "window_ends_at",
    "window_opened_at",
    "window_opened_by",
    "last_customer_at",
    "thread_owner",
)
_Told = TypeVar("_Told", bound=Struct)


class Explanation(Struct, frozen=True, kw_only=True):
    """What was asked, the verdict, the rule that it rests on (None: no rule of a platform's), its
    price where it has one, and which facts were taken as they are now."""

    question: Question
    verdict: Permit | Refusal
    rule: Rule | None
    price: ExpectedPrice | None
    taken_as_now: tuple[str, ...] = ()


def of_facts(facts: Facts, *, now: datetime) -> Explanation:
    """The verdict on these facts alone. Raises InvalidInput if the platform is missing."""
    facts = _reckoned(facts)
    if facts.platform is None:
        raise InvalidInput("platform", "messenger, instagram or whatsapp, or a conversation_id")
    question = policy_facts.question(facts, now=now)
    is_priced = question.platform == "whatsapp"
    price = expected_price(question, zone=UTC, country=None, free_until=None)
    return _explained(question, price if is_priced else None)


def of_conversation(
    conversation_id: str,
    facts: Facts,
    rt: Runtime,
    *,
    template: dict[str, Any] | None = None,
) -> Explanation:
    """The verdict on a message to this conversation; what `facts` tell counts in place of what is
    known. Without a kind, a notification is asked about in each of its forms. Raises NotFound,
    InvalidInput if the platform is told too."""
    facts = _reckoned(facts)
    if facts.platform is not None:
        raise InvalidInput("platform", "nothing beside a conversation_id, which has one")
    now = rt.now()
    at = facts.at or now
    row = move_conversation.leading(read_conversation.load(conversation_id, rt), rt)
    channel = read_channel.run(row.channel_id, rt)
    told_by = at if at < now else None
    message = _message(facts, row, template)
    asked = _asked(message, channel, row, rt, facts=facts, at=at, told_by=told_by)
    if told_by:
        asked = _as_then(asked, row, channel, rt)
    question = policy_facts.told(facts, asked, ad_days=channel.policy.ad_window_days)
    is_priced = channel.platform == "whatsapp"
    price = expect_price.run(question, row, channel, rt) if is_priced else None
    return replace(_explained(question, price), taken_as_now=TAKEN_AS_NOW if told_by else ())


def _explained(question: Question, price: ExpectedPrice | None) -> Explanation:
    verdict = check(question)
    rule = next((each for each in all_rules() if each.id == verdict.rule), None)
    paid = price if isinstance(verdict, Permit) else None
    return Explanation(question=question, verdict=verdict, rule=rule, price=paid)


def _reckoned(facts: Facts) -> Facts:
    """Its times in UTC. Raises InvalidInput for one from which no other can be reckoned, and for a
    consent to no topic."""
    for field in far_times(facts):
        raise InvalidInput(field, NEAR)
    if facts.opt_in and not (facts.opt_in.topic or facts.topic):
        raise InvalidInput("opt_in.topic", "the topic agreed to, here or as that of the message")
    return replace(_in_utc(facts), opt_in=facts.opt_in and _in_utc(facts.opt_in))


def _in_utc(told: _Told) -> _Told:
    known = {name: getattr(told, name) for name in told.__struct_fields__}
    times = {name: value for name, value in known.items() if isinstance(value, datetime)}
    return replace(told, **{name: at.astimezone(UTC) for name, at in times.items()})


def _message(facts: Facts, row: Conversation, template: dict[str, Any] | None) -> OutboundMessage:
    """What would be sent, under an id that nothing else has."""
    kind = facts.kind or (MessageKind.TEMPLATE if template else MessageKind.TEXT)
    return OutboundMessage(
        key=ids.attempt_id(f"asked only {row.conversation_id}"),
        platform=row.platform,
        channel_id=row.channel_id,
        contact_id=row.contact_id,
        origin=facts.origin,
        kind=kind,
        text="?",
        template=template,
        topic=facts.topic,
        is_promotional=bool(facts.is_promotional),
    )


def _asked(
    message: OutboundMessage,
    channel: ChannelSettings,
    row: Conversation,
    rt: Runtime,
    *,
    facts: Facts,
    at: datetime,
    told_by: datetime | None,
) -> Question:
    if message.origin is Origin.CAMPAIGN and message.topic and facts.kind is None:
        return choose_form.run(message, channel, row, rt, at=at, told_by=told_by).question
    return ask_policy.question(message, channel, row, rt, at=at, told_by=told_by)


def _as_then(asked: Question, row: Conversation, channel: ChannelSettings, rt: Runtime) -> Question:
    """The question with what was known at its time."""
    at = asked.at
    own = near(find_contact.run(row, rt), row.wrote_as or row.conversation_id).keys
    ids_of_keys = {key.conversation_id for key in own}
    told = (each for each in find_contact.history(row, rt) if each.occurred_at <= at)
    history = [each for each in told if each.conversation_id in ids_of_keys]
    empty = move_conversation.unwritten(channel, row.contact_id)
    then = own_facts.run(empty, history, ad_days=channel.policy.ad_window_days)
    known: dict[str, Any] = {name: getattr(then, name) for name in _OF_THE_PAST}
    gone_at = own_window.run(row, channel, rt).unreachable_at
    is_told = gone_at is not None and gone_at <= at
    known["is_unreachable"] = is_told and replace(then, unreachable_at=gone_at).is_unreachable
    return replace(asked, **known)
