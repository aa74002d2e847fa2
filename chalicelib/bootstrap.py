"""Composition root: the one place where ports meet what fulfils them. Built once per container."""

from __future__ import annotations

from functools import cache

from chalicelib import config
from chalicelib.adapters.archive import S3Archive
from chalicelib.adapters.clock import clock
from chalicelib.adapters.graph_api import GraphApi
from chalicelib.adapters.logging import JsonLog
from chalicelib.adapters.queues import SqsQueue
from chalicelib.adapters.secrets import SsmSecrets
from chalicelib.ports import Runtime
from chalicelib.storage import open_storage
