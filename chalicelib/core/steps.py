"""How one fact moves a conversation on.

A fact in order changes the row alone. A fact that comes late, where it could change what was
already told about waits and authors, asks for the history: `rebuild` finds the same state from all
message facts, so that every order of the same facts ends alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.core import messaging_policy, waits
from chalicelib.core.conversation import Conversation, Wait
from chalicelib.core.messages import PERSONS, Author, MessageFact

_EVER = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


class Step(Struct, frozen=True, kw_only=True):
    """What happened, as far as the conversation row cares. `opens` is the policy's word for an
    action that opens the window."""

    at: datetime
    day: str  # local day of `at`
    author: Author | None = None  # None: neither a message nor a visit (a reaction)
    author_name: str | None = None  # of a person, as the API was told
    opens: str | None = None
    owner: str | None = None  # who had control of the thread: "us", "other"; None: it says nothing
    ad_days: int = 1  # the channel's setting for the window that an ad opens


class Moved(Struct, frozen=True):
    """The conversation after a step. `closed` is the wait that this step closed (again, when it is
    repeated). `needs_history`: the step came late; the row is right but for its waits."""

    conversation: Conversation
    closed: Wait | None = None
    needs_history: bool = False


class Rebuilt(Struct, frozen=True):
    """The conversation as all its facts tell it. `closed` are the waits around the late step, to be
    stored; `not_closed` the customer messages there that open none: their rows have to go."""

    conversation: Conversation
    closed: tuple[Wait, ...]
    not_closed: tuple[Wait, ...]
    reclassified: tuple[MessageFact, ...]


class Retold(Struct, frozen=True):
    """The conversation as all its facts tell it, its closed waits, oldest first, the facts by their
    true authors, and those among them whose author was told otherwise."""

    conversation: Conversation
    closed: tuple[Wait, ...]
    facts: tuple[MessageFact, ...]
    reclassified: tuple[MessageFact, ...]


def advance(conversation: Conversation, step: Step, *, native_automation: timedelta) -> Moved:
    """Apply a step. Repeating it changes nothing and reports the same closed wait."""
    moved = remember(conversation, step)
    if step.author is Author.CUSTOMER:
        return _customer_wrote(moved, conversation, step, native_automation)
    if step.author in PERSONS:
        return _person_answered(moved, conversation, step)
    return Moved(moved)


def remember(conversation: Conversation, step: Step) -> Conversation:
    """The row with the dates, the window and the owner that the step tells; waits as they were."""
    return _owned(_opened(_dated(conversation, step), step), step)


def author_of_native(
    conversation: Conversation, at: datetime, *, native_automation: timedelta
) -> Author:
    """Who wrote an echo from the native inbox: a person, or within moments of the customer's
    message Meta's own automation."""
    last = conversation.last_customer_at
    if last is not None and timedelta() <= at - last <= native_automation:
        return Author.PLATFORM_AUTOMATION
    return Author.PERSON_NATIVE


def rebuild(
    conversation: Conversation,
    facts: Sequence[MessageFact],
    *,
    at: datetime,
    day_of: Callable[[datetime], str],
    native_automation: timedelta,
) -> Rebuilt:
    """The conversation after a late step at `at`, as all its message facts tell it."""
    told = retell(conversation, facts, day_of=day_of, native_automation=native_automation)
    first, last = _neighbourhood(told.facts, at)
    near = tuple(wait for wait in told.closed if first <= wait.opened_at <= last)
    opened = {wait.opened_at for wait in near}
    return Rebuilt(
        told.conversation,
        near,
        tuple(
            _unanswered(conversation, fact, day_of)
            for fact in told.facts
            if fact.author is Author.CUSTOMER
            and first <= fact.occurred_at <= last
            and fact.occurred_at not in opened
        ),
        told.reclassified,
    )


def retell(
    conversation: Conversation,
    facts: Sequence[MessageFact],
    *,
    day_of: Callable[[datetime], str],
    native_automation: timedelta,
) -> Retold:
    """The conversation with the waits and the last answer that all its message facts tell."""
    settled = waits.settle_authors(facts, within=native_automation)
    derived = waits.derive(settled, channel_id=conversation.channel_id, day_of=day_of)
    known = {fact.message_id: fact.author for fact in facts}
    return Retold(
        _with_waits(_with_last(conversation, settled), derived),
        derived.closed,
        settled,
        tuple(fact for fact in settled if fact.author != known[fact.message_id]),
    )


def _neighbourhood(facts: Sequence[MessageFact], at: datetime) -> tuple[datetime, datetime]:
    """From the person's message before `at` to the one after: no wait beyond can have changed."""
    persons = [fact.occurred_at for fact in facts if fact.author in PERSONS]
    return (
        max((time for time in persons if time < at), default=_EVER[0]),
        min((time for time in persons if time > at), default=_EVER[1]),
    )


def _unanswered(
    conversation: Conversation, fact: MessageFact, day_of: Callable[[datetime], str]
) -> Wait:
    return Wait(
        conversation_id=conversation.conversation_id,
        channel_id=conversation.channel_id,
        day=day_of(fact.occurred_at),
        opened_at=fact.occurred_at,
    )


def _with_last(conversation: Conversation, facts: Sequence[MessageFact]) -> Conversation:
    return replace(
        conversation,
        last_person_at=max(
            (fact.occurred_at for fact in facts if fact.author in PERSONS), default=None
        ),
    )


def _with_waits(conversation: Conversation, derived: waits.DerivedWaits) -> Conversation:
    latest = derived.closed[-1] if derived.closed else None
    return replace(
        conversation,
        wait_opened_at=derived.open.opened_at if derived.open else None,
        wait_day=derived.open.day if derived.open else None,
        closed_wait_opened_at=latest.opened_at if latest else None,
        closed_wait_answered_at=latest.answered_at if latest else None,
        closed_wait_answered_by=latest.answered_by if latest else None,
        closed_wait_day=latest.day if latest else None,
    )


def _dated(conversation: Conversation, step: Step) -> Conversation:
    match step.author:
        case Author.CUSTOMER:
            return replace(
                conversation,
                first_contact_at=_earlier(conversation.first_contact_at, step.at),
                last_customer_at=_later(conversation.last_customer_at, step.at),
            )
        case Author.CUSTOMER_VISIT:
            return replace(
                conversation,
                first_contact_at=_earlier(conversation.first_contact_at, step.at),
                last_visit_at=_later(conversation.last_visit_at, step.at),
            )
        case Author.AUTOMATION:
            return replace(
                conversation, last_automated_at=_later(conversation.last_automated_at, step.at)
            )
        case Author.OTHER_APP:
            return replace(
                conversation, last_other_app_at=_later(conversation.last_other_app_at, step.at)
            )
        case author if author in PERSONS:
            return replace(
                conversation, last_person_at=_later(conversation.last_person_at, step.at)
            )
    return conversation


def _opened(conversation: Conversation, step: Step) -> Conversation:
    length = step.opens and messaging_policy.window_length(
        conversation.platform, step.opens, step.at, ad_days=step.ad_days
    )
    if not length:
        return conversation
    opened = (step.at + length, step.at, step.opens or "")
    known = (
        conversation.window_ends_at,
        conversation.window_opened_at,
        conversation.window_opened_by,
    )
    if known[0] is not None and known >= opened:
        return conversation
    return replace(
        conversation,
        window_ends_at=opened[0],
        window_opened_at=opened[1],
        window_opened_by=opened[2],
    )


def _owned(conversation: Conversation, step: Step) -> Conversation:
    if step.owner is None:
        return conversation
    known = (conversation.thread_owner_at or _EVER[0], conversation.thread_owner == "other")
    if known >= (step.at, step.owner == "other"):
        return conversation
    return replace(conversation, thread_owner=step.owner, thread_owner_at=step.at)


def _customer_wrote(
    moved: Conversation, before: Conversation, step: Step, native_automation: timedelta
) -> Moved:
    opened, person = before.wait_opened_at, before.last_person_at
    if opened is not None and step.at >= opened:
        return Moved(moved)
    if person is None or step.at > person:
        return Moved(replace(moved, wait_opened_at=step.at, wait_day=step.day))
    return Moved(
        moved, needs_history=not _is_inside_closed_wait(before, step.at, native_automation)
    )


def _is_inside_closed_wait(
    conversation: Conversation, at: datetime, native_automation: timedelta
) -> bool:
    opened, answered = conversation.closed_wait_opened_at, conversation.closed_wait_answered_at
    if opened is None or answered is None:
        return False
    return opened <= at and at + native_automation < answered


def _person_answered(moved: Conversation, before: Conversation, step: Step) -> Moved:
    if before.closed_wait_answered_at == step.at:
        return _closed_before(moved, before, step)
    if _came_late(before, step):
        return Moved(moved, needs_history=True)
    if before.wait_opened_at is None or step.at < before.wait_opened_at:
        return Moved(moved)
    after = replace(
        moved,
        wait_opened_at=None,
        wait_day=None,
        closed_wait_opened_at=before.wait_opened_at,
        closed_wait_answered_at=step.at,
        closed_wait_answered_by=str(step.author),
        closed_wait_day=before.wait_day,
    )
    return Moved(after, closed=_closed_by(after, step))


def _closed_before(moved: Conversation, before: Conversation, step: Step) -> Moved:
    """The same answer again, or in the same moment somebody else's: then the history tells whose
    came first."""
    if before.closed_wait_answered_by != step.author:
        return Moved(moved, needs_history=True)
    return Moved(moved, closed=_closed_by(before, step))


def _closed_by(conversation: Conversation, step: Step) -> Wait | None:
    """The latest closed wait; the row has no room for names, so the step that closed it tells."""
    wait = latest_closed(conversation)
    return replace(wait, answered_name=step.author_name) if wait else None


def _came_late(conversation: Conversation, step: Step) -> bool:
    """A customer wrote after this answer, or a later answer closed a wait that was this one's."""
    answered, customer = conversation.closed_wait_answered_at, conversation.last_customer_at
    if answered is not None and step.at < answered:
        return True
    if customer is None or step.at >= customer:
        return False
    opened = conversation.wait_opened_at
    is_in_open_wait = opened is not None and opened <= step.at
    return is_in_open_wait or step.author is Author.PERSON_NATIVE


def latest_closed(conversation: Conversation) -> Wait | None:
    """The latest closed wait that the row remembers."""
    if conversation.closed_wait_opened_at is None or conversation.closed_wait_day is None:
        return None
    return Wait(
        conversation_id=conversation.conversation_id,
        channel_id=conversation.channel_id,
        day=conversation.closed_wait_day,
        opened_at=conversation.closed_wait_opened_at,
        answered_at=conversation.closed_wait_answered_at,
        answered_by=conversation.closed_wait_answered_by,
    )


def _earlier(known: datetime | None, at: datetime) -> datetime:
    return at if known is None else min(known, at)


def _later(known: datetime | None, at: datetime) -> datetime:
    return at if known is None else max(known, at)
