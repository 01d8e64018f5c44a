"""What a webhook is set up with."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Mapping, Sequence
from typing import Annotated

import httpx
from pydantic import AfterValidator, Field

from service.outputs.base.output import WordedSettings

PREFIX = "whsec_"
LEAST_BYTES, MOST_BYTES = 24, 64
"""Of a secret, by the Standard Webhooks specification."""


def checked_url(url: str) -> str:
    """Return an address that can be posted to. Raises ValueError: it is none, or holds a password."""
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL:
        raise ValueError("expected an address such as https://example.org/alarms") from None
    if parts.scheme not in {"http", "https"} or not parts.host or any(ord(letter) < 33 for letter in url):
        raise ValueError("expected an address such as https://example.org/alarms")
    if parts.userinfo or parts.fragment:
        raise ValueError("expected an address without a user, password or fragment")
    return url


HttpUrl = Annotated[str, Field(max_length=2000), AfterValidator(checked_url)]


class WebhookSettings(WordedSettings):
    """url: where alarms are posted. certificate_authority: the only one that is trusted, as PEM; null: the
    machine's. timeout_s: how long the receiver may take.
    """

    url: HttpUrl
    certificate_authority: str | None = Field(default=None, max_length=100_000)
    timeout_s: float = Field(default=10, ge=1, le=60)

    def dialled(self) -> Sequence[str]:
        """Return its host."""
        return (httpx.URL(self.url).host,)


def fresh_secret() -> Mapping[str, str]:
    """Return a new key to sign with."""
    return {"secret": PREFIX + base64.b64encode(secrets.token_bytes(32)).decode("ascii")}


def signing_key(secret: str) -> bytes:
    """Return the key that a secret stands for. Raises ValueError: it is none of this specification."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(PREFIX) or not LEAST_BYTES <= len(key) <= MOST_BYTES:
        raise ValueError(f"expected {PREFIX} and {LEAST_BYTES} to {MOST_BYTES} bytes in base64")
    return key
