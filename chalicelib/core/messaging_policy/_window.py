"""What rests on the customer's latest action: the window, and what a person or the platform's
feedback form may do after it.
"""

from __future__ import annotations

from datetime import datetime

from chalicelib.core.messages import Origin
from chalicelib.core.messaging_policy._rules import Rule, rule_for, window_rule
from chalicelib.core.messaging_policy._verdict import Basis, Permit, Question, Refusal


def in_window(question: Question) -> Permit | None:
    """Anything may be sent until the window ends."""
    if question.window_ends_at is None:
        return None
    deadline = question.window_ends_at - question.margin
    if question.at >= deadline:
        return None
    return Permit(
        Basis.STANDARD_WINDOW,
        deadline,
        None if question.platform == "whatsapp" else "RESPONSE",
        rule=_opened_by(question),
    )


def _opened_by(question: Question) -> str:
    """The rule of the action that opened it; of a message where nobody remembers."""
    action, at = question.window_opened_by or "message", question.window_opened_at or question.at
    rule = window_rule(question.platform, action, at)
    return rule.id if rule else ""


def free_words(question: Question) -> Permit | Refusal:
    """A text or a pin by a person or an automation. A person may answer for longer; automations
    must never carry that tag."""
    permit = in_window(question)
    if permit or question.origin is not Origin.PERSON:
        return permit or refuse("window_closed", question)
    return _as_human_agent(question)


def _as_human_agent(question: Question) -> Permit | Refusal:
    rule = rule_for(question.platform, "human_agent", question.at)
    last, ends = question.last_customer_at, question.window_ends_at
    if not question.has_human_agent or rule is None or rule.length is None or last is None:
        return refuse("window_closed", question)
    deadline = last + rule.length - question.margin
    if question.at >= deadline:
        return refuse("window_closed", question, rule)
    if ends is not None and question.at < ends:  # the margin has begun, the tag may not be used yet
        return refuse("window_closed", question, rule, not_before=ends)
    if question.is_promotional:
        return refuse("promotional_outside_window", question, rule)
    return Permit(Basis.HUMAN_AGENT, deadline, "MESSAGE_TAG", "HUMAN_AGENT", rule.id)


def feedback(question: Question) -> Permit | Refusal:
    """The platform's form for feedback: in the window a message as any, after it with a tag."""
    rule = rule_for(question.platform, "customer_feedback", question.at)
    if rule is None or rule.length is None:
        return refuse("not_available_on_platform", question)
    if question.feedback_sent:
        return refuse("feedback_already_asked", question, rule)
    permit, last = in_window(question), question.last_customer_at
    if permit or last is None or question.at >= last + rule.length - question.margin:
        return permit or refuse("window_closed", question, rule)
    deadline = last + rule.length - question.margin
    return Permit(Basis.CUSTOMER_FEEDBACK, deadline, "MESSAGE_TAG", "CUSTOMER_FEEDBACK", rule.id)


def refuse(
    reason: str, question: Question, rule: Rule | None = None, *, not_before: datetime | None = None
) -> Refusal:
    """The refusal with the sentences of its reason, which are read only now."""
    from chalicelib.core.messaging_policy.reasons import INSTEAD, REASONS

    instead = INSTEAD.get((reason, question.platform)) or INSTEAD.get(reason)
    return Refusal(
        reason, REASONS[reason], instead, rule=rule.id if rule else None, not_before=not_before
    )


def forbidden(
    reason: str, question: Question, what: str, *, region: str | None = None
) -> Refusal | None:
    """A refusal if a rule against it is in force, in the customer's country unless told another."""
    rule = rule_for(
        question.platform, f"refused:{what}", question.at, region=region or question.region
    )
    return refuse(reason, question, rule) if rule else None
