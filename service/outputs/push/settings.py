"""What Web Push is set up with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import Field, StringConstraints

from service.outputs.base.output import WordedSettings

SERVICES = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "push.apple.com",
    "notify.windows.com",
)
"""Of the browsers that there are: hosts, and what is below them."""

Host = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]*$", max_length=253)]


class PushSettings(WordedSettings):
    """contact: whom a push service writes to if something is wrong: a mailto: or https: address. services:
    the hosts that browsers may name as theirs. certificate_authority: the only one that is trusted, as PEM,
    for a push service of one's own; null: the machine's. ttl_s: how long a push service keeps what it cannot
    deliver. only_raised: alarms alone, not what becomes of them.
    """

    contact: str = Field(pattern=r"^(mailto:[!-~]+@[!-~]+|https://[!-~]+)$", max_length=254)
    services: list[Host] = Field(default_factory=lambda: list(SERVICES), min_length=1, max_length=20)
    certificate_authority: str | None = Field(default=None, max_length=100_000)
    ttl_s: int = Field(default=3600, ge=0, le=2_419_200)
    only_raised: bool = True

    def serves(self, endpoint: str) -> bool:
        """Say whether an address is one of these services', and encrypted."""
        try:
            parts = httpx.URL(endpoint)
        except httpx.InvalidURL:
            return False
        known = any(parts.host == host or parts.host.endswith(f".{host}") for host in self.services)
        return parts.scheme == "https" and known and not parts.userinfo


def fresh_key() -> Mapping[str, str]:
    """Return a new VAPID key pair."""
    key = ec.generate_private_key(ec.SECP256R1())
    return {"private_key": key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()}
