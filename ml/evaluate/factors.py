"""Which circumstance costs how much: accuracy with and without it, from the pictures' own records."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from lifts.arrays import Bool

Factors = dict[str, Any]

VIEWS = (
    (18, "front"),
    (65, "three-quarter front"),
    (112, "side"),
    (160, "three-quarter rear"),
    (181, "rear"),
)


def view(azimuth_deg: float) -> str:
    """The operators' word for where the camera stands; 0 degrees is before the carrier."""
    turned = abs((azimuth_deg + 180) % 360 - 180)
    return next(name for limit, name in VIEWS if turned < limit)


def _over(name: str, limit: float) -> Callable[[Factors], bool]:
    return lambda f: float(f[name]) > limit


def _seen_from(name: str) -> Callable[[Factors], bool]:
    return lambda f: view(f["azimuth_deg"]) == name


def _slip_px(f: Factors) -> float:
    slip = f["slips"][f["position"]]
    return float(np.hypot(slip["dx"], slip["dy"]))


FACTORS: dict[str, Callable[[Factors], bool]] = {
    "light: sun": lambda f: f["light"] == "sun",
    "light: overcast": lambda f: f["light"] == "overcast",
    "light: flat": lambda f: f["light"] == "flat",
    "light: dusk": lambda f: f["light"] == "dusk",
    "light: night": lambda f: f["light"] == "night",
    "light: back light": lambda f: f["light"] == "backlight",
    "lamps round about": _over("lamps", 0),
    "fog": _over("fog_per_m", 0.0),
    "snowfall": _over("snow", 0.0),
    "heavy snowfall": _over("snow", 0.5),
    "rain": _over("rain", 0.0),
    "drops on the lens": _over("drops", 0.0),
    "frost on the lens": _over("frost", 0.0),
    "glare": _over("glare", 0.0),
    "veil": _over("veil", 0.0),
    "motion blur over 1 px": _over("motion_px", 1.0),
    "lost resolution": lambda f: f["zoom"] < 0.75,
    "noise over 3 %": _over("noise", 0.03),
    "grey-scale camera": lambda f: bool(f["grey"]),
    "interlace": _over("interlace", 0.0),
    "rolling exposure": _over("band", 0.0),
    "blocky coding": _over("blocks", 0.0),
    "JPEG under 45": lambda f: f["quality"] < 45 and not f["crf"],
    "H.264": _over("crf", 0),
    "H.264 over 32": _over("crf", 32),
    "rime on the carrier": _over("rime", 0.0),
    "registration off by over 3 px": lambda f: _slip_px(f) > 3.0,
    "registration off by over 6 px": lambda f: _slip_px(f) > 6.0,
    "somebody on the carrier": lambda f: bool(f["occupied"]),
    "full bench": lambda f: all(r is not None for r in f["riders"]),
    "people on the ground": lambda f: bool(f["standers"]),
    "other carriers": lambda f: bool(f["neighbours"]),
    "half-lowered bar": lambda f: 0.12 < f["opening"] < 0.92,
    "begin": lambda f: f["position"] == 0,
    "middle": lambda f: f["position"] == 1,
    "end": lambda f: f["position"] == 2,
    **{f"view: {name}": _seen_from(name) for _, name in VIEWS},
}
"""Name of a factor and whether a picture has it."""


def cost_of_factors(right: Bool, factors: Sequence[Factors]) -> list[dict[str, Any]]:
    """For each factor: pictures with it, accuracy with and without it, and the difference in points.

    Args:
        right: bool[N], whether each picture was judged correctly.
        factors: N records.

    Returns:
        the costliest first; factors that all or no pictures have are left out.
    """
    rows = []
    for name, has in FACTORS.items():
        with_it = np.array([has(f) for f in factors], bool)
        if not with_it.any() or with_it.all():
            continue
        a, b = float(right[with_it].mean()), float(right[~with_it].mean())
        rows.append(
            {
                "factor": name,
                "pictures": int(with_it.sum()),
                "accuracy_with": a,
                "accuracy_without": b,
                "cost_points": 100 * (b - a),
            }
        )
    return sorted(rows, key=lambda row: -row["cost_points"])
