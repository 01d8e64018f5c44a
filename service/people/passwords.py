"""Passwords: Argon2id hashes, computed one at a time.

A hash takes 64 MB and a tenth of a second of one core, on purpose. So no number of people who sign in may
take more than that: the others wait, and where too many wait they are told to come back.
"""

from __future__ import annotations

import contextlib
import os
import threading
import unicodedata
from collections.abc import Iterator
from typing import Protocol

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from service.domain.errors import BusyError, WeakPasswordError

SHORTEST, LONGEST = 10, 256
MOST_WAITING = 16
"""So many are computed or wait; they wait on threads that neither alarms nor health use."""
PATIENCE_S = 10.0

_HASHER = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=1)


class Hashing(Protocol):
    """What makes and checks hashes; tests have a cheaper one."""

    def hash(self, password: str | bytes) -> str:
        """Return a hash."""

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # noqa: A002 - argon2's own name
        """Return True, or raise VerificationError or InvalidHashError."""


class Passwords:
    """Makes and checks hashes, one at a time; safe from any thread.

    Args:
        hashing: does the work.
    """

    def __init__(self, hashing: Hashing = _HASHER) -> None:
        self._hashing = hashing
        self._room, self._turn = threading.BoundedSemaphore(MOST_WAITING), threading.Lock()
        self._nobodys: str | None = None

    def hash(self, password: str, name: str = "") -> str:
        """Return the hash of a new password; raises WeakPasswordError, BusyError."""
        check(password, name)
        with self._in_turn():
            return self._hashing.hash(_plain(password))

    def matches(self, password: str, hashed: str | None) -> bool:
        """Say whether it is this password; takes as long where there is none (None). Raises BusyError."""
        with self._in_turn():
            if self._nobodys is None:
                self._nobodys = self._hashing.hash(os.urandom(16).hex())
            try:
                return self._hashing.verify(hashed or self._nobodys, _plain(password)) and hashed is not None
            except (VerificationError, InvalidHashError):
                return False

    @contextlib.contextmanager
    def _in_turn(self) -> Iterator[None]:
        if not self._room.acquire(blocking=False):
            raise BusyError("too many are signing in: try again in a few seconds", "sign_in_busy")
        try:
            if not self._turn.acquire(timeout=PATIENCE_S):
                raise BusyError("too many are signing in: try again in a few seconds", "sign_in_busy")
            try:
                yield
            finally:
                self._turn.release()
        finally:
            self._room.release()


def check(password: str, name: str) -> None:
    """Raise WeakPasswordError unless a new password is long enough and not the name."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise WeakPasswordError(
            f"expected a password of {SHORTEST} to {LONGEST} characters",
            "password_length",
            shortest=SHORTEST,
            longest=LONGEST,
        )
    if len(set(password)) < 5 or (name and name.casefold() in password.casefold()):
        raise WeakPasswordError("this password is too easily guessed: choose another", "password_weak")


def _plain(password: str) -> str:
    """The same characters are typed in several ways."""
    return unicodedata.normalize("NFKC", password)
