"""Figures of merit, each worked by hand in its test."""

from __future__ import annotations

import base64
import math
import zlib

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def accuracy(predicted: Flags, actual: Flags) -> float:
    """Share of equal entries of two bool[N], 0..1; NaN for none."""
    return float(np.mean(predicted == actual)) if len(actual) else math.nan


def auc(score: npt.ArrayLike, positive: Flags) -> float:
    """Area under the ROC curve, 0..1: the chance that a positive outscores a negative, ties counting half."""
    scores = np.asarray(score, dtype=np.float64)
    high, low = scores[positive], scores[~positive]
    if not len(high) or not len(low):
        return math.nan
    wins = (high[:, None] > low[None]).sum() + 0.5 * (high[:, None] == low[None]).sum()
    return float(wins / (len(high) * len(low)))


def roc(score: npt.ArrayLike, positive: Flags, points: int = 101) -> tuple[Floats, Floats]:
    """The ROC curve: true positive rates float64[points] at evenly spaced false positive rates 0..1.

    The rate at x is the highest that a threshold with at most x false positives reaches.

    Returns:
        (false positive rates, true positive rates).
    """
    scores = np.asarray(score, dtype=np.float64)
    high, low = scores[positive], np.sort(scores[~positive])[::-1]
    rates = np.linspace(0.0, 1.0, points)
    # With k false positives allowed, whatever is above the (k + 1)-th highest negative is called positive.
    allowed = np.floor(rates * len(low) + 1e-9).astype(int)
    limits = np.append(low, -np.inf)[allowed]
    return rates, np.array([(high > limit).mean() if len(high) else math.nan for limit in limits])


def bootstrap(values: npt.ArrayLike, rounds: int = 2000, seed: int = 0) -> tuple[float, float]:
    """95 % percentile bootstrap interval of the mean of float[N]; NaN for none."""
    data = np.asarray(values, dtype=np.float64)
    if not len(data):
        return math.nan, math.nan
    rng = np.random.default_rng(seed)
    means = [data[rng.integers(0, len(data), len(data))].mean() for _ in range(rounds)]
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def packed(flags: Flags) -> str:
    """Pack bool[N] into text, for paired comparisons with other systems on the same pictures."""
    return base64.b64encode(zlib.compress(np.packbits(flags).tobytes(), 9)).decode("ascii")


def unpacked(text: str, count: int) -> Flags:
    """Return bool[count] that `packed` packed."""
    bits = np.frombuffer(zlib.decompress(base64.b64decode(text)), np.uint8)
    return np.unpackbits(bits, count=count).astype(bool)


def paired_difference(
    first: npt.ArrayLike, second: npt.ArrayLike, groups: npt.ArrayLike | None = None, rounds: int = 2000
) -> tuple[float, float, float]:
    """Mean of first - second over float[N] each, and its 95 % percentile bootstrap interval.

    groups: int[N]; where given, whole groups are drawn, such as lifts, and each counts as its size.
    """
    difference = np.asarray(first, np.float64) - np.asarray(second, np.float64)
    rng = np.random.default_rng(0)
    _, group = np.unique(np.arange(len(difference)) if groups is None else groups, return_inverse=True)
    total, size = np.bincount(group, difference), np.bincount(group)
    means = []
    for _ in range(rounds):
        rows = rng.integers(0, len(total), len(total))
        means.append(total[rows].sum() / size[rows].sum())
    low, high = np.quantile(means, [0.025, 0.975])
    return float(difference.mean()), float(low), float(high)


def calibration_error(probability: npt.ArrayLike, actual: Flags, bins: int = 10) -> float:
    """Expected calibration error, 0..1: mean gap between stated and observed frequency, weighted by bin."""
    p = np.asarray(probability, dtype=np.float64)
    index = np.minimum((p * bins).astype(int), bins - 1)
    gaps = [
        abs(float(p[index == b].mean()) - float(actual[index == b].mean())) * int((index == b).sum())
        for b in range(bins)
        if (index == b).any()
    ]
    return float(sum(gaps) / len(p)) if len(p) else math.nan


def fitted_calibration_error(score: npt.ArrayLike, positive: Flags) -> float:
    """Expected calibration error, 0..1, of scores that are no probabilities, after a logistic fit.

    Fitted on one half and measured on the other, both ways round; halves go by passages of three, whose
    pictures are too much alike to stand on both sides.

    Args:
        score: float[N], higher for positive, three in a row of a passage.
        positive: bool[N].
    """
    scores = np.asarray(score, dtype=np.float64)
    half = np.arange(len(scores)) // 3 % 2 == 0
    p = np.zeros(len(scores))
    for fit in (half, ~half):
        scale, offset = fit_logistic(-scores[fit], positive[fit])
        p[~fit] = 1 / (1 + np.exp(-np.clip(scale * scores[~fit] - offset, -40, 40)))
    return calibration_error(p, positive)


def wilson(successes: int, trials: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson score interval of a proportion, both ends in 0..1; (0, 1) for no trials."""
    if trials == 0:
        return 0.0, 1.0
    p = successes / trials
    centre = p + z * z / (2 * trials)
    spread = z * math.sqrt(p * (1 - p) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


def fit_logistic(margin: npt.ArrayLike, is_open: Flags, steps: int = 50) -> tuple[float, float]:
    """Fit p(open) = sigmoid(-(scale * margin + offset)) by Newton's method with a little ridge.

    In units of the margins' spread and from nothing: started on a slope that saturates, Newton's steps leave
    for ever.

    Args:
        margin: float[N].
        is_open: bool[N].

    Returns:
        (scale, offset); scale is positive where margins say what they should.
    """
    x = np.asarray(margin, dtype=np.float64)
    spread = float(x.std()) or 1.0
    design = np.stack([-x / spread, -np.ones_like(x)], axis=1)
    weights = np.zeros(2)
    ridge = np.diag([1e-4, 1e-4])
    target = is_open.astype(np.float64)
    for _ in range(steps):
        p = 1 / (1 + np.exp(-np.clip(design @ weights, -40, 40)))
        gradient = design.T @ (p - target) + ridge @ weights
        hessian = design.T @ (design * (p * (1 - p))[:, None]) + ridge + 1e-9 * np.eye(2)
        step = np.linalg.solve(hessian, gradient)
        weights = weights - step * min(1.0, 5.0 / (float(np.abs(step).max()) + 1e-12))
        if np.abs(step).max() < 1e-9:
            break
    return float(weights[0]) / spread, float(weights[1])
