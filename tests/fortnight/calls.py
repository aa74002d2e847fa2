"""What a call to the stand-in was, and what became of it."""

from __future__ import annotations

from chalicelib.core.ids import row_of_callback
from devtools.simulator.faults import Fault
from devtools.simulator.state import Call

Key = tuple[str, str]  # conversation, message
Code = tuple[int, int | None]  # and subcode

_MADE_TO_FAIL = Fault(kind="error").message


def key_of(call: Call) -> Key:
    """The row that travelled with the call."""
    callback = call.body.get("biz_opaque_callback_data") or call.body["message"].get("metadata")
    return row_of_callback(callback) or ("", "")


def code_of(call: Call) -> Code | None:
    """Code and subcode of a refusal by the stand-in's rules; None for an answer, or none, and for
    an error that it was told to make."""
    answer = call.answer if isinstance(call.answer, dict) else {}
    error = answer.get("error")
    if call.accepted or error is None or error.get("message") == _MADE_TO_FAIL:
        return None
    return error.get("code"), error.get("error_subcode")


def token_of(call: Call) -> str | None:
    recipient = call.body.get("recipient")
    return recipient.get("one_time_notif_token") if isinstance(recipient, dict) else None


def topic_of(call: Call) -> str | None:
    """Of a request for a one-time notification."""
    message = call.body.get("message") or {}
    payload = (message.get("attachment") or {}).get("payload") or {}
    is_request = payload.get("template_type") == "one_time_notif_req"
    return payload.get("payload") if is_request else None
