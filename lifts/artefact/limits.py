"""The documented ranges of a calibration's numbers, and what they must achieve together.

Numbers outside are refused when a model is loaded, even with a right digest: with an offset of -5 for the
seat nobody ever sits on a carrier, and no alarm is raised again. The ranges are wide: every network that can
judge lies well inside, and what lies outside can judge nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lifts.decision.calibration import Calibration
from lifts.decision.clusters import ClusterPrior
from lifts.decision.fusion import probability
from lifts.decision.seat import LOG_ODDS_PER_MARGIN
from lifts.decision.verdict import Verdict


class Range(NamedTuple):
    """The least and the largest value of a number, both allowed; and why."""

    least: float
    largest: float
    because: str


_STEEP = "below, nothing is ever decided; above, every margin is certain"
_MIDDLE = "log odds midway between the states: neither is more certain than 95 % there"

_PRIOR = {
    "open_mean": Range(-2, 2, "margins are differences of distances between unit vectors"),
    "closed_mean": Range(-2, 2, "the same"),
    "open_deviation": Range(1e-3, 2, "lifts differ, and not by more than margins can"),
    "closed_deviation": Range(1e-3, 2, "the same"),
    "correlation": Range(-0.99, 0.99, "the two centres are never one number"),
    "spread": Range(1e-3, 1, "a cluster has a width, and two fit side by side"),
    "strength": Range(0.1, 1000, "passages"),
    "outliers": Range(1e-3, 0.3, "share of passages in neither cluster"),
    "most": Range(1, 1000, "passages"),
}

RANGES = {
    "scale": Range(1, 200, _STEEP),
    "offset": Range(-3, 3, _MIDDLE),
    "unknown_low": Range(0.01, 0.4, "called closed below this probability of open"),
    "unknown_high": Range(0.5, 0.99, "called open from this probability of open on"),
    "occupancy_threshold": Range(0.05, 0.95, "what the export chooses from"),
    "min_separation": Range(1e-3, 1.5, "masks lie at most 2 apart: some pairs must pass, equal ones never"),
    "min_separation_good": Range(1e-3, 2, "the same"),
    "mask_shifts_px": Range(-12, 12, "a mask that is moved further is another mask"),
    "fit_threshold": Range(0, 0.9, "above, every carrier is another lift's"),
    "min_quality": Range(0.1, 0.9, "above, every picture is registered too badly; below, none is"),
    "bar_map_cells": Range(0, 200, "0 of a model without a bar map"),
    **{f"clusters.{name}": limit for name, limit in _PRIOR.items()},
    "scale_on_site": Range(1, 200, _STEEP),
    "seat.cells": Range(5, 200, "side of the rider map"),
    "seat.weights": Range(-5, 5, "their sum is above 0: the more is seen of riders, the likelier they are"),
    "seat.offset": Range(-3, 3, _MIDDLE),
    "seat.unclear_low": Range(0.005, 0.3, "empty up to this probability of somebody"),
    "seat.unclear_high": Range(0.3, 0.95, "occupied from this probability of somebody on"),
    **{f"seat.clusters.{name}": limit for name, limit in _PRIOR.items()},
}
"""Every number of a calibration by its name in the manifest."""


def outside(calibration: Calibration) -> str | None:
    """Return why a calibration cannot be used, naming its key; None if it can."""
    for key, value in _numbers(calibration.model_dump(exclude_none=True)):
        limit = RANGES[key]
        if not limit.least <= value <= limit.largest:
            return f"{key}: {value:g} is outside {limit.least:g} to {limit.largest:g} ({limit.because})"
    return _bar_undecided(calibration) or _seat_undecided(calibration)


def _numbers(content: dict[str, object], at: str = "") -> Iterator[tuple[str, float]]:
    for name, value in content.items():
        if isinstance(value, dict):
            yield from _numbers(value, f"{at}{name}.")
        else:
            yield from ((at + name, number) for number in _flat(value))


def _flat(value: object) -> Iterator[float]:
    if isinstance(value, tuple | list):
        for one in value:
            yield from _flat(one)
    else:
        yield float(value)  # type: ignore[arg-type]


def _bar_undecided(calibration: Calibration) -> str | None:
    """Both states can be decided, at least where lifts in general show them; and equal masks never are."""
    if calibration.min_separation_good < calibration.min_separation:
        return "min_separation_good: below min_separation"
    prior = calibration.clusters or ClusterPrior(-0.5, 0.5, 1, 1, 0, 1)
    if prior.open_mean >= prior.closed_mean:
        return "clusters.open_mean: not below closed_mean"
    middle = (prior.open_mean + prior.closed_mean) / 2
    for which, judged in (
        ("scale, offset", calibration),
        ("scale_on_site", calibration.with_threshold(middle)),
    ):
        for state, margin in ((Verdict.OPEN, prior.open_mean), (Verdict.CLOSED, prior.closed_mean)):
            if judged.verdict_of(p_open := judged.probability_open(margin)) is not state:
                return (
                    f"{which}: a margin of {margin:.3g}, usual for {state.value} bars, is not so: "
                    f"its probability of open is {p_open:.3g}, with unknown between "
                    f"{judged.unknown_low:.3g} and {judged.unknown_high:.3g}"
                )
    return None


def _seat_undecided(calibration: Calibration) -> str | None:
    seat = calibration.seat
    if seat is None:
        return None
    if sum(seat.weights) <= 0:
        return "seat.weights: their sum is not above 0"
    if (prior := seat.clusters) is None:
        return None
    if prior.open_mean >= prior.closed_mean:
        return "seat.clusters.open_mean: not below closed_mean"
    empty, taken = (probability(LOG_ODDS_PER_MARGIN * mean) for mean in (prior.open_mean, prior.closed_mean))
    if empty > seat.unclear_low or taken < seat.unclear_high:
        return (
            f"seat.unclear_low, seat.unclear_high: usual probabilities of empty and occupied seats, "
            f"{empty:.3g} and {taken:.3g}, are unclear"
        )
    return None
