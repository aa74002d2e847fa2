"""The signature check: Meta's own vectors, every bit, every shape of header (F35)."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from chalicelib.core.signature import claimed_digest, is_same_token, matching_secret
from tests.intake import sign

RECORDED = Path(__file__).parents[1] / "payloads" / "recorded"

# Test vectors of the Messenger page's rule, recomputed with another HMAC implementation.
SECRET = b"app-secret-for-tests"
ESCAPED = (
    rb'{"object":"page","entry":[{"id":"1","time":1,"messaging":'
    rb'[{"message":{"mid":"m","text":"\u00e4\u00f6\u00e5 \ud83d\ude00"}}]}]}'
)
ESCAPED_SIGNATURE = "sha256=593b048073e65961a9f6c6d2768867dc00eb78d2c9985342facfe76b79759e4f"
AS_UTF8 = json.dumps(json.loads(ESCAPED), ensure_ascii=False, separators=(",", ":")).encode()
AS_UTF8_SIGNATURE = "sha256=d0b957eb4716b37a40dcba0a520c2ce6e1149a012409bb96806cedaf936b84af"
HEX = ESCAPED_SIGNATURE.removeprefix("sha256=")


def is_valid(raw: bytes, header: str | None, *secrets: bytes) -> bool:
    claimed = claimed_digest(header)
    return claimed is not None and matching_secret(raw, claimed, secrets or (SECRET,)) is not None


def flipped(raw: bytes, bit: int) -> bytes:
    changed = bytearray(raw)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def recorded_vectors() -> list[dict[str, str]]:
    with (RECORDED / "signatures.tsv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def body_of(vector: dict[str, str]) -> bytes:
    if vector["body"].startswith("inline:"):
        return vector["body"].removeprefix("inline:").encode()
    return (RECORDED / vector["body"]).read_bytes()


def is_acceptable(vector: dict[str, str]) -> bool:
    """Valid, and not by the SHA-1 header that Meta still sends beside it."""
    return vector["expected"] == "valid" and vector["header"] == "X-Hub-Signature-256"


@pytest.mark.parametrize(
    ("raw", "header"), [(ESCAPED, ESCAPED_SIGNATURE), (AS_UTF8, AS_UTF8_SIGNATURE)]
)
def test_published_vector_is_valid(raw: bytes, header: str) -> None:
    assert is_valid(raw, header)


def test_body_written_again_does_not_match_the_signature_of_the_bytes_received() -> None:
    assert not is_valid(AS_UTF8, ESCAPED_SIGNATURE)


@pytest.mark.parametrize("vector", recorded_vectors(), ids=lambda vector: vector["note"][:40])
def test_recorded_vector_is_judged_as_recorded(vector: dict[str, str]) -> None:
    accepted = is_valid(body_of(vector), vector["value"], vector["app_secret"].encode())
    assert accepted is is_acceptable(vector)


@pytest.mark.parametrize("bit", range(256))
def test_f35_a_flipped_bit_of_the_signature_is_refused(bit: int) -> None:
    wrong = flipped(bytes.fromhex(HEX), bit).hex()
    assert not is_valid(ESCAPED, f"sha256={wrong}")


def test_f35_a_flipped_bit_of_the_body_is_refused() -> None:
    bodies = [flipped(ESCAPED * 2, bit) for bit in range(len(ESCAPED * 2) * 8)]
    header = sign(ESCAPED * 2)
    assert not [raw for raw in bodies if is_valid(raw, header)]


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "sha256=",
        HEX,
        f"sha1={HEX[:40]}",
        f"sha1={HEX}",
        f"sha512={HEX}",
        f"SHA256={HEX}",
        f"Sha256={HEX}",
        f"sha256={HEX.upper()}",
        f"sha256={HEX[:-1]}",
        f"sha256={HEX}0",
        f"sha256={HEX[:-1]}g",
        f" sha256={HEX}",
        f"sha256={HEX} ",
        f"sha256= {HEX}",
        f"sha256={HEX}\n",
        f"sha256:{HEX}",
        f"sha256=0x{HEX[2:]}",
        f"sha256={HEX},sha256={HEX}",
        f"sha256={HEX[:-1]}ä",
        f"sha256={HEX[:-1]}\ud800",
        "sha256=" + "٣" * 64,
    ],
)
def test_f35_only_the_exact_header_shape_is_looked_at(header: str | None) -> None:
    assert claimed_digest(header) is None


def test_the_second_secret_is_named_by_its_position() -> None:
    assert matching_secret(ESCAPED, HEX.encode(), (b"new", SECRET)) == 1


def test_without_a_secret_nothing_is_valid() -> None:
    assert matching_secret(ESCAPED, HEX.encode(), ()) is None


def test_an_empty_secret_signs_nothing() -> None:
    assert not is_valid(ESCAPED, sign(ESCAPED, b""), b"")


@pytest.mark.parametrize("expected", ["other", "", None, "tokén", "token "])
def test_another_token_is_not_ours(expected: str | None) -> None:
    assert not is_same_token("token", expected)


@pytest.mark.parametrize("token", ["token", "tokén", "\ud800"])
def test_the_same_token_is_ours(token: str) -> None:
    assert is_same_token(token, token)


def test_an_empty_token_is_never_ours() -> None:
    assert not is_same_token("", "")
