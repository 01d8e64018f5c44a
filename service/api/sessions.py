"""Console sign-ins: a cookie that holds nothing but a secret, one-time keys for links, tickets for feeds."""

from __future__ import annotations

import math
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from service.domain.errors import StoreError
from service.domain.people import Principal, Role
from service.host.clocks.steady import steady_now
from service.host.limits.newest import keep_newest
from service.store import tokens
from service.store.database import Store
from service.store.records import SessionRecord

__all__ = ["OneTimeKeys", "Principal", "Sessions"]

log = structlog.get_logger(__name__)

WRITE_S = 5.0
"""How long a sign-in waits for the database before it is held in memory."""

NOTED_EVERY = timedelta(minutes=10)
"""A sign-in's use is written down at most so often."""


class OneTimeKeys:
    """Keys in memory that name somebody, once, within a time; at most `most` wait, the oldest go."""

    def __init__(self, lifetime_s: float, most: int) -> None:
        self.lifetime_s, self._most = lifetime_s, most
        self._once: OrderedDict[str, tuple[Principal, float]] = OrderedDict()
        self._lock = threading.Lock()

    def new(self, principal: Principal) -> str:
        """Return a key for `principal`."""
        key = secrets.token_urlsafe(24)
        with self._lock:
            self._once[tokens.secret_hash(key)] = (principal, time.monotonic() + self.lifetime_s)
            keep_newest(self._once, self._most)
        return key

    def redeem(self, key: str) -> Principal | None:
        """Use a key up; return whom it names, or None."""
        with self._lock:
            found = self._once.pop(tokens.secret_hash(key), None)
        if found is None or found[1] < time.monotonic():
            return None
        return found[0]


class Sessions:
    """Sign-ins as the database keeps them: they outlive a restart, and one that was ended stays ended.

    While the database takes no write (its disk is full), sign-ins are held in memory: people must get in just
    then. Those end with the service.

    Args:
        store: keeps a hash of each cookie's secret.
        lifetime_s: how long a sign-in lasts, whatever happens.
        idle_s: how long it lasts without being used. An open alarm feed uses it all the time.
        proven_s: for how long its owner need not show again who they are.
        now: the time; by default it goes on although somebody sets the clock.
    """

    MAX_HELD = 64
    MAX_KEYS = 64
    KEY_LIFETIME_S = 3600.0

    def __init__(
        self,
        store: Store,
        lifetime_s: float,
        idle_s: float = math.inf,
        proven_s: float = 900.0,
        *,
        now: Callable[[], datetime] = steady_now,
    ) -> None:
        self._store, self.lifetime_s, self.now = store, lifetime_s, now
        self._idle_s, self.proven_s = idle_s, proven_s
        self._keys = OneTimeKeys(self.KEY_LIFETIME_S, self.MAX_KEYS)
        self._held: OrderedDict[str, SessionRecord] = OrderedDict()
        self._used: OrderedDict[str, tuple[datetime, datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def issue(self, principal: Principal, address: str = "", agent: str = "") -> str:
        """Sign in: return the cookie's value. address, agent: where from, for the owner to recognise."""
        secret, now = secrets.token_urlsafe(32), self.now()
        record = SessionRecord(
            principal.name,
            principal.role,
            principal.token_id,
            now + timedelta(seconds=self.lifetime_s),
            user_id=principal.user_id,
            created_at=now,
            used_at=now,
            proven_at=now,
            address=address[:64],
            agent=agent[:200],
            id=tokens.sign_in_id(secret),
        )
        try:
            self._store.write(partial(tokens.sign_in, secret=secret, record=record)).result(WRITE_S)
        except (StoreError, TimeoutError) as error:
            log.warning("a sign-in is held in memory only", name=principal.name, reason=str(error))
            with self._lock:
                self._held[record.id] = record
                keep_newest(self._held, self.MAX_HELD)
        return secret

    def read(self, cookie: str) -> Principal | None:
        """Return whose cookie this is, or None if it is not ours, too old or ended. Raises StoreError."""
        record = self.record(cookie)
        return None if record is None else self.principal(record)

    def record(self, cookie: str) -> SessionRecord | None:
        """Return the sign-in of a cookie, used just now, or None if it is over. Raises StoreError."""
        record = self._held.get(tokens.sign_in_id(cookie))
        if record is None:
            with self._store.reading() as session:
                record = tokens.signed_in(session, cookie, self.now())
        return self._good(record)

    def by_id(self, sign_in_id: str) -> SessionRecord | None:
        """Return a sign-in by its id, used just now, or None if it is over. Raises StoreError."""
        record = self._held.get(sign_in_id)
        if record is None:
            with self._store.reading() as session:
                record = tokens.sign_in_by_id(session, sign_in_id, self.now())
        return self._good(record)

    def principal(self, record: SessionRecord) -> Principal:
        """Return whose sign-in it is, with what was true when it was made."""
        proven_at = record.proven_at
        return Principal(
            record.name,
            record.role,
            record.token_id,
            user_id=record.user_id,
            session_id=record.id,
            proven=proven_at is not None and self.now() - proven_at < timedelta(seconds=self.proven_s),
        )

    def listing(self, owner: SessionRecord) -> tuple[SessionRecord, ...]:
        """Return every sign-in of the same owner, newest first. Raises StoreError."""
        with self._store.reading() as session:
            found = tokens.sign_ins(session, owner, self.now())
        held = tuple(record for record in self._held.values() if _same_owner(record, owner))
        return held + tuple(record for record in found if self._is_in_use(record))

    def prove(self, sign_in_id: str) -> None:
        """Note that its owner has just shown who they are. Raises StoreError."""
        now = self.now()
        with self._lock:
            held = self._held.get(sign_in_id)
            if held is not None:
                self._held[sign_in_id] = replace(held, proven_at=now)
                return
        self._store.write(partial(tokens.sign_in_used, sign_in_id=sign_in_id, now=now, proven=True)).result()

    def renew(self, cookie: str) -> bool:
        """Let a sign-in last as long again, once half of its time is over; return whether it lasts.

        Only one of a viewer's token: it gives nothing that the token would not, and ends with it. Raises
        StoreError.
        """
        record = self.record(cookie)
        if record is None or record.token_id is None or record.role is not Role.VIEWER:
            return False
        now = self.now()
        if (record.expires_at - now).total_seconds() > self.lifetime_s / 2:
            return True
        until = now + timedelta(seconds=self.lifetime_s)
        with self._lock:
            if (held := self._held.get(record.id)) is not None:
                self._held[record.id] = replace(held, expires_at=until)
                return True
        self._store.write(partial(tokens.renew_sign_in, sign_in_id=record.id, expires_at=until)).result()
        return True

    def end(self, cookie: str) -> None:
        """Sign out: refuse this cookie for ever. Raises StoreError."""
        with self._lock:
            held = self._held.pop(tokens.sign_in_id(cookie), None)
        # Also one that was held: a write that took too long may have come to its end after all.
        done = self._store.write(partial(tokens.sign_out, secret=cookie))
        if held is None:
            done.result()

    def end_one(self, owner: SessionRecord, sign_in_id: str) -> None:
        """End one of the owner's sign-ins. Raises NotFoundError, StoreError."""
        with self._lock:
            held = self._held.get(sign_in_id)
            if held is not None and _same_owner(held, owner):
                del self._held[sign_in_id]
                return
        self._store.write(partial(tokens.end_sign_in, owner=owner, sign_in_id=sign_in_id)).result()

    def end_all(self, owner: SessionRecord) -> None:
        """End every sign-in of the owner. Raises StoreError."""
        with self._lock:
            for record in [each for each in self._held.values() if _same_owner(each, owner)]:
                del self._held[record.id]
        self._store.write(partial(tokens.sign_out_everywhere, owner=owner)).result()

    def new_key(self, principal: Principal) -> str:
        """Return a key that signs `principal` in, once, within an hour; at most MAX_KEYS wait, oldest go."""
        return self._keys.new(principal)

    def redeem(self, key: str) -> Principal | None:
        """Use a key up; return who it signs in, or None."""
        return self._keys.redeem(key)

    def _good(self, record: SessionRecord | None) -> SessionRecord | None:
        if record is None or record.expires_at <= self.now() or not self._is_in_use(record):
            return None
        now = self.now()
        with self._lock:
            _, noted = self._used.pop(record.id, (now, record.used_at or now - 2 * NOTED_EVERY))
            due = now - noted >= NOTED_EVERY
            self._used[record.id] = now, now if due else noted
            keep_newest(self._used, 1024)
        if due and record.id not in self._held:
            # Nobody waits for it: what matters is remembered here until the next time.
            self._store.write(partial(tokens.sign_in_used, sign_in_id=record.id, now=now))
        return record

    def _is_in_use(self, record: SessionRecord) -> bool:
        used = self._used.get(record.id, (record.used_at, None))[0]
        return used is None or (self.now() - used).total_seconds() <= self._idle_s


def _same_owner(one: SessionRecord, other: SessionRecord) -> bool:
    return (one.user_id, one.token_id) == (other.user_id, other.token_id) and (
        one.user_id is not None or one.token_id is not None or one.name == other.name
    )
