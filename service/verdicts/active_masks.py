"""The masks that each lift is judged by now, always embedded by the model that runs."""

from __future__ import annotations

import threading
from functools import partial

import structlog

from lifts.decision.reasons import Reason
from service.domain.errors import ConflictError, EngineUnavailableError, NotFoundError
from service.domain.masks import MaskVersion
from service.inference.enrolment import embed
from service.inference.protocol import Engine
from service.store import lifts, masks
from service.store.database import Store

log = structlog.get_logger(__name__)


class ActiveMasks:
    """A view of the store's active versions. Reading waits neither for a lock nor for the database."""

    def __init__(self, store: Store, engine: Engine) -> None:
        self._store, self._engine = store, engine
        self._active: dict[str, MaskVersion] = {}
        self._waiting: set[str] = set()
        self._lock = threading.Lock()
        self._asked: dict[str, int] = {}
        self._taken: dict[str, int] = {}

    def load(self) -> tuple[str, ...]:
        """Take the active masks of every lift, and return the lifts; one whose masks are damaged has none.

        Raises StoreError.
        """
        with self._store.reading() as session:
            lift_ids = tuple(lift.id for lift in lifts.listing(session))
        for lift_id in lift_ids:
            try:
                self.reload(lift_id)
            except ConflictError as error:
                log.error("a lift's masks cannot be used", lift_id=lift_id, reason=str(error))
        return lift_ids

    def reload(self, lift_id: str) -> MaskVersion | None:
        """Read the lift's active masks again; return them, or None if none can be used now.

        Masks that another model embedded are embedded again and stored. While the engine is down that waits:
        see `retry`. Embedding takes a while: of several calls at once the one that read the store last wins,
        whichever ends last.

        Raises:
            StoreError: the database cannot answer or takes no write.
            ConflictError: the stored masks are damaged.
            NotFoundError: the lift was removed meanwhile.
        """
        with self._lock:
            turn = self._asked[lift_id] = self._asked.get(lift_id, 0) + 1
        with self._store.reading() as session:
            version = masks.active(session, lift_id)
        waits = False
        if version is not None and version.model != self._engine.manifest.identity:
            version = self._embed_again(version)
            waits = version is None
        with self._lock:
            if turn > self._taken.get(lift_id, 0):
                self._taken[lift_id] = turn
                self._set(lift_id, version, waits=waits)
        return self._active.get(lift_id)

    def retry(self) -> None:
        """Embed what had to wait for the engine. Raises StoreError."""
        for lift_id in tuple(self._waiting):
            try:
                self.reload(lift_id)
            except (ConflictError, NotFoundError) as error:
                log.error("a lift's masks cannot be used", lift_id=lift_id, reason=str(error))
                self.forget(lift_id)

    def forget(self, lift_id: str) -> None:
        """Drop a lift that is gone, and what is still being embedded for it."""
        with self._lock:
            self._taken[lift_id] = self._asked[lift_id] = self._asked.get(lift_id, 0) + 1
            self._set(lift_id, None, waits=False)

    def get(self, lift_id: str) -> MaskVersion | None:
        """Return the masks to judge the lift by, or None: `why_none` says why."""
        return self._active.get(lift_id)

    def why_none(self, lift_id: str) -> Reason:
        """Return why a lift has no masks to be judged by."""
        return Reason.MASKS_NOT_EMBEDDED if lift_id in self._waiting else Reason.NO_MASKS

    def _set(self, lift_id: str, version: MaskVersion | None, *, waits: bool) -> None:
        if version is None:
            self._active.pop(lift_id, None)
        else:
            self._active[lift_id] = version
        # A new set: `retry` and `why_none` read it without the lock.
        others = self._waiting - {lift_id}
        self._waiting = others | {lift_id} if waits else others

    def _embed_again(self, version: MaskVersion) -> MaskVersion | None:
        log.info("masks embedded again", lift_id=version.lift_id, version=version.version, was=version.model)
        try:
            embedded = embed(version, self._engine)
        except EngineUnavailableError:
            return None
        self._store.write(partial(masks.replace_embeddings, version=embedded)).result()
        return embedded
