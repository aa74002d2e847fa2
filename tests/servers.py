"""Servers on loopback that say what they are told to, with certificates that nobody vouches for."""

from __future__ import annotations

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from email.message import Message
from http.client import parse_headers
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from msgspec import Struct


class Asked(Struct, frozen=True):
    """One request: `target` is its path and query."""

    target: str
    headers: Message
    body: bytes


class Server:
    """Answers each connection with the next of these bytes; `asked` is what it was sent."""

    def __init__(self, *answers: bytes, context: ssl.SSLContext | None = None) -> None:
        self._answers, self._context = answers, context
        self.asked: list[Asked] = []

    def __enter__(self) -> Server:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _serve(self) -> None:
        for answer in self._answers:
            caller, _ = self._listener.accept()
            with caller:
                self._answer(caller, answer)

    def _answer(self, caller: socket.socket, answer: bytes) -> None:
        try:
            if self._context is not None:
                caller = self._context.wrap_socket(caller, server_side=True)
            self.asked.append(_asked(caller))
            caller.sendall(answer)
        except OSError:
            pass  # it was the caller who hung up
        finally:
            caller.close()


def _asked(caller: socket.socket) -> Asked:
    with caller.makefile("rb") as sent:
        line = sent.readline().decode()
        if not line:
            raise ConnectionError
        headers = parse_headers(sent)
        return Asked(line.split(" ")[1], headers, sent.read(int(headers.get("Content-Length", 0))))


class Signed(Struct, frozen=True):
    """The certificate, and the key that proves it, as PEM files."""

    certificate: Path
    key: Path

    def server(self) -> ssl.SSLContext:
        """What a server shows this certificate with."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context


def signed(folder: Path, host: str) -> Signed:
    """A new certificate for the host, valid for an hour on both sides of now."""
    key = ec.generate_private_key(ec.SECP256R1())
    made = Signed(folder / "certificate.pem", folder / "key.pem")
    made.certificate.write_bytes(_certificate(key, host).public_bytes(Encoding.PEM))
    made.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return made


def _certificate(key: ec.EllipticCurvePrivateKey, host: str) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
