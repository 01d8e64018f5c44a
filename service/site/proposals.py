"""Site calibrations that the service proposes unasked, after a lift's first passages and first reviews.

A proposal changes no verdict until an operator activates it. What is due follows from the database, so a
restart proposes nothing twice; new masks or another model start over.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial

import structlog

from service.domain.errors import ConflictError
from service.domain.masks import MaskVersion, SiteCalibrationVersion
from service.inference.protocol import Engine
from service.site.learning import MAX_PASSAGES, MIN_PASSAGES, find_site_calibration
from service.site.stored import reader
from service.store import lifts, masks, passages, site_calibrations
from service.store.database import Store
from service.store.pictures import Pictures

log = structlog.get_logger(__name__)

AFTER_PASSAGES = (MIN_PASSAGES, 50, MAX_PASSAGES)
"""Numbers of well-seen passages after which a site calibration is proposed."""

AFTER_REVIEWS = (5, 20, 50, 100)
"""Numbers of labelled passages after which one is proposed again; `passages.watched` keeps the newest 100."""

ROUND_EVERY_S = 15.0
REST_FACTOR, MAX_REST_S = 4.0, 1.0
"""After each passage that is judged again, rest REST_FACTOR times as long as that took: without this, of ten
cameras' verdicts one was 0.7 s late while a site calibration was looked for."""
PAUSE_FACTOR, MAX_PAUSE_S = 200.0, 300.0
"""After a check that proposed nothing, wait PAUSE_FACTOR times as long as it took, at most MAX_PAUSE_S:
counting a season's passages takes a while. A check that proposed something is rare and needs no pause."""


class Proposals:
    """Checks one lift after the other, on the caller's thread.

    Args:
        store: has the passages; takes the proposals.
        engine: embeds their pictures again; its model knows how clusters lie on lifts in general.
        pictures: where those are.
        masks_of: the masks that a lift is judged by now, None if it has none.
        beat: called before each passage that is judged again: long work is no hang.
        rest: waits so many seconds, called there too: cameras need the processor at once, this never.
    """

    def __init__(
        self,
        store: Store,
        engine: Engine,
        pictures: Pictures,
        masks_of: Callable[[str], MaskVersion | None],
        beat: Callable[[], object] = lambda: None,
        rest: Callable[[float], object] = lambda _: None,
    ) -> None:
        self._store, self._engine, self._pictures, self._masks_of = store, engine, pictures, masks_of
        self._beat, self._rest = beat, rest
        self._worked_since_mono_s = 0.0
        self._waiting: deque[str] = deque()
        self._next_round_mono_s = self._next_look_mono_s = 0.0

    def step(self) -> None:
        """Check the next lift if it is time; to be called about once a second. Raises BarwatchError.

        A check that proposes nothing takes milliseconds, one that proposes something takes seconds.
        """
        began_mono_s = time.monotonic()
        if began_mono_s < self._next_look_mono_s:
            return
        proposed = None
        try:
            if not self._waiting and began_mono_s >= self._next_round_mono_s:
                self._next_round_mono_s = began_mono_s + ROUND_EVERY_S
                with self._store.reading() as session:
                    self._waiting.extend(masks.active_versions(session))
            if self._waiting:
                proposed = self.look(self._waiting.popleft())
        finally:
            now_mono_s = time.monotonic()
            pause_s = (
                min(PAUSE_FACTOR * (now_mono_s - began_mono_s), MAX_PAUSE_S) if proposed is None else 0.0
            )
            self._next_look_mono_s = now_mono_s + pause_s

    def look(self, lift_id: str) -> SiteCalibrationVersion | None:
        """Propose a site calibration for the lift if one is due; returns it as stored.

        None as well where too few of the passages have their pictures still.

        Raises:
            EngineUnavailableError: the embedder is down.
            StoreError: the database cannot answer or takes no write.
            NotFoundError: the lift was removed meanwhile.
        """
        active, calibration = self._masks_of(lift_id), self._engine.manifest.calibration
        if active is None or calibration.clusters is None:
            return None
        found_with = (lift_id, active.version, active.model)
        seen_with = (*found_with[:2], (active.model, *self._engine.manifest.formerly))
        with self._store.reading() as session:
            since = lifts.track_since(session, lift_id)
            used, used_labels = site_calibrations.most_used(session, *found_with, since)
            if used >= AFTER_PASSAGES[-1] and used_labels >= AFTER_REVIEWS[-1]:
                return None
            seen, labelled = passages.count_seen(session, *seen_with, since)
            due = _reached(AFTER_PASSAGES, used, seen) or _reached(AFTER_REVIEWS, used_labels, labelled)
            if seen < MIN_PASSAGES or not due:
                return None
            watched = passages.watched(session, *seen_with, MAX_PASSAGES, since)
        try:
            read = reader(self._pictures, self._engine.manifest)
            self._worked_since_mono_s = time.monotonic()
            found = find_site_calibration(watched, active, self._engine, read, self._between)
        except ConflictError as error:
            log.debug("nothing to propose", lift_id=lift_id, reason=str(error))
            return None
        stored = self._store.write(partial(site_calibrations.add, found=found)).result()
        log.info(
            "site calibration proposed",
            lift_id=lift_id,
            version=stored.version,
            passages=len(stored.margins),
            reviewed=stored.reviewed,
            overlap=round(stored.calibration.fit.overlap, 4),
            prototypes=stored.calibration.prototypes is not None,
            adapter=stored.calibration.adapted,
        )
        return stored

    def _between(self) -> None:
        worked_s = time.monotonic() - self._worked_since_mono_s
        self._rest(min(REST_FACTOR * worked_s, MAX_REST_S))
        self._beat()
        self._worked_since_mono_s = time.monotonic()


def _reached(milestones: Sequence[int], before: int, now: int) -> bool:
    """Say whether a milestone lies above `before` and not above `now`."""
    return any(before < milestone <= now for milestone in milestones)
