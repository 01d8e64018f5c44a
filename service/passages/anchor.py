"""Refines where exactly a lift's carriers hang, by matching outlines with masks and reference pictures.

The placing (`service.line.placing`) knows it to a few pixels, from two carriers. One carrier's bar may be
hidden, but not those of twenty: so every carrier votes.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from lifts.schema import MaskPair
from service.vision.correlation import Shift, cross_correlation, peak, prior, spectrum
from service.vision.outlines import (
    MARGIN_PX,
    PITCH_PX,
    Field,
    mask_outline,
    outline,
    reduce_picture,
    unit,
)

_REACH = 10  # field pixels: 20 canonical
_MEMORY = 30.0
_PLAIN = 1.15  # another place is believed if it scores so many times more than the present one
_ALONG_PX, _ACROSS_PX = 7.0, 6.0


class Anchor:
    """Gathers votes for a shift of all carriers against where they are assumed to be.

    Args:
        masks, references: the lift's. motion: canonical pixels that a picture moves per progress, (x, y).
    """

    def __init__(
        self,
        masks: MaskPair | None,
        references: dict[str, npt.NDArray[np.uint8]],
        motion: tuple[float, float],
    ) -> None:
        pair = [] if masks is None else [masks.open, masks.close]
        # Normalised: a bar of which little shows must not fit better than others by chance.
        self._masks = [spectrum(unit(mask_outline(mask))) for mask in pair]
        self._references = [spectrum(unit(_reference_outline(picture))) for picture in references.values()]
        self._votes = np.zeros((2 * _REACH + 1, 2 * _REACH + 1))
        self._motion = motion
        self._total = (0.0, 0.0)
        self._carriers = 0

    def learn(self, field: Field) -> Shift:
        """Take in a carrier's outline complex64[FIELD, FIELD] around the middle, at its assumed place.

        Returns:
            The shift in canonical pixels by which all carriers turn out to be off; whole field pixels, so
            that what was learnt can be shifted too. Later outlines are expected at the new place.
        """
        if not self._masks and not self._references:
            return Shift(0.0, 0.0, 0.0)
        self._carriers += 1
        self._votes += (self._vote(field) - self._votes) / min(float(self._carriers), _MEMORY)
        near = self._near()
        moved = peak(self._votes * near)
        if moved.score < _PLAIN * float(self._votes[_REACH, _REACH] * near[_REACH, _REACH]):
            return Shift(0.0, 0.0, moved.score)
        rows, columns = round(moved.dy_px / PITCH_PX), round(moved.dx_px / PITCH_PX)
        self._votes = np.roll(self._votes, (-rows, -columns), (0, 1))
        self._total = (self._total[0] + PITCH_PX * columns, self._total[1] + PITCH_PX * rows)
        return Shift(float(PITCH_PX * columns), float(PITCH_PX * rows), moved.score)

    def _near(self) -> npt.NDArray[np.float64]:
        """Return a weight 0..1 for each shift: the first placing was right to a few pixels."""
        near = prior(2 * _REACH, self._motion, _ALONG_PX, _ACROSS_PX)
        row, column = (_REACH + round(total / PITCH_PX) for total in reversed(self._total))
        side = 2 * _REACH + 1
        row, column = (min(max(at, 0), 2 * _REACH) for at in (row, column))
        return near[row : row + side, column : column + side]

    def _vote(self, field: Field) -> npt.NDArray[np.float64]:
        """Return for each shift how well masks and references agree with an outline."""
        seen = spectrum(field)
        bars = np.zeros_like(self._votes)
        if self._masks:
            bars = np.maximum.reduce(
                [np.maximum(cross_correlation(seen, m, _REACH), 0.0) for m in self._masks]
            )
        if not self._references:
            return bars**2
        length = max(float(np.sqrt((np.abs(field) ** 2).sum())), 1e-9)
        whole = np.maximum.reduce(
            [np.maximum(cross_correlation(seen, r, _REACH), 0.0) for r in self._references]
        )
        # A whole carrier tells more than a bar, which a seat, a rider or the next carrier may resemble.
        return np.asarray((whole / length) ** 2 * (0.5 + bars / length))


def _reference_outline(picture: npt.NDArray[np.uint8]) -> Field:
    framed = cv2.copyMakeBorder(picture, MARGIN_PX, MARGIN_PX, MARGIN_PX, MARGIN_PX, cv2.BORDER_REPLICATE)
    return outline(reduce_picture(np.asarray(framed, dtype=np.uint8)))
