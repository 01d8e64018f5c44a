"""The masks that each lift is judged by now, always embedded by the model that runs."""

from __future__ import annotations

from functools import partial

import structlog

from lifts.decision.reasons import Reason
from service.domain.errors import EngineUnavailableError
from service.domain.masks import MaskVersion
from service.inference.enrolment import embed
from service.inference.protocol import Engine
from service.store import lifts, masks
from service.store.database import Store

log = structlog.get_logger(__name__)


class ActiveMasks:
    """A view of the store's active versions. Reading is free of locks and of the database."""

    def __init__(self, store: Store, engine: Engine) -> None:
        self._store, self._engine = store, engine
        self._active: dict[str, MaskVersion] = {}
        self._waiting: set[str] = set()

    def load(self) -> None:
        """Take the active masks of every lift. Raises StoreError."""
        with self._store.reading() as session:
            lift_ids = [lift.id for lift in lifts.listing(session)]
        for lift_id in lift_ids:
            self.reload(lift_id)

    def reload(self, lift_id: str) -> MaskVersion | None:
        """Take the lift's active masks anew; returns them, or None if it has none that can be used now.

        Masks that another model embedded are embedded again and stored. While the engine is down that
        waits: see `retry`. Raises StoreError.
        """
        with self._store.reading() as session:
            version = masks.active(session, lift_id)
        self._waiting.discard(lift_id)
        if version is not None and version.model != self._engine.manifest.identity:
            version = self._embed_anew(version)
        if version is None:
            self._active.pop(lift_id, None)
        else:
            self._active[lift_id] = version
        return version

    def retry(self) -> None:
        """Embed what had to wait for the engine. Raises StoreError."""
        for lift_id in tuple(self._waiting):
            self.reload(lift_id)

    def forget(self, lift_id: str) -> None:
        """The lift is gone."""
        self._waiting.discard(lift_id)
        self._active.pop(lift_id, None)

    def get(self, lift_id: str) -> MaskVersion | None:
        """Return the masks to judge the lift by, or None: `why_none` says why."""
        return self._active.get(lift_id)

    def why_none(self, lift_id: str) -> Reason:
        """Return why a lift has no masks to be judged by."""
        return Reason.MASKS_NOT_EMBEDDED if lift_id in self._waiting else Reason.NO_MASKS

    def _embed_anew(self, version: MaskVersion) -> MaskVersion | None:
        log.info("masks embedded anew", lift_id=version.lift_id, version=version.version, was=version.model)
        try:
            embedded = embed(version, self._engine)
        except EngineUnavailableError:
            self._waiting.add(version.lift_id)
            return None
        self._store.write(partial(masks.replace_embeddings, version=embedded)).result()
        return embedded
