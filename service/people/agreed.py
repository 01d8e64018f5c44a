"""What is agreed with an OpenID provider, and what comes back from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from lifts.text import read_text
from service.domain.errors import ConfigurationError
from service.domain.people import EVERYWHERE, Role
from service.settings import Settings


class Attempt(BaseModel):
    """What must come back with the browser."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the provider means: `subject` for good, `name` for people, and what they may do."""

    subject: str
    name: str
    grants: Mapping[str, Role]


@dataclass(frozen=True, slots=True)
class OpenIdClient:
    """This service as the provider knows it. roles: as `roles_of` reads them; claim: what decides."""

    issuer: str
    client_id: str
    secret: str | None
    scopes: str
    claim: str
    roles: tuple[tuple[str, Role, str], ...]


def roles_of(text: str) -> tuple[tuple[str, Role, str], ...]:
    """Read ``value=role`` and ``value=role:lift``, separated by commas; raises ValueError."""
    found = []
    for each in filter(None, (part.strip() for part in text.split(","))):
        value, sign, rest = each.rpartition("=")
        role, _, lift = rest.partition(":")
        if not sign or not value.strip():
            raise ValueError(f"{each!r}: expected value=role or value=role:lift")
        found.append((value.strip(), Role(role.strip()), lift.strip() or EVERYWHERE))
    return tuple(found)


def client_of(settings: Settings) -> OpenIdClient | None:
    """Return this service as the settings' OpenID provider knows it, or None where there is no provider.

    Raises:
        ConfigurationError: the secret's file cannot be read, or the roles are none.
    """
    if settings.openid_issuer is None:
        return None
    given = settings.openid_client_secret
    secret = None if given is None else given.get_secret_value()
    try:
        if settings.openid_client_secret_file is not None:
            secret = read_text(settings.openid_client_secret_file).strip()
        roles = roles_of(settings.openid_roles)
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"BARWATCH_OPENID_…: {error}", "openid_unusable") from error
    scopes, claim = settings.openid_scopes, settings.openid_claim
    return OpenIdClient(settings.openid_issuer, settings.openid_client_id, secret, scopes, claim, roles)
