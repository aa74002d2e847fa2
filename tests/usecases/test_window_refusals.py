"""Meta refuses as outside its window what we had permitted: an alarm with both verdicts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core import ids
from chalicelib.core.events import StatusChanged
from chalicelib.core.messages import State, state_now
from chalicelib.platforms import ErrorClass, SendError
from chalicelib.ports import Runtime
from chalicelib.usecases import list_sends, record_status, send_message
from chalicelib.usecases.list_sends import Trouble
from tests import builders, fakes
from tests.builders import CHANNEL, CONTACT, NOON, outbound

ENDS = NOON + timedelta(hours=1)
OPENED = {
    "last_customer_at": NOON - timedelta(hours=23),
    "window_opened_at": NOON - timedelta(hours=23),
    "window_opened_by": "message",
    "window_ends_at": ENDS,
}


def permitting(platform: str) -> Runtime:
    rt = fakes.runtime(builders.channel(platform=platform))
    rt.conversations.save(builders.conversation(platform=platform, **OPENED))
    return rt


def told(rt: Runtime) -> dict[str, Any]:
    (line,) = [facts for event, facts in rt.log.lines if event == "window_refused"]
    return line


def refused_late(rt: Runtime) -> None:
    conversation = builders.conversation(platform="whatsapp").conversation_id
    error = {"code": 131047, "title": "Re-engagement message"}
    event = StatusChanged(
        event_id="whatsapp:wamid.1:failed",
        platform="whatsapp",
        channel_id=CHANNEL,
        contact_id=CONTACT,
        occurred_at=NOON,
        item=builders.ITEM,
        status="failed",
        message_ids=("mid.1",),
        callback=ids.callback(conversation, outbound().key),
        errors=(error,),
    )
    record_status.run(event, builders.channel(platform="whatsapp"), rt)


@pytest.mark.parametrize(("platform", "subcode"), [("messenger", 2018278), ("instagram", 2534022)])
def test_f18_a_refusal_is_logged_with_both_verdicts_and_counted(
    platform: str, subcode: int
) -> None:
    rt = permitting(platform)
    rt.sender.outcomes = [
        SendError("window_10", error_class=ErrorClass.WINDOW, code=10, subcode=subcode)
    ]
    row = send_message.run(outbound(platform=platform), rt)
    line = told(rt)
    ours = (line["basis"], line["deadline"], line["window_opened_by"], line["window_ends_at"])
    assert ours == ("standard_window", ENDS.isoformat(), "message", ENDS.isoformat())
    assert (line["platform"], line["code"], line["subcode"]) == (platform, 10, subcode)
    assert (row.state, rt.log.counts["window_refusals"]) == (State.FAILED, 1)


def test_f18_a_refusal_that_whatsapp_tells_late_counts_too() -> None:
    rt = permitting("whatsapp")
    send_message.run(outbound(platform="whatsapp"), rt)
    refused_late(rt)
    line = told(rt)
    assert (line["basis"], line["window_opened_by"]) == ("standard_window", "message")
    assert (line["code"], rt.log.counts["window_refusals"]) == (131047, 1)


def test_a_late_refusal_is_listed_as_failed_with_both_verdicts_on_its_row() -> None:
    rt = permitting("whatsapp")
    send_message.run(outbound(platform="whatsapp"), rt)
    refused_late(rt)
    (view,) = list_sends.run(CHANNEL, Trouble.FAILED, cursor=None, limit=9, rt=rt).items
    assert (view.reason, view.message.basis) == ("window_131047", "standard_window")
    assert state_now(view.message, rt.now()) is State.FAILED


@pytest.mark.parametrize("error_class", [e for e in ErrorClass if e is not ErrorClass.WINDOW])
def test_other_refusals_raise_no_alarm(error_class: ErrorClass) -> None:
    rt = permitting("messenger")
    rt.sender.outcomes = [SendError("meta_said_no", error_class=error_class)]
    send_message.run(outbound(), rt)
    assert rt.log.counts["window_refusals"] == 0


def test_the_failed_status_of_a_message_that_others_sent_is_not_ours_to_list() -> None:
    rt = permitting("whatsapp")
    refused_late(rt)
    assert rt.log.counts["window_refusals"] == 0
