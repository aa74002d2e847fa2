"""Contract of Channels."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import msgspec
from msgspec.structs import replace

from chalicelib.core.business_hours import OpeningHours, Span
from chalicelib.core.channel import ChannelSettings
from chalicelib.storage._models import ChannelItem
from chalicelib.storage.channels import Channels
from tests.builders import CHANNEL, NOON, at, channel

LATER = at("13:00")
SETTINGS = channel(hours=OpeningHours(monday=(Span("09:00", "18:00"),)), updated_at=NOON)


class Meter:
    """Seconds that pass when told."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def elsewhere(dynamodb, seconds=lambda: 0.0) -> Channels:
    """The same table as another container sees it."""
    return Channels(dynamodb.channels._item, seconds)


def test_an_unknown_channel_is_none(stores):
    assert stores.channels.load(CHANNEL) is None


def test_a_channel_is_read_as_it_was_saved(stores):
    stores.channels.save(SETTINGS)
    assert stores.channels.load(CHANNEL) == SETTINGS


def test_a_saved_channel_is_read_by_others_as_it_was(dynamodb):
    dynamodb.channels.save(SETTINGS)
    assert elsewhere(dynamodb).load(CHANNEL) == SETTINGS


def test_all_channels_are_listed_by_id(stores):
    for channel_id in ("2", "1", "3"):
        stores.channels.save(replace(SETTINGS, channel_id=channel_id))
    assert [each.channel_id for each in stores.channels.all()] == ["1", "2", "3"]


def test_a_channel_sends_until_it_is_stopped(stores):
    stores.channels.save(SETTINGS)
    assert not stores.channels.is_stopped(CHANNEL)
    stores.channels.stop_sending(CHANNEL, reason="token", at=NOON)
    assert stores.channels.is_stopped(CHANNEL)


def test_a_stopped_channel_keeps_its_settings(stores):
    stores.channels.save(SETTINGS)
    stores.channels.stop_sending(CHANNEL, reason="token", at=NOON)
    assert stores.channels.load(CHANNEL) == SETTINGS


def test_a_stopped_channel_stays_stopped_when_its_settings_are_saved(stores):
    stores.channels.stop_sending(CHANNEL, reason="token", at=NOON)
    stores.channels.save(SETTINGS)
    assert stores.channels.is_stopped(CHANNEL)


def test_a_blocked_channel_sends_nothing_until_the_block_is_lifted(stores):
    stores.channels.save(SETTINGS)
    stores.channels.tell_block(CHANNEL, "account_blocked", NOON)
    blocked = (stores.channels.blocked_because(CHANNEL), stores.channels.is_stopped(CHANNEL))
    stores.channels.tell_block(CHANNEL, None, LATER)
    lifted = (stores.channels.blocked_because(CHANNEL), stores.channels.is_stopped(CHANNEL))
    assert (blocked, lifted) == (("account_blocked", True), (None, False))


def test_f04_of_two_notices_of_a_block_the_later_counts(stores):
    stores.channels.tell_block(CHANNEL, None, LATER)
    stores.channels.tell_block(CHANNEL, "account_blocked", NOON)
    assert stores.channels.blocked_because(CHANNEL) is None


def test_of_a_block_and_its_end_at_the_same_moment_the_block_counts(stores):
    stores.channels.tell_block(CHANNEL, "account_blocked", NOON)
    stores.channels.tell_block(CHANNEL, None, NOON)
    assert stores.channels.blocked_because(CHANNEL) == "account_blocked"


def test_saving_or_resuming_a_blocked_channel_lifts_no_block(stores):
    stores.channels.tell_block(CHANNEL, "account_blocked", NOON)
    stores.channels.save(SETTINGS)
    stores.channels.resume_sending(CHANNEL)
    assert stores.channels.is_stopped(CHANNEL)


def test_a_resumed_channel_sends(stores):
    stores.channels.save(SETTINGS)
    stores.channels.stop_sending(CHANNEL, reason="token", at=NOON)
    stores.channels.resume_sending(CHANNEL)
    assert not stores.channels.is_stopped(CHANNEL)
    assert stores.channels.load(CHANNEL) == SETTINGS


def test_a_resumed_channel_can_be_stopped_again(stores):
    stores.channels.save(SETTINGS)
    stores.channels.resume_sending(CHANNEL)
    stores.channels.stop_sending(CHANNEL, reason="token", at=NOON)
    assert stores.channels.is_stopped(CHANNEL)


def test_an_unknown_channel_is_not_stopped(stores):
    assert not stores.channels.is_stopped(CHANNEL)


def test_a_channel_that_only_has_a_stop_is_not_connected(stores):
    stores.channels.stop_sending(CHANNEL, reason="token", at=NOON)
    assert (stores.channels.load(CHANNEL), stores.channels.all()) == (None, ())


def test_the_first_reason_of_a_stop_stays(dynamodb):
    dynamodb.channels.stop_sending(CHANNEL, reason="token", at=NOON)
    dynamodb.channels.stop_sending(CHANNEL, reason="policy", at=NOON + timedelta(hours=1))
    row: ChannelItem = dynamodb.channels._item.get(CHANNEL)
    assert (row.stopped_because, row.stopped_at) == ("token", NOON)


def test_a_change_made_elsewhere_is_seen_after_half_a_minute(dynamodb):
    meter = Meter()
    here = elsewhere(dynamodb, meter)
    dynamodb.channels.save(SETTINGS)
    here.load(CHANNEL)
    dynamodb.channels.save(replace(SETTINGS, name="The Cup Shop"))
    meter.now = 29.9
    assert here.load(CHANNEL).name == SETTINGS.name
    meter.now = 30.0
    assert here.load(CHANNEL).name == "The Cup Shop"


def test_a_change_made_elsewhere_is_seen_at_once_by_who_asks_for_it(dynamodb):
    here = elsewhere(dynamodb)
    dynamodb.channels.save(SETTINGS)
    here.load(CHANNEL)
    dynamodb.channels.save(replace(SETTINGS, name="The Cup Shop"))
    assert here.load(CHANNEL, is_fresh=True).name == "The Cup Shop"


def test_a_stop_made_elsewhere_is_seen_with_fresh_settings(dynamodb):
    here = elsewhere(dynamodb)
    dynamodb.channels.save(SETTINGS)
    here.load(CHANNEL)
    dynamodb.channels.stop_sending(CHANNEL, reason="token", at=NOON)
    here.load(CHANNEL, is_fresh=True)
    assert here.is_stopped(CHANNEL)


def test_a_stop_made_elsewhere_is_seen_with_the_list_of_channels(dynamodb):
    here = elsewhere(dynamodb)
    dynamodb.channels.save(SETTINGS)
    here.load(CHANNEL)
    dynamodb.channels.stop_sending(CHANNEL, reason="token", at=NOON)
    here.all()
    assert here.is_stopped(CHANNEL)


def test_a_channel_connected_elsewhere_is_seen_at_once(dynamodb):
    here = elsewhere(dynamodb)
    assert here.load(CHANNEL) is None
    dynamodb.channels.save(SETTINGS)
    assert here.load(CHANNEL) == SETTINGS


def test_a_version_is_stored_in_place_of_the_one_before_it_only(stores):
    assert stores.channels.save(replace(SETTINGS, version=1))
    assert stores.channels.save(replace(SETTINGS, version=2))
    assert not stores.channels.save(replace(SETTINGS, version=2, name="The Cup Shop"))
    assert not stores.channels.save(replace(SETTINGS, version=4))
    assert stores.channels.load(CHANNEL) == replace(SETTINGS, version=2)


def test_what_was_saved_meanwhile_is_not_overwritten(dynamodb, monkeypatch):
    """Another editor saves between our reading of the version and our write."""
    here, there = dynamodb.channels, elsewhere(dynamodb)
    here.save(replace(SETTINGS, version=1))
    replace_row = here._replace

    def late(channel, unchanged):
        assert there.save(replace(SETTINGS, version=2, name="The Cup Shop"))
        return replace_row(channel, unchanged)

    monkeypatch.setattr(here, "_replace", late)
    assert not here.save(replace(SETTINGS, version=2))
    assert here.load(CHANNEL).name == "The Cup Shop"


def test_of_two_who_save_the_same_only_one_did(dynamodb, monkeypatch):
    here, there = dynamodb.channels, elsewhere(dynamodb)
    replace_row = here._replace
    monkeypatch.setattr(here, "_replace", lambda *a: (there.save(SETTINGS), replace_row(*a)))
    assert here.save(SETTINGS) == (True, False)


def test_a_row_of_the_release_before_is_changed_too(dynamodb):
    """It has no `written_by`."""
    item = dynamodb.channels._item
    item(CHANNEL, document=replace(SETTINGS, version=7)).save()
    assert dynamodb.channels.save(replace(SETTINGS, version=8))
    assert dynamodb.channels.load(CHANNEL).version == 8


def test_many_editors_at_once_have_one_winner(stores):
    documents = [_named(n) for n in range(8)]
    # msgspec learns a type when it first reads one, which is not safe in two threads at once.
    msgspec.convert(msgspec.to_builtins(SETTINGS), ChannelSettings)
    with ThreadPoolExecutor(8) as pool:
        saved = pool.map(stores.channels.save, documents)
    assert sum(saved) == 1


def _named(number: int):
    return replace(SETTINGS, version=1, name=f"Shop {number}")
