"""The data model on one page: tables, keys, indexes, what expires. infra/merge.yaml states the same
facts (a test compares them); docs/data-model.md tells the reasons.

All keys are strings. Times are UTC microseconds since 1970; in keys and dated values they have 16
digits, so that text sorts as time does. Indexes hold keys only and are sparse: a row without the
index's partition attribute is not in it. Nobody relies on an expiry: it only frees space.
"""

from __future__ import annotations

from datetime import timedelta

from msgspec import Struct

# How long messages and their raw events are kept after they happened.
RETENTION = timedelta(days=400)


class Index(Struct, frozen=True):
    """A keys-only index."""

    name: str
    partition: str
    sort: str


class Table(Struct, frozen=True, kw_only=True):
    """A table. `setting`: the field of Settings and, in upper case, the variable with its name."""

    logical_id: str
    setting: str
    partition: str
    sort: str | None = None
    indexes: tuple[Index, ...] = ()
    expires: str | None = None
    is_kept: bool = True  # with backups, and when the stack goes


# item "row": the conversation row. Beside it "profile", "seen" (watermarks), "referral#first" and
# "referral#latest", "link#{why}#{conversation_id}" (another key of the contact), "own" (what the
# key brought by itself before it was joined), "marketing" (until when the platform wants no more
# marketing sent to it).
# waiting: (channel_id, the hour in which the open wait opened: 2026-11-21T14).
CONVERSATIONS = Table(
    logical_id="ConversationsTable",
    setting="conversations_table",
    partition="conversation_id",
    sort="item",
    indexes=(Index("waiting", "waiting_channel", "waiting_hour"),),
)

# message_id: the platform's id of what others sent, the attempt id of ours. Facts that come first,
# or under the platform's id of ours, are an item without `day_key`, merged when read.
# by_day: ({channel_id}#{local day}#{shard}, {time}#{author}), once received or sent.
# due: (planned#{channel_id}, {time}), while planned; (due#{shard}, {time}) where a release before
# planned it. What went wrong is in the same index, by channel:
# (failed#{channel_id}, {time}); (unknown#{channel_id}, {time of the next look, or ~{time}: never}).
MESSAGES = Table(
    logical_id="MessagesTable",
    setting="messages_table",
    partition="conversation_id",
    sort="message_id",
    indexes=(Index("by_day", "channel_day", "day_key"), Index("due", "due_shard", "due_key")),
    expires="expires_at",
)

# Closed waits: ({channel_id}#{local day}#{shard}, {conversation_id}#{time it opened}).
WAITS = Table(
    logical_id="WaitsTable", setting="waits_table", partition="channel_day", sort="wait_key"
)

# One row per channel: its settings as a JSON document, and why its sending is stopped or blocked,
# if it is.
CHANNELS = Table(logical_id="ChannelsTable", setting="channels_table", partition="channel_id")

# opt_in_id: or "stop#{topic}", "stop#*": since when the contact wants no more of it;
# or "asked#{topic}": when we asked about it last.
# by_topic: ({channel_id}#{topic}, opt_in_id).
OPT_INS = Table(
    logical_id="OptInsTable",
    setting="opt_ins_table",
    partition="conversation_id",
    sort="opt_in_id",
    indexes=(Index("by_topic", "channel_topic", "opt_in_id"),),
)

# item "day#{local day}": something happened then. "reading#{day}#{metric}#{definition}": a JSON
# document. "answerer#{day}#{definition}#{who}": the same of one who answered. "run#{day}": when its
# readings were last computed, and whether they were final. "cut#{day}": how the day was cut.
# "digest#{hour}": of an hour of the ledger; "digested#{hour}#{number}#{hash}": its parts.
# "template#{name}#{language}#{aspect}", of an account in place of a channel: what Meta told of it.
# Under "rate_cards", of all channels: "{day}#{currency}".
REPORTS = Table(
    logical_id="ReportsTable", setting="reports_table", partition="channel_id", sort="item"
)

# item "row": a campaign. "lane#{lane_id}": how far a part of its recipients is;
# "page#{lane_id}#{number}": some of them, and what became of each.
# due: (campaigns, {time it was created}) of campaigns; (lanes, {time}) of lanes that are not done.
CAMPAIGNS = Table(
    logical_id="CampaignsTable",
    setting="campaigns_table",
    partition="campaign_id",
    sort="item",
    indexes=(Index("due", "due_shard", "due_key"),),
    expires="expires_at",
)

# key_hash: SHA-256 of an API key, in hex.
API_KEYS = Table(logical_id="ApiKeysTable", setting="api_keys_table", partition="key_hash")

# rate_key: {channel_id}, or {channel_id}#media: what was taken of a rate within the last seconds.
RATES = Table(
    logical_id="RatesTable",
    setting="rates_table",
    partition="rate_key",
    expires="expires_at",
    is_kept=False,
)

TABLES = (
    *(CONVERSATIONS, MESSAGES, WAITS, CHANNELS, OPT_INS, CAMPAIGNS, REPORTS, API_KEYS, RATES),
)

# DynamoDB bills attribute names like content and every started KB of an item: the two rows that are
# written most have short names. Whatever is not listed keeps its name.
CONVERSATION_NAMES = {
    "version": "v",
    "written_by": "w",
    "platform": "pf",
    "channel_id": "ch",
    "contact_id": "co",
    "first_contact_at": "fc",
    "last_customer_at": "lc",
    "last_visit_at": "lv",
    "last_person_at": "lp",
    "last_automated_at": "la",
    "last_other_app_at": "lo",
    "window_ends_at": "we",
    "window_opened_at": "wo",
    "window_opened_by": "wb",
    "wait_opened_at": "wt",
    "wait_day": "wd",
    "closed_wait_opened_at": "cw",
    "closed_wait_answered_at": "ca",
    "closed_wait_answered_by": "cb",
    "closed_wait_day": "cd",
    "away_period": "ap",
    "recent_sends": "rs",
    "automated_at": "aa",
    "pair_full_at": "pa",
    "thread_owner": "to",
    "thread_owner_at": "ta",
    "unreachable_at": "un",
    "told": "tm",
    "is_joint": "j",
    "wrote_as": "wa",
    "merged_into": "mi",
}
MESSAGE_NAMES = {
    "held_day": "hd",  # of ours: the `channel_day` it gets once it is sent
    "state": "s",  # of ours; absent: received
    "owner": "o",  # who wrote the row: tells a lost answer from a duplicate
    "kind": "k",
    "text": "t",
    "attachments": "at",
    "payload": "p",
    "reply_to": "r",
    "raw": "raw",
    "request": "rq",
    "platform_message_id": "pid",
    "author_name": "an",
    "automation": "au",
    "is_standby": "sb",
    "failure": "f",
    "basis": "b",
    "lease_until": "l",
    "due_at": "du",
    "deadline": "dl",
    "tries": "n",
    "resend_of": "ro",
    "resent_as": "ra",
    "ledger": "lg",  # a set: see core/decisions.py
    "deleted_at": "d",
    "edit": "e",  # dated, as are the rest: the time, then the fact
    "customer_reaction": "rc",
    "business_reaction": "rb",
    "status_sent": "ss",
    "status_delivered": "sd",
    "status_read": "sr",
    "status_played": "sp",
    "status_failed": "sf",
}
