"""What rests on a tag that the caller asks for, or on a public comment."""

from __future__ import annotations

from chalicelib.core.messages import MessageKind, Origin
from chalicelib.core.messaging_policy._rules import rule_file, rule_for
from chalicelib.core.messaging_policy._verdict import Basis, Permit, Question, Refusal
from chalicelib.core.messaging_policy._window import forbidden, refuse

_WORDS = (MessageKind.TEXT, MessageKind.LOCATION)
_NEWS = "NON_PROMOTIONAL_SUBSCRIPTION"


def by_tag(question: Question) -> Permit | Refusal | None:
    """The verdict of the tag; None if it leaves it to what is sent, or there is no tag."""
    match question.tag:
        case None:
            return None
        case "HUMAN_AGENT":
            return _human_agent_fault(question)
        case "CUSTOMER_FEEDBACK":
            return _feedback_fault(question)
        case _ if question.tag == _NEWS:
            return forbidden("news_not_available", question, "news") or refuse(
                "unknown_tag", question
            )
    return _update(question, question.tag)


def _human_agent_fault(question: Question) -> Refusal | None:
    if question.origin is not Origin.PERSON:
        return refuse("persons_only", question)
    if rule_for(question.platform, "human_agent", question.at) is None:
        return refuse("not_available_on_platform", question)
    return None


def _feedback_fault(question: Question) -> Refusal | None:
    if question.kind is MessageKind.FEEDBACK:
        return None
    if rule_for(question.platform, "customer_feedback", question.at) is None:
        return refuse("unknown_tag", question)
    return refuse("feedback_form_missing", question)


def _update(question: Question, tag: str) -> Permit | Refusal:
    """One of the three tags that ended."""
    rules = rule_file(question.platform).rules
    rule = next((rule for rule in rules if rule.kind == f"tag:{tag}"), None)
    if rule is None:
        return refuse("unknown_tag", question)
    deadline = rule.ends_at(margin=question.margin)
    if deadline and question.at >= deadline:
        return refuse("tag_retired", question, rule)
    if not rule.is_in_force(question.at):
        return refuse("unknown_tag", question)
    if question.kind not in _WORDS:
        return refuse("not_available_on_platform", question)
    if question.is_promotional:
        return refuse("promotional_outside_window", question, rule)
    return Permit(Basis(tag.lower()), deadline, "MESSAGE_TAG", tag, rule.id)


def private_reply(question: Question) -> Permit | Refusal:
    """One answer to the author of a public comment; the window opens when they answer."""
    rule = rule_for(question.platform, "private_reply", question.at)
    if rule is None or rule.length is None or question.kind is not MessageKind.TEXT:
        return refuse("not_available_on_platform", question)
    if question.comment_answered:
        return refuse("comment_answered", question, rule)
    if question.comment_at is None:
        return refuse("comment_too_old", question, rule)
    deadline = question.comment_at + rule.length - question.margin
    if question.at >= deadline:
        return refuse("comment_too_old", question, rule)
    return _tagged_reply(question, Permit(Basis.PRIVATE_REPLY, deadline, "RESPONSE", rule=rule.id))


def _tagged_reply(question: Question, permit: Permit) -> Permit | Refusal:
    if question.tag is None:
        return permit
    rule = rule_for(question.platform, "private_reply_human_agent", question.at)
    end = rule.ends_at(margin=question.margin) if rule else None
    if question.tag != "HUMAN_AGENT" or rule is None or (end and question.at >= end):
        return refuse("tag_retired", question)
    if question.origin is not Origin.PERSON or not question.has_human_agent:
        return refuse("persons_only", question, rule)
    deadline = min(filter(None, (permit.deadline, end)))
    return Permit(Basis.PRIVATE_REPLY, deadline, "MESSAGE_TAG", question.tag, rule.id)
