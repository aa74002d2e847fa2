"""The minute schedule: have every lane of a campaign worked on whose time has come."""

from __future__ import annotations

from chalicelib.ports import Runtime

# Each lane is an invocation: other functions need some of the account's concurrency too. The rest
# is asked for a minute later.
MOST_LANES = 64


def run(rt: Runtime) -> int:
    """Ask for the lanes that are due; returns how many were taken. A lane that is asked for again
    before it has begun, or by several runs at once, is worked on by one alone."""
    wanted = rt.campaigns.due(before=rt.now(), limit=MOST_LANES)
    if not wanted:
        return 0
    return len(wanted) - len(rt.lane_requests.ask(wanted))
