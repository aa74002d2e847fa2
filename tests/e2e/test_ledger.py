"""The ledger on the deployed stack: digested, verified, tampered with, and erased."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from devtools.local_aws import shop as corner_shop
from devtools.local_aws.stack import STAGE
from tests.e2e.shop import Shop, new_contact
from tests.e2e.test_operator import forgotten, registered, runs

pytestmark = pytest.mark.e2e

PAGE_OF_ITS_OWN = "5550010"


@pytest.fixture
def page(counted: Shop) -> Iterator[str]:
    """Its digests begin with the last hour; those of the shop's go on where another test left."""
    token = f"token-of-{PAGE_OF_ITS_OWN}"
    registered(counted, PAGE_OF_ITS_OWN, token)
    document = corner_shop.settings(corner_shop.CHANNELS[0], STAGE) | {"access_token": token}
    of_its_own = corner_shop.token_parameter(STAGE, PAGE_OF_ITS_OWN)
    path = f"/v1/channels/{PAGE_OF_ITS_OWN}"
    status, answer = counted.ask("PUT", path, **document | {"token_parameter": of_its_own})
    assert status == 200, answer
    counted.count_yesterday(PAGE_OF_ITS_OWN)
    yield PAGE_OF_ITS_OWN
    forgotten(counted, PAGE_OF_ITS_OWN)


def written(shop: Shop, page: str, contact: str) -> None:
    """A customer writes, is greeted, and is answered by a person."""
    shop.customer_writes(page, contact)
    status, answer = shop.answer(page, contact, "It is back.", f"ledger-{contact}")
    assert (status, answer["state"]) == (202, "sent")


def verify(shop: Shop, page: str) -> tuple[int, str]:
    done = runs(shop, "ledger", "verify", "--channel", page)
    return done.returncode, f"{done.stdout}{done.stderr}"


def tampered(shop: Shop, conversation: str) -> str:
    """A row of the conversation loses its ledger; its id."""
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
    return str(key["message_id"]["S"])


def test_a_changed_row_is_found_and_an_erased_one_is_not(counted: Shop, page: str) -> None:
    contact = new_contact()
    written(counted, page, contact)
    conversation = counted.conversation(page, contact)["id"]
    counted.advance(hours=1, minutes=10)
    counted.run_schedule("StartDailyMetricsName")  # it digests the hour, too
    code, told = verify(counted, page)
    assert (code, "2 rows" in told) == (0, True), told

    assert counted.erase(page, contact) == 200
    assert verify(counted, page)[0] == 0

    message_id = tampered(counted, conversation)
    code, told = verify(counted, page)
    assert (code, "DIFFERS" in told, message_id in told) == (1, True, True)
