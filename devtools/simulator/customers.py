"""Customers and people in Meta's own inbox: what they do, and the webhook that tells of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct

from devtools.simulator import threads, webhooks
from devtools.simulator.courier import Courier
from devtools.simulator.rules_standing import note_ad
from devtools.simulator.state import Channel, Comment, Contact, Token, key
from devtools.simulator.world import MESSAGE_ID_PREFIXES, World


class NotPossibleError(Exception):
    """What was asked for cannot happen; the text says why."""


class Act(Struct, kw_only=True, forbid_unknown_fields=True):
    """One thing that somebody does. `raw` is merged into the platform's inner object."""

    channel_id: str
    contact_id: str
    platform: str | None = None
    at: Annotated[datetime, Meta(tz=True)] | None = None  # None: now
    text: str | None = None
    mid: str | None = None  # of the message acted upon, or to be used for a new one
    name: str | None = None
    phone: str | None = None
    user_id: str | None = None
    title: str | None = None
    payload: str | None = None
    topic: str | None = None
    emoji: str | None = None
    ref: str | None = None
    app_id: int | None = None  # of another app, for a native reply
    times: int = 1  # of an automatic reply
    raw: dict[str, Any] = {}


class Customers:
    """Acts on behalf of people; every method returns what the caller may want to refer to."""

    def __init__(self, world: World, courier: Courier) -> None:
        self._world, self._courier = world, courier

    def message(self, act: Act) -> dict[str, Any]:
        """A customer writes; the 24 hours begin again."""
        channel, contact, at = self._begin(act, opens=True)
        note_ad(channel, contact, at, act.raw)
        mid = act.mid or self._new_mid(channel)
        if channel.platform == "whatsapp":
            inner = {"id": mid, **_whatsapp_text(act), **act.raw}
            return self._whatsapp(channel, contact, at, "message", inner)
        text = {} if act.text is None else {"text": act.text}
        quick_reply = {"quick_reply": {"payload": act.payload}} if act.payload else {}
        inner = {"message": {"mid": mid, **text, **quick_reply, **act.raw}}
        return self._messaging(channel, contact, at, "message", inner, mid)

    def postback(self, act: Act) -> dict[str, Any]:
        """A customer taps a button."""
        channel, contact, at = self._begin(act, opens=True)
        mid = act.mid or self._new_mid(channel)
        title, payload = act.title or "Get started", act.payload or "GET_STARTED"
        if channel.platform == "whatsapp":
            reply = {"type": "button_reply", "button_reply": {"id": payload, "title": title}}
            inner = {"id": mid, "type": "interactive", "interactive": reply, **act.raw}
            return self._whatsapp(channel, contact, at, "postback", inner)
        inner = {"postback": {"mid": mid, "title": title, "payload": payload, **act.raw}}
        return self._messaging(channel, contact, at, "postback", inner, mid)

    def referral(self, act: Act) -> dict[str, Any]:
        """A customer comes back through an m.me or ig.me link."""
        channel, contact, at = self._begin(act, opens=True)
        _only(channel, "messenger", "instagram")
        facts = {"ref": act.ref or "link", "source": "SHORTLINK", "type": "OPEN_THREAD"}
        inner = {"referral": {**facts, **act.raw}}
        return self._messaging(channel, contact, at, "referral", inner, None)

    def plugin(self, act: Act) -> dict[str, Any]:
        """A customer uses a plugin on a page of the business (Messenger)."""
        channel, contact, at = self._begin(act, opens=True)
        _only(channel, "messenger")
        inner = {"optin": {"ref": act.ref or "checkout", **act.raw}}
        return self._messaging(channel, contact, at, "optin", inner, None)

    def preference(self, act: Act) -> dict[str, Any]:
        """A customer stops or resumes marketing (`text`) in WhatsApp itself."""
        channel, contact, at = self._begin(act, opens=False)
        _only(channel, "whatsapp")
        if act.text not in ("stop", "resume"):
            raise NotPossibleError("text: stop or resume")
        contact.has_stopped_marketing = act.text == "stop"
        body = webhooks.whatsapp_preference(channel, contact, at, act.text)
        return self._send(channel, contact, "preference", body, None)

    def take_thread(self, act: Act) -> dict[str, Any]:
        """Another app (`app_id`) takes the thread; without one it gives it back to us."""
        channel, contact, at = self._begin(act, opens=False)
        _only(channel, "messenger", "instagram")
        contact.thread_owner = str(act.app_id or "")
        inner = threads.told(channel.app_id, is_ours=act.app_id is None)
        return self._messaging(channel, contact, at, "thread", inner, None)

    def react(self, act: Act) -> dict[str, Any]:
        """A customer reacts to a message; without an emoji takes the reaction back."""
        channel, contact, at = self._begin(act, opens=act.emoji is not None)
        if channel.platform == "whatsapp":
            reaction = {"message_id": act.mid, "emoji": act.emoji or ""}
            inner = {"id": self._new_mid(channel), "type": "reaction", "reaction": reaction}
            return self._whatsapp(channel, contact, at, "reaction", inner)
        facts = {"reaction": "other", "emoji": act.emoji} if act.emoji else {}
        action = "react" if act.emoji else "unreact"
        inner = {"reaction": {"mid": act.mid, "action": action, **facts}}
        return self._messaging(channel, contact, at, "reaction", inner, act.mid)

    def edit(self, act: Act) -> dict[str, Any]:
        """A customer changes a message; that opens nothing."""
        channel, contact, at = self._begin(act, opens=False)
        if channel.platform == "whatsapp":
            message = {"type": "text", "text": {"body": act.text}}
            edit = {"original_message_id": act.mid, "message": message}
            inner = {"id": self._new_mid(channel), "type": "edit", "edit": edit}
            return self._whatsapp(channel, contact, at, "edit", inner)
        inner = {"message_edit": {"mid": act.mid, "text": act.text, "num_edit": 1, **act.raw}}
        return self._messaging(channel, contact, at, "edit", inner, act.mid)

    def unsend(self, act: Act) -> dict[str, Any]:
        """A customer takes a message back; Messenger has no webhook for it."""
        channel, contact, at = self._begin(act, opens=False)
        _only(channel, "instagram", "whatsapp")
        if channel.platform == "whatsapp":
            revoke = {"original_message_id": act.mid}
            inner = {"id": self._new_mid(channel), "type": "revoke", "revoke": revoke}
            return self._whatsapp(channel, contact, at, "unsend", inner)
        inner = {"message": {"mid": act.mid, "is_deleted": True}}
        return self._messaging(channel, contact, at, "unsend", inner, act.mid)

    def tap_notify(self, act: Act) -> dict[str, Any]:
        """A customer taps "Notify me" under a request of ours; the window stays as it is."""
        channel, contact, at = self._begin(act, opens=False)
        with self._world.lock:
            topic = self._asked_topic(channel, contact, act.topic)
            token = self._world.new_id("otn_")
            self._world.state.tokens[token] = Token(
                channel_id=channel.channel_id,
                contact_id=contact.contact_id,
                topic=topic,
                opted_in_at=at,
            )
            self._world.save()
        opt_in = {"type": "one_time_notif_req", "payload": topic, "one_time_notif_token": token}
        inner = {"optin": {**opt_in, **act.raw}}
        sent = self._messaging(channel, contact, at, "optin", inner, None)
        return {**sent, "token": token, "topic": topic}

    def comment(self, act: Act) -> dict[str, Any]:
        """A customer writes under a post (`ref`, its id); that opens no window."""
        channel, contact, at = self._begin(act, opens=False)
        _only(channel, "messenger", "instagram")
        post = act.ref or f"{channel.channel_id}_1"
        comment_id = act.mid or self._world.new_id(f"{post}_")
        self._world.state.comments[comment_id] = Comment(
            channel_id=channel.channel_id, contact_id=contact.contact_id, commented_at=at
        )
        self._world.save()
        facts = {"comment_id": comment_id, "post_id": post, "text": act.text or ""}
        body = webhooks.comment(channel, contact, at, facts)
        return self._send(channel, contact, "comment", body, comment_id)

    def review(self, act: Act) -> dict[str, Any]:
        """A customer recommends the Page or advises against it (`payload`: positive or negative);
        that opens no window. Whether the reviewer's id is a contact's is unconfirmed: here it
        is."""
        channel, contact, at = self._begin(act, opens=False)
        _only(channel, "messenger")
        if act.payload not in ("positive", "negative"):
            raise NotPossibleError("payload: positive or negative")
        review_id = act.mid or self._world.new_id(f"{channel.channel_id}_")
        facts = {"review_id": review_id, "recommendation": act.payload, "text": act.text or ""}
        body = webhooks.review(channel, contact, at, facts)
        return self._send(channel, contact, "review", body, review_id)

    def block(self, act: Act) -> dict[str, Any]:
        """A customer blocks the business: from now on nothing reaches them."""
        _, contact, _ = self._begin(act, opens=False)
        contact.is_blocked = True
        self._world.save()
        return {}

    def auto_reply(self, act: Act) -> dict[str, Any]:
        """From now on a bot answers in the customer's place, `times` times."""
        _, contact, _ = self._begin(act, opens=False)
        contact.auto_reply, contact.auto_replies_left = act.text or "", act.times
        self._world.save()
        return {}

    def answer_back(self, channel: Channel, contact: Contact) -> None:
        """The customer got a message: their bot answers, if they have one."""
        if contact.auto_replies_left <= 0:
            return
        text = contact.auto_reply.replace("{n}", str(contact.auto_replies_left))
        contact.auto_replies_left -= 1
        here, who = channel.channel_id, contact.contact_id
        self.message(Act(channel_id=here, contact_id=who, text=text))

    def native_reply(self, act: Act) -> dict[str, Any]:
        """A person answers in Meta's own inbox or the phone app; with `app_id` another app does."""
        channel, contact, at = self._begin(act, opens=False)
        mid = act.mid or self._new_mid(channel)
        if channel.platform == "whatsapp":
            inner = {"id": mid, **_whatsapp_text(act), **act.raw}
            body = webhooks.whatsapp_echo(channel, contact, at, inner)
            return self._send(channel, contact, "native_echo", body, mid)
        native = webhooks.PAGE_INBOX_APP_ID if channel.platform == "messenger" else None
        message = {"mid": mid, "text": act.text, **act.raw}
        body = webhooks.echo(channel, contact, at, message, act.app_id or native)
        return self._send(channel, contact, "native_echo", body, mid)

    def _begin(self, act: Act, *, opens: bool) -> tuple[Channel, Contact, datetime]:
        """Who acts, where and when; known to the business from now on."""
        with self._world.lock:
            channel = self._channel(act)
            contact = self._world.meet(channel, act.contact_id)
            at = act.at or self._world.now()
            _learn(contact, act)
            contact.is_stranger = contact.is_stranger and not opens
            if opens and (contact.last_action_at is None or contact.last_action_at < at):
                contact.last_action_at = at
            self._world.save()
        return channel, contact, at

    def _channel(self, act: Act) -> Channel:
        channel = self._world.state.channels.get(act.channel_id)
        if channel is None or act.platform not in (None, channel.platform):
            raise NotPossibleError(f"no such channel: {act.channel_id}")
        return channel

    def _asked_topic(self, channel: Channel, contact: Contact, topic: str | None) -> str:
        """The topic of a pending request (the only one if none is named); it is pending no more."""
        asked = self._world.state.asked_topics
        prefix = key(channel.channel_id, contact.contact_id, "")
        mine = [joined for joined in asked if joined.startswith(prefix)]
        fitting = [one for one in mine if topic is None or one == prefix + topic]
        if not fitting:
            raise NotPossibleError("this customer sees no such request")
        del asked[fitting[0]]
        return fitting[0].removeprefix(prefix)

    def _messaging(
        self,
        channel: Channel,
        contact: Contact,
        at: datetime,
        kind: str,
        inner: dict[str, Any],
        mid: str | None,
    ) -> dict[str, Any]:
        body = webhooks.from_customer(channel, contact, at, inner)
        if contact.thread_owner and kind != "thread":
            body = webhooks.in_standby(body)
        return self._send(channel, contact, kind, body, mid)

    def _whatsapp(
        self, channel: Channel, contact: Contact, at: datetime, kind: str, inner: dict[str, Any]
    ) -> dict[str, Any]:
        body = webhooks.whatsapp_message(channel, contact, at, inner)
        return self._send(channel, contact, kind, body, str(inner["id"]))

    def _send(
        self, channel: Channel, contact: Contact, kind: str, body: Any, mid: str | None
    ) -> dict[str, Any]:
        lane = key(channel.channel_id, contact.contact_id)
        sent = self._courier.send(kind, body, channel_id=channel.channel_id, lane=lane)
        return {"delivery_id": sent, "mid": mid, "body": body}

    def _new_mid(self, channel: Channel) -> str:
        return self._world.new_id(MESSAGE_ID_PREFIXES[channel.platform])


def _learn(contact: Contact, act: Act) -> None:
    contact.name = act.name or contact.name
    contact.phone = act.phone or contact.phone
    contact.user_id = act.user_id or contact.user_id


def _whatsapp_text(act: Act) -> dict[str, Any]:
    return {} if act.text is None else {"type": "text", "text": {"body": act.text}}


def _only(channel: Channel, *platforms: str) -> None:
    if channel.platform not in platforms:
        raise NotPossibleError(f"{channel.platform} has no such event")
