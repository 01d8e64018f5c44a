"""E-mail: what was committed since the last mail, in one mail, with the pictures. No alarm is left out."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from email.message import EmailMessage

import structlog

from service.domain.alarm import Alarm, AlarmKind, AlarmState
from service.outputs.base.dialling import connected, trusted
from service.outputs.base.output import Delivery, Making, Output, OutputKind
from service.outputs.base.problems import OutputError, OutputProblem, RefusedForGoodError, caused_by
from service.outputs.mail.letter import letter, test_letter
from service.outputs.mail.settings import MailSettings

log = structlog.get_logger(__name__)

MOST_ALARMS, MOST_PICTURES = 100, 10
"""Of one mail; the next alarms come in the next one, at once."""

PICTURE_S = 3.0
"""How long a mail waits for a picture, which is written after its alarm was committed."""

ANSWER_S = 15.0

SIGN_IN = frozenset({530, 534, 535, 538})
"""Refusals of who sends, not of a mail: it has to sign in (RFC 4954, section 6)."""


class Mail(Output):
    """Sends to one mail server."""

    def __init__(self, making: Making[MailSettings]) -> None:
        self._making, self._settings = making, making.settings
        self._password = making.secrets.get("password")
        if self._password is not None and self._settings.user is None:
            raise OutputError(OutputProblem.MISCONFIGURED, where="settings.user")
        if self._password is not None and self._settings.security == "none":
            raise OutputError(OutputProblem.MISCONFIGURED, where="settings.security")
        self._sent_mono_s: float | None = None
        self._more = False

    async def deliver(self, deliveries: Sequence[Delivery]) -> int:
        """Send them in one mail, up to MOST_ALARMS."""
        taken = deliveries[:MOST_ALARMS]
        told = [each for each in taken if not self._settings.only_raised or _is_raised(each.alarm)]
        self.told = bool(told)
        if told:
            pictures = await self._pictures(told)
            try:
                refused = await self._send(letter(self._making, told, pictures, datetime.now(UTC)))
            except RefusedForGoodError as error:
                raise RefusedForGoodError(error, len(taken)) from error
            self.partly = None
            if refused:
                status, count = next(iter(refused.values())), len(refused)
                self.partly = OutputError(
                    OutputProblem.REJECTED, f"refused for {count} of them", status=status
                )
                log.warning("a mail was refused for some", output=self._making.id, count=count)
            self._sent_mono_s, self._more = time.monotonic(), len(deliveries) > len(taken)
        return len(taken)

    def pause_s(self) -> float:
        """Wait for what comes meanwhile, unless there is more already."""
        if self._sent_mono_s is None or self._more:
            return 0.0
        return max(self._sent_mono_s + self._settings.every_s - time.monotonic(), 0.0)

    async def test(self) -> None:
        """Send a test; every receiver must be taken."""
        mail = test_letter(self._making, datetime.now(UTC))
        if refused := await self._send(mail):
            raise OutputError(OutputProblem.REJECTED, status=next(iter(refused.values())))

    async def _pictures(self, deliveries: Sequence[Delivery]) -> dict[str, bytes]:
        """Return the last picture of each open bar, as far as there are any."""
        wanted = [each.alarm for each in deliveries if each.alarm.kind is AlarmKind.BAR_OPEN]
        wanted = [alarm for alarm in wanted if alarm.evidence and _is_raised(alarm)][:MOST_PICTURES]
        found: dict[str, bytes] = {}
        until_s = time.monotonic() + PICTURE_S
        while True:
            for alarm in wanted:
                if alarm.id not in found:
                    picture = self._making.surroundings.picture(alarm)
                    found |= {} if picture is None else {alarm.id: picture}
            if len(found) == len(wanted) or time.monotonic() > until_s:
                return found
            await asyncio.sleep(0.1)

    async def _send(self, mail: EmailMessage) -> dict[str, int]:
        """Send a mail; return the status of each receiver that was refused while others were not."""
        import aiosmtplib  # noqa: PLC0415 - few have a mail server

        settings = self._settings
        authority = settings.certificate_authority
        encrypted = settings.security != "none"
        server = aiosmtplib.SMTP(
            hostname=settings.host,
            sock=await connected(settings.host, settings.port, self._making.surroundings.networks),
            username=settings.user,
            password=self._password,
            local_hostname=socket.gethostname(),
            timeout=ANSWER_S,
            use_tls=settings.security == "tls",
            start_tls=settings.security == "starttls",
            tls_context=trusted(() if authority is None else (authority,)) if encrypted else None,
        )
        try:
            async with server:
                refused, _ = await server.send_message(mail)
        except (aiosmtplib.SMTPException, OSError) as error:
            raise _explained(error) from error
        return {address: answer.code for address, answer in refused.items()}


def _is_raised(alarm: Alarm) -> bool:
    return alarm.state is AlarmState.ACTIVE


def _explained(error: Exception) -> OutputError:
    import aiosmtplib  # noqa: PLC0415 - few have a mail server

    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return OutputError(OutputProblem.TLS_FAILED)
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, aiosmtplib.SMTPNotSupported):
        return OutputError(OutputProblem.TLS_FAILED)
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        return OutputError(OutputProblem.WRONG_PASSWORD)
    if isinstance(
        error, aiosmtplib.SMTPRecipientsRefused
    ):  # all of them: for good if none may be taken later
        return _rejected(min((each.code for each in error.recipients), default=0), of_the_mail=True)
    if isinstance(error, aiosmtplib.SMTPResponseException):
        of_the_mail = isinstance(error, aiosmtplib.SMTPSenderRefused | aiosmtplib.SMTPDataError)
        return _rejected(error.code, of_the_mail=of_the_mail)
    return caused_by(error) or OutputError(OutputProblem.CLOSED)


def _rejected(status: int, *, of_the_mail: bool) -> OutputError:
    error = OutputError(OutputProblem.REJECTED, f"answered {status}", status=status)
    for_good = of_the_mail and 500 <= status < 600 and status not in SIGN_IN
    return RefusedForGoodError(error) if for_good else error


MAIL = OutputKind(MailSettings, Mail, frozenset({"password"}))
