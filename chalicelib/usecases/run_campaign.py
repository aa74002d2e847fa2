"""Work on one lane of a campaign: page after page, each recipient through `send_message`.

Whoever moves the lane's `due_at` into the future has it until then. A worker that dies leaves a
lane that becomes due again, and a page that says who is left; what it had claimed is recognised by
its attempt id.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from chalicelib.core.campaigns import (
    TOLD_BY_ANOTHER,
    Campaign,
    Lane,
    Page,
    Word,
    attempt_of,
    counting,
    is_told_elsewhere,
    named,
    outcome_of,
    page_id,
    stopped,
    with_outcome,
)
from chalicelib.core.channel import ChannelSettings
from chalicelib.core.conversation import Conversation
from chalicelib.core.messages import Message
from chalicelib.ports import LaneWanted, Runtime
from chalicelib.usecases import (
    ask_campaign,
    campaign_message,
    find_contact,
    judge_recipient,
    list_recipients,
    look_at_recipients,
    send_message,
    settle_send,
)
from chalicelib.usecases.send_attempt import Waiting

WORKING_TIME = timedelta(minutes=10)  # of the function's 15
LEASE = timedelta(minutes=3)  # of a lane
RENEWED_AFTER = timedelta(minutes=1)
FRESH = timedelta(seconds=30)  # so long the rows of recipients are not read again
SHORT_WAIT = timedelta(seconds=5)  # for the next tokens; a longer one is left to the schedule
MOST_STUMBLES = 3  # over the same page, before its rest is given up
REST = timedelta(minutes=1)  # after a stumble
GIVEN_UP = "internal_error"


class LaneNotWorkedError(Exception):
    """The lane was left where it was; the message names the kind of error."""


def asked(request: object, rt: Runtime) -> None:
    """Work on the lane that an invocation asks for. Raises LaneNotWorkedError."""
    try:
        run(msgspec.convert(request, LaneWanted), rt)
    except Exception as error:  # noqa: BLE001 - whatever it was, it is raised as one kind
        kind = type(error).__name__
        rt.log.warning("campaign_lane_failed", error=kind)
        rt.log.count("campaign_lanes_failed")
        # Lambda logs what is raised: no words of others in it.
        raise LaneNotWorkedError(kind) from None


def run(wanted: LaneWanted, rt: Runtime) -> None:
    """Take the lane if it is due and nobody has it, and work on it until it is done, has to wait,
    or the time is over."""
    campaign = rt.campaigns.load(wanted.campaign_id)
    lane = rt.campaigns.lane(wanted.campaign_id, wanted.lane_id)
    now = rt.now()
    if campaign is None or lane is None or lane.due_at is None or lane.due_at > now:
        return
    channel = rt.channels.load(lane.channel_id)
    taken = rt.campaigns.move(lane, replace(lane, due_at=now + LEASE))
    if taken is None:
        return
    if channel is None:
        rt.campaigns.move(taken, replace(taken, due_at=None))
        return
    _Shift(campaign, channel, taken, rt).work()


class _Lost(Exception):  # noqa: N818 - no error: somebody else has the lane
    """The lease ended and another worker took the lane."""


class _Shift:
    """A worker's time with a lane."""

    def __init__(
        self, campaign: Campaign, channel: ChannelSettings, lane: Lane, rt: Runtime
    ) -> None:
        self._campaign, self._channel, self._lane, self._rt = campaign, channel, lane, rt
        self._until = rt.now() + WORKING_TIME
        self._renew_at = rt.now() + RENEWED_AFTER
        self._people: dict[str, Conversation | None] = {}
        self._read_again_at = rt.now()

    def work(self) -> None:
        try:
            while not self._lane.is_listed:
                wait_until = self._page_done()
                if wait_until:
                    self._move(replace(self._lane, due_at=wait_until))
                    return
            self._move(look_at_recipients.run(self._lane, self._rt))
        except _Lost:
            self._rt.log.info("campaign_lane_lost", channel_id=self._channel.channel_id)

    def _page_done(self) -> datetime | None:
        """Work on the next page; None if the lane goes on with the one after it, else when."""
        now = self._rt.now()
        page = list_recipients.page(self._campaign, self._lane, self._rt)
        if self._is_cancelled():
            self._left(stopped(self._found_out(page)))
            return None
        allowed_from = self._allowed_from(now)
        if allowed_from > now:
            return allowed_from
        for place in range(len(page.recipients)):
            if page.outcomes[place]:
                continue
            outcome = self._tried(page, self._known(page.recipients[place:]))
            if isinstance(outcome, datetime):
                return self._kept(page, outcome)
            page = with_outcome(page, place, outcome)
            if self._rt.now() >= self._until:
                break
            self._renewed()
        return self._kept(page, None)

    def _known(self, left: Sequence[str]) -> Conversation | None:
        """The row of the first of those who are left. All are read at once, and again when they
        have grown old: another app may have taken the conversation."""
        now = self._rt.now()
        if left[0] not in self._people or now >= self._read_again_at:
            found = self._rt.conversations.load_leading(left)
            self._people = {each: found.get(each) for each in left}
            self._read_again_at = now + FRESH
        return self._people[left[0]]

    def _tried(self, page: Page, known: Conversation | None) -> str | datetime:
        """What became of the recipient: "" if nobody knows; or when to go on with the lane."""
        if known is None:
            return named(Word.REFUSED, "recipient_gone")
        try:
            if self._campaign.is_dry_run:
                return judge_recipient.run(self._campaign, known, self._channel, self._rt)
            return self._sent(page, known)
        except _Lost:
            raise
        except Exception as error:  # noqa: BLE001 - one contact must not hold up the others
            kind = type(error).__name__
            self._rt.log.warning("campaign_send_failed", error=kind)
            is_last = self._lane.stumbles + 1 >= MOST_STUMBLES
            return named(Word.FAILED, GIVEN_UP) if is_last else ""

    def _sent(self, page: Page, known: Conversation) -> str | datetime:
        message = campaign_message.run(self._campaign, known, self._channel)
        message = replace(message, campaign_page=page_id(self._lane, page))
        while True:
            tried = send_message.now_or_later(message, self._rt, known=known)
            now = self._rt.now()
            if not isinstance(tried, Waiting):
                return self._outcome(page, tried)
            due_at = tried.row.due_at or now
            if tried.is_for_contact:
                return self._outcome(page, send_message.planned(tried, self._rt))
            if due_at - now > SHORT_WAIT or now >= self._until:
                return due_at
            self._rt.sleep((due_at - now).total_seconds())
            self._renewed()

    def _outcome(self, page: Page, row: Message) -> str:
        if is_told_elsewhere(row, self._lane, page):
            return named(Word.SKIPPED, TOLD_BY_ANOTHER)
        return outcome_of(row, self._rt.now())

    def _kept(self, page: Page, wait_until: datetime | None) -> datetime | None:
        """Store how far the page is; when the lane goes on, None: at once."""
        now = self._rt.now()
        self._save(page)
        if page.is_tried:
            self._next(page)
        if wait_until or now >= self._until:
            return wait_until or now
        if page.is_tried:
            return None
        self._lane = replace(self._lane, stumbles=self._lane.stumbles + 1)
        return now + REST

    def _found_out(self, page: Page) -> Page:
        """The page with what a worker that died had begun: that is looked for like any other."""
        for place, outcome in enumerate(page.outcomes):
            if not outcome:
                page = with_outcome(page, place, self._begun(page, place))
        return page

    def _begun(self, page: Page, place: int) -> str:
        """What became of this recipient; "" if nobody had begun with it. Where there is but the
        consent, the refusal gives that back."""
        attempt = attempt_of(self._campaign.campaign_id, page.recipients[place])
        row = self._rt.messages.load(page.recipients[place], attempt)
        if row:
            return self._outcome(page, settle_send.if_abandoned(row, self._channel, self._rt))
        known = self._known(page.recipients[place:])
        if known is None or not self._has_consent(known, attempt):
            return ""
        outcome = self._tried(page, known)
        return outcome if isinstance(outcome, str) else ""

    def _has_consent(self, known: Conversation, attempt: str) -> bool:
        given = self._rt.opt_ins.of_conversation(*find_contact.members(known, self._rt))
        return any(each.used_by == attempt for each in given)

    def _left(self, page: Page) -> None:
        """Nothing comes after this page."""
        self._save(page)
        self._next(replace(page, next_cursor=None))

    def _next(self, page: Page) -> None:
        counted = counting(self._lane, page)
        self._move(
            replace(
                counted,
                due_at=self._rt.now() + LEASE,
                page=page.number + 1,
                cursor=page.next_cursor,
                is_listed=page.next_cursor is None,
                stumbles=0,
            )
        )

    def _is_cancelled(self) -> bool:
        campaign = self._rt.campaigns.load(self._campaign.campaign_id)
        return campaign is None or campaign.cancelled_at is not None

    def _allowed_from(self, now: datetime) -> datetime:
        if self._campaign.is_dry_run:
            return now
        return ask_campaign.allowed_from(self._campaign, self._channel, now)

    def _renewed(self) -> None:
        now = self._rt.now()
        if now >= self._renew_at:
            self._move(replace(self._lane, due_at=now + LEASE))

    def _move(self, lane: Lane) -> None:
        moved = self._rt.campaigns.move(self._lane, lane)
        if moved is None:
            raise _Lost
        self._lane, self._renew_at = moved, self._rt.now() + RENEWED_AFTER

    def _save(self, page: Page) -> None:
        if not self._rt.campaigns.save_page(self._lane, page):
            raise _Lost
