"""Figures of merit, each worked by hand in its test."""

from __future__ import annotations

import base64
import math
import zlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score, roc_curve

from lifts.arrays import Bool, Float64

RIDGE = 1e-4
"""Keeps the fit of perfectly separated margins finite."""

SHARE = 10_000
"""Parts in which packed shares are counted: results keep four decimals of them."""


def accuracy(predicted: Bool, actual: Bool) -> float:
    """Share of equal entries of two bool[N], 0..1; NaN for none."""
    return float(np.mean(predicted == actual)) if len(actual) else math.nan


def auc(score: npt.ArrayLike, positive: Bool) -> float:
    """Area under the ROC curve, 0..1; NaN where one class is missing."""
    if positive.all() or not positive.any():
        return math.nan
    return float(roc_auc_score(positive, np.asarray(score, np.float64)))


def roc(score: npt.ArrayLike, positive: Bool, points: int = 101) -> tuple[Float64, Float64]:
    """The ROC curve: true positive rates float64[points] at evenly spaced false positive rates 0..1.

    The rate at x is the highest that a threshold with at most x false positives reaches; NaN where one class
    is missing.

    Returns:
        (false positive rates, true positive rates).
    """
    rates = np.linspace(0.0, 1.0, points)
    if positive.all() or not positive.any():
        return rates, np.full(points, math.nan)
    false_positive, true_positive, _ = roc_curve(positive, np.asarray(score), drop_intermediate=False)
    reached = np.searchsorted(false_positive, rates + 1e-9, side="right") - 1
    return rates, np.asarray(true_positive[reached])


def bootstrap(values: npt.ArrayLike, rounds: int = 2000, seed: int = 0) -> tuple[float, float]:
    """95 % percentile bootstrap interval of the mean of float[N]; NaN for none."""
    data = np.asarray(values, dtype=np.float64)
    if len(data) < 2:
        return (float(data.mean()),) * 2 if len(data) else (math.nan, math.nan)
    return _percentile_interval((data,), np.mean, rounds, seed)


def _percentile_interval(
    samples: Sequence[Float64], statistic: Callable[..., Any], rounds: int, seed: int
) -> tuple[float, float]:
    """95 % interval of a statistic over samples that are drawn together, row by row."""
    found = stats.bootstrap(
        samples,
        statistic,
        paired=len(samples) > 1,
        vectorized=True,
        n_resamples=rounds,
        batch=50,
        method="percentile",
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return float(found.low), float(found.high)


def pack_flags(flags: Bool) -> str:
    """Pack bool[N] into text, for paired comparisons with other systems on the same pictures."""
    return _text(np.packbits(flags).tobytes())


def unpack_flags(text: str, count: int) -> Bool:
    """Return the bool[count] that `pack_flags` packed."""
    bits = np.frombuffer(_bytes(text), np.uint8)
    return np.unpackbits(bits, count=count).astype(bool)


def pack_shares(shares: Float64) -> str:
    """Pack float64[N] in 0..1 into text, rounded to 1/10,000, for the same comparisons."""
    return _text(np.rint(shares * SHARE).astype("<u2").tobytes())


def unpack_shares(text: str) -> Float64:
    """Return the float64[N] that `pack_shares` packed."""
    return np.frombuffer(_bytes(text), "<u2").astype(np.float64) / SHARE


def _text(content: bytes) -> str:
    return base64.b64encode(zlib.compress(content, 9)).decode("ascii")


def _bytes(text: str) -> bytes:
    return zlib.decompress(base64.b64decode(text))


def paired_difference(
    first: npt.ArrayLike, second: npt.ArrayLike, groups: npt.ArrayLike | None = None, rounds: int = 2000
) -> tuple[float, float, float]:
    """Mean of first - second over float[N] each, and its 95 % percentile bootstrap interval.

    groups: int[N]; where given, whole groups are drawn, such as lifts, and each counts as its size.
    """
    difference = np.asarray(first, np.float64) - np.asarray(second, np.float64)
    _, group = np.unique(np.arange(len(difference)) if groups is None else groups, return_inverse=True)
    total = np.bincount(group, difference).astype(np.float64)
    size = np.bincount(group).astype(np.float64)
    if len(total) < 2:
        return (float(difference.mean()),) * 3

    def mean(total: Float64, size: Float64, axis: int = -1) -> Float64:
        return np.asarray(total.sum(axis) / size.sum(axis))

    return float(difference.mean()), *_percentile_interval((total, size), mean, rounds, 0)


def seeds_interval(
    samples: Sequence[Float64],
    groups: npt.ArrayLike | None = None,
    together: bool = False,
    rounds: int = 2000,
) -> tuple[float, float]:
    """95 % percentile bootstrap interval of a mean over seeds and cases, or of one such mean less another.

    Seeds are drawn with replacement, and so are cases, which all rows are drawn with. Few seeds say little of
    others: the variance that they show is a third too small of three, half of two, and none of one.

    Args:
        samples: one or two of float[seeds, N], a row for each seed; the second is subtracted.
        groups: int[N]; where given, whole groups are drawn, such as lifts, and each counts as its size.
        together: row s of both is of one seed, and both are drawn with it.
    """
    rng = np.random.default_rng(0)
    values = np.concatenate(samples)  # [rows, N]
    if groups is None:
        # Cases that are alike in every row are drawn as one kind: a few kinds, as cases are right or wrong.
        kinds, sizes = np.unique(values, axis=1, return_counts=True)
        drawn = rng.multinomial(values.shape[1], sizes / sizes.sum(), rounds)
        means = drawn @ kinds.T / values.shape[1]  # [rounds, rows]
    else:
        _, group = np.unique(groups, return_inverse=True)
        sizes = np.bincount(group)
        totals = np.stack([np.bincount(group, row) for row in values])
        drawn = rng.multinomial(len(sizes), np.full(len(sizes), 1 / len(sizes)), rounds)
        means = drawn @ totals.T / (drawn @ sizes)[:, None]
    ends: list[Float64] = []
    chosen: npt.NDArray[np.int64] | None = None
    for part in np.split(means, np.cumsum([len(sample) for sample in samples])[:-1], axis=1):
        if chosen is None or not together:
            chosen = rng.integers(0, part.shape[1], part.shape)
        ends.append(np.take_along_axis(part, chosen, 1).mean(1))
    low, high = np.quantile(ends[0] - (ends[1] if len(ends) > 1 else 0.0), [0.025, 0.975])
    return float(low), float(high)


def calibration_error(probability: npt.ArrayLike, actual: Bool, bins: int = 10) -> float:
    """Expected calibration error, 0..1: mean gap between stated and observed frequency, weighted by bin."""
    p = np.asarray(probability, dtype=np.float64)
    index = np.minimum((p * bins).astype(int), bins - 1)
    gaps = [
        abs(float(p[index == b].mean()) - float(actual[index == b].mean())) * int((index == b).sum())
        for b in range(bins)
        if (index == b).any()
    ]
    return float(sum(gaps) / len(p)) if len(p) else math.nan


def fitted_calibration_error(score: npt.ArrayLike, positive: Bool) -> float:
    """Expected calibration error, 0..1, of scores that are no probabilities, after a logistic fit.

    Fitted on one half and measured on the other, both ways round; halves go by passages of three, whose
    pictures are too similar to be on both sides.

    Args:
        score: float[N], higher for positive, three in a row of a passage.
        positive: bool[N].
    """
    scores = np.asarray(score, dtype=np.float64)
    half = np.arange(len(scores)) // 3 % 2 == 0
    p = np.zeros(len(scores))
    for fit in (half, ~half):
        if positive[fit].all() or not positive[fit].any():  # nothing to fit a slope to
            p[~fit] = positive[fit].mean()
            continue
        scale, offset = fit_logistic(-scores[fit], positive[fit])
        p[~fit] = 1 / (1 + np.exp(-np.clip(scale * scores[~fit] - offset, -40, 40)))
    return calibration_error(p, positive)


def distribution(values: npt.ArrayLike) -> dict[str, float | None]:
    """Median, 95th percentile and worst of float[N], for JSON; None each for none."""
    x = np.asarray(values, np.float64)
    if not len(x):
        return {"median": None, "p95": None, "worst": None}
    return {"median": float(np.median(x)), "p95": float(np.quantile(x, 0.95)), "worst": float(x.max())}


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """95 % Wilson score interval of a proportion, both ends in 0..1; (0, 1) for no trials."""
    if trials == 0:
        return 0.0, 1.0
    found = stats.binomtest(successes, trials).proportion_ci(0.95, method="wilson")
    return float(found.low), float(found.high)


def fit_logistic(margin: npt.ArrayLike, is_open: Bool) -> tuple[float, float]:
    """Fit p(open) = sigmoid(-(scale * margin + offset)), with RIDGE in units of the margins' spread.

    Args:
        margin: float[N].
        is_open: bool[N], both states among them.

    Returns:
        (scale, offset); scale is positive where margins say what they should.
    """
    x = np.asarray(margin, dtype=np.float64)
    spread = float(x.std()) or 1.0
    design = np.stack([-x / spread, -np.ones_like(x)], axis=1)
    model = LogisticRegression(
        C=1 / RIDGE, fit_intercept=False, solver="newton-cholesky", tol=1e-10, max_iter=200
    )
    scale, offset = model.fit(design, is_open).coef_[0]
    return float(scale) / spread, float(offset)
