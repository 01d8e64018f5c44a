"""Who is asking: Bearer tokens for programs, a signed cookie for the console, one-time keys for links.

A request signed by the cookie alone may change something only if it comes from our own pages: browsers
send cookies with whatever any page makes them send, so its Origin must be this host.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection

from service.domain.errors import ConfigurationError
from service.domain.people import Role
from service.store import tokens
from service.store.database import Store

COOKIE = "barwatch_session"
TRUSTED = "barwatch.principal"
"""Key of the ASGI scope by which our own command line, in this process, says who it is; no request can."""

SUBPROTOCOL = "barwatch"
_SUBPROTOCOL_TOKEN = "bearer."  # noqa: S105 - a prefix, not a secret
_RANK = {Role.VIEWER: 0, Role.OPERATOR: 1, Role.ADMIN: 2}
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Principal:
    """Who was recognised; `name` is written beside what they do."""

    name: str
    role: Role
    token_id: str | None = None

    def may(self, role: Role) -> bool:
        """Say whether this is at least `role`: each role includes the one before."""
        return _RANK[self.role] >= _RANK[role]


class Attempts:
    """Wrong tokens per address: `burst` at once, then `per_s`. Right ones are never held up.

    Addresses are kept up to a bound, the ones seen longest ago go first.
    """

    MAX_ADDRESSES = 4096

    def __init__(
        self, burst: float = 100, per_s: float = 2, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._burst, self._per_s, self._clock = burst, per_s, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()
        self.failures = 0

    def failed(self, address: str) -> bool:
        """Count a wrong token; says whether the address is still within its allowance."""
        now = self._clock()
        with self._lock:
            self.failures += 1
            left, then = self._left.pop(address, (self._burst, now))
            left = min(self._burst, left + (now - then) * self._per_s) - 1
            self._left[address] = (max(left, 0), now)
            while len(self._left) > self.MAX_ADDRESSES:
                self._left.popitem(last=False)
        return left >= 0


class Sessions:
    """Console sign-ins: cookies signed with a key of the data folder, so that they outlive a restart."""

    MAX_KEYS = 64
    MAX_ENDED = 4096
    KEY_LIFETIME_S = 3600.0

    def __init__(self, key: bytes, lifetime_s: float) -> None:
        self._key = key
        self.lifetime_s = lifetime_s
        self._once: OrderedDict[bytes, tuple[Principal, float]] = OrderedDict()
        self._ended: OrderedDict[bytes, None] = OrderedDict()
        self._lock = threading.Lock()

    @classmethod
    def open(cls, data_dir: Path, lifetime_s: float) -> Sessions:
        """Use the data folder's session.key, made on the first call (readable by its owner alone).

        Raises:
            ConfigurationError: it cannot be read or written.
        """
        path = Path(data_dir) / "session.key"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                key = path.read_bytes()
            else:
                key = secrets.token_bytes(32)
                with os.fdopen(handle, "wb") as file:
                    file.write(key)
        except OSError as error:
            raise ConfigurationError(f"{path}: cannot be used: {error}") from error
        if len(key) < 32:
            raise ConfigurationError(f"{path}: damaged: delete it to have a new one made")
        return cls(key, lifetime_s)

    def issue(self, principal: Principal) -> str:
        """Return a cookie's value for this principal."""
        claims = {
            "n": principal.name,
            "r": principal.role.value,
            "t": principal.token_id,
            "e": int(time.time() + self.lifetime_s),
            "i": secrets.token_hex(8),
        }
        body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode()
        return f"{body}.{self._sign(body)}"

    def read(self, cookie: str) -> Principal | None:
        """Return who a cookie was issued to, or None if it is not ours, changed or too old."""
        body, _, signature = cookie.partition(".")
        if not hmac.compare_digest(signature.encode(), self._sign(body).encode()):
            return None
        with self._lock:
            if _digest(cookie) in self._ended:
                return None
        try:
            claims = json.loads(base64.urlsafe_b64decode(body))
            if claims["e"] < time.time():
                return None
            return Principal(claims["n"], Role(claims["r"]), claims["t"])
        except (binascii.Error, KeyError, TypeError, ValueError):
            return None

    def end(self, cookie: str) -> None:
        """Refuse this cookie from now on (the last MAX_ENDED ones; a browser deletes it anyway)."""
        if self.read(cookie) is not None:
            with self._lock:
                self._ended[_digest(cookie)] = None
                while len(self._ended) > self.MAX_ENDED:
                    self._ended.popitem(last=False)

    def new_key(self, principal: Principal) -> str:
        """Return a key that signs `principal` in, once, within an hour; at most MAX_KEYS wait, oldest go."""
        key = secrets.token_urlsafe(24)
        with self._lock:
            self._once[_digest(key)] = (principal, time.monotonic() + self.KEY_LIFETIME_S)
            while len(self._once) > self.MAX_KEYS:
                self._once.popitem(last=False)
        return key

    def redeem(self, key: str) -> Principal | None:
        """Use a key up; returns who it signs in, or None."""
        with self._lock:
            found = self._once.pop(_digest(key), None)
        if found is None or found[1] < time.monotonic():
            return None
        return found[0]

    def _sign(self, body: str) -> str:
        return hmac.new(self._key, body.encode(), hashlib.sha256).hexdigest()


class Gate:
    """Recognises the sender of a request or WebSocket."""

    def __init__(self, store: Store, sessions: Sessions, attempts: Attempts) -> None:
        self._store = store
        self.sessions = sessions
        self.attempts = attempts

    def identify(self, connection: HTTPConnection) -> Principal:
        """Return who is asking.

        Raises:
            HTTPException: 401 if nobody known, 403 for a cookie from a foreign page, 429 after too many wrong
                tokens. An ASGI scope of our own process may name its principal.
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
        with self._store.reading() as session:
            record = tokens.find(session, token)
        if record is not None:
            return Principal(record.name, record.role, record.id)
        if not self.attempts.failed(address):
            raise HTTPException(429, "too many wrong tokens from this address", {"Retry-After": "30"})
        raise unauthorized("the token is wrong or was revoked")

    def by_cookie(self, cookie: str) -> Principal | None:
        """Return whose session this is; None if it is over or the token behind it was revoked."""
        principal = self.sessions.read(cookie)
        if principal is None or principal.token_id is None:
            return principal
        with self._store.reading() as session:
            record = tokens.get(session, principal.token_id)
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
    """Say whether the request comes from a page of this host; without an Origin: only if not `required`.

    The scheme is left out: behind a proxy that ends TLS the service sees another one than the browser.
    """
    origin = connection.headers.get("origin")
    if origin is None:
        return not required or connection.headers.get("sec-fetch-site") == "same-origin"
    try:
        return urlsplit(origin).netloc.lower() == connection.headers.get("host", "").lower() != ""
    except ValueError:
        return False


def client_address(connection: HTTPConnection) -> str:
    """Return the peer's address, or "-" where there is none."""
    return connection.client.host if connection.client else "-"


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
