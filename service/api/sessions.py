"""Console sign-ins: a cookie that holds nothing but a secret, and one-time keys for links."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog

from service.domain.errors import StoreError
from service.domain.people import Role
from service.store import tokens
from service.store.database import Store
from service.store.records import SessionRecord

log = structlog.get_logger(__name__)

WRITE_S = 5.0
"""How long a sign-in waits for the database before it is held in memory."""

_RANK = {Role.VIEWER: 0, Role.OPERATOR: 1, Role.ADMIN: 2}


@dataclass(frozen=True, slots=True)
class Principal:
    """Who was recognised; `name` is written beside what they do."""

    name: str
    role: Role
    token_id: str | None = None

    def may(self, role: Role) -> bool:
        """Say whether this is at least `role`: each role includes the one before."""
        return _RANK[self.role] >= _RANK[role]


class Sessions:
    """Sign-ins as the database keeps them: they outlive a restart, and one that was ended stays ended.

    While the database takes no write (its disk is full), sign-ins are held in memory: people must get in just
    then. Those end with the service.

    Args:
        store: keeps a hash of each cookie's secret.
        lifetime_s: how long a sign-in lasts.
        now: the wall clock; a test's own moves as it likes.
    """

    MAX_HELD = 64
    MAX_KEYS = 64
    KEY_LIFETIME_S = 3600.0

    def __init__(
        self, store: Store, lifetime_s: float, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._store, self.lifetime_s, self._now = store, lifetime_s, now
        self._once: OrderedDict[bytes, tuple[Principal, float]] = OrderedDict()
        self._held: OrderedDict[bytes, SessionRecord] = OrderedDict()
        self._lock = threading.Lock()

    def issue(self, principal: Principal) -> str:
        """Sign in: return the cookie's value."""
        secret = secrets.token_urlsafe(32)
        expires_at = self._now() + timedelta(seconds=self.lifetime_s)
        record = SessionRecord(principal.name, principal.role, principal.token_id, expires_at)
        try:
            self._store.write(partial(tokens.sign_in, secret=secret, record=record)).result(WRITE_S)
        except (StoreError, TimeoutError) as error:
            log.warning("a sign-in is held in memory only", name=principal.name, reason=str(error))
            with self._lock:
                self._held[_digest(secret)] = record
                while len(self._held) > self.MAX_HELD:
                    self._held.popitem(last=False)
        return secret

    def read(self, cookie: str) -> Principal | None:
        """Return whose cookie this is, or None if it is not ours, too old or ended. Raises StoreError."""
        record = self._held.get(_digest(cookie))
        if record is None:
            with self._store.reading() as session:
                record = tokens.signed_in(session, cookie, self._now())
        elif record.expires_at <= self._now():
            record = None
        return None if record is None else Principal(record.name, record.role, record.token_id)

    def end(self, cookie: str) -> None:
        """Sign out: refuse this cookie for ever. Raises StoreError."""
        with self._lock:
            held = self._held.pop(_digest(cookie), None)
        # Also one that was held: a write that took too long may have come to its end after all.
        done = self._store.write(partial(tokens.sign_out, secret=cookie))
        if held is None:
            done.result()

    def new_key(self, principal: Principal) -> str:
        """Return a key that signs `principal` in, once, within an hour; at most MAX_KEYS wait, oldest go."""
        key = secrets.token_urlsafe(24)
        with self._lock:
            self._once[_digest(key)] = (principal, time.monotonic() + self.KEY_LIFETIME_S)
            while len(self._once) > self.MAX_KEYS:
                self._once.popitem(last=False)
        return key

    def redeem(self, key: str) -> Principal | None:
        """Use a key up; return who it signs in, or None."""
        with self._lock:
            found = self._once.pop(_digest(key), None)
        if found is None or found[1] < time.monotonic():
            return None
        return found[0]


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
