"""The functions that exist in AWS, and what each calls. HTTP routes are in chalicelib.api.

infra/merge.yaml completes queues and front door. What a function needs is imported when it runs,
so that no function's cold start pays for another's work.
"""

from __future__ import annotations

from typing import Any

from chalice.app import Chalice, CloudWatchEvent, Cron, Rate, SQSEvent

from chalicelib.api import answer_preflight, blueprints

app = Chalice(app_name="hearback")
for blueprint in blueprints:
    app.register_blueprint(blueprint)
answer_preflight(app)

REPLACED_BY_MERGE = "arn:aws:sqs:eu-west-1:000000000000:replaced-by-merge"


@app.lambda_function(name="receive")
def receive(event: dict[str, Any], context: object) -> dict[str, Any]:
    """The webhook. The template points AWS at chalicelib.webhook.handler itself."""
    from chalicelib.webhook import handler

    return handler(event, context)


@app.on_sqs_message(queue_arn=REPLACED_BY_MERGE, batch_size=10, name="process_events")
def process_events(event: SQSEvent) -> dict[str, Any]:
    """Stores what came in and answers it. Failed records go back to the queue."""
    from chalicelib import bootstrap
    from chalicelib.usecases import process_batch

    return process_batch.run(event.to_dict()["Records"], bootstrap.live())


@app.schedule(Cron(35, "*", "*", "*", "?", "*"), name="store_quarantined")
def store_quarantined(event: CloudWatchEvent) -> int:
    """Keeps signed deliveries that nobody could read; answers how many. Hourly, because whoever
    waits for a queue pays for asking it all month."""
    from chalicelib import bootstrap
    from chalicelib.usecases import store_quarantined as use_case

    return use_case.run(bootstrap.live())


@app.schedule(Rate(1, unit=Rate.MINUTES), name="send_due")
def send_due(event: CloudWatchEvent) -> int:
    """Sends what is planned and due, and looks for what may have arrived; answers how many were
    tried."""
    from chalicelib import bootstrap
    from chalicelib.usecases import send_due as use_case
    from chalicelib.usecases import settle_unknown, start_campaigns, watch_budgets

    began = (rt := bootstrap.live()).now()
    start_campaigns.run(rt)
    tried = use_case.run(rt)
    settle_unknown.run(rt, until=began + settle_unknown.WORKING_TIME)
    watch_budgets.run(rt)
    return tried


@app.lambda_function(name="run_campaign")
def run_campaign(event: dict[str, Any], context: object) -> None:
    """Works on one lane of a campaign for some minutes; what it leaves, the minute schedule has
    worked on again."""
    from chalicelib import bootstrap
    from chalicelib.usecases import run_campaign as use_case

    use_case.asked(event, bootstrap.live())


@app.schedule(Cron(5, "*", "*", "*", "?", "*"), name="start_daily_metrics")
def start_daily_metrics(event: CloudWatchEvent) -> int:
    """Hourly, because channels end their day in different time zones; answers how many days. And
    the ledger's digests of the hours that ended."""
    from chalicelib import bootstrap
    from chalicelib.usecases import digest_hour
    from chalicelib.usecases import start_daily_metrics as use_case

    asked = use_case.run(rt := bootstrap.live())
    digest_hour.run(rt)
    return asked


@app.lambda_function(name="compute_day")
def compute_day(event: dict[str, Any], context: object) -> None:
    """The metrics of a channel's day; one at a time, as a busy one takes minutes. If it fails,
    Lambda tries again."""
    from chalicelib import bootstrap
    from chalicelib.usecases import compute_asked_day

    compute_asked_day.run(event, bootstrap.live())
