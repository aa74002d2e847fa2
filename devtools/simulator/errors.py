"""Refusals in the shape that Meta gives them."""

from __future__ import annotations

from typing import Any


class GraphError(Exception):
    """The call is answered with this status and body."""

    def __init__(self, status: int, code: int, sentence: str, subcode: int | None = None) -> None:
        super().__init__(f"{code}/{subcode}")
        self.status = status
        self.body = body(code, sentence, subcode)


def body(code: int, sentence: str, subcode: int | None = None) -> dict[str, Any]:
    error: dict[str, Any] = {"message": sentence, "type": "OAuthException", "code": code}
    if subcode is not None:
        error["error_subcode"] = subcode
    error["fbtrace_id"] = "AStandInForMeta"
    return {"error": error}


def parameter(sentence: str) -> GraphError:
    return GraphError(400, 100, f"(#100) {sentence}")


def bad_token() -> GraphError:
    return GraphError(401, 190, "Invalid OAuth access token.")


def no_such_node(node: str) -> GraphError:
    sentence = f"Unsupported post request. Object with ID '{node}' does not exist"
    return GraphError(400, 100, sentence, 33)


def whatsapp(code: int, title: str, details: str, status: int = 400) -> GraphError:
    error = GraphError(status, code, f"(#{code}) {title}")
    error.body["error"]["error_data"] = {"messaging_product": "whatsapp", "details": details}
    return error
