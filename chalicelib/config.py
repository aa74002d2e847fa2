"""The environment, read once into frozen settings. Nothing else reads `os.environ`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass


class ConfigError(Exception):
    """A setting is missing or wrong; the message names it and what was expected."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a stage is made of. Names of AWS resources come from the template."""

    stage: str
    region: str
    secrets_path: str  # SSM prefix, e.g. /hearback/prod
    conversations_table: str
    messages_table: str
    waits_table: str
    channels_table: str
    opt_ins_table: str
    campaigns_table: str
    reports_table: str
    api_keys_table: str
    rates_table: str
    inbound_queue_url: str
    quarantine_queue_url: str
    quarantine_bucket: str
    compute_day_function: str  # its name, where a function may ask for a day
    run_campaign_function: str  # its name, where a function may ask for a lane of a campaign
    graph_version: str
    worker_concurrency: int  # how many workers there are at most: they share the rates of sending
    cors_origins: tuple[str, ...]  # whose pages may call the API from a browser
    graph_url: str | None  # another host than Meta's: stage local only
    test_clock: str | None  # path of the test clock: stage local only


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment. Raises ConfigError that names the variable."""
    env = os.environ if environ is None else environ
    settings = Settings(
        stage=_required(env, "STAGE"),
        region=env.get("AWS_REGION") or env.get("AWS_DEFAULT_REGION", "us-east-1"),
        secrets_path=f"/hearback/{_required(env, 'STAGE')}",
        conversations_table=env.get("CONVERSATIONS_TABLE", ""),
        messages_table=env.get("MESSAGES_TABLE", ""),
        waits_table=env.get("WAITS_TABLE", ""),
        channels_table=env.get("CHANNELS_TABLE", ""),
        opt_ins_table=env.get("OPT_INS_TABLE", ""),
        campaigns_table=env.get("CAMPAIGNS_TABLE", ""),
        reports_table=env.get("REPORTS_TABLE", ""),
        api_keys_table=env.get("API_KEYS_TABLE", ""),
        rates_table=env.get("RATES_TABLE", ""),
        inbound_queue_url=env.get("INBOUND_QUEUE_URL", ""),
        quarantine_queue_url=env.get("QUARANTINE_QUEUE_URL", ""),
        quarantine_bucket=env.get("QUARANTINE_BUCKET", ""),
        compute_day_function=env.get("COMPUTE_DAY_FUNCTION", ""),
        run_campaign_function=env.get("RUN_CAMPAIGN_FUNCTION", ""),
        graph_version=env.get("GRAPH_VERSION", "v25.0"),
        worker_concurrency=_count(env.get("WORKER_CONCURRENCY", "50"), "WORKER_CONCURRENCY"),
        cors_origins=_listed(env.get("CORS_ORIGINS", "none")),
        graph_url=env.get("GRAPH_URL") or None,
        test_clock=env.get("TEST_CLOCK") or None,
    )
    _refuse_local_switches(settings)
    return settings


def _required(env: Mapping[str, str], name: str) -> str:
    value = env.get(name)
    if not value:
        raise ConfigError(f"{name} is not set")
    return value


def _count(text: str, name: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text)):
        raise ConfigError(f"{name}: expected a whole number from 1")
    return int(text)


def _listed(value: str) -> tuple[str, ...]:
    """Nothing is left for "none", the template's word for an empty list."""
    given = (each.strip() for each in value.split(","))
    return tuple(each for each in given if each not in ("", "none"))


def _refuse_local_switches(settings: Settings) -> None:
    if settings.stage == "local":
        return
    for name, value in (("TEST_CLOCK", settings.test_clock), ("GRAPH_URL", settings.graph_url)):
        if value:
            raise ConfigError(
                f"{name} is allowed in stage local only, this is stage {settings.stage}"
            )
