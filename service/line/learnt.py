"""What was learnt of a line's carriers, as it is handed on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class LearntLine:
    """A movie, and where in it carriers are at begin; see `Movie` and `Placing`.

    frames: float16[K, D]. background: float32[D]. change, count: float32[K]. interval_s: between carriers, as
    of late. speed: ways a carrier goes per interval. origin: 0..1, the phase at which one is at begin.
    """

    frames: npt.NDArray[np.float16]
    background: Floats
    change: Floats
    count: Floats
    interval_s: float
    speed: float
    origin: float
