"""How people come in: by name and password or a one-use link, with a second factor where there is one."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from cryptography.fernet import InvalidToken

from service.api.auth import Authenticator, too_many, unauthorized
from service.api.problems import RequestRefusedError
from service.domain.errors import DamagedError
from service.domain.people import Principal, highest
from service.people import factor
from service.people.limits import NameLimits
from service.people.passwords import Passwords
from service.secrets.keys import KeyRing
from service.store.database import Store
from service.store.people import users
from service.store.records import UserRecord

if TYPE_CHECKING:
    from service.people.openid import OpenIdProvider  # imported where there is a provider: it is slow

LINK_LIFETIME = timedelta(days=3)

_WRONG = "name or password is wrong"


class Entrance:
    """Checks what people show; safe from any thread.

    Args:
        store: the people.
        gate: counts what was wrong.
        ring: seals second factors.
        passwords: checks them, one at a time.
        limits: how often a name may be tried.
        openid: where else people come from; None: nowhere.
    """

    def __init__(
        self,
        store: Store,
        gate: Authenticator,
        ring: KeyRing,
        passwords: Passwords | None = None,
        limits: NameLimits | None = None,
        openid: OpenIdProvider | None = None,
    ) -> None:
        self._store, self._gate, self._ring = store, gate, ring
        self.passwords = passwords or Passwords()
        self.limits = limits or NameLimits()
        self.openid = openid

    def by_password(self, name: str, password: str, code: str | None, address: str) -> Principal:
        """Return who a name and a password belong to.

        Raises:
            HTTPException: 401 wrong, 401 `code_needed`, 429 after too many.
            BusyError: too many are being checked.
        """
        user = self._named(name)
        self._check_password(user, name, password, address)
        if user is None or user.disabled_at is not None:  # looked at last: it takes as long as the others
            raise self._gate.wrong(address, _WRONG)
        self.check_code(user, code, address)
        return principal_of(user)

    def by_link(self, key: str, code: str | None, address: str) -> Principal:
        """Return whom a link signs in; raises HTTPException 401, 429. It lasts until the code is right."""
        found = self._gate.sessions.redeem(key)
        if found is not None:
            return found
        now = self._gate.sessions.now()
        with self._store.reading() as session:
            user_id = users.link_of(session, key, now)
            user = None if user_id is None else users.get(session, user_id)
        if user is not None and user.disabled_at is None:
            self.check_code(user, code, address)
            if self._store.write(partial(users.use_link, key=key, now=now)).result() == user.id:
                return principal_of(user)
        raise self._gate.wrong(address, "this link was used already or is too old: sign in another way")

    def prove(self, user: UserRecord, password: str | None, code: str | None, address: str) -> None:
        """Check that it is still the same person: by the password, else by the second factor alone.

        Raises as `by_password`.
        """
        if password is not None:
            self._check_password(user, user.name, password, address)
        elif code is None or not user.has_factor:
            raise unauthorized("expected the password, or a code of the second factor", "proof_wrong")
        if user.has_factor:
            self.check_code(user, code, address)

    def check_code(self, user: UserRecord, code: str | None, address: str) -> None:
        """Check the second factor of somebody who has one, and use the code up; raises HTTPException."""
        if not user.has_factor:
            return
        if code is None:
            raise unauthorized("a code of the second factor is needed", "code_needed")
        key = f"code {user.id}"
        self._wait(key, address)
        if not self._takes(user, code):
            self.limits.failed(key, address)
            raise self._gate.wrong(address, "the code is wrong, or was used already")
        self.limits.succeeded(key, address)

    def new_link(self, user_id: str) -> str:
        """Return a key that signs a user in once. Raises NotFoundError, StoreError."""
        expires_at = self._gate.sessions.now() + LINK_LIFETIME
        return self._store.write(partial(users.new_link, user_id=user_id, expires_at=expires_at)).result()

    def keep_factor(self, user: UserRecord, secret: str, code: str) -> tuple[str, ...] | None:
        """Store a second factor of which somebody shows a code; return recovery codes, None if it is wrong.

        Raises:
            ConfigurationError: there is no key to seal it with.
        """
        step = factor.step_of(secret, code, self._gate.sessions.now())
        if step is None:
            return None
        codes = factor.recovery_codes()
        sealed = self._ring.keys(make=True).encrypt(f"{user.id} {secret}".encode())
        hashes = tuple(map(factor.digest_of, codes))
        keep = partial(users.set_factor, user_id=user.id, factor=sealed, step=step, recovery=hashes)
        self._store.write(keep).result()
        return codes

    def _check_password(self, user: UserRecord | None, name: str, password: str, address: str) -> None:
        key = users.folded(name)
        self._wait(key, address)
        hashed = None
        if user is not None:
            with self._store.reading() as session:
                hashed = users.shown(session, user.id).password
        if not self.passwords.matches(password, hashed):
            self.limits.failed(key, address)
            raise self._gate.wrong(address, _WRONG)
        self.limits.succeeded(key, address)

    def _wait(self, key: str, address: str) -> None:
        # A hash costs more than a guess does: strangers who have guessed too often are not given one.
        if not self.limits.knows(key, address) and self._gate.attempts.is_spent(address):
            raise too_many("too many wrong tokens or passwords from this address", 30)
        wait_s = self.limits.wait_s(key, address)
        if wait_s > 0:
            raise too_many("too many wrong passwords or codes for this name", wait_s)

    def _takes(self, user: UserRecord, code: str) -> bool:
        with self._store.reading() as session:
            shown = users.shown(session, user.id)
        digest = factor.digest_of(code)
        if digest in shown.recovery:
            return self._store.write(partial(users.use_recovery, user_id=user.id, digest=digest)).result()
        secret = self._unsealed(user, shown.factor)
        step = factor.step_of(secret, code, self._gate.sessions.now())
        if step is None:
            return False
        return self._store.write(partial(users.use_step, user_id=user.id, step=step)).result()

    def _unsealed(self, user: UserRecord, sealed: bytes | None) -> str:
        try:
            owner, _, secret = self._ring.keys().decrypt(sealed or b"").decode().partition(" ")
        except InvalidToken:
            owner, secret = "", ""
        if owner != user.id:
            detail = "the second factor cannot be read: its key is another. A recovery code works"
            raise RequestRefusedError(409, detail, "factor_unreadable")
        return secret

    def _named(self, name: str) -> UserRecord | None:
        with self._store.reading() as session:
            try:
                return users.named(session, name)
            except DamagedError:
                return None


def principal_of(user: UserRecord) -> Principal:
    """Return a user as they act."""
    return Principal(user.name, highest(user.grants.values()), grants=user.grants, user_id=user.id)
