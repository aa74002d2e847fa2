"""What happened, as a reader likes it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from devtools.local_aws.shop import CHANNELS, ShopChannel
from devtools.scenario.day import MESSENGER, PEOPLE, Day
from devtools.scenario.world import World

WHO = {
    "customer": "{name}",
    "person_api": "{author} (through the API)",
    "person_native": "a person (in Meta's own inbox)",
    "automation": "Hearback ({automation})",
    "campaign": "Hearback (notification)",
}


def lines(day: Day, world: World) -> Iterator[str]:
    """The conversations, the refusals, the numbers and the notification."""
    yield from _conversations(day, world)
    yield from _refusals(day)
    yield from _numbers(day, world)
    yield from _notification(day, world)


def _conversations(day: Day, world: World) -> Iterator[str]:
    yield f"The conversations of {day.date:%A, %d %B %Y} (times in UTC)"
    names = {day.contact(name): name for name in PEOPLE}
    for channel in CHANNELS:
        page = world.get(
            f"/v1/conversations?channel_id={channel.channel_id}&order=newest&limit=100"
        )
        todays = [one for one in page["items"] if one["contact"]["id"] in names]
        for conversation in reversed(todays):
            name = names[conversation["contact"]["id"]]
            yield ""
            yield f"  {name} on {channel.platform.capitalize()}{_waiting(conversation)}"
            yield from _messages(conversation["id"], name, world)


def _waiting(conversation: dict[str, Any]) -> str:
    return ", still waiting for a person" if conversation["waiting_since"] else ""


def _messages(conversation_id: str, name: str, world: World) -> Iterator[str]:
    for message in world.get(f"/v1/conversations/{conversation_id}/messages")["items"]:
        who = WHO.get(message["author"], message["author"]).format(
            name=name, author=message["author_name"], automation=message["automation"]
        )
        at = datetime.fromisoformat(message["at"])
        yield f"    {at:%a %H:%M}  {who}: {_what(message)}"


def _what(message: dict[str, Any]) -> str:
    text = message["text"] or "(no text)"
    if message["state"] in ("received", "sent"):
        return str(text)
    return f"{text}  [{message['state']}: {message['reason']}]"


def _refusals(day: Day) -> Iterator[str]:
    yield ""
    yield "Refused, and why"
    for what, problem in day.refusals:
        yield f"  {what}"
        yield f"    {problem['reason']}: {problem['detail']}"


def _numbers(day: Day, world: World) -> Iterator[str]:
    for channel in CHANNELS:
        path = f"/v1/reports/responsiveness?channel_id={channel.channel_id}"
        report = world.get(f"{path}&from={day.date}&to={day.date}")
        yield ""
        yield from _report(channel, report)


def _report(channel: ShopChannel, report: dict[str, Any]) -> Iterator[str]:
    yield f"{channel.name} on {channel.platform.capitalize()}"
    yield str(report)


def _notification(day: Day, world: World) -> Iterator[str]:
    conversation = world.conversation(MESSENGER.channel_id, day.contact("Dora"))
    messages = world.get(f"/v1/conversations/{conversation['id']}/messages")["items"]
    yield ""
    for message in messages:
        if message["author"] == "campaign" and message["state"] == "sent":
            yield f"Notification to Dora, {message['at']}, basis {message['basis']}:"
            yield f"  {message['text']}"
