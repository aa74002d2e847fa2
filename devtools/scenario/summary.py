"""What happened, as a reader likes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from devtools.local_aws.shop import CHANNELS, ShopChannel
from devtools.scenario.day import MESSENGER, PEOPLE, Day
from devtools.scenario.world import World

TITLES = {"messenger": "Messenger", "instagram": "Instagram", "whatsapp": "WhatsApp"}
WHO = {
    "customer": "{name}",
    "person_api": "{author} (through the API)",
    "person_native": "a person (in Meta's own inbox)",
    "automation": "Hearback ({automation})",
    "campaign": "Hearback (notification)",
}
ANSWERERS = {
    "person_native": "Meta's own inbox",
    "person_app": "another app",
    "person_api": "somebody",
}


def lines(day: Day, world: World) -> Iterator[str]:
    """The conversations, the refusals, the rules, the numbers and the notification."""
    yield from _conversations(day, world)
    yield from _refusals(day)
    yield from _dry_run(day)
    yield from _explained(day)
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
            yield f"  {name} on {TITLES[channel.platform]}{_waiting(conversation)}"
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
        return f"{text}  [as HUMAN_AGENT]" if message["basis"] == "human_agent" else str(text)
    return f"{text}  [{message['state']}: {message['reason']}]"


def _refusals(day: Day) -> Iterator[str]:
    yield ""
    yield "Refused, and why"
    for what, problem in day.refusals:
        yield f"  {what}"
        yield f"    {problem['reason']}: {problem['detail']}"


def _dry_run(day: Day) -> Iterator[str]:
    yield ""
    yield "A dry run: who would be told about the mug two days later"
    names = {channel.channel_id: TITLES[channel.platform] for channel in CHANNELS}
    for channel in sorted(day.dry_run, key=lambda each: list(names).index(each["channel_id"])):
        for count in channel["counts"]:
            told = f"{count['recipients']} {count['outcome']}, {count['detail']}"
            yield f"  {names[channel['channel_id']]:<11}{told}{_price(count['price'])}"


def _price(price: str | None) -> str:
    if price is None:
        return ""
    _, kind, country = price.split("/")
    return f" ({kind} price in {country})"


def _explained(day: Day) -> Iterator[str]:
    yield ""
    yield "One rule on two days: the tag POST_PURCHASE_UPDATE outside the messaging window"
    for answer in day.explained:
        why = answer["sentence"] or f"until {answer['deadline']}"
        which = answer["basis"] or answer["reason"]
        yield f"  {answer['at'][:10]}  {answer['verdict']}, {which}: {why}"
    rule = day.explained[-1]["rule"]
    yield f"  Rule {rule['id']}, {rule['effective_from']} to {rule['effective_to']}"
    yield f"  Source: {rule['source']}"


def _numbers(day: Day, world: World) -> Iterator[str]:
    yield ""
    yield "The day's numbers, final (automated replies do not count as answers)"
    yield "                        answered  median time  p90 time  badge"
    reports = [_read(day, channel, world) for channel in CHANNELS]
    yield from (_row(channel, report) for channel, report in zip(CHANNELS, reports, strict=True))
    rates = [report["totals"]["response_rate"] for report in reports]
    asked = sum(rate["n"] for rate in rates)
    answered = sum(round((rate["value"] or 0) * rate["n"]) for rate in rates)
    share = answered / asked
    yield f"Response rate {share:.0%}: {answered} of {asked} waits answered within 24 hours"
    yield "Answers: " + ", ".join(f"{who} {n}" for who, n in _answerers(day, world).most_common())


def _answerers(day: Day, world: World) -> Counter[str]:
    found: Counter[str] = Counter()
    for channel in CHANNELS:
        path = f"/v1/reports/answerers?channel_id={channel.channel_id}"
        for one in world.get(f"{path}&from={day.date}&to={day.date}")["answerers"]:
            found[one["name"] or ANSWERERS[one["answered_by"]]] += one["response_time"]["n"]
    return found


def _read(day: Day, channel: ShopChannel, world: World) -> dict[str, Any]:
    path = f"/v1/reports/responsiveness?channel_id={channel.channel_id}"
    report: dict[str, Any] = world.get(f"{path}&from={day.date}&to={day.date}")
    return report


def _row(channel: ShopChannel, report: dict[str, Any]) -> str:
    rate, time = (report["totals"][name] for name in ("response_rate", "response_time"))
    share = "-" if rate["value"] is None else f"{rate['value']:.0%} of {rate['n']}"
    value = time["value"] or {}
    badge = "very responsive" if report["badge"]["is_very_responsive"] else "no"
    return (
        f"  {TITLES[channel.platform]:<20}{share:>10}  {_long(value.get('median')):>11}"
        f"  {_long(value.get('p90')):>8}  {badge}"
    )


def _long(seconds: int | None) -> str:
    if seconds is None:
        return "-"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes / 60:.1f} h"


def _notification(day: Day, world: World) -> Iterator[str]:
    conversation = world.conversation(MESSENGER.channel_id, day.contact("Dora"))
    messages = world.get(f"/v1/conversations/{conversation['id']}/messages")["items"]
    yield ""
    for message in messages:
        if message["author"] == "campaign" and message["state"] == "sent":
            yield f"Notification to Dora, {message['at']}, basis {message['basis']}:"
            yield f"  {message['text']}"
