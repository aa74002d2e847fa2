"""The ledger on the deployed stack: digested, verified, tampered with, and erased."""

from __future__ import annotations

import pytest

from tests.e2e.shop import PAGE, Shop, new_contact
from tests.e2e.test_operator import runs

pytestmark = pytest.mark.e2e


def digested(shop: Shop) -> None:
    """The hour has passed, and the schedule has run as often as it takes."""
    shop.advance(hours=1, minutes=10)
    shop.count_up_to_now()
    for _ in range(12):
        shop.run_schedule("StartDailyMetricsName")


def verify(shop: Shop) -> tuple[int, str]:
    done = runs(shop, "ledger", "verify", "--channel", PAGE)
    return done.returncode, f"{done.stdout}{done.stderr}"


def test_a_changed_row_is_found_and_an_erased_one_is_not(shop: Shop) -> None:
    contact = new_contact()
    shop.customer_writes(PAGE, contact)
    shop.answer(PAGE, contact, "It is back.", f"ledger-{contact}")
    conversation = shop.conversation(PAGE, contact)["id"]
    digested(shop)
    assert verify(shop)[0] == 0

    assert shop.erase(PAGE, contact) == 200
    assert verify(shop)[0] == 0

    rows = shop.aws("dynamodb").query(
        TableName=shop.outputs["MessagesTableName"],
        KeyConditionExpression="conversation_id = :id",
        FilterExpression="attribute_exists(lg)",
        ExpressionAttributeValues={":id": {"S": conversation}},
    )["Items"]
    key = {name: rows[0][name] for name in ("conversation_id", "message_id")}
    shop.aws("dynamodb").update_item(
        TableName=shop.outputs["MessagesTableName"], Key=key, UpdateExpression="REMOVE lg"
    )
    code, told = verify(shop)
    assert (code, "DIFFERS" in told, key["message_id"]["S"] in told) == (1, True, True)
