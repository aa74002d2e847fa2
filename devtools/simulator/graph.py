"""The Graph API's side: takes messages, answers as Meta does, and lets webhooks follow."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from devtools.simulator import (
    answers,
    conversations,
    errors,
    gate,
    prices,
    profile,
    rules,
    threads,
    webhooks,
)
from devtools.simulator.answers import Answer
from devtools.simulator.courier import Courier
from devtools.simulator.customers import Customers
from devtools.simulator.errors import GraphError
from devtools.simulator.faults import REQUEST_KINDS, Faults
from devtools.simulator.rules import Verdict
from devtools.simulator.setup import Setup
from devtools.simulator.state import Call, Channel, Contact, key
from devtools.simulator.world import MESSAGE_ID_PREFIXES, World


class Request(Struct, frozen=True, kw_only=True):
    """An HTTP request to the Graph API; header names are in lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


class Graph:
    """Fake of graph.facebook.com and graph.instagram.com for our channels."""

    def __init__(
        self,
        world: World,
        courier: Courier,
        faults: Faults,
        *,
        people: Customers,
        app_secret: str,
        webhook_url: str | None = None,
    ) -> None:
        self._world, self._courier, self._faults = world, courier, faults
        self._people = people
        self._app_secret = app_secret
        self._buckets = gate.Buckets()
        self._setup = Setup(world, webhook_url=webhook_url, app_secret=app_secret)

    def answer(self, request: Request) -> Answer:
        """The answer to any call below the version; every call is logged."""
        call = Call(
            at=self._world.now(), method=request.method, path=request.path, body=request.body
        )
        try:
            answer = self._handled(request, call)
        except GraphError as error:
            answer = Answer(status=error.status, body=error.body)
        if answer.manner not in ("stall", "reset"):
            call.status, call.answer = answer.status, answer.body
        self._world.calls.append(call)
        return answer

    def _handled(self, request: Request, call: Call) -> Answer:
        parts = gate.split_path(request.path)
        if self._setup.is_about(parts):
            asked = (request.query, request.headers, request.body)
            return self._setup.answer(request.method, parts, *asked)
        channel = gate.identify(self._world, request.headers, request.query, self._app_secret)
        call.channel_id, call.platform = channel.channel_id, channel.platform
        match request.method, parts:
            case "GET", [contact_id]:
                return self._profile(channel, contact_id, request.query.get("fields", ""))
            case "GET", [node, "conversations"] if channel.platform != "whatsapp":
                gate.check_node(channel, node)
                found = conversations.look(self._world, self._buckets, channel, request.query)
                return Answer(status=200, body=found)
            case _, [node, "messenger_profile" | "conversational_automation" as kind]:
                gate.check_node(channel, node)
                how = (request.method, request.query, request.body)
                return profile.answer(self._world, channel, kind, *how)
            case "POST", [node, action] if action in threads.ACTIONS:
                gate.check_node(channel, node)
                changed = threads.change(self._world, channel, action, request.body)
                return Answer(status=200, body=changed)
            case "POST", [node, "messages"]:
                gate.check_node(channel, node)
                return self._message(channel, request.body, call)
            case _:
                raise errors.no_such_node("/".join(parts))

    def _profile(self, channel: Channel, contact_id: str, fields: str) -> Answer:
        contact = self._world.contact(channel, contact_id)
        if contact is None or channel.platform == "whatsapp":
            raise errors.no_such_node(contact_id)
        if not contact.name:
            raise GraphError(400, 100, "(#100) No profile available for this user.", 2018218)
        first, _, last = contact.name.partition(" ")
        known = {"name": contact.name, "first_name": first, "last_name": last, "username": first}
        asked = {name: known[name] for name in fields.split(",") if known.get(name)}
        return Answer(status=200, body={**asked, "id": contact_id})

    def _message(self, channel: Channel, body: Any, call: Call) -> Answer:
        if not isinstance(body, dict):
            raise errors.parameter("The body must be a JSON object")
        call.recipient = answers.recipient(self._world, channel, body)
        fault = self._faults.of_call(answers.facts(call, body))
        is_taken, manner = REQUEST_KINDS[fault.kind] if fault else (True, "plain")
        if fault and not is_taken:
            return answers.failing(fault, manner, None)
        with self._world.lock:
            gate.check_rate(self._buckets, channel, call.recipient or "", call.at)
            verdict = rules.judge(self._world, channel, body, call.at)
            answer = self._take(channel, verdict, body, call)
            self._world.save()
            if verdict.late_failure is None:
                self._people.answer_back(channel, verdict.contact)
        return answers.failing(fault, manner, answer) if fault else Answer(status=200, body=answer)

    def _take(self, channel: Channel, verdict: Verdict, body: Any, call: Call) -> dict[str, Any]:
        """Spend what it costs, and tell the webhooks."""
        contact = verdict.contact
        if verdict.token:
            verdict.token.used_at = call.at
        if verdict.comment:
            verdict.comment.answered_at = call.at
        if verdict.topic:
            asked = key(channel.channel_id, contact.contact_id, verdict.topic)
            self._world.state.asked_topics[asked] = verdict.title or ""
        call.accepted, call.recipient = True, contact.contact_id
        call.message_id = self._world.new_id(MESSAGE_ID_PREFIXES[channel.platform])
        if channel.platform == "whatsapp":
            self._tell_statuses(channel, verdict, body, call)
            return answers.cloud_answer(body, call.message_id)
        self._tell_echo(channel, contact, body["message"], call)
        answer = {"recipient_id": contact.contact_id, "message_id": call.message_id}
        is_named = verdict.token is None and verdict.comment is None
        return answer if is_named else {"message_id": call.message_id}

    def _tell_echo(self, channel: Channel, contact: Contact, message: Any, call: Call) -> None:
        mid, at = str(call.message_id), call.at
        shown = answers.shown_in_echo(message)
        echo = webhooks.echo(channel, contact, at, {"mid": mid, **shown}, int(channel.app_id))
        self._send(channel, contact, "echo", echo)
        if channel.platform == "messenger":
            body = webhooks.delivered(channel, contact, at, mid)
            self._send(channel, contact, "delivery", body)
        if channel.reads:
            self._send(channel, contact, "read", webhooks.read(channel, contact, at, mid))

    def _tell_statuses(self, channel: Channel, verdict: Verdict, body: Any, call: Call) -> None:
        common = {"id": call.message_id}
        if "biz_opaque_callback_data" in body:
            common["biz_opaque_callback_data"] = body["biz_opaque_callback_data"]
        is_delivered = verdict.late_failure is None
        facts = (self._world, channel, verdict.contact, body, call.at)
        pricing = prices.of_delivered(*facts) if is_delivered else None
        for status in answers.statuses(verdict, pricing, reads=channel.reads):
            whole = {**common, **status}
            told = webhooks.whatsapp_status(channel, verdict.contact, call.at, whole)
            self._send(channel, verdict.contact, "status", told)

    def _send(self, channel: Channel, contact: Contact, kind: str, body: Any) -> None:
        lane = key(channel.channel_id, contact.contact_id)
        self._courier.send(kind, body, channel_id=channel.channel_id, lane=lane)
