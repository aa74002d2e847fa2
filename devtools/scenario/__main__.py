"""`python -m devtools.scenario [--once]`: the stack, the shop's day on it, and what happened."""

from __future__ import annotations

import signal
import sys

from devtools.cloudformation import DeployError
from devtools.local_aws import places, stack
from devtools.local_aws.__main__ import progress
from devtools.local_aws.processes import StartError
from devtools.scenario import summary
from devtools.scenario.day import Day
from devtools.scenario.world import StoryError, connect

STAY = """
Hearback is up. Webhook  {stack.webhook_url}
                API      {stack.api_url}/v1
                Meta     {stack.graph_url} (the stand-in)
                Keys     {places.STACK}

Three things to try in another terminal:
  1. Who waits?           curl -H "Authorization: Bearer {stack.api_key}" \\
                               "{stack.api_url}/v1/conversations?channel_id={channel}&order=waiting"
  2. Write as a customer: curl {stack.graph_url}/_customer/message -d \\
                               '{{"channel_id": "{channel}", "contact_id": "71", "text": "Hi"}}'
  3. Let time pass:       .venv/bin/python -m devtools.clock advance 1d

Ctrl-C stops it; what happened is kept in {places.LOCAL} until `make reset`.
"""


def main(words: list[str]) -> int:
    say = progress()
    try:
        with stack.attached(say) as running:
            world = connect(running)
            day = Day(world, say)
            day.play()
            say("The day is over")
            print("\n" + "\n".join(summary.lines(day, world)), flush=True)
            if "--once" not in words:
                _stay(running)
    except KeyboardInterrupt:
        return 130
    except (DeployError, StartError, StoryError) as error:
        print(f"\nFailed: {error}\nLogs are in {places.LOGS}", file=sys.stderr)
        return 1
    return 0


def _stay(running: stack.Stack) -> None:
    channel = running.channels[0]["channel_id"]
    print(STAY.format(stack=running, places=places, channel=channel), flush=True)
    signal.pause()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
