"""Metrics: arithmetic on one channel's local day. One file per metric; this is their contract."""

from __future__ import annotations
