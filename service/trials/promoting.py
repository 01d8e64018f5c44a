"""Lets a candidate judge, or what it replaced again. What is in flight is judged by what it was sent with."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Protocol

import structlog

from lifts.decision.budgets.choosing import BudgetKind, BudgetWish
from service.domain.errors import ArtefactError, ConflictError
from service.domain.masks import BudgetVersion, MaskVersion
from service.domain.trials.candidate import CandidateKind, CandidateSpec
from service.inference.protocol import Engine
from service.inference.running.switching import RunningEngine, SwitchingEngine
from service.site.budgets import evidence_of, find_budget
from service.store import budgets, masks, site_calibrations
from service.store.database import Store
from service.trials.models import ModelShelf
from service.variables.promoted import note_promoted, promoted_name

log = structlog.get_logger(__name__)

RETIRE_AFTER_S = 30.0
"""How long the engine before stays, in seconds: passages that were with it are answered long before."""


class JudgingPath(Protocol):
    """What judges lifts."""

    def active_masks(self, lift_id: str) -> MaskVersion | None:
        """Return the masks that passages are judged by."""

    def reload_masks(self, lift_id: str) -> MaskVersion | None:
        """Judge by the lift's active masks, as they are stored, from now on."""

    def reload_all(self) -> None:
        """Judge every lift by its masks as the engine's model embeds them."""


class Promoter:
    """Makes what a candidate is judge.

    Args:
        store: the database.
        path: what judges. masks_changed: called where cameras must learn of other masks.
        engine: what runs the network. shelf: other models. shipped: the manifest of the model that ships.
        make: makes an engine that reports its health, not started.
        data: the data folder. fixed: whether the settings name the model.
    """

    def __init__(
        self,
        store: Store,
        path: JudgingPath,
        masks_changed: Callable[[str], object],
        engine: Engine,
        shelf: ModelShelf,
        shipped: Callable[[], Path],
        make: Callable[[Path], RunningEngine],
        data: Path,
        *,
        fixed: bool,
    ) -> None:
        self._store, self._path, self._masks_changed = store, path, masks_changed
        self._engine, self._shelf, self._shipped = engine, shelf, shipped
        self._make, self._data, self._fixed = make, data, fixed
        self._lock = threading.Lock()
        self._retire_at_mono_s: float | None = None

    def apply(self, lift_id: str, kind: CandidateKind, spec: CandidateSpec) -> CandidateSpec:
        """Let it judge from now on; return what it replaced.

        Raises:
            ConflictError: it cannot judge; the message says why, and what judges is as before.
            NotFoundError: there is no such version or model.
            DamagedError, StoreError, EngineUnavailableError.
        """
        with self._lock:
            if kind is CandidateKind.MODEL:
                return self._apply_model(spec.model)
            if kind is CandidateKind.MASKS:
                return self._apply_masks(lift_id, spec.version)
            if kind is CandidateKind.CALIBRATION:
                return self._apply_calibration(lift_id, spec.version)
            return self._apply_threshold(lift_id, spec)

    def budget_of(self, lift_id: str, spec: CandidateSpec) -> BudgetVersion:
        """Return the budget that a spec's wish leads to now. Raises ConflictError: it cannot be had."""
        active, manifest = self._path.active_masks(lift_id), self._engine.manifest
        if active is None:
            raise ConflictError("the lift has no masks", "no_masks", lift_id=lift_id)
        with self._store.reading() as session:
            evidence = evidence_of(session, active, manifest)
        wish = BudgetWish(BudgetKind(spec.budget), spec.wish)
        return find_budget(wish, evidence, active, manifest, "candidate")

    def step(self) -> None:
        """End an engine that judges no more, once its passages are long answered."""
        due = self._retire_at_mono_s
        if due is not None and time.monotonic() >= due and isinstance(self._engine, SwitchingEngine):
            self._retire_at_mono_s = None
            self._engine.retire()

    def _apply_masks(self, lift_id: str, version: int) -> CandidateSpec:
        with self._store.reading() as session:
            before = masks.active_versions(session).get(lift_id, 0)
        self._store.write(partial(masks.activate, lift_id=lift_id, version=version)).result()
        self._masks_changed(lift_id)
        return CandidateSpec(version=before)

    def _apply_calibration(self, lift_id: str, version: int) -> CandidateSpec:
        active = self._path.active_masks(lift_id)
        before = 0 if active is None or active.site is None else active.site.version
        job = partial(site_calibrations.activate, lift_id=lift_id, version=version)
        if not version:  # back to the masks alone
            self._store.write(partial(site_calibrations.deactivate, lift_id=lift_id)).result()
        else:
            self._store.write(job).result()
        self._path.reload_masks(lift_id)
        return CandidateSpec(version=before)

    def _apply_threshold(self, lift_id: str, spec: CandidateSpec) -> CandidateSpec:
        with self._store.reading() as session:
            was = budgets.active(session, lift_id)
        if spec.budget:
            found = self.budget_of(lift_id, spec)
            self._store.write(partial(budgets.add, found=found)).result()
        elif spec.high:
            message = "a threshold follows from a budget: choose one that leads to it"
            raise ConflictError(message, "threshold_by_budget")
        else:  # back to the model's own
            self._store.write(partial(budgets.take_back, lift_id=lift_id)).result()
        self._path.reload_masks(lift_id)
        if was is None:
            return CandidateSpec()
        band, wish = was.band, was.wish
        return CandidateSpec(low=band.low, high=band.high, budget=wish.kind.value, wish=wish.value)

    def _apply_model(self, name: str) -> CandidateSpec:
        if self._fixed:
            raise ConflictError(
                "the settings name the model (BARWATCH_MODEL): change it there", "model_is_set"
            )
        if not isinstance(self._engine, SwitchingEngine):
            raise ConflictError("this engine cannot take another model while it runs", "model_is_set")
        before = promoted_name(self._data)
        path = self._shelf.path(name) if name else self._shipped()
        try:
            other = self._make(path)
            other.start()
        except ArtefactError as error:
            raise ConflictError(f"model {name!r} is refused: {error}", "model_refused", name=name) from error
        try:
            note_promoted(self._data, name)
        except OSError as error:
            other.stop()
            message = f"what judges cannot be noted for the next start: {error}"
            raise ConflictError(message, "model_not_noted") from error
        self._engine.take(other)
        self._retire_at_mono_s = time.monotonic() + RETIRE_AFTER_S
        log.info("another model judges", model=other.manifest.identity, name=name)
        self._path.reload_all()
        return CandidateSpec(model=before)
