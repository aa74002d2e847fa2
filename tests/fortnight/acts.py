"""What customers do at the platform: which kinds of acts there are, and how often each happens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from devtools.simulator.customers import Act
from tests.fortnight.shop import NUMBER, PAGE, PROFESSIONAL

if TYPE_CHECKING:
    from tests.fortnight.people import Customer

HOUR = timedelta(hours=1)
WORDS = (
    *("Is the mug back?", "hello", "What is the price?", "How long is delivery?"),
    *("where are you", "your phone number please", "call me", "I want a real person"),
    *("tell me", "tell me", "offers", "thanks", "👍", "Do you ship to Baku?"),
)

# The name of the act, and what else is to be told of it; None: it cannot be done.
Facts = tuple[str, dict[str, Any]]
Kind = Callable[["Customer"], Facts | None]


def _writes(who: Customer) -> Facts:
    return "message", {"text": who.random.choice(WORDS)}


def _taps(who: Customer) -> Facts:
    return "postback", {"title": "Delivery", "payload": "question:delivery"}


def _visits(who: Customer) -> Facts:
    return "referral", {"ref": "poster"}


def _comes_from_an_ad(who: Customer) -> Facts:
    ad = {"ref": "spring", "source": "ADS", "type": "OPEN_THREAD", "ad_id": "120001"}
    if who.channel_id == NUMBER:
        ad = {"source_type": "ad", "source_id": "120001", "source_url": "https://fb.me/1"}
    return "message", {"text": "hello", "raw": {"referral": ad}}


def _reacts(who: Customer) -> Facts | None:
    if not who.mids:
        return None
    return "react", {"mid": who.random.choice(who.mids), "emoji": who.random.choice(("❤", None))}


def _answers_a_story(who: Customer) -> Facts:
    story = {"reply_to": {"story": {"url": "https://cdn.example/story", "id": "18001"}}}
    return "message", {"text": "wow", "raw": story}


def _comments(who: Customer) -> Facts:
    return "comment", {"text": "Nice mug!"}


def _reviews(who: Customer) -> Facts:
    return "review", {"payload": who.random.choice(("positive", "negative")), "text": "So nice"}


def _edits(who: Customer) -> Facts | None:
    return ("edit", {"mid": who.random.choice(who.mids), "text": "oh"}) if who.mids else None


def _unsends(who: Customer) -> Facts | None:
    return ("unsend", {"mid": who.random.choice(who.mids)}) if who.mids else None


def _stops(who: Customer) -> Facts:
    who.is_not_left_alone()
    return "message", {"text": "STOP"}


def _resumes(who: Customer) -> Facts:
    return "message", {"text": "START"}


def _loses_the_thread(who: Customer) -> Facts:
    """Another app takes the thread for some hours."""
    act = Act(channel_id=who.channel_id, contact_id=who.contact_id)
    who.play.after(5 * HOUR, lambda: who.play.meta.people.take_thread(act))
    return "take_thread", {"app_id": 4711}


def _prefers(who: Customer) -> Facts:
    return "preference", {"text": who.random.choice(("stop", "stop", "resume"))}


def _uses_a_plugin(who: Customer) -> Facts:
    return "plugin", {"ref": "checkout"}


def _blocks(who: Customer) -> Facts:
    who.play.gone[who.contact_id] = who.play.clock()
    return "block", {}


_COMMON = {_writes: 60, _taps: 8, _comes_from_an_ad: 5, _stops: 5, _resumes: 2, _blocks: 1}
_COMMON |= {_edits: 2, _reacts: 6}
_OF_PAGE = {_visits: 4, _comments: 4, _reviews: 6, _uses_a_plugin: 1, _loses_the_thread: 4}
KINDS: dict[str, dict[Kind, int]] = {
    PAGE: _COMMON | _OF_PAGE,
    PROFESSIONAL: _COMMON | {_visits: 3, _comments: 4, _answers_a_story: 4, _unsends: 2},
    NUMBER: _COMMON | {_unsends: 2, _prefers: 5},
}
