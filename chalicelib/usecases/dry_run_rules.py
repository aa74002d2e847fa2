"""What rules would have done with the messages and visits of the last hours: nothing is sent or
stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from heapq import nlargest
from itertools import chain, islice
from typing import TypeAlias

import msgspec
from msgspec.structs import replace

from chalicelib.catalogue import AUTOMATIONS, PLATFORMS
from chalicelib.core import custom_rules, local_days
from chalicelib.core.answering import Reply, wanted
from chalicelib.core.automations import Automation, Tier
from chalicelib.core.automations.custom_rules import said
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.custom_rules import Rule
from chalicelib.core.events import Item, MessageReceived, Postback, Referred
from chalicelib.core.handling import Handling, without_place
from chalicelib.core.messages import Author, MessageFact
from chalicelib.core.rule_document import problems
from chalicelib.core.rule_trial import DryRun, Match
from chalicelib.ports import Runtime
from chalicelib.usecases import change_handling, move_conversation, read_channel
from chalicelib.usecases.apply_rules import moment_of
from chalicelib.usecases.errors import InvalidInput

Input: TypeAlias = MessageReceived | Postback | Referred

MOST_MESSAGES = 200  # the latest; each is one read
MOST_FACTS = 20_000  # of a day, to find the latest among
_AUTHORS = frozenset({Author.CUSTOMER, Author.CUSTOMER_VISIT})
_BEFORE_RULES: tuple[Automation, ...] = tuple(one for one in AUTOMATIONS if one.tier <= Tier.RULE)


def run(channel_id: str, rules: tuple[Rule, ...], *, hours: int, rt: Runtime) -> DryRun:
    """Try the rules on the customers' messages and visits of the last `hours`, the latest
    `MOST_MESSAGES` at most. Tags are taken as they are now. Raises NotFound, InvalidInput that
    names the field."""
    trial = replace(read_channel.run(channel_id, rt), rules=rules)
    _check(trial)
    facts, is_all = _latest(channel_id, rt.now() - timedelta(hours=hours), rt)
    events = [(fact, _event(fact, trial, rt)) for fact in facts[:MOST_MESSAGES]]
    tried = [(fact, event) for fact, event in events if event is not None]
    found = [_match(fact, event, trial, rt) for fact, event in tried]
    matches = tuple(match for match in found if match.rule or match.sorted_by)
    return DryRun(
        looked_at=len(tried),
        is_complete=is_all and len(facts) <= MOST_MESSAGES,
        matched={rule.name: sum(_names(match, rule) for match in matches) for rule in rules},
        matches=matches,
    )


def _check(channel: ChannelSettings) -> None:
    platform = PLATFORMS[channel.platform]
    for field, expected in problems(channel, platform.text_limit, platform.choices_limit):
        raise InvalidInput(field, expected)


def _latest(channel_id: str, since: datetime, rt: Runtime) -> tuple[list[MessageFact], bool]:
    """One more than are tried, if there are more; and whether no day had more than is read."""
    found, is_all = list[MessageFact](), True
    for day in local_days.between(since, rt.now()):
        facts = rt.messages.each_of_day(channel_id, day)
        read = (f for f in islice(facts, MOST_FACTS) if f.author in _AUTHORS)
        found = nlargest(MOST_MESSAGES + 1, chain(found, read))
        is_all = is_all and next(facts, None) is None
    return [fact for fact in found if fact.occurred_at >= since], is_all


def _event(fact: MessageFact, channel: ChannelSettings, rt: Runtime) -> Input | None:
    """What came in, read again from what was kept of it; None once it is unsent or forgotten, and
    for what rules are not asked about."""
    row = rt.messages.load(fact.conversation_id, fact.message_id)
    if row is None or row.raw is None or row.deleted_at is not None:
        return None
    event = PLATFORMS[channel.platform].read(msgspec.json.decode(row.raw, type=Item))
    if not isinstance(event, MessageReceived | Postback | Referred):
        return None
    is_visit = isinstance(event, Referred)
    if is_visit is not (fact.author is Author.CUSTOMER_VISIT):  # the answer to a question of ours
        return None
    return replace(event, occurred_at=fact.occurred_at)


def _match(fact: MessageFact, event: Input, channel: ChannelSettings, rt: Runtime) -> Match:
    handling = _handling(fact, channel, rt)
    moment = moment_of(event, channel, handling)
    rule = custom_rules.answering(channel.rules, moment)
    first = _first(event, channel, handling)
    answer = said(rule.then, channel, is_open=moment.is_open) if rule else None
    sorting = custom_rules.sorting(channel.rules, moment)
    return Match(
        conversation_id=fact.conversation_id,
        message_id=fact.message_id,
        occurred_at=fact.occurred_at,
        rule=rule.name if rule else None,
        text=answer.text if answer else None,
        sorted_by=tuple(one.name for one in sorting),
        answered_by=first.automation if first and first.automation != "custom_rules" else None,
        tags_left_out=_left_out((*sorting, rule) if rule else sorting, fact, handling, rt),
    )


def _left_out(
    rules: Sequence[Rule], fact: MessageFact, known: Handling | None, rt: Runtime
) -> tuple[str, ...]:
    """Of the tags that these rules would give, those that the conversation has no place for now."""
    tags = [tag for rule in rules for tag in rule.then.tags]
    if not tags:
        return ()
    return without_place(known or _stored(fact, rt), *tags)


def _first(event: Input, channel: ChannelSettings, handling: Handling | None) -> Reply | None:
    """Who would have answered, if not later than the rules; nobody answers a visit before them."""
    if isinstance(event, Referred):
        return None
    return wanted(event, before=None, channel=channel, automations=_BEFORE_RULES, handling=handling)


def _handling(fact: MessageFact, channel: ChannelSettings, rt: Runtime) -> Handling | None:
    if not custom_rules.look_at_tags(channel.rules):
        return None
    return _stored(fact, rt)


def _stored(fact: MessageFact, rt: Runtime) -> Handling:
    """How the contact is handled, under whichever of its keys."""
    row = rt.conversations.load(fact.conversation_id)
    return change_handling.load(move_conversation.leading(row, rt), rt) if row else Handling()


def _names(match: Match, rule: Rule) -> bool:
    return rule.name == match.rule or rule.name in match.sorted_by
