"""Passwords: Argon2id hashes, computed one at a time on a thread of their own, behind everything else.

A hash takes 64 MB and a tenth of a second of one core, on purpose. So no number of people who sign in may
take more than that: the others wait, and where too many wait they are told to come back.
"""

from __future__ import annotations

import contextlib
import os
import threading
import unicodedata
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Protocol, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from service.domain.errors import BusyError, WeakPasswordError

SHORTEST, LONGEST = 10, 256
MOST_WAITING = 16
PATIENCE_S = 10.0

_T = TypeVar("_T")
_HASHER = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=1)


class Hashing(Protocol):
    """What makes and checks hashes; tests have a cheaper one."""

    def hash(self, password: str | bytes) -> str:
        """Return a hash."""

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # noqa: A002 - argon2's own name
        """Return True, or raise VerificationError or InvalidHashError."""


class Passwords:
    """Makes and checks hashes; safe from any thread.

    Args:
        hashing: does the work.
    """

    def __init__(self, hashing: Hashing = _HASHER) -> None:
        self._hashing = hashing
        self._pool = ThreadPoolExecutor(1, "passwords", initializer=_step_back)
        self._room = threading.BoundedSemaphore(MOST_WAITING)
        self._nobodys: str | None = None

    def hash(self, password: str, name: str = "") -> str:
        """Return the hash of a new password; raises WeakPasswordError, BusyError."""
        check(password, name)
        return self._apart(partial(self._hashing.hash, _plain(password)))

    def matches(self, password: str, hashed: str | None) -> bool:
        """Say whether it is this password; takes as long where there is none (None). Raises BusyError."""
        return self._apart(partial(self._matches, _plain(password), hashed))

    def close(self) -> None:
        """End the thread."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _matches(self, password: str, hashed: str | None) -> bool:
        if self._nobodys is None:
            self._nobodys = self._hashing.hash(os.urandom(16).hex())
        try:
            return self._hashing.verify(hashed or self._nobodys, password) and hashed is not None
        except (VerificationError, InvalidHashError):
            return False

    def _apart(self, work: partial[_T]) -> _T:
        if not self._room.acquire(blocking=False):
            raise BusyError("too many are signing in: try again in a few seconds", "sign_in_busy")
        try:
            done: Future[_T] = self._pool.submit(work)
        except RuntimeError as error:
            self._room.release()
            raise BusyError("the service is stopping", "sign_in_busy") from error
        done.add_done_callback(lambda _: self._room.release())
        try:
            return done.result(PATIENCE_S)
        except TimeoutError as error:
            done.cancel()
            raise BusyError("checking the password took too long: try again", "sign_in_busy") from error


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


def _step_back() -> None:
    with contextlib.suppress(OSError, AttributeError):  # of this thread alone, on Linux
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)
