"""The HTTP API under /v1. Views stay thin: authenticate, validate, call one use case, serialise."""

from chalicelib.api.campaigns import campaigns
from chalicelib.api.channels import channels
from chalicelib.api.contacts import contacts
from chalicelib.api.conversations import conversations
from chalicelib.api.cors import answer_preflight, cors
from chalicelib.api.costs import costs
from chalicelib.api.decisions import decisions
from chalicelib.api.handling import handling
from chalicelib.api.health import health
from chalicelib.api.keys import keys
from chalicelib.api.notifications import notifications
from chalicelib.api.openapi import openapi
from chalicelib.api.opt_ins import opt_ins
from chalicelib.api.policy import policy
from chalicelib.api.problems import problems
from chalicelib.api.profile import profile
from chalicelib.api.reports import reports
from chalicelib.api.rules import rules
from chalicelib.api.sends import sends
from chalicelib.api.texts import texts
from chalicelib.api.triggers import triggers

blueprints = (
    *(problems, cors, health, openapi),
    *(conversations, contacts, channels, costs, reports, notifications, sends, keys),
    rules,
    triggers,
    campaigns,
    decisions,
    texts,
    handling,
    opt_ins,
    policy,
    profile,
)

__all__ = ["answer_preflight", "blueprints"]
