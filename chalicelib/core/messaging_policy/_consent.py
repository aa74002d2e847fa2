"""What rests on the customer's consent to be written to later."""

from __future__ import annotations

from datetime import datetime

from chalicelib.core.messages import MessageKind
from chalicelib.core.messaging_policy._rules import Rule, rule_file, rule_for
from chalicelib.core.messaging_policy._verdict import Basis, Permit, Question, Refusal
from chalicelib.core.messaging_policy._window import forbidden, in_window, refuse
from chalicelib.core.opt_in import OptIn

_CONSENTS = ("one_time_token", "template")
_RECURRING = "recurring_notification"


def notification(question: Question) -> Permit | Refusal:
    """A message that rests on consent, or asks for it."""
    if question.kind is MessageKind.OPT_IN_REQUEST:
        return _opt_in_request(question)
    return _recurring(question) if question.recurring_token else _campaign(question)


def _opt_in_request(question: Question) -> Permit | Refusal:
    """Asking for a one-time notification is itself a message of the window."""
    rule = rule_for(question.platform, "opt_in_request", question.at)
    if rule is None:
        return refuse("not_available_on_platform", question)
    if not question.one_time_notifications:
        return refuse("one_time_notifications_off", question, rule)
    if _has_stopped(question):
        return refuse("opt_in_stopped", question)
    if question.asked_at is not None:
        return refuse("already_asked", question, rule)
    not_here = forbidden("not_in_region", question, "one_time_token")
    return not_here or in_window(question) or refuse("window_closed", question)


def _has_stopped(question: Question) -> bool:
    """Whoever wants no more of a topic is not asked about it, unless they just did ask."""
    opt_in = question.opt_in
    if opt_in is None or question.is_reply:
        return False
    return opt_in.topic == question.topic and opt_in.stopped_at is not None


def _campaign(question: Question) -> Permit | Refusal:
    """What the customer asked for is sent once; anything else only while the window is open."""
    if question.opt_in is None:
        return _unasked(question)
    objection = objection_to(question, question.opt_in)
    if objection:
        return refuse(objection, question)
    rule = rule_for(question.platform, "one_time_token", question.at)
    if rule:
        return _one_time(question, question.opt_in, rule)
    return in_window(question) or refuse("window_closed", question)


def _unasked(question: Question) -> Permit | Refusal:
    """A notification has a topic and is refused where the platform lets customers ask for one."""
    consents = (rule_for(question.platform, kind, question.at) for kind in _CONSENTS)
    if question.topic is not None and any(consents):
        return refuse("no_opt_in", question)
    return in_window(question) or refuse("window_closed", question)


def _one_time(question: Question, opt_in: OptIn, rule: Rule) -> Permit | Refusal:
    """The token first, also in the window: it is what the customer agreed to."""
    missing = _missing(question, opt_in)
    if missing is None:
        return Permit(Basis.ONE_TIME_TOKEN, consent_end(question, opt_in), rule=rule.id)
    return in_window(question) or missing


def _missing(question: Question, opt_in: OptIn) -> Refusal | None:
    if not question.one_time_notifications:
        return refuse("one_time_notifications_off", question)
    if not opt_in.token:
        return refuse("no_token", question)
    return forbidden("not_in_region", question, "one_time_token")


def _recurring(question: Question) -> Permit | Refusal:
    """Recurring notifications, as long as there were any."""
    rule = rule_for(question.platform, _RECURRING, question.at)
    if rule is None and not _is_over(question):
        return refuse("not_available_on_platform", question)
    deadline = rule.ends_at(margin=question.margin) if rule else None
    if rule is None or (deadline and question.at >= deadline):
        return refuse("recurring_retired", question, rule)
    last = question.recurring_last_at
    if last is not None and question.at < last + rule.wait:
        return refuse("recurring_too_soon", question, rule, not_before=last + rule.wait)
    return Permit(Basis.RECURRING_NOTIFICATION, deadline, rule=rule.id)


def _is_over(question: Question) -> bool:
    rules = rule_file(question.platform).rules
    ends = (rule.ends_at(margin=question.margin) for rule in rules if rule.kind == _RECURRING)
    return any(end and question.at >= end for end in ends)


def objection_to(question: Question, opt_in: OptIn) -> str | None:
    """What is wrong with the consent to a notification."""
    if opt_in.topic != question.topic:
        return "other_topic"
    if opt_in.stopped_at is not None:
        return "opt_in_stopped"
    if opt_in.used_by not in (None, question.attempt_id):
        return "opt_in_used"
    if question.at >= consent_end(question, opt_in):
        return "opt_in_expired"
    return None


def consent_end(question: Question, opt_in: OptIn) -> datetime:
    """The earlier of what the platform told us and what its rule says."""
    ends = [opt_in.expires_at]
    for kind in _CONSENTS:
        rule = rule_for(question.platform, kind, question.at)
        if rule and rule.length:
            ends.append(opt_in.opted_in_at + rule.length)
    return min(ends) - question.margin
