"""The bodies of the stand-in's answers, and the facts it finds in ours."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from devtools.simulator import errors
from devtools.simulator.faults import Fault
from devtools.simulator.rules import Verdict
from devtools.simulator.state import Call, Channel
from devtools.simulator.world import World


class Answer(Struct, frozen=True, kw_only=True):
    """What goes back. `manner`: plain, stall, reset, truncated, html_200, html_500."""

    status: int
    body: Any
    manner: str = "plain"
    seconds: float = 0.0
    headers: dict[str, str] = {}


def recipient(world: World, channel: Channel, body: dict[str, Any]) -> str | None:
    """Whom the body names, by contact id where we know it."""
    given = body.get("recipient")
    if channel.platform == "whatsapp":
        named = str(body.get("to") or given or "").removeprefix("+")
        contact = world.contact(channel, named)
        return contact.contact_id if contact else named or None
    if not isinstance(given, dict):
        return None
    token = world.state.tokens.get(str(given.get("one_time_notif_token")))
    known = token or world.state.comments.get(str(given.get("comment_id")))
    return known.contact_id if known else str(next(iter(given.values()), "")) or None


def facts(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    message, cloud_text = body.get("message"), body.get("text")
    text = message.get("text") if isinstance(message, dict) else None
    if isinstance(cloud_text, dict):
        text = cloud_text.get("body")
    return {
        "channel_id": call.channel_id,
        "platform": call.platform,
        "recipient": call.recipient,
        "text": text,
    }


def failing(fault: Fault, manner: str, answer: Any) -> Answer:
    if manner != "error":
        status = 500 if manner == "html_500" else 200
        return Answer(status=status, body=answer, manner=manner, seconds=fault.seconds)
    body = errors.body(fault.code or 0, fault.message, fault.subcode)
    if fault.code is None:
        del body["error"]["code"]
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    return Answer(status=fault.status, body=body, headers=headers)


def shown_in_echo(message: Any) -> dict[str, Any]:
    """The part of a sent message that its echo repeats."""
    shown = {name: message[name] for name in ("text", "metadata") if name in message}
    if "attachment" in message:
        shown["attachments"] = [message["attachment"]]
    return shown


def statuses(verdict: Verdict, pricing: Any, *, reads: bool) -> list[dict[str, Any]]:
    """What is reported of a WhatsApp message, in order; `pricing` of one that is delivered."""
    if verdict.late_failure is not None:
        details = {"details": "More than 24 hours have passed or the user cannot be reached"}
        error = {"code": verdict.late_failure, "title": "Failed", "error_data": details}
        return [{"status": "failed", "errors": [error]}]
    told = [{"status": status, "pricing": pricing} for status in ("sent", "delivered")]
    return [*told, {"status": "read"}] if reads else told


def cloud_answer(body: Any, wamid: str) -> dict[str, Any]:
    named = str(body.get("to") or body.get("recipient"))
    digits = named.removeprefix("+")
    known = {"wa_id": digits} if digits.isdigit() else {"user_id": named}
    answer: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "contacts": [{"input": named, **known}],
        "messages": [{"id": wamid}],
    }
    if body["type"] == "template":
        answer["messages"][0]["message_status"] = "accepted"
    return answer
