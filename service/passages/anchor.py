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

    usual_way: what a carrier's fix usually adds to the tracker's way.
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
        self._near = prior(_REACH, self._motion, 16.0, 8.0)
        self._fine = prior(_REACH, self._motion, 20.0, 8.0)
        self.offset = Shift(0.0, 0.0, 0.0, 0.0)
        self.usual_way = 0.0
        self._placed = 0

    def displacement(self, way: float) -> tuple[float, float]:
        """Return by how many canonical pixels a carrier's picture moves over a small way."""
        return way * self._motion[0], way * self._motion[1]

    def fix(self, stacks: dict[int, Field]) -> Fix:
        """Place one carrier by its stacks (see Stacks.means), cut where the tracker saw it; learn from it."""
        alike, shift, aligned = self._place(stacks)
        trusted = alike is None or alike >= _MIN_ALIKE
        if trusted:
            self._learn(aligned)
        else:
            # Not recognised: it is where the lift's carriers usually are.
            shift = Shift(*self.displacement(self.usual_way), 0.0, 0.0)
        dx, dy = shift.dx_px + self.offset.dx_px, shift.dy_px + self.offset.dy_px
        way = self._way(dx, dy)
        if trusted:
            self._placed += 1
            self.usual_way += (way - self.usual_way) / min(self._placed, 8)
        model = aligned if self._template is None else 0.4 * aligned + 0.6 * self._template
        model = shifted(np.asarray(model, dtype=np.complex64), -self.offset.dx_px, -self.offset.dy_px)
        return Fix(way, dx - way * self._motion[0], dy - way * self._motion[1], alike, model)

    def _place(self, found: dict[int, Field]) -> tuple[float | None, Shift, Field]:
        """Return the likeness to earlier carriers, the shift against them, and the outline so shifted.

        A carrier turns as it passes: each shift is tried on the stack taken where, if the shift is right, the
        carrier truly was at the middle pose.
        """
        first = self._template is None
        usual_px = self.usual_way * self._px_per_way
        near = prior(_REACH, self._motion, 14.0, 8.0, usual_px)
        best: tuple[float, Shift, Field] | None = None
        for k, field in found.items():
            if self._template is None:
                surface = self._vote(field) * self._near
            else:
                norm = float(np.sqrt((np.abs(field) ** 2).sum() * (np.abs(self._template) ** 2).sum()))
                surface = np.maximum(scores(field, self._template, _REACH) / max(norm, 1e-9), 0.0)
                surface = (surface + 0.5 * self._vote(field)) * (0.4 + 0.6 * near)
            if len(found) > 1:
                surface = surface * self._here(k)
            shift = peak(surface)
            if best is None or shift.score > best[0]:
                best = (shift.score, shift, shifted(field, -shift.dx_px, -shift.dy_px))
        if best is None:
            raise ValueError("a carrier without a stack cannot be placed")
        return (None if first else best[0]), best[1], best[2]

    def _here(self, k: int) -> npt.NDArray[np.float64]:
        """Return 0..1 over shifts: how near the middle pose stack k shows the carrier if that is right."""
        d = np.arange(-_REACH, _REACH + 1) * float(PITCH_PX)
        x, y = np.meshgrid(d + self.offset.dx_px, d + self.offset.dy_px)
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

    def _learn(self, aligned: Field) -> None:
        self._carriers += 1
        rate = 1.0 / min(float(self._carriers), _MEMORY)
        if self._template is None:
            self._template = aligned.copy()
        else:
            self._template += (aligned - self._template) * np.float32(rate)
        if not self._masks and not self._references:
            return
        self._votes += (self._vote(aligned) - self._votes) * rate
        # Once the first carrier has been placed by them, masks and references have the fine say only.
        self.offset = peak(self._votes * self._fine)


def _reference_outline(picture: npt.NDArray[np.uint8]) -> Field:
    framed = cv2.copyMakeBorder(picture, MARGIN_PX, MARGIN_PX, MARGIN_PX, MARGIN_PX, cv2.BORDER_REPLICATE)
    field = outline(reduce_picture(np.asarray(framed, dtype=np.uint8)))
    return np.asarray(field / max(float(np.sqrt((np.abs(field) ** 2).sum())), 1e-9), dtype=np.complex64)
