"""How passages are extracted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

PICTURES = 12
"""Of a passage: `barwatch evaluate-passage-length` has the gain, `barwatch bench passage` the cost."""


@dataclass(frozen=True, slots=True)
class ExtractorOptions:
    """How passages are extracted.

    pictures: how many of a carrier's pictures are judged, at least three. Those beyond begin, middle and end
        are taken between them, where frames come often enough; none is waited for.
    lead_s: how long before TF the last picture is taken, so that the verdict is out in time.
    min_interval_s: the line is followed by frames that are at least so far apart once it is known;
        pictures are taken from any frame.
    gap_s: after a longer gap between frames the line's phase is unknown.
    pause_s: nothing is learnt across a longer one. Of a camera's gaps it is known how long they last; a
        recorder's may be cut out, or the line stands meanwhile.
    in_background: the line is learnt in slices, by `work`, so that a live camera's frames go on. The result
        then depends on when slices are done; without it, on the frames alone.
    """

    pictures: int = PICTURES
    lead_s: float = 0.25
    min_interval_s: float = 0.22
    gap_s: float = 8.0
    pause_s: float = 8.0
    in_background: bool = False

    def last_place(self, nominal_speed: float, middle: float) -> float:
        """Return the progress at which the last picture is taken; middle: that of the middle pose."""
        return float(1.0 - np.clip(self.lead_s * nominal_speed, 0.02, 0.5 * (1.0 - middle)))
