"""Storage: the ports of everything we remember, in DynamoDB by PynamoDB. Start at tables.py."""

from __future__ import annotations

from chalicelib.storage._connection import connect
from chalicelib.storage._open import Storage, open_storage

__all__ = ["Storage", "connect", "open_storage"]
