"""What was learnt of a line's carriers, as it is handed on to another process."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from service.domain.arrays import Float32


@dataclass(frozen=True, slots=True, eq=False)
class LearntLine:
    """A movie, and where in it carriers are at begin; see `Movie` and `Placing`.

    frames: float16[K, D]. background: float32[D]. change, count: float32[K]. interval_s: between carriers,
    as last measured. speed: a carrier's progress per interval. origin: 0..1, the phase
    at which it is at begin. place_certain: see `Placing.certain`.
    """

    frames: npt.NDArray[np.float16]
    background: Float32
    change: Float32
    count: Float32
    interval_s: float
    speed: float
    origin: float
    place_certain: bool = True
