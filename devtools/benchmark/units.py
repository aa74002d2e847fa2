"""Write and read units of each kind of event, on the tables of the embedded AWS.

In-process caches are warm, as in a container that works: settings of the channel (30 seconds), the
days on which something happened. Each scenario therefore runs twice, and the second run counts.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import timedelta

from msgspec import Struct

from devtools.benchmark.budgets import BUDGETS
from devtools.benchmark.metering import Meter, Units
from devtools.benchmark.results import Result
from devtools.benchmark.visit import Shop, Visit
from devtools.local_aws import ministack, stack
from devtools.local_aws.stack import Stack

ALL = ("messenger", "instagram", "whatsapp")
SILENCE = timedelta(days=3)
REDELIVERY = timedelta(minutes=6)  # the queue itself drops a duplicate within five


def open_message(visit: Visit) -> None:
    visit.customer_writes()
    visit.later()
    with visit.measured():
        visit.customer_writes()


def after_silence(visit: Visit) -> None:
    visit.customer_writes()
    visit.later()
    visit.person_answers()
    visit.later(SILENCE)
    with visit.measured():
        visit.customer_writes()


def after_unanswered(visit: Visit) -> None:
    visit.customer_writes()
    visit.later(SILENCE)
    with visit.measured():
        visit.customer_writes()


def first_contact(visit: Visit) -> None:
    with visit.measured():
        visit.customer_writes()


def native_echo(visit: Visit) -> None:
    visit.customer_writes()
    visit.later()
    with visit.measured():
        visit.delivers(visit.native_echo())


def api_answer(visit: Visit) -> None:
    visit.customer_writes()
    visit.later()
    with visit.measured():
        visit.person_answers()


def echo_of_ours(visit: Visit) -> None:
    visit.customer_writes()
    with visit.measured():
        visit.delivers(visit.echo_of_ours())


def duplicate(visit: Visit) -> None:
    body = visit.customer_writes()
    visit.later(REDELIVERY)
    with visit.measured():
        visit.delivers(body)


def duplicate_echo(visit: Visit) -> None:
    visit.customer_writes()
    visit.later()
    body = visit.native_echo()
    visit.delivers(body)
    visit.later(REDELIVERY)
    with visit.measured():
        visit.delivers(body)


def status_delivered(visit: Visit) -> None:
    _status(visit, "delivered")


def status_read(visit: Visit) -> None:
    _status(visit, "read")


def _status(visit: Visit, word: str) -> None:
    visit.customer_writes()
    visit.person_answers()
    with visit.measured():
        visit.delivers(visit.status(word))


class Scenario(Struct, frozen=True):
    """A story that measures one event. `greets`: the shop has an instant reply."""

    play: Callable[[Visit], None]
    greets: bool = False
    platforms: tuple[str, ...] = ALL


SCENARIOS = {
    "open_message": Scenario(open_message),
    "after_silence": Scenario(after_silence),
    "after_unanswered": Scenario(after_unanswered),
    "first_contact": Scenario(first_contact),
    "native_echo": Scenario(native_echo),
    "native_echo_after_reply": Scenario(native_echo, greets=True),
    "api_answer": Scenario(api_answer),
    # WhatsApp sends statuses in place of echoes of what came through the API.
    "echo_of_ours": Scenario(echo_of_ours, greets=True, platforms=("messenger", "instagram")),
    "duplicate": Scenario(duplicate),
    "duplicate_answered": Scenario(duplicate, greets=True),
    "duplicate_echo": Scenario(duplicate_echo),
    # Instagram reports reads only.
    "status_delivered": Scenario(status_delivered, platforms=("messenger", "whatsapp")),
    "status_read": Scenario(status_read),
}


def open_shop(running: Stack) -> Shop:
    """On the tables of that stack; once in a process."""
    os.environ.update(_environment(running))
    meter = Meter()
    meter.install()
    return Shop(meter)


def measure(shop: Shop, say: Callable[[str], None]) -> Iterator[Result]:
    """The most that each kind of event costs on any platform."""
    say("Units of automatic_reply")
    yield from _results("automatic_reply_new_channel", _on_top(shop))
    shop.has_been_answering()
    yield from _results("automatic_reply", _on_top(shop))
    for name, scenario in SCENARIOS.items():
        say(f"Units of {name}")
        yield from _results(name, _worst(scenario, shop))


def _worst(scenario: Scenario, shop: Shop) -> Units:
    found = [_second(scenario, platform, shop) for platform in scenario.platforms]
    return Units(max(each.write for each in found), max(each.read for each in found))


def _on_top(shop: Shop) -> Units:
    """What a first contact costs more when it is answered."""
    silent, greeted = Scenario(first_contact), Scenario(first_contact, greets=True)
    more = [_difference(_second(greeted, each, shop), _second(silent, each, shop)) for each in ALL]
    return Units(max(each.write for each in more), max(each.read for each in more))


def _difference(one: Units, other: Units) -> Units:
    return Units(one.write - other.write, one.read - other.read)


def _second(scenario: Scenario, platform: str, shop: Shop) -> Units:
    for _ in range(2):
        with shop.open_for(platform, greets=scenario.greets) as customer:
            scenario.play(customer)
    return customer.units


def _results(name: str, units: Units) -> Iterator[Result]:
    budget = BUDGETS[name]
    yield Result(name=f"wcu_{name}", value=units.write, unit="write units", goal=budget.write)
    yield Result(name=f"rcu_{name}", value=units.read, unit="read units", goal=budget.read)


def _environment(running: Stack) -> dict[str, str]:
    """As the template gives it to the functions."""
    found = stack.outputs(running)
    tables = (
        "Conversations",
        "Messages",
        "Waits",
        "Channels",
        "OptIns",
        "Campaigns",
        "Reports",
        "ApiKeys",
        "Rates",
    )
    names = {f"{_variable(name)}_TABLE": found[f"{name}TableName"] for name in tables}
    return names | {
        **ministack.ROOT_USER,
        "STAGE": stack.STAGE,
        "AWS_ENDPOINT_URL": running.aws_endpoint_url,
        "AWS_DEFAULT_REGION": running.region,
        "QUARANTINE_BUCKET": found["QuarantineBucketName"],
        "QUARANTINE_QUEUE_URL": found["QuarantineQueueUrl"],
        "COMPUTE_DAY_FUNCTION": found["ComputeDayName"],
        "RUN_CAMPAIGN_FUNCTION": found["RunCampaignName"],
    }


def _variable(name: str) -> str:
    return {"OptIns": "OPT_INS", "ApiKeys": "API_KEYS"}.get(name, name.upper())
