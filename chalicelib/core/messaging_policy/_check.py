"""The verdict on one send. Ends are exclusive: 24:00:00 after an action is too late."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from chalicelib.core.messages import MessageKind, Origin
from chalicelib.core.messaging_policy._rules import PLATFORMS, rule_for
from chalicelib.core.messaging_policy._verdict import (
    INSTEAD,
    REASONS,
    Basis,
    Permit,
    Question,
    Refusal,
)
from chalicelib.core.opt_in import OptIn

_CONSENTS = ("one_time_token", "approved_template")


def check(question: Question) -> Permit | Refusal:
    """Whether the message may be sent at `question.at`, on which basis and until when. The same
    question has the same answer for ever."""
    obstacle = _obstacle(question)
    if obstacle:
        return _refuse(obstacle, question)
    match question.kind, question.origin:
        case MessageKind.TEMPLATE, _:
            return _template(question)
        case MessageKind.OPT_IN_REQUEST, _:
            return _opt_in_request(question)
        case MessageKind.TEXT, Origin.CAMPAIGN:
            return _campaign(question)
        case MessageKind.TEXT, Origin.PERSON:
            return _in_window(question) or _as_human_agent(question)
        case MessageKind.TEXT, Origin.AUTOMATION:
            return _in_window(question) or _refuse("window_closed", question)
    return _refuse("not_available_on_platform", question)


def _obstacle(question: Question) -> str | None:
    """What stands against any send, whatever its basis."""
    if question.platform not in PLATFORMS:
        return "not_available_on_platform"
    if question.is_channel_blocked:
        return "channel_blocked"
    if question.is_unreachable:
        return "recipient_gone"
    if question.thread_owner not in (None, "us"):
        return "standby"
    return None


def _in_window(question: Question) -> Permit | None:
    if question.window_ends_at is None:
        return None
    response = None if question.platform == "whatsapp" else "RESPONSE"
    deadline = question.window_ends_at - question.margin
    if question.at >= deadline:
        return None
    return Permit(Basis.STANDARD_WINDOW, deadline, response)


def _as_human_agent(question: Question) -> Permit | Refusal:
    """A person may answer for longer; automations and campaigns must never carry this tag."""
    rule = rule_for(question.platform, "human_agent", question.at)
    closed = _refuse("window_closed", question)
    if rule is None or rule.length is None or question.last_customer_at is None:
        return closed
    if not question.has_human_agent:
        return closed
    deadline = question.last_customer_at + rule.length - question.margin
    if question.at >= deadline:
        return closed
    return Permit(Basis.HUMAN_AGENT, deadline, "MESSAGE_TAG", "HUMAN_AGENT")


def _template(question: Question) -> Permit | Refusal:
    """A utility message has a messaging type of its own on Messenger (utility-messages,
    2026-03-13)."""
    verdict = _approved_template(question)
    if isinstance(verdict, Permit) and question.platform == "messenger":
        return replace(verdict, messaging_type="UTILITY")
    return verdict


def _approved_template(question: Question) -> Permit | Refusal:
    """Outside the window a template needs consent; inside, the customer began."""
    if rule_for(question.platform, "approved_template", question.at) is None:
        return _refuse("not_available_on_platform", question)
    if not question.template_approved:
        return _refuse("template_not_approved", question)
    if question.origin is Origin.PERSON and (permit := _in_window(question)):
        return permit
    if question.opt_in is None:
        is_free = question.topic is None and _in_window(question)
        return is_free or _refuse("no_opt_in", question)
    objection = _objection(question, question.opt_in)
    if objection:
        return _refuse(objection, question)
    return Permit(Basis.APPROVED_TEMPLATE, _consent_end(question, question.opt_in))


def _opt_in_request(question: Question) -> Permit | Refusal:
    if rule_for(question.platform, "opt_in_request", question.at) is None:
        return _refuse("not_available_on_platform", question)
    if not question.one_time_notifications:
        return _refuse("one_time_notifications_off", question)
    return _in_window(question) or _refuse("window_closed", question)


def _campaign(question: Question) -> Permit | Refusal:
    """What the customer asked for is sent once; anything else only while the window is open."""
    if question.opt_in is None:
        return _unasked(question)
    objection = _objection(question, question.opt_in)
    if objection:
        return _refuse(objection, question)
    if rule_for(question.platform, "one_time_token", question.at):
        return _one_time(question, question.opt_in)
    return _in_window(question) or _refuse("window_closed", question)


def _unasked(question: Question) -> Permit | Refusal:
    """A notification has a topic and is refused where the platform lets customers ask for one."""
    consents = (rule_for(question.platform, kind, question.at) for kind in _CONSENTS)
    if question.topic is not None and any(consents):
        return _refuse("no_opt_in", question)
    return _in_window(question) or _refuse("window_closed", question)


def _one_time(question: Question, opt_in: OptIn) -> Permit | Refusal:
    """The token first, also in the window: it is what the customer agreed to."""
    if question.one_time_notifications and opt_in.token:
        return Permit(Basis.ONE_TIME_TOKEN, _consent_end(question, opt_in))
    missing = "no_token" if question.one_time_notifications else "one_time_notifications_off"
    return _in_window(question) or _refuse(missing, question)


def _objection(question: Question, opt_in: OptIn) -> str | None:
    """What is wrong with the consent to a notification."""
    if opt_in.topic != question.topic:
        return "other_topic"
    if opt_in.stopped_at is not None:
        return "opt_in_stopped"
    if opt_in.used_by not in (None, question.attempt_id):
        return "opt_in_used"
    if question.at >= _consent_end(question, opt_in):
        return "opt_in_expired"
    return None


def _consent_end(question: Question, opt_in: OptIn) -> datetime:
    """The earlier of what the platform told us and what its rule says."""
    ends = [opt_in.expires_at]
    for kind in _CONSENTS:
        rule = rule_for(question.platform, kind, question.at)
        if rule and rule.length:
            ends.append(opt_in.opted_in_at + rule.length)
    return min(ends) - question.margin


def _refuse(reason: str, question: Question) -> Refusal:
    instead = INSTEAD.get((reason, question.platform)) or INSTEAD.get(reason)
    return Refusal(reason, REASONS[reason], instead)
