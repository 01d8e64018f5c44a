"""Authentication: Bearer tokens for programs, a cookie for the console, one-time keys for links.

A request with the cookie alone may change something only if it comes from our own pages: browsers
attach cookies to requests from any page, so the Origin of such a request must be this host.
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection

from service.api.problems import RequestRefusedError
from service.api.sessions import NOTED_EVERY, OneTimeKeys, Sessions
from service.domain.errors import DamagedError, NotFoundError
from service.domain.people import Principal, highest
from service.host.limits.newest import keep_newest
from service.store import tokens
from service.store.database import Store
from service.store.people import users
from service.store.records import SessionRecord, TokenRecord

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
            keep_newest(self._left, self.MAX_ADDRESSES)
        return left >= 0 and in_all >= 1

    def is_spent(self, address: str) -> bool:
        """Say whether the address has used its allowance up, or all have."""
        now = self._clock()
        with self._lock:
            left, then = self._left.get(address, (self._burst, now))
            in_all = self._all + (now - self._then) * self._per_s * self.IN_ALL
            return left + (now - then) * self._per_s < 1 or in_all < 1


class Authenticator:
    """Recognises the sender of a request or WebSocket, and says when one is no longer let in."""

    TICKET_S = 30.0
    MOST_TICKETS = 1024

    def __init__(self, store: Store, sessions: Sessions, attempts: Attempts) -> None:
        self._store = store
        self.redeem_elsewhere: Callable[[str], Principal | None] = lambda _: None
        """Uses up a ticket that another service gave."""
        self.sessions = sessions
        self.attempts = attempts
        self.tickets = OneTimeKeys(self.TICKET_S, self.MOST_TICKETS)
        self._noted: OrderedDict[str, datetime] = OrderedDict()
        self._watchers: set[Callable[[], object]] = set()

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
            detail = "a session may only be used from this service's own pages"
            raise RequestRefusedError(403, detail, "foreign_page")
        return principal

    def by_token(self, token: str, address: str) -> Principal:
        """Return whose token this is; raises HTTPException 401, or 429 for too many wrong ones."""
        record, reason = None, "the token is wrong, too old or was revoked"
        with self._store.reading() as session:
            try:
                record = tokens.find(session, token, self.sessions.now())
            except DamagedError as error:
                reason = f"{error}: make a new one"
        if record is None:
            raise self.wrong(address, reason)
        self._note_use(record)
        return Principal(record.name, record.role, record.id, record.grants)

    def wrong(self, address: str, reason: str) -> HTTPException:
        """Count a wrong token, key or password; return the answer: 401, or 429 after too many."""
        if self.attempts.failed(address):
            return unauthorized(reason)
        return too_many("too many wrong tokens or passwords from this address", 30)

    def by_cookie(self, cookie: str) -> Principal | None:
        """Return whose session this is; None if it is over, damaged, or who it was made for is gone."""
        try:
            record = self.sessions.record(cookie)
            return None if record is None else self._now(record)
        except DamagedError:
            return None

    def by_ticket(self, ticket: str, address: str) -> Principal:
        """Use a ticket up; return who asked for it. Raises HTTPException 401, 429."""
        found = self.tickets.redeem(ticket) or self.redeem_elsewhere(ticket)
        again = None if found is None else self.again(found)
        if again is None:
            raise self.wrong(address, "the ticket was used, is too old, or was never one: ask for another")
        return again

    def again(self, principal: Principal) -> Principal | None:
        """Return somebody as they are now; None if they are no longer let in. Raises StoreError."""
        try:
            if principal.session_id is not None:
                record = self.sessions.by_id(principal.session_id)
                return None if record is None else self._now(record)
            if principal.token_id is None:
                return principal
            with self._store.reading() as session:
                token = tokens.get(session, principal.token_id)
        except DamagedError:
            return None
        if token is None or not token.is_good(self.sessions.now()):
            return None
        return Principal(token.name, token.role, token.id, token.grants)

    def changed(self) -> None:
        """Look again at everybody who follows the alarms: somebody may no longer be let in."""
        for watcher in tuple(self._watchers):
            watcher()

    @contextmanager
    def watching(self, watcher: Callable[[], object]) -> Iterator[None]:
        """Call `watcher`, from any thread, whenever somebody may have been shut out."""
        self._watchers.add(watcher)
        try:
            yield
        finally:
            self._watchers.discard(watcher)

    def _now(self, record: SessionRecord) -> Principal | None:
        principal = self.sessions.principal(record)
        with self._store.reading() as session:
            if record.token_id is not None:
                token = tokens.get(session, record.token_id)
                if token is None or not token.is_good(self.sessions.now()):
                    return None
                return replace(principal, role=token.role, grants=token.grants)
            if record.user_id is not None:
                try:
                    user = users.get(session, record.user_id)
                except NotFoundError:
                    return None
                if user.disabled_at is not None:
                    return None
                role = highest(user.grants.values())
                return replace(principal, name=user.name, role=role, grants=user.grants)
        return principal

    def _note_use(self, record: TokenRecord) -> None:
        now = self.sessions.now()
        noted = self._noted.get(record.id, record.used_at)
        if noted is None or now - noted >= NOTED_EVERY:
            self._noted[record.id] = now
            keep_newest(self._noted, 1024)
            # Nobody waits for it, and nothing depends on it.
            self._store.write(partial(tokens.used, token_id=record.id, now=now))


def unauthorized(detail: str, code: str = "unauthorized") -> RequestRefusedError:
    """Return the 401 that says how to authenticate."""
    refused = RequestRefusedError(401, detail, code)
    refused.headers = {"WWW-Authenticate": 'Bearer realm="barwatch"'}
    return refused


def too_many(detail: str, wait_s: float) -> RequestRefusedError:
    """Return the 429 that says when to come back."""
    seconds = max(1, math.ceil(wait_s))
    refused = RequestRefusedError(429, detail, "too_many_attempts", seconds=seconds)
    refused.headers = {"Retry-After": str(seconds)}
    return refused


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
