"""May this message be sent, by Meta's published rules? Written apart from the product's policy."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from devtools.simulator import rules_messages as shapes
from devtools.simulator import rules_standing, rules_tags
from devtools.simulator.errors import GraphError, parameter
from devtools.simulator.rules_attachments import CLOUD_TYPES, check_cloud_media
from devtools.simulator.rules_marketing import late_failure_of_template
from devtools.simulator.rules_templates import check_template, check_utility
from devtools.simulator.state import Channel, Comment, Contact, Token, key
from devtools.simulator.world import World

WINDOW = timedelta(hours=24)
COMMENT_WINDOW = timedelta(days=7)
TOKEN_LIFE = timedelta(days=365)


class Verdict(Struct, kw_only=True):
    """The message is taken. `late_failure`: WhatsApp takes it and reports a failed status."""

    contact: Contact
    token: Token | None = None
    comment: Comment | None = None  # that it answers in private
    topic: str | None = None  # of an opt-in request
    title: str | None = None
    late_failure: int | None = None


def judge(world: World, channel: Channel, body: dict[str, Any], now: datetime) -> Verdict:
    """The verdict. Raises GraphError for what Meta refuses at once."""
    rules_standing.check_channel(channel)
    if channel.platform == "whatsapp":
        return _judge_whatsapp(world, channel, body, now)
    return _judge_send_api(world, channel, body, now)


def _judge_send_api(world: World, channel: Channel, body: dict[str, Any], now: datetime) -> Verdict:
    message = shapes.checked_message(channel.platform, body)
    recipient = body["recipient"]
    rules_tags.check_recurring(recipient, now)
    if "one_time_notif_token" in recipient:
        return _spend(world, channel, str(recipient["one_time_notif_token"]), now)
    if "comment_id" in recipient:
        return _private_reply(world, channel, body, now)
    contact = _known_contact(world, channel, str(recipient.get("id", "")))
    if "template" in message:
        rules_tags.check_utility_date(now)
        check_utility(world, channel, body)
        return Verdict(contact=contact)
    if body.get("messaging_type") == "UTILITY":
        raise parameter("messaging_type UTILITY needs a template")
    _check_window(channel, contact, body, now)
    title, topic = shapes.opt_in_request(message)
    if topic is not None:
        _check_opt_in_request(world, channel, contact, topic)
    return Verdict(contact=contact, topic=topic, title=title)


def _private_reply(world: World, channel: Channel, body: dict[str, Any], now: datetime) -> Verdict:
    """One to a comment, within 7 days of it, and by no tag."""
    comment = world.state.comments.get(str(body["recipient"]["comment_id"]))
    if comment is None or comment.channel_id != channel.channel_id:
        raise GraphError(400, 100, "(#100) No such comment", 33)
    if "tag" in body or comment.answered_at is not None:
        raise GraphError(400, 10900, "(#10900) Activity already replied to")
    if now - comment.commented_at >= COMMENT_WINDOW:
        raise GraphError(400, 10, "(#10) This message is sent outside of allowed window.", 2018278)
    return Verdict(contact=_known_contact(world, channel, comment.contact_id), comment=comment)


def _known_contact(world: World, channel: Channel, contact_id: str) -> Contact:
    contact = world.meet_stranger(channel, contact_id)
    if contact is None:
        subcode = 2018001 if channel.platform == "messenger" else 2534014
        raise GraphError(400, 100, "(#100) No matching user found", subcode)
    if contact.is_blocked:
        raise GraphError(400, 551, "(#551) This person isn't available right now.", 1545041)
    rules_standing.check_thread(contact)
    return contact


def _check_window(channel: Channel, contact: Contact, body: dict[str, Any], now: datetime) -> None:
    tag = body.get("tag")
    is_tagged = body.get("messaging_type") == "MESSAGE_TAG" or tag
    limit = rules_tags.window(channel, body, str(tag), now) if is_tagged else WINDOW
    if contact.is_stranger or limit is None:
        return
    if tag == "HUMAN_AGENT" and rules_standing.is_open(contact, now, WINDOW):
        raise parameter("The tag HUMAN_AGENT is for after the window, which is still open")
    if not rules_standing.is_open(contact, now, limit):
        subcode = 2018278 if channel.platform == "messenger" else 2534022
        sentence = "(#10) This message is sent outside of allowed window."
        raise GraphError(400, 10, sentence, subcode)


def _spend(world: World, channel: Channel, token: str, now: datetime) -> Verdict:
    found = world.state.tokens.get(token) or _strange_token(world, channel, token, now)
    if found is None or found.channel_id != channel.channel_id:
        raise parameter("The parameter one_time_notif_token is not a valid token")
    if found.used_at is not None or now - found.opted_in_at >= TOKEN_LIFE:
        raise parameter("The one_time_notif_token has expired or was used: invalid token")
    return Verdict(contact=_known_contact(world, channel, found.contact_id), token=found)


def _strange_token(world: World, channel: Channel, token: str, now: datetime) -> Token | None:
    """A token that was not given out here; on trust, but like any other only once."""
    if not world.takes_strangers:
        return None
    contact = world.meet_stranger(channel, f"of-{token}")
    known = Token(
        channel_id=channel.channel_id,
        contact_id=contact.contact_id if contact else "",
        topic="",
        opted_in_at=now,
    )
    world.state.tokens[token] = known
    return known


def _check_opt_in_request(world: World, channel: Channel, contact: Contact, topic: str) -> None:
    if channel.platform != "messenger" or not channel.has_one_time_notifications:
        raise parameter("One-Time Notification is not enabled for this page")
    asked = key(channel.channel_id, contact.contact_id, topic) in world.state.asked_topics
    if asked or _has_unused_token(world, channel, contact, topic):
        raise GraphError(400, 613, "(#613) The same topic was asked for already", 1893016)


def _has_unused_token(world: World, channel: Channel, contact: Contact, topic: str) -> bool:
    wanted = (channel.channel_id, contact.contact_id, topic, None)
    tokens = world.state.tokens.values()
    return wanted in [(one.channel_id, one.contact_id, one.topic, one.used_at) for one in tokens]


def _judge_whatsapp(world: World, channel: Channel, body: dict[str, Any], now: datetime) -> Verdict:
    recipient = shapes.checked_cloud_message(body)
    kind = str(body["type"])
    media_failure = check_cloud_media(kind, body[kind]) if kind in CLOUD_TYPES else None
    if body["type"] == "template":
        check_template(world, channel, body["template"])
        known = world.meet(channel, recipient)
        failure = late_failure_of_template(world, channel, known, body["template"], now)
        return Verdict(contact=known, late_failure=failure)
    contact = world.meet_stranger(channel, recipient)
    if contact is None:
        return Verdict(contact=Contact(contact_id=recipient), late_failure=131047)
    if contact.is_blocked:
        return Verdict(contact=contact, late_failure=131026)
    last = contact.last_action_at
    is_open = contact.is_stranger or (last is not None and now - last < WINDOW)
    return Verdict(contact=contact, late_failure=media_failure if is_open else 131047)
