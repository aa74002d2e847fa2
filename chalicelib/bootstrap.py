"""Composition root: the one place where ports meet what fulfils them. Built once per container."""

from __future__ import annotations

from functools import cache, partial

from chalicelib import config
from chalicelib.adapters import aws
from chalicelib.adapters.archive import S3Archive
from chalicelib.adapters.clock import clock, sleep, stopwatch
from chalicelib.adapters.day_function import DayFunction
from chalicelib.adapters.graph_api import GraphApi, warn_of_version_end
from chalicelib.adapters.lane_function import LaneFunction
from chalicelib.adapters.logging import JsonLog
from chalicelib.adapters.queues import SqsBacklog
from chalicelib.adapters.secrets import SsmSecrets
from chalicelib.adapters.stale_rules import warn_of_stale_rules
from chalicelib.core.pacing import Pacer
from chalicelib.ports import ApiKeys, Connecting, Runtime
from chalicelib.storage import connect, open_storage
from chalicelib.storage.api_keys import ApiKeys as StoredApiKeys


@cache
def live() -> Runtime:
    """The real outside world. Raises ConfigError when the environment is wrong."""
    settings = config.load()
    now = clock(settings)
    log = JsonLog(settings.stage, now)
    seconds = stopwatch(settings)
    secrets = SsmSecrets(settings.secrets_path, partial(aws.client, "ssm"), log, seconds=seconds)
    warn_of_version_end(settings.graph_version, now().date(), log)
    warn_of_stale_rules(now(), log)
    stores = open_storage(settings, seconds, aws.session)
    return Runtime(
        settings=settings,
        now=now,
        sleep=sleep,
        conversations=stores.conversations,
        messages=stores.messages,
        waits=stores.waits,
        channels=stores.channels,
        opt_ins=stores.opt_ins,
        campaigns=stores.campaigns,
        readings=stores.readings,
        templates=stores.templates,
        rate_cards=stores.rate_cards,
        rates=stores.rates,
        digests=stores.digests,
        pacer=Pacer(),
        quarantine=S3Archive(settings.quarantine_bucket, partial(aws.client, "s3")),
        quarantine_backlog=SqsBacklog(settings.quarantine_queue_url, partial(aws.client, "sqs")),
        day_requests=DayFunction(settings.compute_day_function, partial(aws.client, "lambda"), log),
        lane_requests=LaneFunction(
            settings.run_campaign_function, partial(aws.client, "lambda"), log
        ),
        sender=GraphApi(settings, secrets, log),
        log=log,
    )


@cache
def api_keys() -> ApiKeys:
    """Who may call the HTTP API."""
    settings = config.load()
    return StoredApiKeys(
        settings.api_keys_table, connect(settings.region, aws.session), stopwatch(settings)
    )


@cache
def connecting() -> Connecting:
    """What connecting a channel needs beside the Runtime."""
    from chalicelib.adapters.graph_admin import GraphAdmin  # late: hardly any request connects

    settings, log = config.load(), live().log
    secrets = SsmSecrets(settings.secrets_path, partial(aws.client, "ssm"), log)
    return Connecting(graph=GraphAdmin(settings, secrets, log), secrets=secrets)
