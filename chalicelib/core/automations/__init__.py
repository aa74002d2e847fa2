"""Automations: rules that answer by themselves. One file per rule; this is their contract."""

from __future__ import annotations
