"""E-mail: encrypted, signed in, recognisable when it comes twice."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from nightdesk.desk.handoff.notify.configuration import targets
from nightdesk.desk.handoff.notify.message import compose
from nightdesk.desk.handoff.notify.target import NotTakenError
from tests.integration.notify_world import plain_client

PASSWORD = "the p/assword"


class Mailbox:
    """What an SMTP server took. ``answer`` is given to each letter instead, when it is set."""

    def __init__(self) -> None:
        self.letters: list[Any] = []
        self.answer = ""

    async def handle_RCPT(self, _server, _session, envelope, address, _options) -> str:
        if address.startswith("nobody@"):
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope) -> str:
        if self.answer:
            return self.answer
        self.letters.append(BytesParser(policy=policy.default).parsebytes(envelope.content))
        return "250 OK"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> Path:
    """A certificate for 127.0.0.1 with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail of a test")])
    now = datetime.now(timezone.utc)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("certificate") / "mail.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return file


class Server:
    """An SMTP server on a port of its own."""

    def __init__(self, certificate: Path, kind: str) -> None:
        self.mailbox = Mailbox()
        self.passwords: list[str] = []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        # For smtps aiosmtpd does not know that the connection is encrypted.
        options: dict[str, Any] = {
            "smtps": {"ssl_context": context, "auth_require_tls": False},
            "starttls": {"tls_context": context, "require_starttls": True},
            "plain": {"auth_require_tls": False},
        }[kind]
        self._controller = Controller(
            self.mailbox,
            hostname="127.0.0.1",
            port=self.port,
            ready_timeout=60,
            authenticator=self._authenticate,
            **options,
        )

    def _authenticate(self, _server, _session, _envelope, _mechanism, data) -> AuthResult:
        self.passwords.append(data.password.decode())
        right = (data.login, data.password) == (b"desk@shop.example", PASSWORD.encode())
        return AuthResult(success=right, handled=False)

    def start(self) -> None:
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()


@pytest.fixture(params=["smtps", "starttls"])
def server(request, certificate, monkeypatch) -> Iterator[Server]:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    yield from running(Server(certificate, request.param))


@pytest.fixture
def plain_server(certificate) -> Iterator[Server]:
    yield from running(Server(certificate, "plain"))


def running(server: Server) -> Iterator[Server]:
    server.start()
    try:
        yield server
    finally:
        server.stop()


def send(server: Server, scheme: str, key: str = "waiting:c1:1:mail", **changes: str) -> None:
    given = {"login": "desk%40shop.example:the%20p%2Fassword@", "to": "a@x.example,b@y.example"}
    given.update(changes)
    url = (
        f"{scheme}://{given['login']}127.0.0.1:{server.port}"
        f"?from=desk@shop.example&to={given['to']}"
    )
    mail = targets({"NIGHTDESK_NOTIFY_SMTP": url}, plain_client())[0]
    facts = {
        "kind": "callback",
        "reason": "safety",
        "priority": "urgent",
        "summary": ["张伟", "“车着火了”", "请先离开车"],
        "link": "https://shop.example/console/#/desk/c1",
        "at": "2026-11-22T19:00:00+00:00",
    }
    asyncio.run(mail.send(compose([(key, facts)], ("zh", "en"), timezone.utc)))


def scheme(server: Server) -> str:
    return "smtps" if server._controller.ssl_context else "smtp"


def test_a_letter_arrives_signed_in_and_encrypted(server):
    send(server, scheme(server))
    assert server.passwords == [PASSWORD]
    letter = server.mailbox.letters[0]
    assert letter["To"] == "a@x.example, b@y.example"
    assert "有顾客等回电" in letter["Subject"]
    assert "A customer is to be called back" in letter["Subject"]
    assert "https://shop.example/console/#/desk/c1" in letter.get_content()
    assert letter["Auto-Submitted"] == "auto-generated"


def test_a_repeat_has_the_same_message_id_and_another_notice_another(server):
    for key in ("waiting:c1:1:mail", "waiting:c1:1:mail", "waiting:c1:2:mail"):
        send(server, scheme(server), key)
    ids = [letter["Message-ID"] for letter in server.mailbox.letters]
    assert ids[0] == ids[1] != ids[2]


def test_a_wrong_password_and_a_refused_letter_are_failures_without_the_password(server):
    with pytest.raises(NotTakenError) as raised:
        send(server, scheme(server), login="desk%40shop.example:geheim@")
    assert "535" in raised.value.reason
    assert "geheim" not in raised.value.reason
    server.mailbox.answer = "451 try later"
    with pytest.raises(NotTakenError, match="451"):
        send(server, scheme(server))
    assert server.mailbox.letters == []


def test_one_address_that_is_wrong_keeps_it_from_nobody_else(server):
    send(server, scheme(server), to="nobody@x.example,b@y.example")
    assert len(server.mailbox.letters) == 1
    with pytest.raises(NotTakenError):
        send(server, scheme(server), to="nobody@x.example")


def test_a_server_that_nobody_vouches_for_gets_nothing(certificate):
    """Without the certificate among the trusted ones."""
    for stranger in running(Server(certificate, "smtps")):
        with pytest.raises(NotTakenError, match="CERTIFICATE_VERIFY_FAILED"):
            send(stranger, "smtps")
        assert stranger.passwords == []


def test_no_password_is_sent_in_the_clear(plain_server):
    with pytest.raises(NotTakenError, match="encryption"):
        send(plain_server, "smtp")
    assert plain_server.passwords == []
    send(plain_server, "smtp", login="")
    assert len(plain_server.mailbox.letters) == 1
