"""The row of a contact of several keys knows what each of them brought, in any order."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.core.joined_rows import joined
from tests import builders
from tests.builders import NOON

SOON, LATER = NOON + timedelta(seconds=6), NOON + timedelta(minutes=4)


@pytest.mark.parametrize(("one", "other"), [(SOON, LATER), (LATER, SOON), (LATER, None)])
def test_messages_to_one_person_are_counted_by_whichever_key_they_went(one, other):
    rows = [builders.conversation(pair_full_at=at) for at in (one, other)]
    assert joined(rows[0], rows[1:]).pair_full_at == LATER
    assert joined(rows[1], rows[:1]).pair_full_at == LATER
