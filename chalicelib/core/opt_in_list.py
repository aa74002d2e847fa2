"""What a customer agreed to be told about, as an answer: each topic with a word to tap that ends
it, and one that ends all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from chalicelib.core.automations import Answer, Automation, notification_request
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.keywords import is_asked
from chalicelib.core.messages import QuickReply
from chalicelib.core.notification_forms import topic_of
from chalicelib.core.opt_in import MARKETING, OptIn
from chalicelib.core.texts import keywords, ready

PAYLOAD = "notifications"  # of a button or menu item that asks for the list
# WhatsApp has room for ten rows, and Instagram for a text of 1000 bytes.
MOST_TOPICS = 8
LINE, TITLE = 28, 20  # characters


def is_wanted(channel: ChannelSettings, text: str | None, payload: str | None) -> bool:
    """Whether a message or tap asks for it, where there are topics at all."""
    if not channel.notification_topics:
        return False
    words = text if payload in (None, text) else None
    return payload == PAYLOAD or is_asked(keywords("opt_in_list"), words)


def automation(told: Sequence[OptIn], now: datetime) -> Automation:
    """Gives the list of these consents, whose messages are still to come, as part of what customers
    may ask of their topics."""
    known = notification_request.AUTOMATION
    return Automation(known.name, known.tier, lambda asked: answer(told, asked.channel, now))


def answer(told: Sequence[OptIn], channel: ChannelSettings, now: datetime) -> Answer:
    """The latest topics that are still to be told about."""
    titles: dict[str, str] = {}
    for each in _open(told, now):
        titles.setdefault(each.topic, _title(each, channel))
    topics = list(titles)[:MOST_TOPICS]
    if not topics:
        return Answer(text=ready("opt_in_list_empty", channel.language))
    lines = [f"{n}. {titles[topic]}" for n, topic in enumerate(topics, 1)]
    taps = [
        QuickReply(title=_cut(line, TITLE), payload=f"stop:{topic}")
        for line, topic in zip(lines, topics, strict=True)
    ]
    stop_all = QuickReply(title=ready("stop_all", channel.language), payload="stop")
    shown = "\n".join(_cut(line, LINE) for line in lines)
    return Answer(
        text=f"{ready('opt_in_list', channel.language)}\n{shown}",
        quick_replies=(*taps, stop_all),
        title=ready("list_button", channel.language),
    )


def _open(told: Sequence[OptIn], now: datetime) -> Iterator[OptIn]:
    for each in sorted(told, key=lambda each: each.opted_in_at, reverse=True):
        is_over = each.stopped_at is not None or each.expires_at <= now
        if not is_over and each.topic:
            yield each


def _title(opt_in: OptIn, channel: ChannelSettings) -> str:
    """As the customer was asked; the topic's own name where nobody knows."""
    if opt_in.topic == MARKETING:
        return ready("marketing_topic", channel.language)
    known = topic_of(channel, opt_in.topic)
    return known.title if known else opt_in.title or opt_in.topic


def _cut(line: str, most: int) -> str:
    return line if len(line) <= most else f"{line[: most - 1]}…"
