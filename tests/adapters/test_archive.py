"""The S3 archive: keys an operator can browse, bytes as they came."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.session import get_session

from chalicelib.adapters.archive import LARGE_PREFIX, S3Archive
from chalicelib.ports import NotKeptError
from tests.builders import NOON

BODY = b"canary \xff\x00"


class FakeDeadS3:
    def put_object(self, **request: Any) -> None:
        raise EndpointConnectionError(endpoint_url="https://s3.test")


@pytest.fixture
def s3(aws: None) -> Any:
    client = get_session().create_client("s3")
    place = {"LocationConstraint": client.meta.region_name}
    client.create_bucket(Bucket="kept", CreateBucketConfiguration=place)
    return client


def keys(s3: Any) -> list[str]:
    return [each["Key"] for each in s3.list_objects_v2(Bucket="kept")["Contents"]]


def test_the_key_tells_day_id_and_reason(s3: Any) -> None:
    identifier = S3Archive("kept", lambda: s3).put(BODY, reason="unreadable", at=NOON)
    assert keys(s3) == [f"quarantine/{NOON:%Y/%m/%d}/{identifier}-unreadable"]


def test_the_body_is_kept_byte_for_byte(s3: Any) -> None:
    S3Archive("kept", lambda: s3).put(BODY, reason="unreadable", at=NOON)
    assert s3.get_object(Bucket="kept", Key=keys(s3)[0])["Body"].read() == BODY


def test_what_the_webhook_writes_goes_below_its_own_prefix(s3: Any) -> None:
    S3Archive("kept", lambda: s3, prefix=LARGE_PREFIX).put(BODY, reason="unreadable", at=NOON)
    assert keys(s3)[0].startswith("quarantine/large/")


def test_f01_a_body_that_comes_again_is_kept_once(s3: Any) -> None:
    archive = S3Archive("kept", lambda: s3)
    archive.put(BODY, reason="unreadable", at=NOON)
    archive.put(BODY, reason="unreadable", at=NOON)
    assert len(keys(s3)) == 1


def test_an_unreachable_archive_says_so() -> None:
    with pytest.raises(NotKeptError, match=r"^EndpointConnectionError$"):
        S3Archive("kept", FakeDeadS3).put(BODY, reason="unreadable", at=NOON)


def test_a_refusing_archive_says_so(s3: Any) -> None:
    with pytest.raises(NotKeptError):
        S3Archive("missing", lambda: s3).put(BODY, reason="unreadable", at=NOON)
