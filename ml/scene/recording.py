"""Recordings: passages that share a day's light, weather and camera settings.

The paper's pictures come from several video recordings of each lift (section 4.1), so two passages of one
recording differ only in people, bar and details. If each picture had a weather of its own, the set would not
resemble a station's archive, and would be harder to learn from.
"""

from __future__ import annotations

import math
from dataclasses import fields, replace

import numpy as np

from ml.scene.conditions import sample_conditions
from ml.scene.lift import LiftScene
from ml.scene.passage import Circumstances, bearable

OF_THE_PASSAGE = frozenset(
    {"opening", "riders", "pitch", "roll", "bubble", "slips", "standers", "neighbours", "motion_px"}
)
"""Properties that change from carrier to carrier; the others are constant in a recording or drift."""

RECORDED = 0.3
"""Upper limit of the obstructions in a recording, for `bearable`."""


OF_THE_CAMERA = frozenset(
    {
        *("saturation", "contrast", "vignette", "blur_px", "zoom", "sharpen", "chroma"),
        *("interlace", "quality", "blocks", "crf"),
    }
)
"""Properties of a lift's camera: the same in all of the lift's recordings."""


def sample_recordings(lift: LiftScene, rng: np.random.Generator, count: int) -> tuple[Circumstances, ...]:
    """Draw `count` recordings of a lift by one camera; their properties OF_THE_PASSAGE have no meaning.

    Somebody chose the days on which to record, so less hides the carrier than on the worst days.
    """
    drawn = [sample_conditions(lift, rng) for _ in range(count)]
    first = bearable(drawn[0], lift.depth_m, RECORDED)
    camera = {name: getattr(first, name) for name in OF_THE_CAMERA}
    return tuple(replace(bearable(replace(c, **camera), lift.depth_m, RECORDED), **camera) for c in drawn)


def in_recording(recording: Circumstances, passage: Circumstances, rng: np.random.Generator) -> Circumstances:
    """Return a passage's people and bar in a recording's light and weather, which drift a little."""
    kept = {f.name: getattr(recording, f.name) for f in fields(Circumstances) if f.name not in OF_THE_PASSAGE}
    drift = np.exp(rng.normal(0, [0.06, 0.15, 0.25])).tolist()
    kept["exposure"] *= drift[0]
    kept["fog_per_m"] *= drift[1]
    kept["snow"] = min(1.0, kept["snow"] * drift[2])
    kept["sun_azimuth"] = math.remainder(kept["sun_azimuth"] + float(rng.normal(0, 0.06)), math.tau)
    return replace(passage, **kept)
