"""The verdict on one send. Ends are exclusive: 24:00:00 after an action is too late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec.structs import replace

from chalicelib.core.messages import MessageKind, Origin
from chalicelib.core.messaging_policy._rules import PLATFORMS, is_stale, rule_for
from chalicelib.core.messaging_policy._verdict import (
    Permit,
    Question,
    Refusal,
    is_marketing_template,
)
from chalicelib.core.messaging_policy._window import feedback, forbidden, free_words, refuse

_WORDS = (MessageKind.TEXT, MessageKind.LOCATION)


def check(question: Question) -> Permit | Refusal:
    """Whether the message may be sent at `question.at`, on which basis and until when. The same
    question has the same answer for ever."""
    verdict = _decide(question)
    return verdict if isinstance(verdict, Permit) else _with_instead(verdict, question)


def _decide(question: Question) -> Permit | Refusal:
    obstacle = _obstacle(question) or _stopped(question) or _held_back(question)
    return obstacle or _special(question) or _by_kind(question)


def _special(question: Question) -> Permit | Refusal | None:
    """What few messages are; its code is imported for them only."""
    if question.is_sponsored:
        refusal = forbidden("sponsored_not_available", question, "sponsored")
        return refusal or refuse("not_available_on_platform", question)
    if question.answers_comment or question.tag is not None:
        from chalicelib.core.messaging_policy._tags import by_tag, private_reply

        return private_reply(question) if question.answers_comment else by_tag(question)
    return None


def _by_kind(question: Question) -> Permit | Refusal:
    if question.kind in _WORDS and question.origin is not Origin.CAMPAIGN:
        return free_words(question)
    if question.kind is MessageKind.FEEDBACK:
        return feedback(question)
    if question.kind is MessageKind.TEMPLATE:
        from chalicelib.core.messaging_policy._template import template

        return template(question)
    if question.kind in _WORDS or question.kind is MessageKind.OPT_IN_REQUEST:
        from chalicelib.core.messaging_policy._consent import notification

        return notification(question)
    return refuse("not_available_on_platform", question)


def _obstacle(question: Question) -> Refusal | None:
    """What stands against any send, whatever its basis."""
    if question.platform not in PLATFORMS:
        return refuse("not_available_on_platform", question)
    if question.is_channel_blocked:
        return refuse("channel_blocked", question)
    if question.is_unreachable:
        return refuse("recipient_gone", question)
    if question.thread_owner not in (None, "us"):
        return refuse("standby", question)
    return None


def _stopped(question: Question) -> Refusal | None:
    """A customer's stop hinders all but answers; consent that came after it counts again."""
    if _has_stopped_all(question) and not _is_answer(question):
        return refuse("stopped_all", question)
    if question.marketing_stopped_at is not None and _is_marketing(question):
        rule = rule_for(question.platform, "marketing_stop", question.at)
        return refuse("marketing_stopped", question, rule)
    return None


def _has_stopped_all(question: Question) -> bool:
    stopped_at = question.stopped_all_at
    return stopped_at is not None and all(at <= stopped_at for at in _consents_at(question))


def _is_answer(question: Question) -> bool:
    """What a person writes freely always answers the customer."""
    is_person = question.origin is Origin.PERSON and question.kind in _WORDS
    return question.is_reply or is_person


def _consents_at(question: Question) -> Iterator[datetime]:
    """Of consent to another topic the customer means that topic."""
    if question.opt_in is not None and question.opt_in.topic == question.topic:
        yield question.opt_in.opted_in_at
    if question.marketing_opted_in_at is not None and question.topic is None:
        yield question.marketing_opted_in_at


def _is_marketing(question: Question) -> bool:
    if question.kind is MessageKind.TEMPLATE:
        return is_marketing_template(question)
    return question.origin is Origin.CAMPAIGN and question.is_promotional


def _held_back(question: Question) -> Refusal | None:
    """What the platform's limits, or our own, put off."""
    at, free_at = question.at, question.pair_free_at
    pair = rule_for(question.platform, "pair_limit", at)
    if pair and free_at is not None and at < free_at:
        return refuse("pair_limit", question, pair, not_before=free_at)
    budget = rule_for(question.platform, "budget", at)
    if budget and question.is_budget_reached and question.origin is Origin.AUTOMATION:
        return refuse("budget_reached", question, budget)
    if question.refuse_marketing_when_stale and _is_marketing(question):
        return refuse("rules_stale", question) if is_stale(at, question.platform) else None
    return None


def _with_instead(refusal: Refusal, question: Question) -> Refusal:
    """With what these facts permit instead: words of a person, a template, a token. The end is that
    of the first."""
    permits = [permit for permit in map(_decide, _others(question)) if isinstance(permit, Permit)]
    if not permits:
        return refusal
    bases = tuple(dict.fromkeys(permit.basis for permit in permits))
    return replace(refusal, instead_basis=bases, until=permits[0].deadline)


def _others(question: Question) -> Iterator[Question]:
    """A person needs no margin; a stop hinders whatever is no answer, also where a reply was asked
    for; a public comment may be answered without a tag."""
    origin, margin = question.origin, question.margin
    plain = replace(
        question,
        tag=None,
        is_promotional=False,
        is_sponsored=False,
        answers_comment=False,
        recurring_token=False,
        category="utility",
    )
    by_person = margin if origin is Origin.PERSON else timedelta(0)
    yield replace(plain, origin=Origin.PERSON, kind=MessageKind.TEXT, margin=by_person)
    own_wish = replace(plain, is_reply=False)
    another = replace(own_wish, template_status="APPROVED", template_quality=None)
    yield replace(another, kind=MessageKind.TEMPLATE)
    yield replace(own_wish, origin=Origin.CAMPAIGN, kind=MessageKind.TEXT)
    if question.answers_comment and question.tag is not None:
        yield replace(question, tag=None)
