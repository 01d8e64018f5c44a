"""Authentication: Bearer tokens for programs, a cookie for the console, one-time keys for links.

A request with the cookie alone may change something only if it comes from our own pages: browsers
attach cookies to requests from any page, so the Origin of such a request must be this host.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection

from service.api.sessions import Principal, Sessions
from service.domain.errors import DamagedError
from service.store import tokens
from service.store.database import Store

COOKIE = "barwatch_session"
TRUSTED = "barwatch.principal"
"""ASGI scope key under which our own command line states its identity; no request can set it."""

SUBPROTOCOL = "barwatch"
_SUBPROTOCOL_TOKEN = "bearer."  # noqa: S105 - a prefix, not a secret
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Attempts:
    """Limits wrong tokens per address: `burst` at once, then `per_s`. Valid tokens are never delayed.

    At most MAX_ADDRESSES addresses are remembered; the least recently seen are dropped first. Whoever has
    many addresses meets the limit of all together: IN_ALL times as much.
    """

    MAX_ADDRESSES = 4096
    IN_ALL = 10

    def __init__(
        self, burst: float = 100, per_s: float = 2, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._burst, self._per_s, self._clock = burst, per_s, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._all, self._then = burst * self.IN_ALL, clock()
        self._lock = threading.Lock()
        self.failures = 0

    def failed(self, address: str) -> bool:
        """Count a wrong token; return whether the address is still within its allowance."""
        now = self._clock()
        with self._lock:
            self.failures += 1
            in_all = min(
                self._burst * self.IN_ALL, self._all + (now - self._then) * self._per_s * self.IN_ALL
            )
            self._all, self._then = max(in_all - 1, 0), now
            left, then = self._left.pop(address, (self._burst, now))
            left = min(self._burst, left + (now - then) * self._per_s) - 1
            self._left[address] = (max(left, 0), now)
            while len(self._left) > self.MAX_ADDRESSES:
                self._left.popitem(last=False)
        return left >= 0 and in_all >= 1


class Authenticator:
    """Recognises the sender of a request or WebSocket."""

    def __init__(self, store: Store, sessions: Sessions, attempts: Attempts) -> None:
        self._store = store
        self.sessions = sessions
        self.attempts = attempts

    def identify(self, connection: HTTPConnection) -> Principal:
        """Return who sent the request. The ASGI scope of our own process may name its principal.

        Raises:
            HTTPException: 401 if the caller is unknown, 403 for a cookie from a foreign page, 429 after
                too many wrong tokens.
        """
        trusted = connection.scope.get(TRUSTED)
        if isinstance(trusted, Principal):
            return trusted
        token = bearer_token(connection)
        if token is not None:
            return self.by_token(token, client_address(connection))
        cookie = connection.cookies.get(COOKIE)
        if cookie is None:
            raise unauthorized("no token: send Authorization: Bearer TOKEN, or sign in")
        principal = self.by_cookie(cookie)
        if principal is None:
            raise unauthorized("the session is over: sign in again")
        method = connection.scope.get("method", "GET")
        if method not in _SAFE_METHODS and not same_origin(connection, required=True):
            raise HTTPException(403, "a session may only be used from this service's own pages")
        return principal

    def by_token(self, token: str, address: str) -> Principal:
        """Return whose token this is; raises HTTPException 401, or 429 for too many wrong ones."""
        record, reason = None, "the token is wrong or was revoked"
        with self._store.reading() as session:
            try:
                record = tokens.find(session, token)
            except DamagedError as error:
                reason = f"{error}: make a new one"
        if record is not None:
            return Principal(record.name, record.role, record.id)
        if not self.attempts.failed(address):
            raise HTTPException(429, "too many wrong tokens from this address", {"Retry-After": "30"})
        raise unauthorized(reason)

    def by_cookie(self, cookie: str) -> Principal | None:
        """Return whose session this is; None if it is over, damaged, or the token behind it was revoked."""
        try:
            principal = self.sessions.read(cookie)
            if principal is None or principal.token_id is None:
                return principal
            with self._store.reading() as session:
                record = tokens.get(session, principal.token_id)
        except DamagedError:
            return None
        return principal if record is not None and record.revoked_at is None else None


def unauthorized(detail: str) -> HTTPException:
    """Return the 401 that says how to authenticate."""
    return HTTPException(401, detail, {"WWW-Authenticate": 'Bearer realm="barwatch"'})


def bearer_token(connection: HTTPConnection) -> str | None:
    """Return the token of the Authorization header, or of a WebSocket's subprotocol ``bearer.TOKEN``.

    Raises HTTPException 401 for another authorization scheme.
    """
    header = connection.headers.get("authorization")
    if header is not None:
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise unauthorized("expected Authorization: Bearer TOKEN")
        return token.strip()
    if connection.scope["type"] == "websocket":
        for protocol in connection.scope.get("subprotocols", ()):
            if protocol.startswith(_SUBPROTOCOL_TOKEN):
                return str(protocol[len(_SUBPROTOCOL_TOKEN) :])
    return None


def same_origin(connection: HTTPConnection, *, required: bool) -> bool:
    """Return whether the request comes from a page of this host.

    Without an Origin it does if none is `required`, or if Sec-Fetch-Site says so. The scheme is not compared:
    behind a proxy that ends TLS, the service sees a different scheme from the browser's. A proxy may put
    another name into Host: the Origin is then that of the public address.
    """
    origin = connection.headers.get("origin")
    if origin is None:
        return not required or connection.headers.get("sec-fetch-site") == "same-origin"
    public_url = connection.app.state.runtime.settings.public_url
    if public_url is not None and origin.lower() == public_url.lower():
        return True
    try:
        return urlsplit(origin).netloc.lower() == connection.headers.get("host", "").lower() != ""
    except ValueError:
        return False


def client_address(connection: HTTPConnection) -> str:
    """Return whom limits go by: the peer's address, of IPv6 its network; "-" where there is none.

    Behind a trusted proxy it is the address that the proxy saw (`service.web.proxies`).
    """
    if connection.client is None:
        return "-"
    try:
        address = ip_address(connection.client.host)
    except ValueError:
        return connection.client.host
    # One household has 2^64 of those.
    return str(ip_network((address, 64), strict=False)) if address.version == 6 else str(address)
