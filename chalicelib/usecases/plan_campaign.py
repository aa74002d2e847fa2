"""Plan a notification to all who agreed to hear about a topic, try it dry, or cancel it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.catalogue import PLATFORMS
from chalicelib.core import notification_forms, personalisation, quiet_hours, templates
from chalicelib.core.campaigns import EXPIRES_AFTER, LONGEST, Campaign
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.ids import digest
from chalicelib.core.messages import Button, FilledTemplate
from chalicelib.core.quiet_hours import QuietHours
from chalicelib.ports import Runtime
from chalicelib.usecases import read_channel
from chalicelib.usecases.campaign_message import topic_of
from chalicelib.usecases.errors import InvalidInput, KeyReused, NotFound

FARTHEST = timedelta(days=366)  # no permission lasts longer than a year
_OF_THE_CLOCK = ("send_at", "expires_at", "created_at", "cancelled_at")

_Problem = tuple[str, str]


class Wish(Struct, frozen=True, kw_only=True):
    """What somebody wants to tell to many. `send_at` None, or past: at once. `expires_at` None: a
    day later."""

    topic: str
    channels: tuple[str, ...]
    text: str | None = None
    template: FilledTemplate | None = None
    button: Button | None = None
    send_at: datetime | None = None
    expires_at: datetime | None = None
    quiet_hours: QuietHours | None = None
    is_promotional: bool = False


def run(wish: Wish, *, key: str, rt: Runtime, is_dry_run: bool = False) -> Campaign:
    """Plan it once for this key; the minute schedule does the rest. A dry run makes the verdicts
    alone, at once. Raises InvalidInput, NotFound for an unknown channel, KeyReused for another wish
    under this key."""
    _check(wish, rt)
    asked = _campaign(wish, key=key, now=rt.now(), is_dry_run=is_dry_run)
    stored = rt.campaigns.create(asked)
    if _without_times(stored) != _without_times(asked):
        raise KeyReused("key_reused", "This Idempotency-Key stands for another notification.")
    return stored


def cancel(campaign_id: str, rt: Runtime) -> Campaign:
    """Nothing that is not claimed yet is sent any more. Raises NotFound."""
    rt.campaigns.cancel(campaign_id, rt.now())
    campaign = rt.campaigns.load(campaign_id)
    if campaign is None:
        raise NotFound("notification")
    return campaign


def _campaign(wish: Wish, *, key: str, now: datetime, is_dry_run: bool) -> Campaign:
    send_at = max(wish.send_at or now, now).astimezone(UTC)
    expires_at = (wish.expires_at or send_at + EXPIRES_AFTER).astimezone(UTC)
    for field, expected in _wrong_times(send_at, expires_at, now):
        raise InvalidInput(field, expected)
    return Campaign(
        campaign_id=digest("campaign", key, "dry" if is_dry_run else ""),
        topic=wish.topic,
        channels=wish.channels,
        send_at=send_at,
        expires_at=expires_at,
        created_at=now,
        text=wish.text,
        template=wish.template,
        button=wish.button,
        quiet_hours=wish.quiet_hours,
        is_promotional=wish.is_promotional,
        is_dry_run=is_dry_run,
    )


def _without_times(campaign: Campaign) -> Campaign:
    """Who asks again a little later means the same."""
    return replace(campaign, **dict.fromkeys(_OF_THE_CLOCK))


def _wrong_times(send_at: datetime, expires_at: datetime, now: datetime) -> Iterator[_Problem]:
    if send_at - now > FARTHEST:
        yield "send_at", f"a time at most {FARTHEST.days} days ahead"
    if not timedelta() < expires_at - send_at <= LONGEST:
        yield "expires_at", f"a time after send_at, at most {LONGEST.days} days later"


def _check(wish: Wish, rt: Runtime) -> None:
    for field, expected in _wrong_content(wish):
        raise InvalidInput(field, expected)
    for place, channel_id in enumerate(wish.channels):
        channel = read_channel.run(channel_id, rt)
        for field, expected in _wrong_on(channel, wish, f"channels[{place}]"):
            raise InvalidInput(field, expected)


def _wrong_content(wish: Wish) -> Iterator[_Problem]:
    if not wish.channels or len(set(wish.channels)) < len(wish.channels):
        yield "channels", "at least one, each once"
    if (wish.text is None) is (wish.template is None):
        yield "text", "either a text or a template"
    said = templates.words(wish.template) if wish.template else wish.text
    if not personalisation.is_filled(said or ""):
        yield "template.parameters" if wish.template else "text", personalisation.NOT_FILLED
    if wish.template and wish.button:
        yield "button", "nothing: a template has its own buttons"
    yield from quiet_hours.problems(wish.quiet_hours)


def _wrong_on(channel: ChannelSettings, wish: Wish, place: str) -> Iterator[_Problem]:
    topic = topic_of(channel, wish.topic)
    if topic is None:
        yield place, "a channel that has this topic among its notification_topics"
        return
    if wish.template:
        yield from _wrong_filling(channel, wish.template)
    else:
        yield from _wrong_words(channel, wish)


def _wrong_words(channel: ChannelSettings, wish: Wish) -> Iterator[_Problem]:
    platform = PLATFORMS[channel.platform]
    too_long = platform.text_limit(wish.text or "")
    if too_long:
        yield "text", too_long
    if wish.button:
        wrong = platform.choices_limit(wish.text, (), (wish.button,))
        if wrong:
            yield ("button" if wrong[0].startswith("buttons") else wrong[0]), wrong[1]
    buttons = (wish.button,) if wish.button else ()
    misfit = notification_forms.template_problem(wish.text, buttons, wish.topic, channel)
    if misfit:
        yield misfit


def _wrong_filling(channel: ChannelSettings, filled: FilledTemplate) -> Iterator[_Problem]:
    known = templates.approved(channel.templates, filled.name, filled.language)
    if known is None:
        yield "template", f"one that `templates` of the channel {channel.channel_id} names"
    wrong = templates.filling_problem(filled, known)
    if wrong:
        yield wrong
