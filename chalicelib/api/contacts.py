"""Contacts: two conversations are of one person, or they are not."""

from __future__ import annotations

from typing import Literal

from chalice.app import Blueprint, Response
from msgspec import Struct

from chalicelib.api import answers
from chalicelib.api.endpoint import endpoint, runtime
from chalicelib.api.shapes import ConversationDocument, conversation_document
from chalicelib.api.values import Id
from chalicelib.core.access import Role

contacts = Blueprint(__name__)


class Pair(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Two conversations of one channel."""

    conversation_id: Id
    other_conversation_id: Id


class Erase(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`confirm` says that you know: what is erased does not come back."""

    conversation_id: Id
    confirm: Literal[True]


class ErasureDocument(Struct, frozen=True, kw_only=True):
    """How many conversations and messages this request forgot. Not `complete`: ask once more."""

    conversations: int
    messages: int
    complete: bool


@endpoint(
    contacts,
    "POST",
    "/v1/contacts/merge",
    role=Role.AGENT,
    body=Pair,
    answer=ConversationDocument,
)
def merge(body: Pair) -> Response:
    """The two are of one person: answers the one conversation that they are from now on. Asking
    again changes nothing."""
    from chalicelib.usecases import join_by_hand

    rt = runtime()
    view = join_by_hand.merge(body.conversation_id, body.other_conversation_id, rt)
    return answers.ok(conversation_document(view, rt.now()))


@endpoint(
    contacts,
    "POST",
    "/v1/contacts/unmerge",
    role=Role.AGENT,
    body=Pair,
    answer=ConversationDocument,
)
def unmerge(body: Pair) -> Response:
    """The other is of another person: it leaves the contact, along with the keys that the platform
    told of it. Answers the first. Asking again changes nothing."""
    from chalicelib.usecases import join_by_hand

    rt = runtime()
    view = join_by_hand.separate(body.conversation_id, body.other_conversation_id, rt)
    return answers.ok(conversation_document(view, rt.now()))


@endpoint(
    contacts,
    "POST",
    "/v1/contacts/erase",
    role=Role.ADMIN,
    body=Erase,
    answer=ErasureDocument,
)
def erase(body: Erase) -> Response:
    """Forget the contact of this conversation, whatever its keys: contents, profile, referrals,
    opt-ins, and what the policy was asked. Asking again changes nothing."""
    from chalicelib.usecases import erase_contact

    done = erase_contact.run(body.conversation_id, runtime())
    return answers.ok(
        ErasureDocument(
            conversations=done.conversations, messages=done.messages, complete=done.is_complete
        )
    )
