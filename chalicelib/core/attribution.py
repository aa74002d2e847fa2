"""Who wrote what came back as an echo and is none of ours."""

from __future__ import annotations

from datetime import datetime

from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Conversation
from chalicelib.core.events import MessageEchoed
from chalicelib.core.messages import Author
from chalicelib.core.steps import author_of_native

# Both are the Page inbox: page message-echoes (2026-03-18) and the changelog (2021-09-14).
PAGE_INBOX_APP_IDS = frozenset({"26390203743090", "263902037430900"})


def author_of_echo(
    event: MessageEchoed, at: datetime, known: Conversation, channel: ChannelSettings
) -> Author:
    """A person in the native inbox, Meta's own automation, or another app. An absent app id alone
    proves nothing: a person, unless its timing says otherwise."""
    if event.is_phone_app or event.app_id is None or event.app_id in PAGE_INBOX_APP_IDS:
        return author_of_native(known, at, native_automation=channel.native_automation)
    return Author.PERSON_APP if event.app_id in channel.person_app_ids else Author.OTHER_APP
