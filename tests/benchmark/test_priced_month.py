"""A month is priced from what was measured, from the template, and from a dated list."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from devtools.benchmark import priced_month, prices, template_facts
from devtools.benchmark.handler_runs import Run
from devtools.benchmark.priced_month import MILLION, Measured
from devtools.benchmark.prices import PriceList
from devtools.benchmark.template_facts import Facts, Function


def run(**facts: Any) -> Run:
    nothing: dict[str, Any] = {
        "cpu_ms": 0.0,
        "dynamodb_calls": 0.0,
        "write_units": 0.0,
        "read_units": 0.0,
        "log_bytes": 0.0,
        "sent_bytes": 0.0,
        "counters": 0,
    }
    return Run(**(nothing | facts))


def measured(**facts: Any) -> Measured:
    quiet: dict[str, Any] = {
        "received": run(),
        "answered": run(),
        "told_status": run(),
        "scheduled": {"SendDue": run()},
        "write_units": 6.0,
        "read_units": 1.0,
    }
    return Measured(**(quiet | facts))


def facts(**given: Any) -> Facts:
    functions = {
        "Receive": Function(0.5, "x86_64", 0),
        "ProcessEvents": Function(0.5, "x86_64", 0),
        "SendDue": Function(0.5, "x86_64", 43_800),
    }
    some: dict[str, Any] = {
        "functions": functions,
        "fifo_polls": 657_000,
        "polls": 0,
        "alarms": 10,
        "tables_with_kms": 0,
    }
    return Facts(**(some | given))


def dollars(measured: Measured, facts: Facts) -> dict[str, float]:
    return {each.name: each.value for each in priced_month.priced(measured, facts, prices.load())}


def test_every_allowance_that_a_price_names_is_listed() -> None:
    listed = prices.load()
    named = {each.free for each in listed.price.values()} - {None}
    assert named == listed.allowance.keys()


@pytest.mark.parametrize("row", [*prices.load().price.values(), *prices.load().allowance.values()])
def test_every_row_says_where_it_was_read(row: prices.Price | prices.Allowance) -> None:
    assert row.source.startswith("https://")


def test_what_is_used_is_paid_by_the_piece() -> None:
    listed = prices.load().listed({"dynamodb_write_unit": 6_000_000})
    assert listed == {"dynamodb_write_unit": pytest.approx(3.75)}


def test_use_without_a_price_is_an_error() -> None:
    with pytest.raises(KeyError, match="coffee"):
        prices.load().listed({"coffee": 1})


def test_queues_share_one_allowance() -> None:
    after = prices.load().after_allowances({"sqs_fifo_request": 800_000, "sqs_request": 700_000})
    assert after == {"sqs_fifo_request": 0, "sqs_request": pytest.approx(0.2)}


def test_what_has_no_allowance_is_paid_from_the_first_piece() -> None:
    used: PriceList = prices.load()
    assert used.after_allowances({"gateway_request": 1_000_000}) == {"gateway_request": 3.5}


@pytest.mark.parametrize(
    ("schedule", "runs"),
    [
        ("rate(1 minute)", 43_800),
        ("rate(2 hours)", 365),
        ("cron(5 * * * ? *)", 730),
        ("cron(0,30 3 * * ? *)", pytest.approx(60.8, abs=0.1)),
    ],
)
def test_runs_of_a_schedule_are_counted(schedule: str, runs: float) -> None:
    assert template_facts.runs_a_month(schedule) == runs


def test_a_schedule_of_certain_days_is_not_guessed() -> None:
    with pytest.raises(ValueError, match="expected rate"):
        template_facts.runs_a_month("cron(0 3 ? * MON *)")


def test_a_processor_comes_in_parts_of_memory() -> None:
    busy = measured(answered=run(cpu_ms=10.0))
    half = facts()
    quarter = facts(functions=half.functions | {"ProcessEvents": Function(0.25, "x86_64", 0)})
    by_half = priced_month.replies_at_function_url(busy, half)["lambda_gb_second_x86_64"]
    by_quarter = priced_month.replies_at_function_url(busy, quarter)["lambda_gb_second_x86_64"]
    # Waiting for Meta costs by memory alone, working costs the same.
    assert by_half - by_quarter == pytest.approx(MILLION * 0.2 * 0.25, rel=0.02)


def test_an_hourly_function_starts_cold_each_time() -> None:
    hourly = facts(functions={"SendDue": Function(0.5, "x86_64", 730)})
    seconds = priced_month.idle(measured(), hourly)["lambda_gb_second_x86_64"]
    assert seconds == pytest.approx(730 * 0.5 * 0.45 * 1769 / 512, rel=0.01)


def test_a_month_without_messages_is_judged_at_list_prices_and_after_allowances() -> None:
    found = dollars(measured(), facts())
    assert found["idle_month_usd"] - found["idle_month_after_allowances_usd"] > 0.32


def test_alarms_are_added() -> None:
    found = dollars(measured(), facts())
    assert found["idle_month_with_alarms_usd"] - found["idle_month_usd"] == pytest.approx(1.0)


def test_a_gateway_is_paid_for_each_delivery() -> None:
    found = dollars(measured(), facts())
    replies, by_gateway = "million_replies_function_url_usd", "million_replies_api_gateway_usd"
    assert found[by_gateway] - found[replies] == pytest.approx(3.5)


def test_three_statuses_are_three_deliveries_more() -> None:
    told = measured(told_status=run(write_units=1.0))
    stored = priced_month.statuses(told, facts())
    assert (stored["dynamodb_write_unit"], stored["sqs_fifo_request"]) == (MILLION, 3 * MILLION)
    assert stored["lambda_request"] == 2 * MILLION


def test_a_counter_on_the_common_path_is_paid() -> None:
    counted = measured(received=replace(run(), counters=2))
    assert dollars(counted, facts())["million_replies_custom_metric"] == pytest.approx(0.6)
