"""A history is exported through the API, and the policy is asked about it again."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from chalicelib.core import messaging_policy
from chalicelib.core.messages import MessageKind, Origin, State
from chalicelib.usecases import send_message
from devtools.policy import backtest, history
from devtools.policy.__main__ import main
from devtools.policy.backtest import Tried
from devtools.policy.history import Call, Record
from devtools.reach import Reply
from devtools.stage import UsageError
from tests import builders
from tests.builders import CHANNEL, NOON
from tests.usecases import campaigns

RULES = Path(messaging_policy.__file__).parent
DAY = timedelta(days=1)
SPAN = ("2026-11-20T00:00:00Z", "2026-12-01T00:00:00Z")


@pytest.fixture
def rt():
    """Five customers who agreed to hear about the mug, and what became of their consent."""
    rt = campaigns.opened(customers=2)
    campaigns.agree(rt, "stopped", stopped_at=NOON)
    campaigns.agree(rt, "expired", opted_in_at=NOON - 400 * DAY, expires_at=NOON - 35 * DAY)
    campaigns.agree(rt, "tokenless", token=None)
    rt.opt_ins.stop(campaigns.agree(rt, "all"), topic=None, at=NOON + timedelta(minutes=1))
    rt.now.advance(minutes=5)
    return rt


@pytest.fixture
def call(api) -> Call:
    """The API as the operator's tools call it."""

    def called(method, path, content=None) -> Reply:
        answer = api.get(path) if method == "GET" else api.post(path, content)
        return Reply(answer.status, answer.body, answer.headers)

    return called


def of_campaign(call: Call, rt) -> list[Record]:
    return list(history.recipients(call, CHANNEL, "mug", rt.now().isoformat()))


def of_channel(call: Call) -> list[Record]:
    return list(history.attempts(call, CHANNEL, *SPAN))


def words(tried: list[Tried]) -> dict[str, str]:
    return {each.record.conversation_id: each.after.why for each in tried}


def really(rt) -> dict[str, str]:
    """What became of the campaign, by conversation."""
    return {
        row.conversation_id: row.failure if row.state is State.REFUSED else row.basis
        for row in campaigns.rows(rt)
    }


def test_back_test_of_a_campaign_equals_the_real_run_at_the_same_moment(rt, call):
    expected = words(backtest.run(of_campaign(call, rt)))
    campaigns.plan(rt)
    campaigns.minute(rt)
    found = really(rt)
    assert {"one_time_token", "opt_in_stopped", "no_token", "stopped_all"} <= set(found.values())
    assert {each: expected[each] for each in found} == found


def test_what_the_campaign_skips_is_refused_in_the_back_test(rt, call):
    expected = words(backtest.run(of_campaign(call, rt)))
    campaigns.plan(rt)
    campaigns.minute(rt)
    skipped = set(expected) - set(really(rt))
    assert {expected[each] for each in skipped} == {"opt_in_expired"}


def test_attempts_asked_again_by_the_same_rules_have_the_same_verdicts(rt, call):
    campaigns.plan(rt)
    campaigns.minute(rt)
    tried = backtest.run(of_channel(call))
    assert len(tried) == len(campaigns.rows(rt))
    assert [each.record.reason or each.record.verdict for each in tried] == [
        each.before.why if each.before.word == "refused" else "permitted" for each in tried
    ]
    assert [each.after for each in tried] == [each.before for each in tried]


def changed(folder: Path, rule_kind: str, **facts: object) -> Path:
    """A folder in which Messenger's rules of that kind are others."""
    file = json.loads((RULES / "messenger.json").read_text())
    for rule in file["rules"]:
        rule.update(facts if rule["kind"] == rule_kind else {})
    (folder / "messenger.json").write_text(json.dumps(file))
    return folder


def test_changed_rules_show_what_would_have_been_refused(rt, call, tmp_path):
    campaigns.plan(rt)
    campaigns.minute(rt)
    rules = changed(tmp_path, "one_time_token", effective_to="2026-11-01")
    tried = backtest.run(of_channel(call), rules=rules)
    lost = [each for each in tried if each.before.word == "permitted"]
    assert {each.before.why for each in lost} == {"one_time_token"}
    assert {each.after.why for each in lost} == {"window_closed"}


def test_a_longer_window_is_reckoned_from_the_action_that_opened_it(api, rt, call, tmp_path):
    facts = {"window_opened_at": NOON - 2 * DAY, "window_ends_at": NOON - DAY}
    row = builders.conversation(last_customer_at=NOON - 2 * DAY, window_opened_by="message")
    rt.conversations.save(type(row)(**(_known(row) | facts)))
    send_message.run(builders.outbound(origin=Origin.AUTOMATION), rt)
    (tried,) = backtest.run(of_channel(call), rules=changed(tmp_path, "window", hours=72))
    assert (tried.before.why, tried.after.why) == ("window_closed", "standard_window")


def _known(row) -> dict:
    return {name: getattr(row, name) for name in row.__struct_fields__}


def test_a_campaign_is_tried_at_another_time(rt, call):
    tried = backtest.run(of_campaign(call, rt), at=NOON + 400 * DAY)
    assert {"opt_in_expired"} <= set(words(tried).values())
    assert "one_time_token" not in words(tried).values()


def test_a_history_without_a_campaign_has_no_other_time(rt, call):
    send_message.run(builders.outbound(origin=Origin.PERSON), rt)
    with pytest.raises(UsageError, match="export it with --topic"):
        backtest.run(of_channel(call), at=NOON)


def test_the_rules_are_as_before_afterwards(rt, call, tmp_path):
    known = messaging_policy.rule_file("messenger")
    backtest.run([], rules=changed(tmp_path, "one_time_token", effective_to="2026-11-01"))
    assert messaging_policy.rule_file("messenger") == known


def test_no_token_and_no_text_leaves_the_stage(rt, call):
    campaigns.plan(rt)
    told = "\n".join(history.written([*of_campaign(call, rt), *of_channel(call)]))
    assert "token-of" not in told
    assert "The mug is back" not in told


def test_a_history_is_read_as_it_was_written(rt, call):
    records = of_campaign(call, rt)
    assert history.read(history.written(records)) == records


def test_the_command_shows_what_changed(rt, call, tmp_path, capsys):
    (tmp_path / "history.jsonl").write_text("\n".join(history.written(of_campaign(call, rt))))
    folder = changed(tmp_path, "one_time_token", effective_to="2026-11-01")
    assert main(["backtest", str(tmp_path / "history.jsonl"), "--rules", str(folder)]) == 0
    told = capsys.readouterr().out
    assert "Before: 2 permitted, 4 refused" in told
    assert "After: 0 permitted, 6 refused" in told
    assert "permitted, one_time_token (messenger.one_time_token" in told


@pytest.mark.parametrize("content", ["{", '{"rules": 1}'])
def test_rules_that_are_none_are_told(tmp_path, content):
    (tmp_path / "messenger.json").write_text(content)
    with pytest.raises(UsageError, match=r"messenger\.json"):
        backtest.run([], rules=tmp_path)


def test_a_folder_without_rules_is_told(tmp_path):
    with pytest.raises(UsageError, match="has none of"):
        backtest.run([], rules=tmp_path)


def test_a_line_that_is_none_is_named():
    with pytest.raises(UsageError, match="Line 1"):
        history.read(["{"])


@pytest.mark.parametrize(
    "facts",
    [
        {"margin": "soon"},
        {"opt_in": 5},
        {"opt_in": {"topic": "mug"}},
        {"window_ends_at": "2026-11-21T13:00:00"},
        {
            "opt_in": {
                "topic": "m",
                "opted_in_at": "2026-11-01T00:00:00",
                "expires_at": "2027-01-01",
            }
        },
        {"is_promotionl": True},
    ],
    ids=str,
)
def test_facts_that_are_none_are_told(facts):
    with pytest.raises(UsageError, match="is not readable"):
        history.question(record(facts=facts))


def test_a_time_without_an_offset_is_told():
    with pytest.raises(UsageError, match="at: expected a time with its offset"):
        history.question(record(at=NOON.replace(tzinfo=None)))


def test_a_file_that_is_no_text_is_told(tmp_path, capsys):
    (tmp_path / "history.jsonl").write_bytes(b"\xff\xfe\n")
    assert main(["backtest", str(tmp_path / "history.jsonl")]) == 1
    assert "Line 1 of the history" in capsys.readouterr().err


def test_a_line_separator_within_a_topic_ends_no_line(tmp_path, capsys):
    lines = history.written([record(facts={"topic": "mug\u2028lamp"})])
    (tmp_path / "history.jsonl").write_text("\n".join(lines))
    assert main(["backtest", str(tmp_path / "history.jsonl")]) == 0
    assert "Changed: 0 of 1" in capsys.readouterr().out


def record(**facts: object) -> Record:
    known = {"what": "recipient", "platform": "messenger", "conversation_id": "c", "at": NOON}
    asked = {"origin": Origin.CAMPAIGN, "kind": MessageKind.TEXT, "verdict": "refused", "facts": {}}
    return Record(**(known | asked | facts))
