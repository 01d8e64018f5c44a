"""The browsers that alarms are pushed to, and their owners' rights; a part of the service."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from cryptography.fernet import InvalidToken

from service.domain.errors import ConfigurationError, ConflictError
from service.domain.people import Principal
from service.outputs.base.output import PushSubscriber
from service.outputs.base.problems import OutputError
from service.outputs.push.encrypted import VapidKey, encrypted, padded
from service.outputs.push.settings import PushSettings
from service.outputs.secrets.sealing import opened, renewed
from service.secrets.keys import KeyRing
from service.store.database import Store
from service.store.delivery import outputs, subscriptions
from service.store.delivery.subscriptions import StoredSubscription
from service.words.catalogue import Language

KIND = "web_push"


@dataclass(frozen=True, slots=True)
class PushOutput:
    """The output that pushes now: its id, its settings, and its public key."""

    id: str
    settings: PushSettings
    key: str


class PushBook:
    """Keeps browsers. Safe from any thread; every method raises StoreError.

    Args:
        store: keeps them, sealed.
        ring: has the keys.
        now: the time by which tokens expire.
    """

    def __init__(self, store: Store, ring: KeyRing, now: Callable[[], datetime]) -> None:
        self._store, self._ring, self._now = store, ring, now
        self._missed: dict[str, set[int]] = {}

    def start(self) -> None:
        """Encrypt anew what another key opens, which may then be taken away."""
        with self._store.reading() as session:
            found = subscriptions.listing(session)
        for each in found:
            if (sealed := renewed(self._ring, each.sealed)) is not None:
                reseal = partial(subscriptions.reseal, subscription_id=each.id, sealed=sealed)
                self._store.write(reseal).result()

    def stop(self) -> None:
        """Nothing runs here."""

    def output(self) -> PushOutput | None:
        """Return the output that pushes; None if there is none that is on."""
        with self._store.reading() as session:
            found = outputs.listing(session)
        for each in found:
            if each.kind == KIND and each.enabled:
                with contextlib.suppress(OutputError, ValueError, KeyError):
                    secrets = opened(self._ring, each.id, each.kind, each.sealed)
                    settings = PushSettings.model_validate(dict(each.settings))
                    return PushOutput(each.id, settings, VapidKey(secrets["private_key"]).public)
        return None

    def own(self, owner: Principal) -> list[StoredSubscription]:
        """Return the owner's browsers."""
        with self._store.reading() as session:
            return [each for each in subscriptions.listing(session) if subscriptions.is_of(each, owner)]

    def subscribe(
        self,
        owner: Principal,
        endpoint: str,
        p256dh: str,
        auth: str,
        agent: str,
        language: Language | None = None,
    ) -> StoredSubscription:
        """Push to a browser from now on; language: its owner's, None: the output's.

        Raises:
            ConflictError: nothing pushes, nobody is known to own it, or there are too many.
            ConfigurationError: its address is no push service's that is allowed, or its keys are none.
        """
        output = self.output()
        if output is None:
            raise ConflictError("no output pushes to browsers", "no_push")
        if owner.user_id is None and owner.token_id is None:
            raise ConflictError("a link without a person or token cannot subscribe", "push_needs_owner")
        if not output.settings.serves(endpoint):
            raise ConfigurationError("this is no push service that is allowed", "no_push_service")
        try:
            encrypted(b"", padded(p256dh), padded(auth))
        except ValueError:
            raise ConfigurationError("these are no keys of a browser", "no_push_keys") from None
        content = json.dumps({"endpoint": endpoint, "p256dh": p256dh, "auth": auth, "language": language})
        sealed = self._ring.keys(make=True).encrypt(content.encode())
        digest = hashlib.sha256(endpoint.encode()).hexdigest()
        put = partial(
            subscriptions.put,
            output_id=output.id,
            endpoint=digest,
            sealed=sealed,
            owner=owner,
            agent=agent,
        )
        return self._store.write(put).result()

    def unsubscribe(self, owner: Principal, subscription_id: str) -> None:
        """Push to one of the owner's browsers no longer. Raises NotFoundError."""
        delete = partial(subscriptions.delete_own, subscription_id=subscription_id, owner=owner)
        self._store.write(delete).result()

    def subscribers(self, output_id: str) -> list[PushSubscriber]:
        """Return to whom an output pushes; who is shut out by now is removed."""
        found: list[PushSubscriber] = []
        with self._store.reading() as session:
            kept = [
                (each, subscriptions.owner_of(session, each, self._now()))
                for each in subscriptions.listing(session, output_id)
            ]
        for each, owner in kept:
            if owner is None:
                self.gone(each.id, "owner")
                continue
            with contextlib.suppress(ConfigurationError, InvalidToken, ValueError, LookupError):
                content = json.loads(self._ring.keys().decrypt(each.sealed))
                keys = padded(content["p256dh"]), padded(content["auth"])
                missed = self._missed.setdefault(each.id, set())
                language = content.get("language")  # subscriptions of earlier versions have none
                found.append(
                    PushSubscriber(each.id, content["endpoint"], *keys, owner.sees, missed, language)
                )
        return found

    def gone(self, subscription_id: str, why: str) -> None:
        """Forget a browser."""
        self._missed.pop(subscription_id, None)
        self._store.write(partial(subscriptions.gone, subscription_id=subscription_id, why=why)).result()
