"""One botocore client for all tables, and the models bound to the names of a stage.

PynamoDB would make a client per table, which a cold start pays seven times, and passes
`ReturnValuesOnConditionCheckFailure` in transactions only: both are put right here, once.
"""

from __future__ import annotations

from collections.abc import Callable
from types import new_class
from typing import Any, TypeVar, cast

from botocore.session import Session, get_session
from pynamodb.connection import TableConnection
from pynamodb.connection.base import Connection
from pynamodb.exceptions import PynamoDBConnectionError
from pynamodb.models import Model

_M = TypeVar("_M", bound=Model)
OpenSession = Callable[[], Session]
new_session: OpenSession = get_session

CONNECT_TIMEOUT_SECONDS = 1
READ_TIMEOUT_SECONDS = 5
RETRIES = 3


def connect(region: str, session: OpenSession = new_session) -> Connection:
    """A connection that is opened by its first call, which asks for the session. The endpoint is
    botocore's own affair."""
    return _Connection(
        session,
        region=region,
        connect_timeout_seconds=CONNECT_TIMEOUT_SECONDS,
        read_timeout_seconds=READ_TIMEOUT_SECONDS,
        max_retry_attempts=RETRIES,
    )


def bind(model: type[_M], table_name: str, connection: Connection) -> type[_M]:
    """The model for the table of this name, speaking through the shared connection."""
    meta = type("Meta", (), {"table_name": table_name})
    bound = cast(
        type[_M],
        new_class(model.__name__, (model,), exec_body=lambda body: body.update(Meta=meta)),
    )
    _share(bound._get_connection(), connection)
    return bound


def refused_by(error: PynamoDBConnectionError, model: type[_M]) -> _M | None:
    """The item that refused a condition, None if there is none. Raises every other error again."""
    if error.cause_response_code != "ConditionalCheckFailedException":
        raise error
    # PynamoDB keeps the code only; the answer is that of botocore's error underneath.
    response = getattr(getattr(error.cause, "__cause__", None), "response", {})
    item = response.get("Item")
    return model.from_raw_data(item) if item else None


class _Connection(Connection):
    """PynamoDB would open a session of its own; a client takes over the hooks of its session."""

    def __init__(self, open_session: OpenSession, **settings: Any) -> None:
        super().__init__(**settings)
        self._open_session = open_session

    @property
    def session(self) -> Session:
        session = self._open_session()
        session.register(
            "provide-client-params.dynamodb.*", _ask_for_the_item_in_the_way, unique_id=__name__
        )
        return session


def _share(table: TableConnection, connection: Connection) -> None:
    if table.table_name not in connection._tables:
        connection.add_meta_table(table.get_meta_table())
    table.connection = connection


def _ask_for_the_item_in_the_way(params: dict[str, Any], **_: object) -> dict[str, Any]:
    if "ConditionExpression" in params:
        return params | {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    return params
