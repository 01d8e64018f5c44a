"""Masks of an earlier track, carried over to the one that a set-up has found: for a camera that was moved.

Both canonical frames show the same carriers, at another size, angle and place. How one comes onto the other
is found from what the carriers have in common, their mean outline in either frame.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import cv2
import numpy as np
from sqlalchemy.orm import Session

from lifts.drawing.lines import Drawing
from lifts.drawing.strokes import strokes_of
from lifts.edges import gradient
from lifts.geometry import CANONICAL_SIZE
from service.domain.arrays import Float32, Float64, Image
from service.domain.errors import ConflictError
from service.setup.jobs.state import SetupJob
from service.store import masks, passages, tracks
from service.store.database import Store
from service.store.pictures import Pictures
from service.store.records import PassageRecord
from service.usecases.setup.kept import KeptSetups
from service.usecases.setup.likeness import read_picture

MOST = 30
"""Carriers of either frame that are averaged."""

LEAST_SEEN = 0.3
"""Of the new frame: what the former one must cover."""
SCALES = np.geomspace(0.55, 1.8, 15)
GOOD, USABLE = 0.55, 0.3
"""Correlation of the mean outlines from which on the masks are proposed without doubt, or at all."""

_ROUNDS = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 100, 1e-5)


class CarriedOver(NamedTuple):
    """The former masks in the new frame; reasons: why to doubt them, as codes."""

    open: Drawing
    close: Drawing
    reasons: tuple[str, ...]


class FormerMasks:
    """Carries a lift's active masks over to what its set-up has found.

    Args:
        store: has the masks, and which pictures were judged by them.
        pictures: has these pictures.
        kept: the set-ups, with the carriers in the new frame.
    """

    def __init__(self, store: Store, pictures: Pictures, kept: KeptSetups) -> None:
        self._store, self._pictures, self._kept = store, pictures, kept

    def carried_over(self, job: SetupJob) -> CarriedOver:
        """Return a lift's active masks as they lie in the frame of its set-up.

        Raises:
            ConflictError: it has no masks, no picture of a carrier that they judged is left, or the carriers
                of then and now cannot be laid over each other.
            StoreError: the database cannot answer.
        """
        with self._store.reading() as session:
            version = masks.active(session, job.lift_id)
            if version is None:
                raise ConflictError(f"lift {job.lift_id!r} has no masks to carry over", "no_masks")
            until = _next_track(session, job.lift_id, version.created_at)
            page = passages.listing(session, lift_id=job.lift_id, to=until, limit=4 * MOST)
        judged = [one for one in page.items if one.judgement.mask_version == version.version]
        before = [image for one in judged[:MOST] if (image := self._middle(one)) is not None]
        before += list(version.references.values())
        if not before:
            raise ConflictError(
                f"no picture of lift {job.lift_id!r} is left to compare with", "pictures_gone"
            )
        now = [read_picture(self._kept.pictures(job), one.number, "middle") for one in job.carriers[:MOST]]
        matrix, likeness = registered_onto(mean_outline(before), mean_outline(now))
        if likeness < USABLE:
            raise ConflictError("the carriers of then and now do not lie over each other", "not_registered")
        drawings = [strokes_of(_warped(mask, matrix)) for mask in (version.masks.open, version.masks.close)]
        return CarriedOver(drawings[0], drawings[1], () if likeness >= GOOD else ("doubtful",))

    def _middle(self, record: PassageRecord) -> Image | None:
        shown = self._pictures.of_passage(record)
        return shown[len(shown) // 2].image if shown else None


def _next_track(session: Session, lift_id: str, made_at: datetime) -> datetime | None:
    """Return when another track took the place of the one that masks were made for; None if none did.

    Masks that are older than the lift's first track were made for that one.
    """
    began = sorted(track.created_at for track in tracks.history(session, lift_id).items)
    later = [at for at in began if at > made_at]
    if len(later) == len(began):
        later = later[1:]
    return later[0] if later else None


def mean_outline(images: Sequence[Image]) -> Float32:
    """Return float32[200, 200], how strong edges are on average in uint8[200, 200, 3], smoothed."""
    outlines = [
        np.hypot(*gradient(np.asarray(cv2.cvtColor(one, cv2.COLOR_RGB2GRAY), np.uint8), 1.5))
        for one in images
    ]
    mean = np.asarray(np.mean(outlines, axis=0), np.float32)
    return np.asarray(cv2.GaussianBlur(mean, (0, 0), 1.5), np.float32)


def registered_onto(before: Float32, now: Float32) -> tuple[Float64, float]:
    """Return float64[2, 3], the similarity that lays one outline float32[200, 200] onto another; correlation.

    Each size is tried at its best place; the best one is refined (Evangelidis and Psarakis, PAMI 2008).
    """
    half = CANONICAL_SIZE // 2
    template = now[half // 2 : half + half // 2, half // 2 : half + half // 2]
    best, best_score = np.eye(2, 3), _likeness(before, now, np.eye(2, 3))
    for scale in SCALES:
        centred = np.array([[scale, 0, half * (1 - scale)], [0, scale, half * (1 - scale)]])
        scaled = cv2.warpAffine(before, centred, (CANONICAL_SIZE, CANONICAL_SIZE))
        padded = cv2.copyMakeBorder(scaled, half // 2, half // 2, half // 2, half // 2, cv2.BORDER_REPLICATE)
        *_, (x, y) = cv2.minMaxLoc(cv2.matchTemplate(padded, template, cv2.TM_CCOEFF_NORMED))
        moved = centred + np.array([[0, 0, half - x], [0, 0, half - y]])
        if (score := _likeness(before, now, moved)) > best_score:
            best, best_score = moved, score
    start = np.asarray(cv2.invertAffineTransform(best), np.float32)
    try:
        _, found = cv2.findTransformECC(now, before, start, cv2.MOTION_AFFINE, _ROUNDS)
    except cv2.error:  # it does not settle
        return best, best_score
    refined = _similar(np.asarray(cv2.invertAffineTransform(found), np.float64))
    score = _likeness(before, now, refined)
    return (refined, score) if score > best_score else (best, best_score)


def _likeness(before: Float32, now: Float32, matrix: Float64) -> float:
    """Return the correlation of outlines where both frames are seen; -1 where that is too little."""
    size = (CANONICAL_SIZE, CANONICAL_SIZE)
    seen = cv2.warpAffine(np.ones_like(before), matrix, size) > 0.99
    if seen.mean() < LEAST_SEEN:
        return -1.0
    moved = cv2.warpAffine(before, matrix, size)
    return float(np.nan_to_num(np.corrcoef(moved[seen], now[seen])[0, 1]))


def _similar(affine: Float64) -> Float64:
    """Return the similarity nearest to an affine transform, with the same place for the frame's centre."""
    (a, b), (c, d) = affine[:, :2]
    turn = np.array([[a + d, b - c], [c - b, a + d]]) / 2
    centre = np.full(2, CANONICAL_SIZE / 2)
    return np.column_stack([turn, affine @ (*centre, 1.0) - turn @ centre])


def _warped(mask: Image, matrix: Float64) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    return np.asarray(cv2.warpAffine(mask, matrix, mask.shape[::-1]) > 127, np.bool_)
