"""Carriers drawn at random, within the ranges of real ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lifts.arrays import Float64
from ml.scene.world.carrier import (
    BarSpec,
    CarrierSpec,
    bar_paths,
)
from ml.scene.world.frames import loop_points
from ml.scene.world.people import colour


def sample_bar(rng: np.random.Generator, seats: int, frame: str) -> BarSpec:
    """Draw a safety bar; ranges as in `BarSpec`."""
    at_back = rng.random() < 0.4
    rest = str(rng.choice(["none", "t", "straight", "full"], p=[0.34, 0.38, 0.16, 0.12]))
    shape = str(rng.choice(["u", "v", "curved", "arms"], p=[0.42, 0.16, 0.2, 0.22]))
    lean = float(rng.uniform(0.05, 0.45))
    bar = BarSpec(
        shape=shape,  # type: ignore[arg-type]
        halves=bool(seats >= 2 and rng.random() < 0.1),
        loop=bool(rng.random() < 0.15),
        hinge_y=float(rng.uniform(0.4, 0.75) if at_back else rng.uniform(0.2, 0.62)),
        hinge_z=float(rng.uniform(-0.42, -0.28) if at_back else rng.uniform(-0.3, -0.05)),
        outset=float(rng.uniform(-0.05, 0.08)),
        front_y=float(rng.uniform(0.2, 0.42)),
        front_z=float(rng.uniform(0.32, 0.58)),
        radius=float(rng.uniform(0.014, 0.022)),
        padding=float(rng.uniform(0.024, 0.034) if rng.random() < 0.25 else 0.0),
        open_deg=float(np.clip(rng.normal(106, 17), 75, 150)),
        rest=rest,  # type: ignore[arg-type]
        rests=seats if (seats < 3 or rng.random() < 0.55) else max(2, seats // 2),
        strut_m=float(rng.uniform(0.5, 0.8)),
        strut_lean=lean,
        fold_deg=float(rng.uniform(10, 60) if rng.random() < 0.3 else 0.0),
        post=bool(seats >= 2 and rng.random() < 0.1),
        taper=float(rng.uniform(0.55, 0.85) if shape == "v" else rng.uniform(0.9, 1.0)),
    )
    if frame == "mast":
        bar = replace(bar, outset=min(bar.outset, 0.03))
    return bar


def sample_carrier(rng: np.random.Generator) -> CarrierSpec:
    """Draw a carrier: 1..8 seats of 0.44..0.54 m; half are bail frames."""
    seats = 1 + int(rng.choice(8, p=[0.07, 0.22, 0.12, 0.31, 0.03, 0.17, 0.02, 0.06]))
    weights = [0.5, 0.48, 0.02] if seats < 4 else [0.22, 0.58, 0.2]
    frame = str(rng.choice(["mast", "bail", "double"], p=weights))
    steel = float(rng.uniform(0.2, 0.55))
    frame_rgb = colour(rng, dark=0.35) if rng.random() < 0.5 else (steel, steel, steel * 1.03)
    pick = rng.random()
    bar_rgb = frame_rgb if pick < 0.5 else colour(rng, dark=0.25) if pick < 0.85 else (0.55, 0.55, 0.57)
    loop_m = float(rng.uniform(1.3, 1.9))
    low_z = float(rng.uniform(-0.3, 0.25))
    return CarrierSpec(
        seats=seats,
        frame=frame,  # type: ignore[arg-type]
        mast=str(rng.choice(["straight", "bent", "goose"])),  # type: ignore[arg-type]
        seat_m=float(rng.uniform(0.44, 0.54)),
        depth_m=float(rng.uniform(0.4, 0.52)),
        back_m=float(rng.uniform(0.38, 0.66)),
        recline=float(rng.uniform(0.08, 0.32)),
        back=str(rng.choice(["panel", "slats", "cushions", "shells"], p=[0.36, 0.2, 0.24, 0.2])),  # type: ignore[arg-type]
        side_arms=bool(rng.random() < 0.4),
        headrests=bool(rng.random() < 0.12),
        tube_m=float(rng.uniform(0.018, 0.036)),
        loop_m=loop_m,
        loop_top=float(rng.uniform(0.6, 1.0)),
        loop_low_z=low_z,
        loop_high_z=float(low_z + rng.uniform(-0.25, 0.1)),
        loop_round=float(rng.uniform(0.15, 0.55)),
        hanger_m=float(rng.uniform(2.7, 3.8)),
        bar=sample_bar(rng, seats, frame),
        bubble=bool(rng.random() < 0.07),
        frame_rgb=frame_rgb,
        bar_rgb=bar_rgb,
        seat_rgb=colour(rng, dark=0.45),
        trim_rgb=colour(rng, dark=0.6),
        snow=float(rng.random() ** 2),
    )


def carrier_extent(spec: CarrierSpec) -> Float64:
    """Return the points float[K, 3] that the canonical frame must show: bench, loop, bar in both states."""
    w, d = spec.half_m, spec.depth_m / 2
    bench = [
        (x, y, z) for x in (-w, w) for y, z in ((-0.1, d), (spec.back_m, -d - 0.1), (-0.1, -d), (0.75, 0.0))
    ]
    paths = [p for opening in (0.0, 0.5, 1.0) for p, _ in bar_paths(spec, opening)]
    high = [loop_points(spec)] if spec.frame == "bail" else []
    return np.vstack([np.array(bench), *paths, *high])
