"""Passwords: Argon2id, one at a time, and never so many that something else waits."""

import threading
import time

import pytest

from service.domain.errors import BusyError, WeakPasswordError
from service.people.passwords import (
    MOST_WAITING,
    Passwords,
)


class Slow:
    """Hashes as slowly as a test says."""

    def __init__(self) -> None:
        self.go, self.at_once, self.most = threading.Event(), 0, 0

    def hash(self, password: str | bytes) -> str:
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        self.go.wait(30)
        self.at_once -= 1
        return f"slow {password!r}"

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # noqa: A002 - argon2's own name
        return hash == f"slow {password!r}"


def test_a_hash_is_argon2id_and_fits_its_password_alone() -> None:
    """However the characters were typed; nobody's hash is no password at all."""
    passwords = Passwords()
    hashed = passwords.hash("chåirlift über alles")
    assert hashed.startswith("$argon2id$")
    assert passwords.matches("cha\u030airlift u\u0308ber alles", hashed)
    assert not passwords.matches("chairlift uber alles", hashed)
    assert not passwords.matches("anything", None)
    assert not passwords.matches("anything", "no hash")


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaa", "my name is Anna K", "x" * 300])
def test_a_weak_password_is_refused(password: str) -> None:
    """Too short, too plain, with one's own name in it, too long."""
    with pytest.raises(WeakPasswordError) as caught:
        Passwords(Slow()).hash(password, "Anna")
    assert caught.value.code.startswith("password_")


@pytest.mark.fault(23)
def test_a_flood_of_passwords_takes_one_thread() -> None:
    """Any number at once: one is computed, some wait, the others are told at once; then all goes on."""
    slow = Slow()
    passwords = Passwords(slow)
    refused: list[float] = []
    done: list[str] = []

    def sign_in() -> None:
        began = time.monotonic()
        try:
            done.append(passwords.hash("a good long password"))
        except BusyError:
            refused.append(time.monotonic() - began)

    people = [threading.Thread(target=sign_in) for _ in range(3 * MOST_WAITING)]
    for each in people:
        each.start()
    for each in people[:]:
        if len(refused) == 2 * MOST_WAITING:
            break
        each.join(0.5)
    slow.go.set()
    for each in people:
        each.join(30)
    assert (len(done), len(refused)) == (MOST_WAITING, 2 * MOST_WAITING)
    assert slow.most == 1
