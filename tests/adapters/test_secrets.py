"""Secrets from SSM: one call, five minutes, stale rather than none, and never told to anybody."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.session import get_session
from msgspec.structs import replace

from chalicelib.adapters.secrets import SsmSecrets
from chalicelib.ports import NotKeptError
from tests import builders
from tests.fakes import FakeLog

PATH = "/hearback/test"
UNREACHABLE = EndpointConnectionError(endpoint_url="https://ssm.test")
DENIED = ClientError({"Error": {"Code": "AccessDeniedException"}}, "GetParameters")


class FakeSsm:
    """Parameters by name; `broken` is raised while it is set. Remembers the names asked for."""

    def __init__(self, **values: str) -> None:
        self.values = {f"{PATH}/{name}": value for name, value in values.items()}
        self.broken: Exception | None = None
        self.asked: list[list[str]] = []

    def get_parameters(self, **request: Any) -> dict[str, Any]:
        names = request["Names"]
        self.asked.append(names)
        if self.broken:
            raise self.broken
        known = [name for name in names if name in self.values]
        return {"Parameters": [{"Name": name, "Value": self.values[name]} for name in known]}


class Stopwatch:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def ssm() -> FakeSsm:
    return FakeSsm(app_secret="new", app_secret_previous="old", verify_token="token")


@pytest.fixture
def watch() -> Stopwatch:
    return Stopwatch()


@pytest.fixture
def secrets(ssm: FakeSsm, watch: Stopwatch) -> SsmSecrets:
    return SsmSecrets(PATH, lambda: ssm, FakeLog(), seconds=watch)


def test_secrets_are_decrypted(aws: None) -> None:
    client = get_session().create_client("ssm")
    client.put_parameter(Name=f"{PATH}/app_secret", Value="s3cret", Type="SecureString")
    assert SsmSecrets(PATH, lambda: client, FakeLog()).app_secrets() == (b"s3cret",)


def test_the_current_secret_comes_before_the_previous_one(secrets: SsmSecrets) -> None:
    assert secrets.app_secrets() == (b"new", b"old")


def test_all_that_the_webhook_needs_takes_one_call(secrets: SsmSecrets, ssm: FakeSsm) -> None:
    secrets.app_secrets()
    secrets.verify_token()
    names = [f"{PATH}/{name}" for name in ("app_secret", "app_secret_previous", "verify_token")]
    assert ssm.asked == [names]


def test_nothing_stored_is_no_secret() -> None:
    secrets = SsmSecrets(PATH, FakeSsm, FakeLog())
    assert (secrets.app_secrets(), secrets.verify_token()) == ((), None)


def test_a_line_feed_pasted_with_a_secret_is_no_part_of_it() -> None:
    ssm = FakeSsm(app_secret="new\n")
    assert SsmSecrets(PATH, lambda: ssm, FakeLog()).app_secrets() == (b"new",)


@pytest.mark.parametrize(("age", "calls"), [(299, 1), (300, 2)])
def test_secrets_are_read_again_after_five_minutes(
    secrets: SsmSecrets, ssm: FakeSsm, watch: Stopwatch, age: int, calls: int
) -> None:
    secrets.app_secrets()
    watch.seconds += age
    secrets.app_secrets()
    assert len(ssm.asked) == calls


@pytest.mark.parametrize("error", [UNREACHABLE, DENIED])
def test_old_secrets_stay_valid_while_ssm_does_not_answer(
    secrets: SsmSecrets, ssm: FakeSsm, watch: Stopwatch, error: Exception
) -> None:
    secrets.app_secrets()
    watch.seconds += 3600
    ssm.broken = error
    assert secrets.app_secrets() == (b"new", b"old")


def test_ssm_down_from_the_start_gives_no_secret(secrets: SsmSecrets, ssm: FakeSsm) -> None:
    ssm.broken = UNREACHABLE
    assert secrets.app_secrets() == ()


@pytest.mark.parametrize(("pause", "calls"), [(4, 1), (5, 2)])
def test_a_failing_ssm_is_not_asked_in_every_request(
    secrets: SsmSecrets, ssm: FakeSsm, watch: Stopwatch, pause: int, calls: int
) -> None:
    ssm.broken = UNREACHABLE
    secrets.app_secrets()
    watch.seconds += pause
    secrets.app_secrets()
    assert len(ssm.asked) == calls


def test_a_refresh_finds_the_rotated_secret_at_once(secrets: SsmSecrets, ssm: FakeSsm) -> None:
    secrets.app_secrets()
    ssm.values[f"{PATH}/app_secret"] = "newest"
    secrets.refresh()
    assert secrets.app_secrets()[0] == b"newest"


@pytest.mark.parametrize(("pause", "is_read"), [(29, False), (30, True)])
def test_forged_deliveries_cause_one_refresh_in_thirty_seconds(
    secrets: SsmSecrets, watch: Stopwatch, pause: int, is_read: bool
) -> None:
    secrets.refresh()
    watch.seconds += pause
    assert secrets.refresh() is is_read


def test_a_refresh_that_fails_keeps_what_is_known(secrets: SsmSecrets, ssm: FakeSsm) -> None:
    secrets.app_secrets()
    ssm.broken = UNREACHABLE
    assert not secrets.refresh()
    assert secrets.app_secrets() == (b"new", b"old")


def test_a_channel_names_the_parameter_of_its_access_token(
    secrets: SsmSecrets, ssm: FakeSsm
) -> None:
    ssm.values["/hearback/test/channels/1122/token"] = "page-token"
    channel = replace(builders.channel(), token_parameter="/hearback/test/channels/1122/token")
    assert secrets.access_token(channel) == "page-token"


def test_a_channel_without_a_parameter_has_no_token(secrets: SsmSecrets) -> None:
    channel = replace(builders.channel(), token_parameter=None)
    assert secrets.access_token(channel) is None


def test_the_log_of_a_failure_names_the_kind_only(ssm: FakeSsm) -> None:
    log = FakeLog()
    ssm.broken = DENIED
    SsmSecrets(PATH, lambda: ssm, log).app_secrets()
    assert log.lines == [("secrets_unavailable", {"error": "ClientError"})]


def test_the_secrets_do_not_show_in_a_representation(secrets: SsmSecrets) -> None:
    secrets.app_secrets()
    assert "new" not in repr(secrets)


def test_an_access_token_is_kept_encrypted_in_place_of_the_one_before(aws: None) -> None:
    client = get_session().create_client("ssm")
    secrets = SsmSecrets(PATH, lambda: client, FakeLog())
    channel = builders.channel(token_parameter=f"{PATH}/channels/1/token")
    secrets.keep_access_token(f"{PATH}/channels/1/token", "old")
    assert secrets.access_token(channel) == "old"
    secrets.keep_access_token(f"{PATH}/channels/1/token", "new")
    assert secrets.access_token(channel) == "new"
    described = client.describe_parameters()["Parameters"]
    assert [each["Type"] for each in described] == ["SecureString"]


def test_a_token_that_cannot_be_kept_is_said_without_the_token() -> None:
    log = FakeLog()
    with pytest.raises(NotKeptError) as error:
        SsmSecrets(PATH, BrokenSsm, log).keep_access_token(f"{PATH}/channels/1/token", "EAAG-x")
    assert "EAAG-x" not in f"{error.value!r}{error.value.__cause__!r}{log.lines}"
    assert log.events == ["token_not_kept"]


def test_a_token_is_read_again_with_the_next_version_of_the_settings() -> None:
    ssm = FakeSsm(**{"channels/1/token": "dead"})
    secrets = SsmSecrets(PATH, lambda: ssm, FakeLog())
    channel = builders.channel(token_parameter=f"{PATH}/channels/1/token", version=1)
    assert secrets.access_token(channel) == "dead"
    ssm.values[f"{PATH}/channels/1/token"] = "fresh"
    assert secrets.access_token(channel) == "dead"
    assert secrets.access_token(replace(channel, version=2)) == "fresh"


def test_a_known_token_serves_while_ssm_does_not_answer_about_the_next(watch: Stopwatch) -> None:
    ssm = FakeSsm(**{"channels/1/token": "known"})
    secrets = SsmSecrets(PATH, lambda: ssm, FakeLog(), seconds=watch)
    channel = builders.channel(token_parameter=f"{PATH}/channels/1/token", version=1)
    secrets.access_token(channel)
    ssm.broken = UNREACHABLE
    assert secrets.access_token(replace(channel, version=2)) == "known"


class BrokenSsm:
    def put_parameter(self, **request: Any) -> None:
        raise DENIED
