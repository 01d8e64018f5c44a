"""Measures how far the rope has moved at each picture, in carrier intervals, even through stops."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from service.domain.errors import CalibrationError
from service.vision.interval import find_interval

Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]

PHASES = 96
"""The number of phases that an interval is divided into."""

LEAST_CARRIERS = 3
"""The fewest carriers that must pass."""

_SHORTEST_S, _LONGEST_S = 2.5, 45.0  # intervals that are searched for
_LEAST_LIKENESS = 0.12  # of pictures one interval apart; noise has 0
_AHEAD = 1.0  # times the likeness at other lags: no lead is needed, as a proposal states its doubts
_STEADY = 0.04  # intervals by which a picture may deviate while the rope counts as steady


@dataclass(frozen=True, eq=False)
class Clock:
    """The rope's distance at each picture.

    distances: float64[T], in intervals. Pictures a whole number apart show carriers at the same place.
    moving: bool[T], False while the line is stopped or its speed changes quickly.
    interval_s: seconds from carrier to carrier at the line's nominal speed. likeness: 0..1, of pictures
    one interval apart. steady: whether the speed was constant.
    """

    distances: Float64
    moving: npt.NDArray[np.bool_]
    interval_s: float
    likeness: float
    steady: bool


def find_clock(rows: Float32, still: Float32, times_s: Float64) -> Clock:
    """Find the interval of the carriers and the rope's distance at each picture.

    Args:
        rows: float32[T, D], a row of features for each picture, evenly spaced in time.
        still: float32[D], their background.
        times_s: float64[T].

    Raises:
        CalibrationError: nothing in the pictures repeats at a constant interval, or too few carriers pass.
    """
    pace_s = float(np.median(np.diff(times_s))) if len(times_s) > 1 else 1.0
    if len(times_s) < 8 or times_s[-1] - times_s[0] < LEAST_CARRIERS * _SHORTEST_S:
        raise CalibrationError(
            "the video is too short: at least three carriers must pass, about half a minute",
            "too_short",
        )
    lively = rows - cv2.blur(rows, (1, 2 * round(1.25 / pace_s) + 1), borderType=cv2.BORDER_REFLECT)
    first, last, lag, likeness = _best_stretch(lively, pace_s)
    distances = (times_s - times_s[first]) / (lag * pace_s)
    inside = np.zeros(len(distances), np.bool_)
    inside[first:last] = True
    changes = rows - still
    moving = inside
    for _ in range(2):
        guess, speed = _follow(changes, distances, moving)
        # One straight line for a steady rope: its slope is far more exact than any single picture.
        line = np.polynomial.Polynomial.fit(times_s, guess, 1).convert()
        off = np.abs(guess - line(times_s))
        steady = bool(np.quantile(off, 0.95) < _STEADY)
        if steady:
            distances, moving = np.asarray(line(times_s), np.float64), np.ones(len(distances), np.bool_)
        else:
            nominal = float(np.median(speed[speed > 0.4 * speed.max()]))
            distances, moving = guess, (speed > 0.4 * nominal) & (speed < 1.6 * nominal)
    gone = float(np.diff(distances)[moving[1:] & moving[:-1]].sum())
    if gone < LEAST_CARRIERS - 0.75:
        raise CalibrationError(
            f"carriers were seen moving for only {max(gone, 0.0):.1f} intervals: "
            f"at least {LEAST_CARRIERS} carriers must pass",
            "too_few_carriers",
        )
    return Clock(distances, moving, pace_s / _nominal_speed(distances, pace_s), likeness, steady)


def _nominal_speed(distances: Float64, pace_s: float) -> float:
    """Return the distances per picture at which the line mostly runs, stops and slow stretches left out."""
    span = min(round(3.0 / pace_s), len(distances) - 1)
    speeds = (distances[span:] - distances[:-span]) / span
    return float(np.mean(speeds[np.abs(speeds / np.quantile(speeds, 0.75) - 1.0) < 0.1]))


def _best_stretch(lively: Float32, pace_s: float) -> tuple[int, int, float, float]:
    """Return the pictures first..last that repeat best, the lag in pictures, and how alike they are."""
    count = len(lively)
    gram, times_s = lively @ lively.T, np.arange(count) * pace_s
    found: list[tuple[float, int, int, float]] = []
    for length in (count, round(40.0 / pace_s), round(25.0 / pace_s)):
        if length > count or (found and length == count):
            continue
        for first in range(0, count - length + 1, max(1, length // 3)):
            within = slice(first, first + length)
            interval = find_interval(
                np.asarray(times_s[within], np.float64),
                np.asarray(gram[within, within], np.float32),
                shortest_s=_SHORTEST_S,
                longest_s=_LONGEST_S,
                ahead=_AHEAD,
            )
            if interval is not None:
                found.append((interval.correlation, first, first + length, interval.seconds / pace_s))
        if found and max(found)[0] > 2 * _LEAST_LIKENESS:
            break  # longer stretches first: they are more exact
    if not found:
        raise CalibrationError(
            "nothing comes back at a constant interval: no carriers, a stopped line, or fewer than three",
            "nothing_repeats",
        )
    likeness, first, last, lag = max(found)
    return first, last, lag, likeness


def _follow(changes: Float32, distances: Float64, trusted: npt.NDArray[np.bool_]) -> tuple[Float64, Float64]:
    """Return each picture's distance and speed (distances per picture), by the likeness to the phases' means.

    It is the likeliest distance that never decreases (Viterbi's algorithm over the cyclic phases).
    """
    phases = np.floor(distances * PHASES).astype(int) % PHASES
    means = np.zeros((PHASES, changes.shape[1]), np.float32)
    for phase in range(PHASES):
        # Include neighbouring phases: in a short stretch some phases have no picture.
        near = np.abs((phases - phase + PHASES // 2) % PHASES - PHASES // 2) <= 1
        if (near & trusted).any():
            means[phase] = changes[near & trusted].mean(axis=0)
    means -= means.mean(axis=0)
    sizes = np.linalg.norm(changes, axis=1)[:, None] * np.linalg.norm(means, axis=1)[None] + 1e-6
    alike = (changes @ means.T) / sizes
    nominal = float(np.median(np.diff(distances)[trusted[1:]])) * PHASES
    steps = np.arange(int(np.ceil(2.0 * nominal)) + 1)
    cost = 0.02 * np.abs(steps - nominal) / max(nominal, 0.5)
    score = alike[0].astype(np.float64)
    came = np.zeros((len(alike), PHASES), np.int64)
    for index in range(1, len(alike)):
        options = np.stack([np.roll(score, int(step)) - cost[step] for step in steps])
        came[index] = options.argmax(axis=0)
        score = options.max(axis=0) + alike[index]
    phase = int(score.argmax())
    gone = np.zeros(len(alike))
    for index in range(len(alike) - 1, 0, -1):
        gone[index] = came[index, phase]
        phase = (phase - int(came[index, phase])) % PHASES
    distance = (phase + 0.5 + np.cumsum(gone)) / PHASES
    width = 2 * max(2, round(4.0 / nominal)) + 1
    smooth = np.convolve(
        np.pad(distance, width // 2, mode="reflect", reflect_type="odd"), np.ones(width) / width, "valid"
    )
    return smooth, np.gradient(smooth)
