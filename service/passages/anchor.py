"""Where exactly a carrier hangs: laid against the masks, the reference pictures and the carriers before it.

The tracker knows how carriers move, not which of their points is the centre that the lift's poses mean. Each
carrier leaves a stack: its pictures along the track, laid over each other, so that it is sharp and all else
is smeared. The stacks are first laid upon each other (all carriers of a lift look alike), then together
against the masks and references: one carrier's bar may be hidden, twenty carriers' are not.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from lifts.geometry import middle_fraction
from lifts.schema import MaskPair, Track
from service.passages.grid import motion_field, motion_px
from service.passages.outlines import (
    MARGIN_PX,
    PITCH_PX,
    Field,
    Shift,
    mask_outline,
    outline,
    peak,
    prior,
    reduce_picture,
    scores,
    shifted,
    value_at,
)
from service.passages.stacks import BIN_PX

_REACH = 30  # field pixels: 60 canonical
_MEMORY = 30.0
_MIN_ALIKE = 0.15


@dataclass(frozen=True, slots=True, eq=False)
class Fix:
    """Where a carrier was found, against what the tracker assumed.

    way: to add to the tracker's way. dx_px, dy_px: what remains of the canonical shift.
    alike: correlation with the lift's earlier carriers, None for the first. model: its outline and theirs,
    in the place where a picture at the true pose shows it.
    """

    way: float
    dx_px: float
    dy_px: float
    alike: float | None
    model: Field


class Anchor:
    """Learns, carrier by carrier, where a lift's carriers are; see the module.

    usual_px: how far along the motion a carrier usually is ahead of where the tracker sees it.
    """

    def __init__(
        self, track: Track, masks: MaskPair | None, references: dict[str, npt.NDArray[np.uint8]]
    ) -> None:
        middle = middle_fraction(track)
        mean = motion_field(track, middle).mean(axis=0)
        self._motion = (float(mean[0]), float(mean[1]))
        self._px_per_way = motion_px(track, middle)
        self._masks = [] if masks is None else [mask_outline(masks.open), mask_outline(masks.close)]
        self._references = [_reference_outline(picture) for picture in references.values()]
        self._votes = np.zeros((2 * _REACH + 1, 2 * _REACH + 1))
        self._carriers = 0
        self._template: Field | None = None
        self._wide = prior(_REACH, self._motion, 28.0, 8.0)
        self.usual_px = 0.0

    def displacement(self, way: float) -> tuple[float, float]:
        """Return by how many canonical pixels a carrier's picture moves over a small way."""
        return way * self._motion[0], way * self._motion[1]

    def fix(self, stacks: dict[int, Field], *, learn: bool = True) -> Fix:
        """Place one carrier by its stacks (see StackAlbum.stacks), cut where the tracker saw it.

        learn: whether the carrier was seen well enough to be what later ones are compared with.
        """
        alike, shift, aligned = self._place(stacks)
        if not learn:
            pass
        elif alike is None or alike >= _MIN_ALIKE:
            moved = self._learn(aligned, shift)
            shift = Shift(shift.dx_px + moved.dx_px, shift.dy_px + moved.dy_px, shift.score, shift.contrast)
            aligned = shifted(aligned, -moved.dx_px, -moved.dy_px)
        else:
            # Not recognised: it is where the lift's carriers usually are.
            shift = Shift(*self.displacement(self.usual_px / self._px_per_way), 0.0, 0.0)
        way = self._way(shift.dx_px, shift.dy_px)
        model = aligned if self._template is None else 0.4 * aligned + 0.6 * self._template
        dx_px, dy_px = self.displacement(way)
        return Fix(
            way, shift.dx_px - dx_px, shift.dy_px - dy_px, alike, np.asarray(model, dtype=np.complex64)
        )

    def _place(self, found: dict[int, Field]) -> tuple[float | None, Shift, Field]:
        """Return the likeness to earlier carriers, where the carrier is, and its outline moved into place.

        A carrier turns as it passes: each shift is tried on the stack taken where, if the shift is right, the
        carrier truly was at the middle pose.
        """
        near = prior(_REACH, self._motion, 16.0, 8.0, self.usual_px)
        best: tuple[float | None, Shift, Field] | None = None
        for k, field in found.items():
            here = self._here(k) if len(found) > 1 else 1.0
            vote = self._vote(field)
            likeness = None if self._template is None else self._likeness(field, self._template)
            if likeness is None:
                shift = peak(vote**2 * self._wide * here)
            else:
                shift = peak((likeness + 0.8 * vote) * (0.2 + 0.8 * near) * here)
            if best is None or shift.score > best[1].score:
                alike = None if likeness is None else value_at(likeness, shift)
                best = (alike, shift, shifted(field, -shift.dx_px, -shift.dy_px))
        if best is None:
            raise ValueError("a carrier without a stack cannot be placed")
        return best

    def _likeness(self, field: Field, template: Field) -> npt.NDArray[np.float64]:
        norm = float(np.sqrt((np.abs(field) ** 2).sum() * (np.abs(template) ** 2).sum()))
        return np.maximum(scores(field, template, _REACH) / max(norm, 1e-9), 0.0)

    def _here(self, k: int) -> npt.NDArray[np.float64]:
        """Return 0..1 over shifts: how near the middle pose stack k shows the carrier if that is right."""
        d = np.arange(-_REACH, _REACH + 1) * float(PITCH_PX)
        x, y = np.meshgrid(d, d)
        along = (x * self._motion[0] + y * self._motion[1]) / self._px_per_way
        return np.asarray(np.exp(-0.5 * ((along + k * BIN_PX) / (0.7 * BIN_PX)) ** 2))

    def _way(self, dx_px: float, dy_px: float) -> float:
        along = dx_px * self._motion[0] + dy_px * self._motion[1]
        return along / (self._px_per_way * self._px_per_way)

    def _vote(self, field: Field) -> npt.NDArray[np.float64]:
        """Return over shifts how well masks and references agree with an outline."""
        vote = np.zeros_like(self._votes)
        if self._masks:
            vote += np.maximum.reduce([np.maximum(scores(field, m, _REACH), 0.0) for m in self._masks])
        for reference in self._references:
            length = float(np.sqrt((np.abs(field) ** 2).sum()))
            vote += 2.0 * np.maximum(scores(field, reference, _REACH), 0.0) / max(length, 1e-9)
        return vote

    def _learn(self, aligned: Field, shift: Shift) -> Shift:
        """Take in a carrier's outline; return by how much the whole lift turns out to have been misplaced."""
        self._carriers += 1
        rate = 1.0 / min(float(self._carriers), _MEMORY)
        along = (shift.dx_px * self._motion[0] + shift.dy_px * self._motion[1]) / self._px_per_way
        self.usual_px += (along - self.usual_px) / min(self._carriers, 8)
        if self._template is None:
            self._template = aligned.copy()
        else:
            self._template += (aligned - self._template) * np.float32(rate)
        if not self._masks and not self._references:
            return Shift(0.0, 0.0, 0.0, 0.0)
        self._votes += (self._vote(aligned) ** 2 - self._votes) * rate
        moved = peak(self._votes * self._wide)
        rows, columns = round(moved.dy_px / PITCH_PX), round(moved.dx_px / PITCH_PX)
        moved = Shift(float(PITCH_PX * columns), float(PITCH_PX * rows), moved.score, moved.contrast)
        self._template = shifted(self._template, -moved.dx_px, -moved.dy_px)
        self._votes = np.roll(self._votes, (-rows, -columns), (0, 1))
        self.usual_px += (moved.dx_px * self._motion[0] + moved.dy_px * self._motion[1]) / self._px_per_way
        return moved


def _reference_outline(picture: npt.NDArray[np.uint8]) -> Field:
    framed = cv2.copyMakeBorder(picture, MARGIN_PX, MARGIN_PX, MARGIN_PX, MARGIN_PX, cv2.BORDER_REPLICATE)
    field = outline(reduce_picture(np.asarray(framed, dtype=np.uint8)))
    return np.asarray(field / max(float(np.sqrt((np.abs(field) ** 2).sum())), 1e-9), dtype=np.complex64)
