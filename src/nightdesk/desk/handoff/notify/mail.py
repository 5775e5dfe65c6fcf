"""E-mail over SMTP, to everybody on the list at once."""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate

from starlette.concurrency import run_in_threadpool

from nightdesk import logs
from nightdesk.desk.handoff.notify.message import Message
from nightdesk.desk.handoff.notify.target import NotTakenError, Target, clear
from nightdesk.desk.limits import Rate

log = logs.get(__name__)

_TIMEOUT_S = 20
_MOST_BYTES = 60_000


@dataclass(frozen=True)
class Server:
    """``tls``: encrypted from the first byte (``smtps``); else STARTTLS where it is offered."""

    host: str
    port: int
    tls: bool
    user: str = ""
    password: str = ""


class Mail(Target):
    """The Message-ID comes from the notice: mail systems drop a repeat, and people can find it."""

    name = "mail"
    limits = (Rate(30, 60),)

    def __init__(self, server: Server, sender: str, to: Sequence[str]) -> None:
        self._server = server
        self._sender = sender
        self._to = tuple(to)

    async def send(self, message: Message) -> None:
        try:
            await run_in_threadpool(self._deliver, self._letter(message))
        except (OSError, smtplib.SMTPException) as error:
            reason = f"{type(error).__name__}: {error}"
            raise NotTakenError(clear(reason, self._server.password)) from None

    def _letter(self, message: Message) -> EmailMessage:
        letter = EmailMessage()
        letter["Subject"] = message.title
        letter["From"] = self._sender
        letter["To"] = ", ".join(self._to)
        letter["Date"] = formatdate()
        letter["Message-ID"] = message_id(message.id, self._sender)
        letter["Auto-Submitted"] = "auto-generated"
        if any(facts.get("priority") == "urgent" for facts in message.facts):
            letter["X-Priority"] = "1"
        letter.set_content(message.plain(_MOST_BYTES))
        return letter

    def _deliver(self, letter: EmailMessage) -> None:
        server = self._server
        trust = ssl.create_default_context()
        connection = (
            smtplib.SMTP_SSL(server.host, server.port, timeout=_TIMEOUT_S, context=trust)
            if server.tls
            else smtplib.SMTP(server.host, server.port, timeout=_TIMEOUT_S)
        )
        with connection:
            if not server.tls:
                connection.ehlo()
                if connection.has_extn("starttls"):
                    connection.starttls(context=trust)
                elif server.user:
                    raise smtplib.SMTPException(
                        "the server offers no encryption, so the password was not sent"
                    )
            if server.user:
                connection.login(server.user, server.password)
            # All refused is raised; when some are, the others have it, and a repeat helps nobody.
            if refused := connection.send_message(letter):
                log.warning("mail_refused_for_some", count=len(refused))


def message_id(key: str, sender: str) -> str:
    """A Message-ID (RFC 5322, 3.6.4) that is the same for the same key."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{sender.rpartition('@')[2]}>"
