"""What the rendered lifts' cameras see: python -m tests.tools.viewpoints [--lifts N] [--first-seed N]

docs/operations.md tells where to mount a camera by these figures: outside of them nothing was trained or
measured. Pixels are those of a picture of 1280 x 720.
"""

from __future__ import annotations

import argparse
import math

import numpy as np
import numpy.typing as npt

from ml.scene.sampling import sample_lift
from ml.scene.world.fleet import carrier_extent
from ml.scene.world.raster import Eye

LIFTS = 100
PERCENTILES = (0, 5, 50, 95, 100)
FIGURES = {
    "distance, m": 1,
    "height above the seat, m": 1,
    "looks down by, degrees": 0,
    "horizontal angle of view, degrees": 0,
    "pixels per metre at the carrier": 0,
    "pixels per metre once registered (200 x 200)": 0,
    "carrier, pixels": 0,
    "bar's tube, pixels": 1,
    "distance from begin to end, m": 1,
}
"""Each figure with its decimals."""


def figures(seed: int) -> list[float]:
    """Return one lift's FIGURES, in their order."""
    lift = sample_lift(seed)
    eye: Eye = lift.eye
    points = carrier_extent(lift.spec)
    offset = eye.position - (points.max(0) + points.min(0)) / 2
    distance = float(np.linalg.norm(offset))
    pixels_per_m = eye.focal_px / distance
    pixel, _ = eye.project(points, np.eye(2, 3))
    return [
        distance,
        float(eye.position[1]),
        math.degrees(math.asin(float(offset[1]) / distance)),
        math.degrees(2 * math.atan(640 / eye.focal_px)),
        pixels_per_m,
        pixels_per_m * lift.unit_px,
        float((pixel.max(0) - pixel.min(0)).max()),
        2 * lift.spec.bar.radius * pixels_per_m,
        float(np.linalg.norm(lift.origins[2] - lift.origins[0])),
    ]


def table(values: npt.NDArray[np.float64]) -> str:
    """Return FIGURES' percentiles as Markdown; values: float64[lifts, figures]."""
    lines = [
        f"| | {' | '.join({0: 'least', 50: 'median', 100: 'most'}.get(p, f'{p} %') for p in PERCENTILES)} |",
        "|---" * (1 + len(PERCENTILES)) + "|",
    ]
    for (name, decimals), column in zip(FIGURES.items(), values.T, strict=True):
        shown = (f"{value:.{decimals}f}" for value in np.percentile(column, PERCENTILES))
        lines.append(f"| {name} | {' | '.join(shown)} |")
    return "\n".join(lines) + "\n"


def of_lifts(lifts: int = LIFTS, first_seed: int = 0) -> str:
    """Return the table of so many rendered lifts."""
    return table(np.array([figures(seed) for seed in range(first_seed, first_seed + lifts)]))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lifts", type=int, default=LIFTS)
    parser.add_argument("--first-seed", type=int, default=0)
    options = parser.parse_args()
    print(of_lifts(options.lifts, options.first_seed), end="")  # noqa: T201 - a command line


if __name__ == "__main__":
    main()
