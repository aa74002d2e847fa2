"""A name for one write. A conditional write that is refused by a row with our own name was stored:
only its answer was lost, and the SDK tried again."""

from __future__ import annotations

import secrets


def new_owner() -> str:
    return secrets.token_urlsafe(9)
