"""A stand-in for Meta on loopback: judges our requests by rules of its own and sends us webhooks.

It imports nothing of the product, so that both cannot be wrong together. See docs/simulator.md.
"""

from devtools.simulator.server import Simulator

__all__ = ["Simulator"]
