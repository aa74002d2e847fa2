"""Opens the tables of a stage: one connection, models bound to table names, a store per port."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.config import Settings
from chalicelib.storage import _models
from chalicelib.storage._active_days import ActiveDays
from chalicelib.storage._connection import OpenSession, bind, connect, new_session
from chalicelib.storage.campaigns import Campaigns
from chalicelib.storage.channels import Channels
from chalicelib.storage.conversations import Conversations
from chalicelib.storage.digests import Digests
from chalicelib.storage.messages import Messages
from chalicelib.storage.opt_ins import OptIns
from chalicelib.storage.rate_cards import RateCards
from chalicelib.storage.rates import Rates
from chalicelib.storage.readings import Readings
from chalicelib.storage.templates import Templates
from chalicelib.storage.waits import Waits


@dataclass(frozen=True, slots=True)
class Storage:
    """A store for every port of what we remember."""

    conversations: Conversations
    messages: Messages
    waits: Waits
    channels: Channels
    opt_ins: OptIns
    campaigns: Campaigns
    readings: Readings
    templates: Templates
    rate_cards: RateCards
    rates: Rates
    digests: Digests


def open_storage(
    settings: Settings,
    seconds: Callable[[], float],
    session: OpenSession = new_session,
) -> Storage:
    """The stores of this stage. Nothing is connected before the first call.

    By `seconds` the age of what is remembered is told.
    """
    connection = connect(settings.region, session)
    messages = bind(_models.MessageItem, settings.messages_table, connection)
    reports = bind(_models.ReportItem, settings.reports_table, connection)
    days = ActiveDays(reports)
    return Storage(
        conversations=Conversations(
            bind(_models.ConversationItem, settings.conversations_table, connection),
            bind(_models.BesideItem, settings.conversations_table, connection),
            messages,
            days,
        ),
        messages=Messages(messages, days),
        waits=Waits(bind(_models.WaitItem, settings.waits_table, connection)),
        channels=Channels(bind(_models.ChannelItem, settings.channels_table, connection), seconds),
        opt_ins=OptIns(bind(_models.OptInItem, settings.opt_ins_table, connection)),
        campaigns=Campaigns(bind(_models.CampaignItem, settings.campaigns_table, connection)),
        readings=Readings(reports, seconds),
        templates=Templates(reports),
        rate_cards=RateCards(reports),
        rates=Rates(bind(_models.RateItem, settings.rates_table, connection)),
        digests=Digests(reports),
    )
