"""Who handles a conversation: hand it over, take it back, assign, tag, close it."""

from __future__ import annotations

from typing import Annotated, Literal

from chalice.app import Blueprint, Response
from msgspec import Meta, Struct

from chalicelib.api import answers
from chalicelib.api.endpoint import endpoint, runtime
from chalicelib.api.shapes import HandlingDocument, handling_document
from chalicelib.api.values import Name
from chalicelib.core.access import Role
from chalicelib.core.handling import A_TAG, MOST_TAGS, TAG_PATTERN
from chalicelib.usecases.read_conversation import handled

handling = Blueprint(__name__)

_PATH = "/v1/conversations/{conversation_id}"
Tag = Annotated[
    str,
    Meta(pattern=f"^{TAG_PATTERN}$(?!\n)", description=A_TAG),
]


class Takeover(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To a `person`: automation rests, and the thread goes to the app of the channel's persons. To
    `automation`: it answers again, and a thread that another app has is taken back."""

    to: Literal["person", "automation"]


class Assignment(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`assigned_to` is the name or id of a person or team; null: nobody."""

    assigned_to: Name | None


class Tags(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All tags of the conversation from now on."""

    tags: Annotated[
        list[Tag], Meta(max_length=MOST_TAGS, description=f"a list of at most {MOST_TAGS} tags")
    ]


class Closing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`closed_by` is that person's name or id, and is not sent."""

    closed_by: Name


@endpoint(
    handling,
    "POST",
    f"{_PATH}/handover",
    role=Role.AGENT,
    body=Takeover,
    answer=HandlingDocument,
    objections=(409,),
)
def hand_over(conversation_id: str, body: Takeover) -> Response:
    """Hand a conversation over to a person, or back to automation. 409 where the channel has
    handover off (`handover_off`), or the platform does not give the thread back
    (`thread_control_refused`)."""
    from chalicelib.usecases import hand_over as use_case

    act = use_case.to_person if body.to == "person" else use_case.to_automation
    act(conversation_id, runtime())
    return _answer(conversation_id)


@endpoint(
    handling,
    "POST",
    f"{_PATH}/assignment",
    role=Role.AGENT,
    body=Assignment,
    answer=HandlingDocument,
)
def assign(conversation_id: str, body: Assignment) -> Response:
    """Say whom a conversation is for."""
    from chalicelib.usecases import organise

    organise.assign(conversation_id, body.assigned_to, runtime())
    return _answer(conversation_id)


@endpoint(handling, "PUT", f"{_PATH}/tags", role=Role.AGENT, body=Tags, answer=HandlingDocument)
def tag(conversation_id: str, body: Tags) -> Response:
    """Replace the tags of a conversation."""
    from chalicelib.usecases import organise

    organise.tag(conversation_id, body.tags, runtime())
    return _answer(conversation_id)


@endpoint(
    handling, "POST", f"{_PATH}/close", role=Role.AGENT, body=Closing, answer=HandlingDocument
)
def close(conversation_id: str, body: Closing) -> Response:
    """Close a conversation: the channel's closing message and its question for feedback go out, as
    far as they are on and the messaging policy permits them, each once since the last answer of a
    person. A new message of the customer opens it again."""
    from chalicelib.usecases import close_conversation

    close_conversation.run(conversation_id, body.closed_by, runtime())
    return _answer(conversation_id)


def _answer(conversation_id: str) -> Response:
    rt = runtime()
    row, stored = handled(conversation_id, rt)
    return answers.ok(handling_document(row, stored, rt.now()))
