"""Any question that the policy may be asked, for properties.

Of all that hinders at most two things are so at once, or nearly every question would be refused;
times lie around the moment of asking, mostly a second before or after a rule's length.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from chalicelib.core.messages import MessageKind, Origin
from chalicelib.core.messaging_policy import Question
from tests import builders

FIRST = datetime(2020, 3, 4, tzinfo=UTC)
LAST = datetime(2027, 12, 31, tzinfo=UTC)
SECOND = timedelta(seconds=1)
TAGS = (
    *("HUMAN_AGENT", "CUSTOMER_FEEDBACK", "CONFIRMED_EVENT_UPDATE", "ACCOUNT_UPDATE"),
    *("POST_PURCHASE_UPDATE", "NON_PROMOTIONAL_SUBSCRIPTION", "ANOTHER"),
)
# Rules change at midnight: the first and the last second of a day are tried more than others.
_CLOCK = st.sampled_from([0, 86_399]) | st.integers(0, 86_399)
_DAYS = st.integers(0, (LAST - FIRST).days)
MOMENTS = st.builds(lambda day, second: FIRST + timedelta(days=day, seconds=second), _DAYS, _CLOCK)
_HOURS = (0, 1, 24, 48, 72, 168, 8760)
AGES = st.sampled_from([timedelta(hours=hours, seconds=s) for hours in _HOURS for s in (-1, 0, 1)])
_KINDS = st.sampled_from([MessageKind.TEXT, MessageKind.TEMPLATE]) | st.sampled_from(MessageKind)
_FLAGS = ("is_reply", "template_approved", "is_us_number", "has_human_agent")
_AGED = ("last_customer_at", "comment_at", "recurring_last_at", "marketing_opted_in_at")
_HINDRANCES: dict[str, Any] = {
    **dict.fromkeys(("is_promotional", "is_sponsored", "recurring_token"), True),
    **dict.fromkeys(("is_unreachable", "answers_comment", "comment_answered"), True),
    **dict.fromkeys(("is_channel_blocked", "is_budget_reached", "feedback_sent"), True),
    "refuse_marketing_when_stale": True,
    "thread_owner": "other",
    "template_status": "PAUSED",
    "template_quality": "RED",
    "portfolio_left": 0,
    "one_time_notifications": False,
}
_HINDERING_TIMES = ("marketing_stopped_at", "stopped_all_at")
_HINDERING_WAITS = ("marketing_not_before", "pair_free_at")
_FREE: dict[str, Any] = {"one_time_notifications": True}


@st.composite
def questions(draw: st.DrawFn, **fixed: Any) -> Question:
    """Questions at random, but for the facts that are given."""
    at = fixed.pop("at", None) or draw(MOMENTS)
    hindered = draw(st.just(set()) | st.sets(st.sampled_from(_NAMES), max_size=2))
    facts: dict[str, Any] = {name: draw(strategy) for name, strategy in _FACTS.items()}
    facts |= {name: draw(st.booleans()) for name in _FLAGS}
    facts |= {name: _before(at, draw(st.none() | AGES)) for name in _AGED}
    facts |= _FREE | {name: _HINDRANCES[name] for name in hindered if name in _HINDRANCES}
    facts |= {name: _before(at, draw(AGES)) for name in _HINDERING_TIMES if name in hindered}
    facts |= {name: at + draw(AGES) for name in _HINDERING_WAITS if name in hindered}
    opened_at = _before(at, draw(st.none() | AGES))
    facts |= {"window_opened_at": opened_at, "window_ends_at": opened_at and opened_at + DAY}
    facts["opt_in"] = draw(st.none() | _opt_ins(at))
    return Question(at=at, **(facts | fixed))


DAY = timedelta(hours=24)
_NAMES = sorted({*_HINDRANCES, *_HINDERING_TIMES, *_HINDERING_WAITS})
_FACTS: dict[str, st.SearchStrategy[Any]] = {
    "platform": st.sampled_from(["messenger", "instagram", "whatsapp"]),
    "origin": st.sampled_from(Origin),
    "kind": _KINDS,
    "margin": st.sampled_from([timedelta(0), timedelta(minutes=5)]),
    "attempt_id": st.sampled_from([None, "hb-mine"]),
    "tag": st.none() | st.none() | st.sampled_from(TAGS),
    "topic": st.sampled_from([None, "mug"]),
    "category": st.sampled_from([None, "utility", "marketing", "service"]),
    "template_status": st.sampled_from([None, "APPROVED"]),
    "region": st.sampled_from([None, "US", "CA", "DE", "TR"]),
}


def _before(at: datetime, age: timedelta | None) -> datetime | None:
    return None if age is None else at - age


def _opt_ins(at: datetime) -> st.SearchStrategy[Any]:
    return st.builds(
        lambda age, **facts: builders.opt_in(
            opted_in_at=at - age, expires_at=at - age + 400 * DAY, **facts
        ),
        AGES,
        token=st.sampled_from(["token-1", None]),
        topic=st.sampled_from(["mug", "mug", "lamp"]),
        used_by=st.sampled_from([None, None, "hb-mine", "hb-another"]),
        stopped_at=st.sampled_from([None, None, at]),
    )
