"""What e-mail is set up with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from service.outputs.base.output import WordedSettings

Address = Annotated[str, StringConstraints(pattern=r"^[!-~]+@[A-Za-z0-9.-]+$", max_length=254)]


class MailSettings(WordedSettings):
    """host, port, security: of the mail server; certificate_authority: the only one that is trusted, as PEM,
    null: the machine's. user: null: nobody signs in. sender, to: addresses. every_s: at least so much lies
    between two mails; what is committed meanwhile comes in one. only_raised: alarms alone, not what becomes
    of them.
    """

    host: str = Field(min_length=1, max_length=255, pattern=r"^[^\s/@]+$")
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    certificate_authority: str | None = Field(default=None, max_length=100_000)
    user: str | None = Field(default=None, min_length=1, max_length=200)
    sender: Address
    to: list[Address] = Field(min_length=1, max_length=50)
    every_s: float = Field(default=60, ge=0, le=3600)
    only_raised: bool = False

    def dialled(self) -> Sequence[str]:
        """Return the mail server's host."""
        return (self.host,)
