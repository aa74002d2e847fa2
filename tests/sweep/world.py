"""The product over DynamoDB, SQS, SSM and S3 of moto, and a platform that takes what is posted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from botocore.session import get_session
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from chalicelib import webhook
from chalicelib.adapters import http
from chalicelib.adapters.archive import S3Archive
from chalicelib.adapters.graph_api import GraphApi
from chalicelib.adapters.queues import SqsQueue
from chalicelib.adapters.secrets import SsmSecrets
from chalicelib.core.channel import ChannelSettings
from chalicelib.ports import DayWanted, IntakeRuntime, QueueEntry, Runtime
from chalicelib.storage import open_storage
from chalicelib.storage._connection import connect
from chalicelib.storage.tables import TABLES
from chalicelib.usecases import process_batch, run_campaign
from tests import builders, fakes
from tests.fake_esm import FakeEsm
from tests.intake import SECRET, sign, to_bytes
from tests.storage.conftest import definition
from tests.sweep.wire import Wire

QUEUES = {"inbound": "inbound.fifo", "quarantine": "quarantine"}
BUCKET, TOKEN = "quarantine", "/hearback/test/token"


class Aws:
    """One moto and one client of each service for all worlds: making either is slow."""

    def __init__(self) -> None:
        self.wire, self.settings = Wire(), _settings()
        session, region = get_session(), self.settings.region
        self.clients = {
            name: session.create_client(name, region_name=region) for name in ("sqs", "ssm", "s3")
        }
        self.connection = connect(region)
        for client in (*self.clients.values(), self.connection.client):
            self.wire.watch(client)
        self._build(region)
        # What plays AWS's own part is not seen by the wire.
        self.poller = session.create_client("sqs", region_name=region)

    def _build(self, region: str) -> None:
        for table in TABLES:
            definition_ = definition(table, getattr(self.settings, table.setting))
            self.connection.client.create_table(**definition_)
        for name in QUEUES.values():
            fifo = {"FifoQueue": "true"} if name.endswith(".fifo") else {}
            self.clients["sqs"].create_queue(QueueName=name, Attributes=fifo)
        location = {"LocationConstraint": region}
        self.clients["s3"].create_bucket(Bucket=BUCKET, CreateBucketConfiguration=location)
        for name, value in {
            "/hearback/test/app_secret": SECRET.decode(),
            "/hearback/test/verify_token": "verify",
            TOKEN: "access-token",
        }.items():
            self.clients["ssm"].put_parameter(Name=name, Value=value, Type="SecureString")

    def tables(self) -> dict[str, Any]:
        backend = dynamodb_backends[DEFAULT_ACCOUNT_ID][self.settings.region]
        return {t.setting: backend.get_table(getattr(self.settings, t.setting)) for t in TABLES}

    def clear(self) -> None:
        for table in self.tables().values():
            table.items.clear()
        for name in QUEUES.values():
            list(self.taken(name))
        for key in self.kept():
            self.clients["s3"].delete_object(Bucket=BUCKET, Key=key)

    def kept(self) -> list[str]:
        found = self.clients["s3"].list_objects_v2(Bucket=BUCKET).get("Contents", [])
        return [each["Key"] for each in found]

    def url(self, name: str) -> str:
        return f"https://sqs.{self.settings.region}.amazonaws.com/{DEFAULT_ACCOUNT_ID}/{name}"

    def taken(self, name: str) -> Iterator[dict[str, Any]]:
        """What is in the queue, taken out of it."""
        url = self.url(name)
        while True:
            answer = self.poller.receive_message(
                QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"]
            )
            if not answer.get("Messages"):
                return
            for message in answer["Messages"]:
                self.poller.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                yield message


class Platform:
    """Takes every message once; shows what it took in the conversation."""

    def __init__(self, wire: Wire, clock: Callable[[], datetime]) -> None:
        self._wire, self._clock = wire, clock
        self.posts: list[dict[str, Any]] = []
        self.shown: list[dict[str, Any]] = []
        self.answers: list[http.Answer] = []  # for the next posts, instead of taking them

    def call(self, _session: object, call: http.Call) -> http.Answer:
        self._wire.before(f"graph.{call.method}")
        answer = self._posted(call.body) if call.method == "POST" else self._looked_up()
        self._wire.after()
        return answer

    def _posted(self, body: dict[str, Any]) -> http.Answer:
        if self.answers:
            return self.answers.pop(0)
        self.posts.append(body)
        mid = f"mid.{len(self.posts)}"
        at = f"{self._clock():%Y-%m-%dT%H:%M:%S+0000}"
        text = body["message"].get("text")
        written = {"id": mid, "created_time": at, "from": {"id": "page"}, "message": text}
        self.shown.insert(0, written)
        return _ok({"recipient_id": "7001", "message_id": mid})

    def _looked_up(self) -> http.Answer:
        theirs = {"id": "m_0", "created_time": "2026-11-21T11:00:00+0000", "from": {"id": "7001"}}
        return _ok({"data": [{"messages": {"data": [*self.shown, theirs]}}]})


class DayFunction:
    """Takes every request for the metrics of a day; the workers behind it are another story."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.asked: set[DayWanted] = set()

    def ask(self, days: Sequence[DayWanted]) -> tuple[int, ...]:
        for day in days:
            self._wire.before("lambda.Invoke")
            self.asked.add(day)
            self._wire.after()
        return ()


class World:
    """A shop. `worker` lives until a call kills it; `revived` is the next container."""

    def __init__(self, aws: Aws, monkeypatch: Any, *channels: ChannelSettings) -> None:
        aws.clear()
        self.aws, self.clock = aws, fakes.Clock(builders.NOON)
        self.platform = Platform(aws.wire, self.clock)
        self.day_function = DayFunction(aws.wire)
        monkeypatch.setattr("chalicelib.storage._open.connect", lambda *_: aws.connection)
        monkeypatch.setattr(http, "once", self.platform.call)
        monkeypatch.setattr(http, "new_session", lambda: None)
        # Who comes after a dead worker has its lane at once: the clock stands, as with the queue.
        monkeypatch.setattr(run_campaign, "LEASE", timedelta())
        self.campaign_id = ""  # the one that a story is about
        self.esm = FakeEsm(self._process, self.clock)
        self.revive()
        for channel in channels:
            self.rt.channels.save(channel)

    def revive(self) -> None:
        """A new container: it remembers nothing."""
        aws, log = self.aws, fakes.FakeLog()
        stores = open_storage(aws.settings, lambda: self.clock().timestamp())
        secrets = SsmSecrets("/hearback/test", lambda: aws.clients["ssm"], log)
        self.rt: Runtime = fakes.runtime(
            settings=aws.settings,
            now=self.clock,
            **{each.name: getattr(stores, each.name) for each in fields(stores)},
            quarantine=S3Archive(BUCKET, lambda: aws.clients["s3"]),
            day_requests=self.day_function,
            sender=GraphApi(aws.settings, secrets, log),
            log=log,
        )
        self.intake = IntakeRuntime(
            now=self.clock,
            secrets=SsmSecrets("/hearback/test", lambda: aws.clients["ssm"], log),
            inbound=self._queue("inbound", log),
            quarantine_queue=self._queue("quarantine", log),
            large=S3Archive(BUCKET, lambda: aws.clients["s3"]),
            log=log,
        )

    def until_done(self, do: Callable[[], Any]) -> None:
        """Again after a death, as Meta and queues do."""
        with suppress(SystemExit):
            do()
            return
        self.revive()
        do()

    def deliver(self, *payloads: Any) -> None:
        """Meta posts these until it gets 200; the queue is worked off."""
        for payload in payloads:
            self.until_done(lambda payload=payload: self.post(payload))
        self.work_off()

    def post(self, payload: Any) -> None:
        raw = to_bytes(payload)
        headers = {"X-Hub-Signature-256": sign(raw)}
        event = {"httpMethod": "POST", "headers": headers, "body": raw.decode()}
        assert webhook.answer(event, self.intake)["statusCode"] == 200

    def work_off(self) -> None:
        self.esm.send(_entry(each) for each in self.aws.taken(QUEUES["inbound"]))
        self.esm.run()

    def work_lanes(self) -> None:
        """Every lane of a campaign that is due."""
        for wanted in self.rt.campaigns.due(before=self.clock(), limit=64):
            run_campaign.run(wanted, self.rt)

    def rows(self) -> dict[str, dict[str, Any]]:
        """All that is in the tables, by table and key."""
        return {
            name: {str(key): value for key, value in _items(table)}
            for name, table in self.aws.tables().items()
        }

    def _process(self, records: list[dict[str, Any]]) -> Any:
        try:
            return process_batch.run(records, self.rt)
        except SystemExit:
            self.revive()
            self.esm.bring_again()  # the clock stands, so that rows can be compared to the byte
            raise

    def _queue(self, name: str, log: Any) -> SqsQueue:
        return SqsQueue(self.aws.url(QUEUES[name]), lambda: self.aws.clients["sqs"], log)


def _settings() -> Any:
    base = f"https://sqs.{builders.settings().region}.amazonaws.com/{DEFAULT_ACCOUNT_ID}"
    urls = {f"{name}_queue_url": f"{base}/{queue}" for name, queue in QUEUES.items()}
    names = {table.setting: table.setting for table in TABLES}
    return builders.settings(**names, **urls, quarantine_bucket=BUCKET)


def _entry(message: dict[str, Any]) -> QueueEntry:
    told = message["Attributes"]
    return QueueEntry(message["Body"], told["MessageGroupId"], told["MessageDeduplicationId"])


def _items(table: Any) -> Iterator[tuple[Any, dict[str, Any]]]:
    for partition, items in table.items.items():
        rows = items.items() if isinstance(items, dict) else [("", items)]
        for sort, item in rows:
            key = partition.value, getattr(sort, "value", sort)
            yield key, {name: value.to_regular_json() for name, value in item.attrs.items()}


def _ok(answer: dict[str, Any]) -> http.Answer:
    return http.Answer(200, {}, json.dumps(answer).encode())
