"""Parts of answers that several routes give."""

from __future__ import annotations

NOBODY_HANDLES = {
    "needs_person_since": None,
    "why": None,
    "automation_rests": False,
    "automation_rests_until": None,
    "assigned_to": None,
    "tags": [],
    "is_closed": False,
    "closed_at": None,
    "closed_by": None,
    "feedback": None,
    "feedback_at": None,
}
