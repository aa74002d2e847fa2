"""What Meta does by itself, and tells: a template is paused, a Page or an account blocked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.fortnight.play import BEGINS, Play
from tests.fortnight.shop import ACCOUNT, NUMBER, PAGE

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def all_of_them(play: Play) -> None:
    _for_a_while(play, 10 * DAY + 4 * HOUR, 6 * HOUR, _template)
    _for_a_while(play, 5 * DAY + 5 * HOUR, 5 * HOUR, _page)
    _for_a_while(play, 12 * DAY + 6 * HOUR, 3 * HOUR, _account)


def _for_a_while(play: Play, after: timedelta, length: timedelta, switch: Any) -> None:
    play.at(BEGINS + after, lambda: switch(play, is_on=True))
    play.at(BEGINS + after + length, lambda: switch(play, is_on=False))


def _template(play: Play, *, is_on: bool) -> None:
    """A notification is due while it is paused."""
    status = "PAUSED" if is_on else "APPROVED"
    place = "\x1f".join((NUMBER, "mug_is_back", "en"))
    play.meta.world.state.templates[place].status = status
    value = {"event": status, "message_template_id": 7, "message_template_name": "mug_is_back"}
    value |= {"message_template_language": "en", "reason": "NONE"}
    _of_account(play, "template", "message_template_status_update", value)


def _page(play: Play, *, is_on: bool) -> None:
    play.meta.world.state.channels[PAGE].is_blocked = is_on
    enforced = {"action": "block" if is_on else "unblock", "reason": "Spam"}
    at = int(play.clock().timestamp() * 1000)
    item = {"recipient": {"id": PAGE}, "timestamp": at, "policy_enforcement": enforced}
    body = {"object": "page", "entry": [{"id": PAGE, "time": at, "messaging": [item]}]}
    play.tell("block", PAGE, body)


def _account(play: Play, *, is_on: bool) -> None:
    play.meta.world.state.channels[NUMBER].is_blocked = is_on
    state = "DISABLE" if is_on else "REINSTATE"
    value = {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": state}}
    _of_account(play, "block", "account_update", value)


def _of_account(play: Play, kind: str, field: str, value: dict[str, Any]) -> None:
    change = {"field": field, "value": value}
    entry = {"id": ACCOUNT, "time": int(play.clock().timestamp()), "changes": [change]}
    play.tell(kind, NUMBER, {"object": "whatsapp_business_account", "entry": [entry]})
