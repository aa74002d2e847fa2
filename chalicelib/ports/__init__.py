"""Everything the use cases need from outside. `Runtime` bundles it; `bootstrap` provides it.

conversations, messages, channels, consent, measuring    what is kept
outside                                                  Meta, secrets, queues, the log
values, runtimes                                         what passes through, and the bundles

All times are aware UTC datetimes. Every write may be repeated with the same effect. Import names
from here: which file has them may change.
"""

from __future__ import annotations

from chalicelib.ports.channels import ApiKeys as ApiKeys
from chalicelib.ports.channels import Channels as Channels
from chalicelib.ports.channels import RateCards as RateCards
from chalicelib.ports.channels import Rates as Rates
from chalicelib.ports.consent import Campaigns as Campaigns
from chalicelib.ports.consent import OptIns as OptIns
from chalicelib.ports.consent import Templates as Templates
from chalicelib.ports.conversations import Conversations as Conversations
from chalicelib.ports.conversations import Waits as Waits
from chalicelib.ports.measuring import Digests as Digests
from chalicelib.ports.measuring import Readings as Readings
from chalicelib.ports.messages import Messages as Messages
from chalicelib.ports.outside import Backlog as Backlog
from chalicelib.ports.outside import ChannelSecrets as ChannelSecrets
from chalicelib.ports.outside import DayRequests as DayRequests
from chalicelib.ports.outside import GraphAdmin as GraphAdmin
from chalicelib.ports.outside import LaneRequests as LaneRequests
from chalicelib.ports.outside import Log as Log
from chalicelib.ports.outside import Quarantine as Quarantine
from chalicelib.ports.outside import Queue as Queue
from chalicelib.ports.outside import Secrets as Secrets
from chalicelib.ports.outside import Sender as Sender
from chalicelib.ports.runtimes import Connecting as Connecting
from chalicelib.ports.runtimes import IntakeRuntime as IntakeRuntime
from chalicelib.ports.runtimes import Runtime as Runtime
from chalicelib.ports.values import CampaignPage as CampaignPage
from chalicelib.ports.values import ConversationPage as ConversationPage
from chalicelib.ports.values import DayWanted as DayWanted
from chalicelib.ports.values import LaneWanted as LaneWanted
from chalicelib.ports.values import MessagePage as MessagePage
from chalicelib.ports.values import NotKeptError as NotKeptError
from chalicelib.ports.values import OptInPage as OptInPage
from chalicelib.ports.values import QueueEntry as QueueEntry
from chalicelib.ports.values import QueueRecord as QueueRecord
