"""Messages that Meta approved beforehand: by category, with the customer's consent."""

from __future__ import annotations

from msgspec.structs import replace

from chalicelib.core.messages import Origin
from chalicelib.core.messaging_policy._consent import consent_end, objection_to
from chalicelib.core.messaging_policy._rules import Rule, rule_for
from chalicelib.core.messaging_policy._verdict import (
    Basis,
    Permit,
    Question,
    Refusal,
    is_marketing_template,
)
from chalicelib.core.messaging_policy._window import forbidden, in_window, refuse

_BY_STATUS = {
    "PAUSED": "template_paused",
    "DISABLED": "template_disabled",
    "REJECTED": "template_rejected",
    "PENDING": "template_pending",
}


def template(question: Question) -> Permit | Refusal:
    """Outside the window a template needs consent; inside, the customer began, which is enough for
    all but marketing on WhatsApp (getting-opt-in, 2025-11-03). A utility message has a messaging
    type of its own on Messenger (utility-messages, 2026-03-13)."""
    verdict = _verdict(question)
    if isinstance(verdict, Permit) and question.platform == "messenger":
        return replace(verdict, messaging_type="UTILITY")
    return verdict


def _verdict(question: Question) -> Permit | Refusal:
    rule = rule_for(question.platform, "template", question.at)
    if rule is None:
        return refuse("not_available_on_platform", question)
    fault = _fault(question, rule)
    if fault:
        return refuse(fault, question, rule)
    return (
        _promotion_fault(question, rule)
        or _quality_fault(question)
        or _marketing_fault(question)
        or _consented(question, rule)
    )


def _fault(question: Question, rule: Rule) -> str | None:
    if question.template_status is None and not question.template_approved:
        return "template_not_approved"
    if question.template_status not in (None, *rule.statuses):
        return _BY_STATUS.get(question.template_status or "", "template_not_approved")
    if question.category not in (None, *rule.categories):
        return "category_not_available"
    return None


def _promotion_fault(question: Question, rule: Rule) -> Refusal | None:
    is_utility = question.category == "utility" or rule.categories == ("utility",)
    if not is_utility or not question.is_promotional:
        return None
    return forbidden("promotional_utility", question, "promotional_utility")


def _quality_fault(question: Question) -> Refusal | None:
    if question.template_quality != "RED" or question.origin is not Origin.CAMPAIGN:
        return None
    return forbidden("template_low_quality", question, "low_quality")


def _marketing_fault(question: Question) -> Refusal | None:
    """Where the country is not known, a number that may be one of the United States counts so."""
    if not is_marketing_template(question):
        return None
    wait = question.marketing_not_before
    if wait is not None and question.at < wait:
        rule = rule_for(question.platform, "marketing_wait", question.at)
        return refuse("marketing_wait", question, rule, not_before=wait)
    region = question.region or ("US" if question.is_us_number else None)
    return forbidden("marketing_paused_in_region", question, "marketing", region=region)


def _consented(question: Question, rule: Rule) -> Permit | Refusal:
    window = in_window(question)
    if window and not _needs_consent(question):
        return window
    if window is None and question.portfolio_left == 0 and question.platform == "whatsapp":
        limit = rule_for(question.platform, "messaging_limit", question.at)
        return refuse("portfolio_limit", question, limit)
    if question.opt_in is None:
        return _by_standing_consent(question, rule)
    objection = objection_to(question, question.opt_in)
    if objection:
        return refuse(objection, question, rule)
    deadline = consent_end(question, question.opt_in)
    return Permit(Basis.APPROVED_TEMPLATE, deadline, rule=rule.id)


def _needs_consent(question: Question) -> bool:
    """Of what goes out inside the window: marketing on WhatsApp, where a recorded opt-in is asked
    for before any, and what names a topic unless a person sends it."""
    if question.platform == "whatsapp" and is_marketing_template(question):
        return True
    names_one = question.topic is not None or question.opt_in is not None
    return names_one and question.origin is not Origin.PERSON


def _by_standing_consent(question: Question, rule: Rule) -> Permit | Refusal:
    """Consent to all messages of the business; a topic wants its own. Taken back it carries neither
    marketing nor anything else."""
    since = question.marketing_opted_in_at
    if question.topic is not None or since is None or rule.length is None:
        return refuse("no_opt_in", question, rule)
    stopped_at = question.marketing_stopped_at
    if stopped_at is not None and since <= stopped_at:
        stop = rule_for(question.platform, "marketing_stop", question.at)
        return refuse("marketing_stopped", question, stop)
    deadline = since + rule.length - question.margin
    if question.at >= deadline:
        return refuse("opt_in_expired", question, rule)
    return Permit(Basis.APPROVED_TEMPLATE, deadline, rule=rule.id)
