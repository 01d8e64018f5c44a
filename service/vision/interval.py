"""Finds the carriers' interval: the time after which the view repeats itself, again and again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from service.domain.arrays import Float32
from service.vision.correlation import parabola_vertex

_BIN_S = 0.08
SHORTEST_S, LONGEST_S = 1.6, 40.0
_LEAST = 0.15
AHEAD = 1.5  # times the correlation at any other lag
_OVERLAP = 0.5  # of the interval that must have been seen twice
_BEYOND = (
    1.12  # times the interval up to which the correlation must be known, lest a slope's end pass for a peak
)
_NEARLY = 0.8
_PARTLY = 0.2  # of a lag's correlation that at its half, third ... makes those the interval
_EVENLY = 0.06  # intervals by which a lag may miss a multiple of its half, third ...


@dataclass(frozen=True, slots=True)
class Interval:
    """seconds: between carriers. correlation: -1..1, of the view with itself after that time."""

    seconds: float
    correlation: float


def autocorrelation(times: npt.NDArray[np.float64], gram: Float32) -> tuple[npt.NDArray[np.float64], Float32]:
    """Return the autocorrelation of the view by lag.

    Args:
        times: float64[N] seconds, increasing.
        gram: float32[N, N] products of the frames' features with each other.

    Returns:
        lags float64[L] in seconds, and the correlation float32[L] at each, -1..1; NaN where too little was
        seen twice.
    """
    centred = gram - gram.mean(axis=0) - gram.mean(axis=1)[:, None] + gram.mean()
    power = np.maximum(np.diag(centred), 1e-6)
    later, earlier = np.tril_indices(len(times), -1)
    lags = times[later] - times[earlier]
    bin_s = _bin_s(times)
    k = np.rint(lags / bin_s).astype(int)
    count = np.bincount(k)
    both = np.bincount(k, centred[later, earlier])
    norm = np.sqrt(np.bincount(k, power[later]) * np.bincount(k, power[earlier]))
    alike = both / np.maximum(norm, 1e-9)
    # Two bins wide: frames do not fall on a lag exactly.
    smooth = np.convolve(alike * count, (0.25, 0.5, 0.25), "same") / np.maximum(
        np.convolve(count, (0.25, 0.5, 0.25), "same"), 1e-9
    )
    at = np.asarray(np.arange(len(smooth)) * bin_s, dtype=np.float64)
    span = float(times[-1] - times[0])
    seen = span - at >= np.maximum(_OVERLAP * at, 1.0)
    return at, np.where(seen, smooth, np.nan).astype(np.float32)


def find_interval(
    times: npt.NDArray[np.float64],
    gram: Float32,
    *,
    shortest_s: float = SHORTEST_S,
    longest_s: float = LONGEST_S,
    ahead: float = AHEAD,
) -> Interval | None:
    """Return the carriers' interval; None if the frames show none, or several.

    Args:
        times, gram: see `autocorrelation`.
        shortest_s, longest_s: bounds of the search.
        ahead: how many times the correlation at any other lag that at the interval must be; above 1, the
            interval is unambiguous.
    """
    if len(times) < 16 or times[-1] - times[0] < 1.5 * shortest_s:
        return None
    lags, alike = autocorrelation(times, gram)
    known = ~np.isnan(alike) & (lags <= longest_s)
    values = np.where(known, alike, -1.0)
    deepest = np.minimum.accumulate(values)
    inner = np.zeros(len(values), bool)
    inner[1:-1] = (values[1:-1] >= values[:-2]) & (values[1:-1] > values[2:])
    last = float(lags[known].max(initial=0.0))
    inner &= known & (lags >= shortest_s) & (_BEYOND * lags <= last)
    peaks = np.flatnonzero(inner & (values - deepest >= _LEAST))
    if len(peaks) == 0:
        return None
    top = float(values[peaks].max())
    if top < _LEAST:
        return None
    best = _shortest_part(lags, values, peaks, int(peaks[values[peaks] >= _NEARLY * top][0]))
    others = peaks[[not _multiple(lags[p], lags[best]) for p in peaks]]
    if len(others) and float(values[best]) < ahead * float(values[others].max()):
        return None
    return Interval(_peak_s(lags, values, best), float(values[best]))


def refine_interval(times: npt.NDArray[np.float64], gram: Float32, known_s: float) -> float:
    """Return the interval measured again from more frames; `known_s` if none is found within 4 % of it."""
    lags, alike = autocorrelation(times, gram)
    near = np.flatnonzero(np.abs(lags / known_s - 1.0) <= 0.04)
    near = near[(near > 0) & (near < len(lags) - 1)]
    if len(near) == 0 or np.isnan(alike[near[0] - 1 : near[-1] + 2]).any():
        return known_s
    best = int(near[alike[near].argmax()])
    values = np.asarray(alike, dtype=np.float64)
    if not values[best - 1] <= values[best] >= values[best + 1]:
        return known_s
    return _peak_s(lags, values, best)


def _bin_s(times: npt.NDArray[np.float64]) -> float:
    """Return the spacing of lags: no finer than the frames', lest lags without frames look like troughs."""
    return max(_BIN_S, 1.02 * float(np.median(np.diff(times))))


def _shortest_part(
    lags: npt.NDArray[np.float64], values: npt.NDArray[np.float64], peaks: npt.NDArray[np.intp], best: int
) -> int:
    """Return the peak that divides the best one's lag into the most parts, or the best one itself.

    Where open and closed carriers alternate, full and empty ones, every second one is more alike than
    neighbours are; taken for the interval, it would leave every second carrier unseen.
    Neighbours of two kinds (chair and cabin) are hardly alike at all: then the longer lag stays.
    """
    slack_s = 1.5 * float(lags[1] - lags[0])
    for part in peaks[peaks < best]:
        times = float(np.rint(lags[best] / lags[part]))
        off = abs(lags[best] - times * lags[part])
        if times > 1 and off <= max(_EVENLY * lags[part], slack_s) and values[part] >= _PARTLY * values[best]:
            return int(part)
    return best


def _multiple(lag: float, of: float) -> bool:
    times = max(1.0, np.rint(lag / of))
    return bool(abs(lag - times * of) < 0.15 * of)


def _peak_s(lags: npt.NDArray[np.float64], values: npt.NDArray[np.float64], best: int) -> float:
    before, at, after = (float(value) for value in values[best - 1 : best + 2])
    return float(lags[best] + parabola_vertex(before, at, after) * (lags[1] - lags[0]))
