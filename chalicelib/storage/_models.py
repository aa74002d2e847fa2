"""The tables of tables.py as PynamoDB models. `_open` binds them to the names of a stage."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from pynamodb.attributes import (
    Attribute,
    BinaryAttribute,
    BooleanAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)
from pynamodb.constants import NUMBER, STRING
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from chalicelib.core.conversation import RecentSend
from chalicelib.storage._times import micros, moment
from chalicelib.storage.tables import CONVERSATION_NAMES as C
from chalicelib.storage.tables import MESSAGE_NAMES as M


class MomentAttribute(Attribute[datetime]):
    """A time, as a number."""

    attr_type = NUMBER

    def serialize(self, value: datetime) -> str:
        return str(micros(value))

    def deserialize(self, value: str) -> datetime:
        return moment(int(value))


class JsonAttribute(Attribute[Any]):
    """A value as JSON text."""

    attr_type = STRING

    def serialize(self, value: Any) -> str:
        return msgspec.json.encode(value).decode()

    def deserialize(self, value: str) -> Any:
        return msgspec.json.decode(value)


class MomentsAttribute(Attribute[tuple[datetime, ...]]):
    attr_type = STRING

    def serialize(self, value: tuple[datetime, ...]) -> str:
        return msgspec.json.encode([micros(at) for at in value]).decode()

    def deserialize(self, value: str) -> tuple[datetime, ...]:
        return tuple(moment(us) for us in msgspec.json.decode(value))


class RecentSendsAttribute(Attribute[tuple[RecentSend, ...]]):
    attr_type = STRING

    def serialize(self, value: tuple[RecentSend, ...]) -> str:
        rows = [[send.attempt_id, micros(send.at), send.automation] for send in value]
        return msgspec.json.encode(rows).decode()

    def deserialize(self, value: str) -> tuple[RecentSend, ...]:
        rows = msgspec.json.decode(value)
        return tuple(
            RecentSend(attempt, moment(us), automation) for attempt, us, automation in rows
        )


class WaitingIndex(GlobalSecondaryIndex["ConversationItem"]):  # type: ignore[no-untyped-call]
    class Meta:
        index_name = "waiting"
        projection = KeysOnlyProjection()

    waiting_channel = UnicodeAttribute(hash_key=True)
    waiting_hour = UnicodeAttribute(range_key=True)


class ConversationItem(Model):
    """The conversation row."""

    conversation_id = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    waiting = WaitingIndex()
    waiting_channel = UnicodeAttribute(null=True)
    waiting_hour = UnicodeAttribute(null=True)
    version = NumberAttribute(attr_name=C["version"])
    written_by = UnicodeAttribute(attr_name=C["written_by"])
    platform = UnicodeAttribute(attr_name=C["platform"])
    channel_id = UnicodeAttribute(attr_name=C["channel_id"])
    contact_id = UnicodeAttribute(attr_name=C["contact_id"])
    first_contact_at = MomentAttribute(attr_name=C["first_contact_at"], null=True)
    last_customer_at = MomentAttribute(attr_name=C["last_customer_at"], null=True)
    last_person_at = MomentAttribute(attr_name=C["last_person_at"], null=True)
    last_automated_at = MomentAttribute(attr_name=C["last_automated_at"], null=True)
    last_visit_at = MomentAttribute(attr_name=C["last_visit_at"], null=True)
    last_other_app_at = MomentAttribute(attr_name=C["last_other_app_at"], null=True)
    window_ends_at = MomentAttribute(attr_name=C["window_ends_at"], null=True)
    window_opened_at = MomentAttribute(attr_name=C["window_opened_at"], null=True)
    window_opened_by = UnicodeAttribute(attr_name=C["window_opened_by"], null=True)
    wait_opened_at = MomentAttribute(attr_name=C["wait_opened_at"], null=True)
    wait_day = UnicodeAttribute(attr_name=C["wait_day"], null=True)
    closed_wait_opened_at = MomentAttribute(attr_name=C["closed_wait_opened_at"], null=True)
    closed_wait_answered_at = MomentAttribute(attr_name=C["closed_wait_answered_at"], null=True)
    closed_wait_answered_by = UnicodeAttribute(attr_name=C["closed_wait_answered_by"], null=True)
    closed_wait_day = UnicodeAttribute(attr_name=C["closed_wait_day"], null=True)
    away_period = UnicodeAttribute(attr_name=C["away_period"], null=True)
    recent_sends = RecentSendsAttribute(attr_name=C["recent_sends"], null=True)
    automated_at = MomentsAttribute(attr_name=C["automated_at"], null=True)
    pair_full_at = MomentAttribute(attr_name=C["pair_full_at"], null=True)
    thread_owner = UnicodeAttribute(attr_name=C["thread_owner"], null=True)
    thread_owner_at = MomentAttribute(attr_name=C["thread_owner_at"], null=True)
    unreachable_at = MomentAttribute(attr_name=C["unreachable_at"], null=True)
    told = UnicodeAttribute(attr_name=C["told"], null=True)
    is_joint = BooleanAttribute(attr_name=C["is_joint"], null=True)
    wrote_as = UnicodeAttribute(attr_name=C["wrote_as"], null=True)
    merged_into = UnicodeAttribute(attr_name=C["merged_into"], null=True)


class BesideItem(Model):
    """What stands beside a conversation row: profile, watermarks, referrals, links."""

    conversation_id = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    dated = UnicodeAttribute(null=True)  # a referral, a link
    document = JsonAttribute(null=True)  # a profile, a conversation
    delivered_until = MomentAttribute(null=True)
    read_until = MomentAttribute(null=True)
    free_until = MomentAttribute(null=True)
    version = NumberAttribute(null=True)  # of who handles it, as the four below
    written_by = UnicodeAttribute(null=True)
    waiting_channel = UnicodeAttribute(null=True)
    waiting_hour = UnicodeAttribute(null=True)


class ByDayIndex(GlobalSecondaryIndex["MessageItem"]):  # type: ignore[no-untyped-call]
    class Meta:
        index_name = "by_day"
        projection = KeysOnlyProjection()

    channel_day = UnicodeAttribute(hash_key=True)
    day_key = UnicodeAttribute(range_key=True)


class DueIndex(GlobalSecondaryIndex["MessageItem"]):  # type: ignore[no-untyped-call]
    class Meta:
        index_name = "due"
        projection = KeysOnlyProjection()

    due_shard = UnicodeAttribute(hash_key=True)
    due_key = UnicodeAttribute(range_key=True)


class MessageItem(Model):
    """A message, or facts about one that has not come yet: then without `day_key`."""

    conversation_id = UnicodeAttribute(hash_key=True)
    message_id = UnicodeAttribute(range_key=True)
    by_day = ByDayIndex()
    due = DueIndex()
    channel_day = UnicodeAttribute(null=True)
    day_key = UnicodeAttribute(null=True)
    due_shard = UnicodeAttribute(null=True)
    due_key = UnicodeAttribute(null=True)
    expires_at = NumberAttribute(null=True)
    held_day = UnicodeAttribute(attr_name=M["held_day"], null=True)
    state = UnicodeAttribute(attr_name=M["state"], null=True)
    owner = UnicodeAttribute(attr_name=M["owner"], null=True)
    kind = UnicodeAttribute(attr_name=M["kind"], null=True)
    text = UnicodeAttribute(attr_name=M["text"], null=True)
    attachments = UnicodeAttribute(attr_name=M["attachments"], null=True)
    payload = UnicodeAttribute(attr_name=M["payload"], null=True)
    reply_to = UnicodeAttribute(attr_name=M["reply_to"], null=True)
    raw = BinaryAttribute(attr_name=M["raw"], null=True, legacy_encoding=False)
    request = JsonAttribute(attr_name=M["request"], null=True)
    platform_message_id = UnicodeAttribute(attr_name=M["platform_message_id"], null=True)
    author_name = UnicodeAttribute(attr_name=M["author_name"], null=True)
    automation = UnicodeAttribute(attr_name=M["automation"], null=True)
    is_standby = BooleanAttribute(attr_name=M["is_standby"], null=True)
    failure = UnicodeAttribute(attr_name=M["failure"], null=True)
    basis = UnicodeAttribute(attr_name=M["basis"], null=True)
    lease_until = MomentAttribute(attr_name=M["lease_until"], null=True)
    due_at = MomentAttribute(attr_name=M["due_at"], null=True)
    deadline = MomentAttribute(attr_name=M["deadline"], null=True)
    tries = NumberAttribute(attr_name=M["tries"], null=True)
    resend_of = UnicodeAttribute(attr_name=M["resend_of"], null=True)
    resent_as = UnicodeAttribute(attr_name=M["resent_as"], null=True)
    ledger = UnicodeSetAttribute(attr_name=M["ledger"], null=True)
    deleted_at = MomentAttribute(attr_name=M["deleted_at"], null=True)
    edit = UnicodeAttribute(attr_name=M["edit"], null=True)
    customer_reaction = UnicodeAttribute(attr_name=M["customer_reaction"], null=True)
    business_reaction = UnicodeAttribute(attr_name=M["business_reaction"], null=True)
    status_sent = UnicodeAttribute(attr_name=M["status_sent"], null=True)
    status_delivered = UnicodeAttribute(attr_name=M["status_delivered"], null=True)
    status_read = UnicodeAttribute(attr_name=M["status_read"], null=True)
    status_played = UnicodeAttribute(attr_name=M["status_played"], null=True)
    status_failed = UnicodeAttribute(attr_name=M["status_failed"], null=True)


class WaitItem(Model):
    channel_day = UnicodeAttribute(hash_key=True)
    wait_key = UnicodeAttribute(range_key=True)
    answered_at = MomentAttribute(null=True)
    answered_by = UnicodeAttribute(null=True)
    answered_name = UnicodeAttribute(null=True)


class ChannelItem(Model):
    channel_id = UnicodeAttribute(hash_key=True)
    document = JsonAttribute(null=True)
    written_by = UnicodeAttribute(null=True)
    stopped_at = MomentAttribute(null=True)
    stopped_because = UnicodeAttribute(null=True)
    block = UnicodeAttribute(null=True)  # dated: why the platform blocks it, empty once lifted
    budget_reached_in = UnicodeAttribute(null=True)  # month, YYYY-MM


class ByTopicIndex(GlobalSecondaryIndex["OptInItem"]):  # type: ignore[no-untyped-call]
    class Meta:
        index_name = "by_topic"
        projection = KeysOnlyProjection()

    channel_topic = UnicodeAttribute(hash_key=True)
    opt_in_id = UnicodeAttribute(range_key=True)


class OptInItem(Model):
    """An opt-in; or, as "stop#{topic}", since when the contact wants no more of it."""

    conversation_id = UnicodeAttribute(hash_key=True)
    opt_in_id = UnicodeAttribute(range_key=True)
    by_topic = ByTopicIndex()
    channel_topic = UnicodeAttribute(null=True)
    document = JsonAttribute(null=True)
    used_by = UnicodeAttribute(null=True)
    used_at = MomentAttribute(null=True)
    stopped_at = MomentAttribute(null=True)
    stopped_how = UnicodeAttribute(null=True)
    stopped_evidence = UnicodeAttribute(null=True)
    resumed_at = MomentAttribute(null=True)
    resumed_how = UnicodeAttribute(null=True)
    resumed_evidence = UnicodeAttribute(null=True)


class CampaignDueIndex(GlobalSecondaryIndex["CampaignItem"]):  # type: ignore[no-untyped-call]
    class Meta:
        index_name = "due"
        projection = KeysOnlyProjection()

    due_shard = UnicodeAttribute(hash_key=True)
    due_key = UnicodeAttribute(range_key=True)


class CampaignItem(Model):
    """A campaign, a lane or a page. `version`: of a page, that of the lane when it was stored."""

    campaign_id = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    due = CampaignDueIndex()
    due_shard = UnicodeAttribute(null=True)
    due_key = UnicodeAttribute(null=True)
    document = JsonAttribute(null=True)
    version = NumberAttribute(null=True)
    written_by = UnicodeAttribute(null=True)
    cancelled_at = MomentAttribute(null=True)
    expires_at = NumberAttribute(null=True)


class ReportItem(Model):
    channel_id = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    document = JsonAttribute(null=True)
    at = MomentAttribute(null=True)


class RateItem(Model):
    """What was taken of a channel's rate. `full_at`: microseconds since 1970, to be added to."""

    rate_key = UnicodeAttribute(hash_key=True)
    full_at = NumberAttribute(null=True)
    owner = UnicodeAttribute(null=True)
    paused_until = MomentAttribute(null=True)
    slow_until = MomentAttribute(null=True)
    slow_percent = NumberAttribute(null=True)
    expires_at = NumberAttribute(null=True)
