"""Follows whether each lift is armed (`lifts.decision.arming`).

Nothing of it is stored: the state follows from the active masks, the pictures that people confirmed and the
passages in the database. New masks, and another camera or track, start over.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import structlog

from lifts.decision.arming import Arming, ArmingReason, ConfirmedReading, assess
from lifts.decision.judge import judge, problem_of
from lifts.decision.reasons import Reason
from lifts.decision.references import LiftReferences
from lifts.decision.site import is_informative
from lifts.decision.verdict import Inference, Judgement, Verdict
from lifts.decision.view import PassageReading
from lifts.masks import extents
from lifts.pictures.bar_maps import bar_maps
from service.domain.arrays import Float32, Image
from service.domain.errors import BarwatchError, NotFoundError
from service.domain.masks import MaskVersion
from service.domain.passage import KeptPicture, Picture
from service.inference.protocol import Engine
from service.site.stored import inferred, reader
from service.site.upright import checked_upright
from service.store import lifts, masks, passages
from service.store.database import Store
from service.store.pictures import Pictures
from service.store.records import PassageRecord

log = structlog.get_logger(__name__)

RECENT, OF_EACH = 200, 30
"""Passages considered: the newest, and the newest of each state, whose maps are read too."""

CONFIRMED_OF_EACH = 10
"""Labelled passages considered, the newest of each state."""

REJUDGED = 30
"""Passages of former masks whose pictures are judged again by new ones, which takes less than a minute."""

PAUSE_FACTOR, MAX_PAUSE_S = 50.0, 60.0
"""After a check, the lift is not checked for PAUSE_FACTOR times as long as it took, at most MAX_PAUSE_S."""

_REFERENCES = {"reference_open": True, "reference_close": False}

_Key = tuple[int, str, int, int]


@dataclass(eq=False)
class _LiftWatch:
    """State of one lift for the masks of `key`; readings: pictures judged again, by name."""

    key: _Key | None = None
    state: Arming = field(default_factory=lambda: Arming(ArmingReason.NOT_CHECKED))
    due_mono_s: float | None = 0.0
    paused_until_mono_s: float = 0.0
    readings: dict[str, tuple[Judgement, Judgement, PassageReading]] = field(default_factory=dict)


class ArmingWatch:
    """The arming state of every lift. `state` never waits; `step` checks what has changed, on its own thread.

    Args:
        store: has passages, labels and reference pictures.
        engine: judges pictures again where other masks had judged them.
        pictures: where those pictures are stored.
        masks_of: the masks that a lift is judged by now, None if it has none.
        why_none: why it has none.
        beat: called by `step` before each call of the engine, so that a long step does not look like a hang.
    """

    def __init__(
        self,
        store: Store,
        engine: Engine,
        pictures: Pictures,
        masks_of: Callable[[str], MaskVersion | None],
        why_none: Callable[[str], Reason],
        beat: Callable[[], object] = lambda: None,
    ) -> None:
        self._store, self._engine, self._pictures = store, engine, pictures
        self._masks_of, self._why_none, self._beat = masks_of, why_none, beat
        self._read = reader(pictures, engine.manifest)
        self._lock = threading.Lock()
        self._checking = threading.Lock()
        self._lifts: dict[str, _LiftWatch] = {}

    def state(self, lift_id: str) -> Arming:
        """Return what is known now; `not_checked` until the lift's present masks were checked."""
        version = self._masks_of(lift_id)
        if version is None:
            waits = self._why_none(lift_id) is Reason.MASKS_NOT_EMBEDDED
            return Arming(ArmingReason.MASKS_NOT_EMBEDDED if waits else ArmingReason.NO_MASKS)
        with self._lock:
            known = self._lifts.setdefault(lift_id, _LiftWatch())
            if known.key == version.judged_by:
                return known.state
            known.due_mono_s, known.paused_until_mono_s = 0.0, 0.0
            return Arming(ArmingReason.NOT_CHECKED)

    def changed(self, lift_id: str, *, at_once: bool = False) -> None:
        """Note that a passage was recorded, or (`at_once`) that a label or the masks changed."""
        with self._lock:
            known = self._lifts.setdefault(lift_id, _LiftWatch())
            known.due_mono_s = 0.0
            if at_once:
                known.paused_until_mono_s = 0.0

    def forget(self, lift_id: str) -> None:
        """Drop a lift that is gone."""
        with self._lock:
            self._lifts.pop(lift_id, None)

    def step(self) -> None:
        """Check every lift that has changed and whose pause is over; to be called about once a second.

        Raises:
            BarwatchError: one could not be checked; it stays due.
        """
        failed: BarwatchError | None = None
        now_mono_s = time.monotonic()
        with self._lock:
            due = [
                lift_id
                for lift_id, known in self._lifts.items()
                if known.due_mono_s is not None and known.paused_until_mono_s <= now_mono_s
            ]
        for lift_id in due:
            try:
                found = self._check(lift_id, self._beat)
                log.debug("arming checked", lift_id=lift_id, armed=found.armed, reason=found.reason)
            except BarwatchError as error:
                failed = error
        if failed is not None:
            raise failed

    def check(self, lift_id: str) -> Arming:
        """Find out whether the lift is armed; blocks while pictures are judged again.

        Raises:
            EngineUnavailableError: the embedder is down.
            StoreError: the database cannot answer.
            DamagedError: a stored reference picture is damaged.
            NotFoundError: the lift was removed meanwhile.
        """
        return self._check(lift_id, lambda: None)

    def _check(self, lift_id: str, beat: Callable[[], object]) -> Arming:
        began_mono_s = time.monotonic()
        with self._checking:
            version = self._masks_of(lift_id)
            with self._lock:
                known = self._lifts.setdefault(lift_id, _LiftWatch())
                known.due_mono_s = None
            if version is None:
                return self.state(lift_id)
            try:
                found = self._assess(version, known, beat)
            except BaseException:
                known.due_mono_s = 0.0
                raise
            with self._lock:
                known.key, known.state = version.judged_by, found
                now_mono_s = time.monotonic()
                pause_s = min(PAUSE_FACTOR * (now_mono_s - began_mono_s), MAX_PAUSE_S)
                known.paused_until_mono_s = now_mono_s + pause_s
            return found

    def _assess(self, version: MaskVersion, known: _LiftWatch, beat: Callable[[], object]) -> Arming:
        beat()
        if known.key != version.judged_by:
            known.readings.clear()
        models = (version.model, *self._engine.manifest.formerly)
        made_with = (version.lift_id, version.version, models)
        with self._store.reading() as session:
            since = lifts.view_since(session, version.lift_id)
            references = masks.newest_references(session, version.lift_id)
            labelled = passages.confirmed(session, version.lift_id, CONFIRMED_OF_EACH, since)
            recent = passages.recent(session, *made_with, RECENT, OF_EACH, since)
            missing = max(REJUDGED - len(recent), 0)  # nothing is read for none
            former = passages.with_other_masks(session, *made_with, missing, since)
        confirmed = [
            _confirmed(_REFERENCES[name], self._judged(name, [_shown(image)], version, known, beat))
            for name, image in references.items()
            if name in _REFERENCES
        ]
        confirmed += [self._labelled(record, version, known, beat) for record in labelled]
        cells = self._engine.manifest.calibration.bar_map_cells
        readings = self._stored_readings(recent, cells)
        for record in former:
            shown = self._read(record)
            if shown and (judged := self._judged(record.id, shown, version, known, beat)) is not None:
                readings.append(judged[2])
        site = None if version.site is None else version.site.calibration
        in_use = {*references, *(record.id for record in (*labelled, *former))}
        known.readings = {name: kept for name, kept in known.readings.items() if name in in_use}
        found = assess(
            confirmed,
            readings,
            _maps(version.embeddings[:, 0], cells),
            self._engine.manifest.calibration.clusters,
            0.0 if site is None else site.fit.threshold,
            drawn_px=extents(version.masks),
        )
        return checked_upright(found, version.masks)

    def _labelled(
        self, record: PassageRecord, version: MaskVersion, known: _LiftWatch, beat: Callable[[], object]
    ) -> ConfirmedReading:
        is_open = record.review is not None and record.review.verdict is Verdict.OPEN
        found = self._judged(record.id, self._read(record), version, known, beat)
        if found is not None:
            return _confirmed(is_open, found)
        # Its pictures are gone: the stored verdict counts, if it was made by these masks.
        judged = record.judgement
        models = (version.model, *self._engine.manifest.formerly)
        same = judged.mask_version == version.version and judged.model in models
        verdict = judged.verdict if same else Verdict.UNKNOWN
        return ConfirmedReading(is_open, verdict, verdict)

    def _judged(
        self,
        name: str,
        shown: Sequence[Picture | KeptPicture],
        version: MaskVersion,
        known: _LiftWatch,
        beat: Callable[[], object],
    ) -> tuple[Judgement, Judgement, PassageReading] | None:
        """Judge pictures by the masks alone, and as the lift is judged now; None without a usable picture."""
        calibration = self._engine.manifest.calibration
        usable = [picture for picture in shown if problem_of(picture, calibration) is None]
        if not usable:
            return None
        if name not in known.readings:

            def by(references: LiftReferences) -> tuple[Judgement, Inference]:
                beat()
                inference = inferred(self._engine, usable, references.embeddings())
                return judge(usable, inference, references, calibration), inference

            alone, inference = by(version.alone().lift_references())
            plain = version.judged_by == version.alone().judged_by
            now = alone if plain else by(version.lift_references())[0]
            maps = _maps(inference.embeddings, calibration.bar_map_cells)
            middle = None if maps is None else maps[len(maps) // 2]
            known.readings[name] = (alone, now, _reading(alone, middle))
        return known.readings[name]

    def _stored_readings(self, recent: Sequence[PassageRecord], cells: int) -> list[PassageReading]:
        readings, wanted = [], {Verdict.OPEN: OF_EACH, Verdict.CLOSED: OF_EACH, Verdict.UNKNOWN: 0}
        for record in recent:
            bar_map = None
            if cells and wanted[record.judgement.verdict] > 0:
                bar_map = self._stored_map(record, cells)
                wanted[record.judgement.verdict] -= bar_map is not None
            readings.append(_reading(record.judgement, bar_map))
        return readings

    def _stored_map(self, record: PassageRecord, cells: int) -> Float32 | None:
        """Return the map of the passage's middle picture, float32[C * C]; None if it is gone."""
        file = record.pictures[len(record.pictures) // 2].why if record.pictures else None
        if file is None:
            return None
        try:
            found = self._pictures.read_map(file)
        except NotFoundError:
            return None
        return found.reshape(-1).astype(np.float32) if found.shape == (cells, cells) else None


def _shown(image: Image) -> Picture:
    return Picture(image, None, 0.0, 1.0)


def _confirmed(is_open: bool, found: tuple[Judgement, Judgement, PassageReading] | None) -> ConfirmedReading:
    if found is None:
        return ConfirmedReading(is_open, Verdict.UNKNOWN, Verdict.UNKNOWN)
    return ConfirmedReading(is_open, found[0].verdict, found[1].verdict)


def _reading(judgement: Judgement, bar_map: Float32 | None) -> PassageReading:
    return PassageReading(judgement.verdict, judgement.margin, is_informative(judgement), bar_map)


def _maps(embeddings: Float32, cells: int) -> Float32 | None:
    """Return the bar maps of embeddings float32[N, D] as they are stored, float32[N, C * C]; None without."""
    if not cells:
        return None
    return bar_maps(embeddings, cells).reshape(len(embeddings), -1).astype(np.float32)
