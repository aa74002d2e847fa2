"""What the doctor may see of a stage, and what each sign means: a sentence, and what to do."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

OK, MISSING, UNKNOWN = "ok", "missing", "unknown"


class Sign(StrEnum):
    """What may be seen of a stage, beside its channels' connections."""

    API_ANSWERS = "api_answers"
    API_SILENT = "api_silent"
    API_KEY_REFUSED = "api_key_refused"
    WEBHOOK_ANSWERS = "webhook_answers"
    WEBHOOK_REFUSES = "webhook_refuses"
    SECRETS_STORED = "secrets_stored"
    SECRETS_MISSING = "secrets_missing"
    SCHEDULE_RUNS = "schedule_runs"
    SCHEDULE_NEW = "schedule_new"
    SCHEDULE_SILENT = "schedule_silent"
    NO_DEAD_LETTERS = "no_dead_letters"
    SOME_DEAD_LETTERS = "some_dead_letters"
    QUARANTINE_EMPTY = "quarantine_empty"
    QUARANTINE_HOLDS = "quarantine_holds"
    CHANNELS_CONNECTED = "channels_connected"
    NO_CHANNEL = "no_channel"
    CONNECTION_NOT_TOLD = "connection_not_told"
    RULES_COMPARED = "rules_compared"
    RULES_STALE = "rules_stale"
    RULES_NOT_TOLD = "rules_not_told"
    PROFILE_SAME = "profile_same"
    PROFILE_DIFFERS = "profile_differs"
    PROFILE_NOT_TOLD = "profile_not_told"


class Words(Struct, frozen=True):
    """What a sign means, and what to do; `{0}` stands for what was seen."""

    state: str
    sentence: str
    remedy: str | None = None


MEANING: dict[Sign, Words] = {
    Sign.API_ANSWERS: Words(OK, "answers"),
    Sign.API_SILENT: Words(
        MISSING,
        "answers {0} instead of 200.",
        "See the log of the API function (group ApiLogs of the stack).",
    ),
    Sign.API_KEY_REFUSED: Words(
        MISSING,
        "does not take the API key ({0}).",
        "Give an API key with role read or more and all channels in HEARBACK_API_KEY.",
    ),
    Sign.WEBHOOK_ANSWERS: Words(OK, "shakes hands with who has the verify token"),
    Sign.WEBHOOK_REFUSES: Words(
        MISSING,
        "answers {0} to a handshake: Meta's deliveries fail too, and after an hour it unsubscribes"
        " the channels.",
        "See the log of the function `receive` (group ReceiveLogs of the stack).",
    ),
    Sign.SECRETS_STORED: Words(OK, "app secret and verify token are stored"),
    Sign.SECRETS_MISSING: Words(
        MISSING,
        "missing: {0}. Every delivery is refused.",
        "`make deploy` stores what is missing; the app secret comes from META_APP_SECRET.",
    ),
    Sign.SCHEDULE_RUNS: Words(OK, "ran within the last {0}"),
    Sign.SCHEDULE_NEW: Words(
        UNKNOWN, "has not run yet; the stage was deployed less than {0} ago", "Look again later."
    ),
    Sign.SCHEDULE_SILENT: Words(
        MISSING,
        "has not run for {0} or more.",
        "See whether its rule in EventBridge is enabled, and what its function's log says.",
    ),
    Sign.NO_DEAD_LETTERS: Words(OK, "empty"),
    Sign.SOME_DEAD_LETTERS: Words(
        MISSING,
        "holds {0} dead letters; they are deleted 14 days after they came.",
        "Read the log of the function that takes from the queue, repair, then redrive"
        " (docs/operations.md, Dead letters).",
    ),
    Sign.QUARANTINE_EMPTY: Words(OK, "empty"),
    Sign.QUARANTINE_HOLDS: Words(
        UNKNOWN,
        "holds of the last 30 days: {0}",
        "Look at what is new: `unknown_channel` is a channel to connect, `unreadable` a change at"
        " Meta or a leaked app secret (docs/operations.md, Quarantine).",
    ),
    Sign.CHANNELS_CONNECTED: Words(OK, "connected: {0}"),
    Sign.NO_CHANNEL: Words(MISSING, "none is connected.", "Run `make connect`."),
    Sign.CONNECTION_NOT_TOLD: Words(
        MISSING,
        "the API answers {0} when asked about it.",
        "See the log of the API function (group ApiLogs of the stack).",
    ),
    Sign.RULES_COMPARED: Words(OK, "compared with Meta's pages on {0}"),
    Sign.RULES_STALE: Words(
        MISSING,
        "compared with Meta's pages on {0}, more than 180 days ago.",
        "Deploy a newer release, or compare them and change the rules (docs/policy.md).",
    ),
    Sign.RULES_NOT_TOLD: Words(UNKNOWN, "the API answers {0}.", "Deploy a newer release."),
    Sign.PROFILE_SAME: Words(OK, "as the settings want it"),
    Sign.PROFILE_DIFFERS: Words(
        MISSING,
        "not as the settings want it: {0}.",
        "PUT the profile again, or what GET shows as `actual` (docs/api.md,"
        " /v1/channels/{id}/profile).",
    ),
    Sign.PROFILE_NOT_TOLD: Words(UNKNOWN, "not looked at: {0}", "Look again later."),
}
