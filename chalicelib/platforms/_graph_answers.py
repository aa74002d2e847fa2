"""What the Graph API answered to a send: accepted, or a SendError that says what to do about it.

Answers are read tolerantly: errors under HTTP 200, errors as plain strings or without a code, HTML.
What cannot be read after the request went out is ambiguous: the message may have been delivered.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from chalicelib.platforms import Accepted, ErrorClass, SendError
from chalicelib.platforms._graph_errors import error_class_of
from chalicelib.platforms._graph_limits import retry_after_seconds

# No code tells that a one-time token was used before; Meta's sentence does (error-codes,
# 2026-06-25: "100 + invalid/expired token"). The reason lets a repeated post see it was taken.
# That page files it under "recipient gone", but it is the token that is gone, not the person.
ONE_TIME_TOKEN_SPENT = "one_time_token_spent"  # noqa: S105 - a reason code


def read_answer(status: int, headers: Mapping[str, str], body: bytes) -> Accepted:
    """What was accepted. Raises SendError otherwise; no text of Meta's is in it."""
    answer = _decoded(body)
    error = _error_in(answer)
    if error is not None:
        raise _refusal(status, headers, error)
    if not 200 <= status < 300:
        raise _without_error(status, headers)
    return _accepted(answer)


def classify_status_errors(errors: Sequence[Mapping[str, Any]]) -> SendError:
    """What the errors of a WhatsApp `failed` status mean; the first known code decides."""
    found = [_facts(error) for error in errors if isinstance(error, Mapping)]
    for code, subcode in found:
        error_class = None if code is None else error_class_of(code, subcode)
        if error_class:
            return _send_error(error_class, code, subcode)
    code = found[0][0] if found else None
    return _send_error(ErrorClass.BAD_REQUEST, code, None)


def _decoded(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None


def _error_in(answer: Any) -> Mapping[str, Any] | None:
    if not isinstance(answer, dict):
        return None
    error = answer.get("error")
    if not error and isinstance(answer.get("errors"), list) and answer["errors"]:
        error = answer["errors"][0]
    if not error:
        return None
    return error if isinstance(error, dict) else {"message": error}


def _refusal(status: int, headers: Mapping[str, str], error: Mapping[str, Any]) -> SendError:
    code, subcode = _facts(error)
    wait = retry_after_seconds(headers)
    if _is_spent_token(code, subcode, error):
        return SendError(
            ONE_TIME_TOKEN_SPENT,
            error_class=ErrorClass.POLICY,
            code=code,
            subcode=subcode,
            trace=_trace(error),
        )
    known = None if code is None else error_class_of(code, subcode)
    error_class = known or _class_of_unknown(status, error)
    return _send_error(error_class, code, subcode, wait=wait, status=status, trace=_trace(error))


def _without_error(status: int, headers: Mapping[str, str]) -> SendError:
    return SendError(
        f"{_class_of_status(status)}_http_{status}",
        error_class=_class_of_status(status),
        retry_after_seconds=retry_after_seconds(headers),
    )


def _send_error(
    error_class: ErrorClass,
    code: int | None,
    subcode: int | None,
    *,
    wait: float | None = None,
    status: int | None = None,
    trace: str | None = None,
) -> SendError:
    numbers = [str(number) for number in (code, subcode) if number is not None]
    where = numbers or ([f"http_{status}"] if status is not None else ["without_code"])
    return SendError(
        "_".join([error_class.value, *where]),
        error_class=error_class,
        code=code,
        subcode=subcode,
        retry_after_seconds=wait,
        trace=trace,
    )


def _accepted(answer: Any) -> Accepted:
    """A 2xx without an error: the id where it stands, or ambiguous when nothing can be read."""
    match answer:
        case {"messages": [{"id": str(wamid)}, *_]}:
            return Accepted(wamid, _waba_recipient(answer))
        case {"message_id": str(mid)}:
            return Accepted(mid, _text(answer.get("recipient_id")))
        case {"recipient_id": recipient}:
            return Accepted(None, _text(recipient))
        case {"success": True | "true"}:
            return Accepted(None)
        case _:
            raise SendError("ambiguous_unreadable_answer", error_class=ErrorClass.AMBIGUOUS)


def _waba_recipient(answer: Mapping[str, Any]) -> str | None:
    match answer.get("contacts"):
        case [{"wa_id": str(wa_id)}, *_]:
            return wa_id
        case [{"user_id": str(user_id)}, *_]:
            return user_id
        case _:
            return None


def _facts(error: Mapping[str, Any]) -> tuple[int | None, int | None]:
    code = _number(error.get("code"))
    if code is None:
        code = _code_in_text(error)
    return code, _number(error.get("error_subcode"))


def _code_in_text(error: Mapping[str, Any]) -> int | None:
    """Old answers say their code in the sentence only: "(#613) Calls to this api ..."."""
    found = re.match(r"\(#(\d{1,8})\)", str(error.get("message", "")))
    return int(found[1]) if found else None


def _trace(error: Mapping[str, Any]) -> str | None:
    """Letters, digits, _ and - as seen; what is longer or else is not Meta's id."""
    trace = error.get("fbtrace_id")
    return trace if isinstance(trace, str) and re.fullmatch(r"[\w-]{1,40}", trace) else None


def _number(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and re.fullmatch(r"\d{1,9}", value):
        return int(value)
    return value if isinstance(value, int) else None


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _is_spent_token(code: int | None, subcode: int | None, error: Mapping[str, Any]) -> bool:
    if code != 100 or subcode is not None:
        return False
    sentence = str(error.get("message", "")).lower()
    return re.search(r"one[-_ ]time[-_ ]notif", sentence) is not None and "token" in sentence


def _class_of_unknown(status: int, error: Mapping[str, Any]) -> ErrorClass:
    if error.get("is_transient") is True:
        return ErrorClass.RETRY
    if _is_about_access(error):
        return ErrorClass.TOKEN
    return _class_of_status(status) if status >= 300 else ErrorClass.BAD_REQUEST


def _is_about_access(error: Mapping[str, Any]) -> bool:
    """Errors without a code that speak of the access token or its session (recorded ones do)."""
    if error.get("code") is not None:
        return False
    sentence = f"{error.get('type', '')} {error.get('message', '')}".lower()
    return "access token" in sentence or "accesstoken" in sentence or "session has" in sentence


# 408: the server gave up waiting for our request. 401, 429 as RFC 9110 and 6585 have it.
_STATUSES = {
    401: ErrorClass.TOKEN,
    408: ErrorClass.RETRY,
    429: ErrorClass.RATE,
}


def _class_of_status(status: int) -> ErrorClass:
    if 400 <= status < 500:
        return _STATUSES.get(status, ErrorClass.BAD_REQUEST)
    return ErrorClass.AMBIGUOUS
