"""The masks that each lift is judged by now, always embedded by the model that runs."""

from __future__ import annotations

import threading
from dataclasses import replace
from functools import partial

import numpy as np
import structlog

from lifts.decision.reasons import Reason
from lifts.decision.site import SiteCalibration
from service.domain.errors import ConflictError, DamagedError, EngineUnavailableError, NotFoundError
from service.domain.masks import MaskVersion, SiteCalibrationVersion
from service.inference.artefact import Manifest
from service.inference.enrolment import embed
from service.inference.protocol import Engine
from service.store import lifts, masks
from service.store.database import Store

log = structlog.get_logger(__name__)

SEPARATION_ERROR = 1e-3
"""Masks' embeddings lie as far apart as is stored beside them, or they are damaged."""


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

        Another model than before is noted first; what it made under a former name is its own.
        Raises StoreError.
        """
        manifest = self._engine.manifest
        with self._store.reading() as session:
            lift_ids = tuple(lift.id for lift in lifts.listing(session))
            was = masks.model_in_use(session)
        if was != manifest.identity:
            self._change_model(was)
        for lift_id in lift_ids:
            try:
                self.reload(lift_id)
            except ConflictError as error:
                log.error("a lift's masks cannot be used", lift_id=lift_id, reason=str(error))
        return lift_ids

    def reload(self, lift_id: str) -> MaskVersion | None:
        """Read the lift's active masks again; return them, or None if none can be used now.

        Masks that another model embedded, or whose embeddings are damaged, are embedded again and stored.
        While the engine is down that waits: see `retry`. Embedding takes a while: of several calls at once
        the one that read the store last wins, whichever ends last.

        Raises:
            StoreError: the database cannot answer or takes no write.
            ConflictError: the stored masks or their site calibration are damaged.
            NotFoundError: the lift was removed meanwhile.
        """
        with self._lock:
            turn = self._asked[lift_id] = self._asked.get(lift_id, 0) + 1
        with self._store.reading() as session:
            version = masks.active(session, lift_id)
        if version is not None and version.model in self._engine.manifest.formerly:
            self._change_model(version.model)
            with self._store.reading() as session:
                version = masks.active(session, lift_id)
        waits = False
        if version is not None and not _usable(version, self._engine.manifest):
            version = self._embed_again(version)
            waits = version is None
        if version is not None:
            version = _checked(version, self._engine.manifest)
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

    def _change_model(self, was: str) -> None:
        manifest = self._engine.manifest
        log.info("another model judges", model=manifest.identity, was=was)
        change = partial(masks.change_model, model=manifest.identity, formerly=manifest.formerly)
        self._store.write(change).result()

    def _embed_again(self, version: MaskVersion) -> MaskVersion | None:
        log.info("masks embedded again", lift_id=version.lift_id, version=version.version, was=version.model)
        try:
            embedded = embed(version, self._engine)
        except EngineUnavailableError:
            return None
        self._store.write(partial(masks.replace_embeddings, version=embedded)).result()
        if version.model == embedded.model:
            return replace(embedded, site=version.site, budget=version.budget)
        return embedded


def _usable(version: MaskVersion, manifest: Manifest) -> bool:
    """Return whether this model made a version's embeddings, and they are what it made."""
    if version.model != manifest.identity:
        return False
    found, bank = version.embeddings, {(0, 0), *manifest.calibration.mask_shifts_px}
    if found.shape != (2, len(bank), manifest.embedding_dim) or not np.isfinite(found).all():
        return False
    apart = float(np.linalg.norm(found[0, 0].astype(np.float64) - found[1, 0]))
    return abs(apart - version.separation) <= SEPARATION_ERROR * max(1.0, apart)


def _checked(version: MaskVersion, manifest: Manifest) -> MaskVersion:
    """Return a version whose site calibration this model can have learnt.

    Raises:
        DamagedError: the site calibration is damaged or forged.
    """
    if version.site is not None:
        check_site_calibration(version.site, manifest)
    return version


def check_site_calibration(found: SiteCalibrationVersion, manifest: Manifest) -> None:
    """Raise DamagedError where this model cannot have learnt it: it is damaged or forged."""
    if (problem := _problem_of(found.calibration, manifest)) is not None:
        raise DamagedError(f"the site calibration of lift {found.lift_id!r} is damaged: {problem}")


def _problem_of(site: SiteCalibration, manifest: Manifest) -> str | None:
    prior, threshold, dim = manifest.calibration.clusters, site.fit.threshold, manifest.embedding_dim
    if prior is not None and not prior.open_mean <= threshold <= prior.closed_mean:
        return f"its threshold {threshold:.4g} lies beyond what open and closed bars are usually"
    background, known = site.background_embedding, site.prototypes
    sizes = [] if background is None else [background.size]
    sizes += [] if known is None else [known.directions.shape[1]]
    return None if set(sizes) <= {dim} else f"its embeddings are not of {dim} numbers"
