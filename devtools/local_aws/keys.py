"""The secrets of the local stack: made once, and put where every stage keeps them."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime
from typing import Any

import msgspec

from devtools.local_aws import places, shop


class Keys(msgspec.Struct, frozen=True):
    """`tokens`: the access token of each channel."""

    app_secret: str
    verify_token: str
    api_key: str
    tokens: dict[str, str]


def load() -> Keys:
    """Those of last time, else new ones."""
    known = places.read(places.SECRETS)
    if known:
        return msgspec.convert(known, Keys)
    keys = Keys(
        app_secret=secrets.token_hex(16),
        verify_token=secrets.token_urlsafe(24),
        api_key=secrets.token_urlsafe(32),
        tokens={channel.channel_id: secrets.token_urlsafe(32) for channel in shop.CHANNELS},
    )
    places.write(places.SECRETS, msgspec.to_builtins(keys))
    return keys


def put_parameters(ssm: Any, keys: Keys, stage: str) -> None:
    """Into the Parameter Store, encrypted."""
    values = {
        f"/hearback/{stage}/app_secret": keys.app_secret,
        f"/hearback/{stage}/verify_token": keys.verify_token,
    }
    for channel_id, token in keys.tokens.items():
        values[shop.token_parameter(stage, channel_id)] = token
    for name, value in values.items():
        ssm.put_parameter(Name=name, Value=value, Type="SecureString", Overwrite=True)


def put_api_key(dynamodb: Any, table: str, api_key: str, *, name: str) -> None:
    """Make the key valid; only its hash is stored."""
    key_hash = hashlib.sha256(api_key.encode()).hexdigest()
    item = {
        "key_hash": key_hash,
        "key_id": key_hash[:8],
        "name": name,
        "role": "admin",
        "created_at": datetime.now(UTC).isoformat(),
    }
    dynamodb.put_item(TableName=table, Item={name: {"S": value} for name, value in item.items()})
