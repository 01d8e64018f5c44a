"""Signing in at an OpenID provider: the authorisation code flow with PKCE, state and nonce.

What the browser must bring back is sealed in a cookie of its own, so that nothing is kept here meanwhile. The
provider decides who somebody is and, by one claim, what they may do.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, TypeAdapter, ValidationError

from service.domain.errors import BusyError, OpenIdError
from service.domain.people import Role, highest
from service.people.agreed import Attempt, Identity, OpenIdClient

TIMEOUT_S = 5.0
AT_ONCE = 4
ALGORITHMS = ["RS256", "PS256", "ES256", "ES384", "RS384", "RS512", "EdDSA", "Ed25519"]
"""Signatures alone: no shared secret signs, and `none` is no algorithm."""

LEEWAY_S = 60


class _About(BaseModel):
    """What the provider says of itself."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class OpenIdProvider:
    """Talks to one provider; safe from any thread. At most AT_ONCE conversations at once.

    Args:
        client: this service.
    """

    def __init__(self, client: OpenIdClient) -> None:
        self._client = client
        self._about: _About | None = None
        self._keys: KeySet | None = None
        self._room = threading.BoundedSemaphore(AT_ONCE)

    def begin(self, redirect_uri: str) -> tuple[str, Attempt]:
        """Return the provider's address for the browser, and what must come back.

        Raises OpenIdError, BusyError.
        """
        with self._talking(redirect_uri) as client:
            about = self._described(client)
            attempt = Attempt(
                state=secrets.token_urlsafe(24),
                nonce=secrets.token_urlsafe(24),
                verifier=secrets.token_urlsafe(48),
            )
            url, _ = client.create_authorization_url(
                about.authorization_endpoint,
                state=attempt.state,
                nonce=attempt.nonce,
                code_verifier=attempt.verifier,
            )
        return str(url), attempt

    def finish(self, redirect_uri: str, attempt: Attempt, state: str, code: str) -> Identity:
        """Return whom the provider means by what the browser has brought.

        Raises OpenIdError, BusyError.
        """
        if not secrets.compare_digest(state.encode(), attempt.state.encode()):
            raise OpenIdError("this answer belongs to another sign-in: begin again", "openid_refused")
        with self._talking(redirect_uri) as client:
            about = self._described(client)
            token = client.fetch_token(about.token_endpoint, code=code, code_verifier=attempt.verifier)
            claims = self._checked(client, about, str(token.get("id_token", "")), attempt.nonce)
        return self._identity(claims)

    def _checked(self, client: Any, about: _About, token: str, nonce: str) -> dict[str, Any]:
        rules = jwt.JWTClaimsRegistry(
            leeway=LEEWAY_S,
            iss={"essential": True, "value": self._client.issuer},
            aud={"essential": True, "value": self._client.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        for fresh in (False, True):
            if self._keys is None or fresh:  # it may have new keys since
                self._keys = KeySet.import_key_set(
                    client.request("GET", about.jwks_uri, withhold_token=True).json()
                )
            try:
                decoded = jwt.decode(token, self._keys, algorithms=ALGORITHMS)
                break
            except (JoseError, ValueError):
                if fresh:
                    raise
        rules.validate(decoded.claims)
        azp = decoded.claims.get("azp", self._client.client_id)
        if azp != self._client.client_id:
            raise OpenIdError("the provider's answer is for another service", "openid_refused")
        return dict(decoded.claims)

    def _identity(self, claims: Mapping[str, Any]) -> Identity:
        given = claims.get(self._client.claim, ())
        values = {given} if isinstance(given, str) else {each for each in given if isinstance(each, str)}
        grants: dict[str, Role] = {}
        for value, role, lift in self._client.roles:
            if value in values:
                grants[lift] = highest((role, grants.get(lift, role)))
        if not grants:
            raise OpenIdError("the provider gives no role here: ask who runs this service", "openid_no_role")
        names = (claims.get(key) for key in ("name", "preferred_username", "email", "sub"))
        name = next(str(each) for each in names if each)
        return Identity(f"{claims['iss']} {claims['sub']}"[:400], name.strip()[:56], grants)

    def _described(self, client: Any) -> _About:
        if self._about is None:
            address = f"{self._client.issuer.rstrip('/')}/.well-known/openid-configuration"
            found = _ABOUT.validate_python(client.request("GET", address, withhold_token=True).json())
            if found.issuer != self._client.issuer:
                raise OpenIdError("the provider calls itself otherwise", "openid_unavailable")
            self._about = found
        return self._about

    @contextmanager
    def _talking(self, redirect_uri: str) -> Iterator[Any]:
        if not self._room.acquire(blocking=False):
            raise BusyError("too many are signing in: try again in a few seconds", "sign_in_busy")
        try:
            with OAuth2Client(
                self._client.client_id,
                self._client.secret,
                scope=self._client.scopes,
                redirect_uri=redirect_uri,
                code_challenge_method="S256",
                token_endpoint_auth_method="client_secret_basic" if self._client.secret else "none",
                timeout=TIMEOUT_S,
                trust_env=False,
            ) as client:
                yield client
        except (OAuthError, JoseError) as error:
            raise OpenIdError(f"the provider's answer is not accepted: {error}", "openid_refused") from error
        except (httpx2.HTTPError, ValidationError, ValueError) as error:
            raise OpenIdError(f"the provider does not answer: {error}", "openid_unavailable") from error
        finally:
            self._room.release()


_ABOUT = TypeAdapter(_About)
