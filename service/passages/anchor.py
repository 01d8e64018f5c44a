"""Where exactly a lift's carriers hang: laid against masks and reference pictures, more surely each time.

The placing says so to a few pixels, from two carriers. One carrier's bar may be hidden, twenty carriers' are
not: what each one's outline says is gathered.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from lifts.schema import MaskPair
from service.vision.correlation import Shift, agreement, peak, prior, spectrum
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
_PLAIN = 1.15  # times the score of where carriers are taken to be, at least, says that they are not
_ALONG_PX, _ACROSS_PX = 7.0, 6.0


class Anchor:
    """Gathers votes for where carriers are, against where they are taken to be; see the module.

    Args:
        masks, references: of the lift. motion: canonical pixels that a picture moves per way, (x, y).
    """

    def __init__(
        self,
        masks: MaskPair | None,
        references: dict[str, npt.NDArray[np.uint8]],
        motion: tuple[float, float],
    ) -> None:
        pair = [] if masks is None else [masks.open, masks.close]
        # Of length 1 each: a bar of which little is seen fits no better than others by chance.
        self._masks = [spectrum(unit(mask_outline(mask))) for mask in pair]
        self._references = [spectrum(unit(_reference_outline(picture))) for picture in references.values()]
        self._votes = np.zeros((2 * _REACH + 1, 2 * _REACH + 1))
        self._motion = motion
        self._total = (0.0, 0.0)
        self._carriers = 0

    def learn(self, field: Field) -> Shift:
        """Take in a carrier's outline complex64[FIELD, FIELD] about the middle, laid where it is taken to be.

        Returns:
            By how many canonical pixels all carriers turn out to be off; whole field pixels, so that what was
            learnt so far can be moved along: from now on outlines are to be laid there.
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
        """Return 0..1 over shifts: the placing was right to a few pixels, whatever was moved since."""
        near = prior(2 * _REACH, self._motion, _ALONG_PX, _ACROSS_PX)
        row, column = (_REACH + round(total / PITCH_PX) for total in reversed(self._total))
        side = 2 * _REACH + 1
        row, column = (min(max(at, 0), 2 * _REACH) for at in (row, column))
        return near[row : row + side, column : column + side]

    def _vote(self, field: Field) -> npt.NDArray[np.float64]:
        """Return over shifts how well masks and references agree with an outline."""
        seen = spectrum(field)
        bars = np.zeros_like(self._votes)
        if self._masks:
            bars = np.maximum.reduce([np.maximum(agreement(seen, m, _REACH), 0.0) for m in self._masks])
        if not self._references:
            return bars**2
        length = max(float(np.sqrt((np.abs(field) ** 2).sum())), 1e-9)
        whole = np.maximum.reduce([np.maximum(agreement(seen, r, _REACH), 0.0) for r in self._references])
        # A whole carrier tells more than a bar, which the seat, a rider or the next carrier may look like.
        return np.asarray((whole / length) ** 2 * (0.5 + bars / length))


def _reference_outline(picture: npt.NDArray[np.uint8]) -> Field:
    framed = cv2.copyMakeBorder(picture, MARGIN_PX, MARGIN_PX, MARGIN_PX, MARGIN_PX, cv2.BORDER_REPLICATE)
    return outline(reduce_picture(np.asarray(framed, dtype=np.uint8)))
