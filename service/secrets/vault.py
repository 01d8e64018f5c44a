"""Cameras' users and passwords: encrypted at rest, handed out for the host that they are for, to dial it.

    vault.put("demo-quad", "10.0.0.12", "viewer", "...")
    vault.credentials("demo-quad", "rtsp://10.0.0.12/live")

Name and host are sealed with them: a row that was changed in the database opens nothing else.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog
from cryptography.fernet import InvalidToken, MultiFernet
from pydantic import BaseModel, ConfigDict, ValidationError

from lifts.addresses import AddressError, parse_address
from lifts.schema import Lift
from service.capture.urls import expand
from service.domain.camera import Credentials
from service.domain.errors import ConfigurationError, ConflictError, DamagedError, SecretError, SourceProblem
from service.domain.reason_texts import SOURCE_PROBLEMS
from service.secrets.keys import KeyRing
from service.store import lifts
from service.store.database import Store
from service.store.setup import secrets

log = structlog.get_logger(__name__)


class _Sealed(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    name: str
    host: str
    user: str
    password: str


@dataclass(frozen=True, slots=True)
class StoredSecret:
    """What may be shown of a stored password.

    readable: it can be decrypted now. lifts: which use it.
    """

    name: str
    host: str
    changed_at: datetime | None
    readable: bool
    lifts: tuple[str, ...]


class Vault:
    """The stored passwords. Safe from any thread.

    Args:
        store: keeps them sealed.
        ring: has the keys.
    """

    def __init__(self, store: Store, ring: KeyRing) -> None:
        self._store, self._ring = store, ring

    @property
    def ring(self) -> KeyRing:
        """The keys; what else is a secret is sealed with them too."""
        return self._ring

    def put(self, name: str, host: str, user: str, password: str) -> bool:
        """Store or replace one; returns whether it is new.

        Raises:
            ConfigurationError: there is no usable key.
            StoreError: the database takes no write.
        """
        content = _Sealed(name=name, host=host.lower(), user=user, password=password).model_dump_json()
        sealed = self._ring.keys(make=True).encrypt(content.encode())
        put = partial(secrets.put, name=name, host=host.lower(), sealed=sealed)
        return self._store.write(put).result()

    def listing(self) -> list[StoredSecret]:
        """Return what may be shown of each, by name. Raises StoreError."""
        with self._store.reading() as session:
            found, users = secrets.listing(session), self._users(lifts.listing(session))
        return [
            StoredSecret(
                name,
                "" if kept is None else kept.host,
                None if kept is None else kept.changed_at,
                kept is not None and self._opened(kept) is not None,
                tuple(users.get(name, ())),
            )
            for name, kept in found.items()
        ]

    def renew(self) -> int:
        """Encrypt with the first key what another one opens, which may then be taken away; returns how many.

        What cannot be decrypted stays as it is. The log says that, and that a given key is none: without a
        stored password no camera would. Raises StoreError.
        """
        try:
            keys = self._ring.all_keys()
        except ConfigurationError as error:
            if self._ring.is_given:
                log.warning("cameras' passwords cannot be stored or used", reason=str(error))
            return 0  # each camera that has a password says so
        renewed, closed = 0, []
        with self._store.reading() as session:
            found = [kept for kept in secrets.listing(session).values() if kept is not None]
        for kept in found:
            with contextlib.suppress(InvalidToken):
                keys[0].decrypt(kept.sealed)
                continue
            try:
                sealed = MultiFernet(keys).rotate(kept.sealed)
            except InvalidToken:
                closed.append(kept.name)
                continue
            put = partial(secrets.put, name=kept.name, host=kept.host, sealed=sealed)
            self._store.write(put).result()
            renewed += 1
        if closed:
            unused = self._ring.unused
            hint = {} if unused is None else {"not_used": str(unused)}
            log.warning("these cameras' passwords were encrypted with another key", names=closed, **hint)
        return renewed

    def delete(self, name: str) -> None:
        """Delete one for good.

        Raises:
            ConflictError: a lift uses it.
            NotFoundError: there is none.
            StoreError: the database takes no write.
        """
        with self._store.reading() as session:
            users = self._users(lifts.listing(session)).get(name)
        if users:
            raise ConflictError(
                f"the password {name!r} is used by {', '.join(users)}: change their cameras first",
                "secret_in_use",
                name=name,
                lifts=",".join(users),
            )
        self._store.write(partial(secrets.delete, name=name)).result()

    def credentials(self, name: str, url: str) -> Credentials:
        """Return the user and the password to dial an address with.

        url: as in lift.toml; variables in it are those of this process.

        Raises:
            SecretError: there are none, they are another host's, or cannot be decrypted.
            ConfigurationError: the address names a variable that is not set, or has a user of its own.
            StoreError: the database cannot answer.
        """
        try:
            parts = parse_address(expand(url))
        except AddressError as error:
            raise ConfigurationError(f"camera url: {error}", error.code) from None
        try:
            with self._store.reading() as session:
                kept = secrets.get(session, name)
        except DamagedError:
            raise _refusal(SourceProblem.SECRET_UNREADABLE, name) from None
        if kept is None:
            raise _refusal(SourceProblem.NO_SUCH_SECRET, name)
        opened = self._opened(kept)
        if opened is None:
            raise _refusal(SourceProblem.SECRET_UNREADABLE, name)
        if parts is None or parts.host.lower() != opened.host:
            raise _refusal(SourceProblem.SECRET_OF_ANOTHER_HOST, name)
        if parts.user_info is not None:
            raise ConfigurationError(
                "camera url: credentials are for an address that has no user in it", "user_in_address"
            )
        return Credentials(opened.user, opened.password)

    def check(self, name: str, url: str) -> None:
        """Refuse what could never dial an address; a password that cannot be decrypted now may come back.

        Raises:
            SecretError: there is none of this name, or it is another host's.
        """
        try:
            self.credentials(name, url)
        except SecretError as error:
            if error.problem is not SourceProblem.SECRET_UNREADABLE:
                raise

    def _opened(self, kept: secrets.SealedSecret) -> _Sealed | None:
        """Return what was sealed; None if that cannot be decrypted, or is another's."""
        try:
            opened = _Sealed.model_validate_json(self._ring.keys().decrypt(kept.sealed))
        except (ConfigurationError, InvalidToken, ValidationError):
            return None
        return opened if (opened.name, opened.host) == (kept.name, kept.host) else None

    @staticmethod
    def _users(found: tuple[Lift, ...]) -> dict[str, list[str]]:
        users: dict[str, list[str]] = {}
        for lift in found:
            if lift.camera is not None and lift.camera.credentials is not None:
                users.setdefault(lift.camera.credentials, []).append(lift.id)
        return users


def _refusal(problem: SourceProblem, name: str) -> SecretError:
    return SecretError(f"password {name!r}: {SOURCE_PROBLEMS[problem]}", problem, name)
