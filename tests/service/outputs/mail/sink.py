"""A real SMTP server, aiosmtpd, that keeps what it takes; it can go away and come back."""

from __future__ import annotations

import email
import email.policy
import json
import ssl
import threading
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from tests.service.outputs.mqtt.mosquitto import free_port


@dataclass(eq=False)
class MailSink:
    """tls: makes STARTTLS and a password necessary. refuses: receivers that it does not take; refusal: how.

    refuses_seqs: mails with one of these alarms are not taken. refused: how often it did not take one.
    """

    tls: ssl.SSLContext | None = None
    refuses: set[str] = field(default_factory=set)
    refusal: str = "550 no such mailbox"
    refuses_seqs: set[int] = field(default_factory=set)
    refused: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        self.lock = threading.Lock()
        self.come_back()

    def come_back(self) -> None:
        secure: dict[str, Any] = {}
        if self.tls is not None:
            secure = {
                "tls_context": self.tls,
                "require_starttls": True,
                "auth_required": True,
                "authenticator": self._knows,
            }
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port, **secure)
        self.controller.start()

    def go_away(self) -> None:
        self.controller.stop()

    async def handle_RCPT(  # noqa: N802 - the server's name for it
        self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: Any
    ) -> str:
        if address in self.refuses:
            self.refused += 1
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802 - the same
        assert isinstance(envelope.content, bytes)
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        if self.refuses_seqs & {seq for seq, _ in told_in(mail)}:
            self.refused += 1
            return "554 content is refused"
        with self.lock:
            self.mails.append(mail)
        return "250 taken"

    def got(self) -> list[tuple[int, Any]]:
        with self.lock:
            return [each for mail in self.mails for each in told_in(mail)]

    def _knows(self, _: SMTP, __: Session, ___: Envelope, ____: str, data: Any) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (b"hut", b"secret"), handled=False)


def told_in(mail: EmailMessage) -> list[tuple[int, Any]]:
    """Return the alarms in a mail, with their seqs."""
    told = attached(mail, "application/json")
    return [(each["seq"], each["alarm"]) for content in told for each in json.loads(content)]


def attached(mail: EmailMessage, kind: str) -> list[bytes]:
    """Return the contents of a mail's attachments of a kind."""
    parts = [part for part in mail.iter_attachments() if part.get_content_type() == kind]
    return [content for part in parts if isinstance(content := part.get_payload(decode=True), bytes)]
