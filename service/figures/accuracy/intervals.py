"""Intervals of rare events in a sample in which each passage stands for others. Pure.

An estimate adds up what each reviewed passage stands for, its weight 1 / p (Horvitz and Thompson 1952,
Journal of the American Statistical Association 47). Its interval is Fay and Feuer's for a weighted sum of
Poisson counts (1997, Statistics in Medicine 16, pages 791 to 801): a gamma distribution with the sum's mean
and variance, above it with one more event of the heaviest weight. It holds for few events, for none too,
where a normal approximation or a bootstrap would say that there are none.

A share x / (x + y) of two such sums is bounded by melding both intervals (Fay, Proschan and Brittain 2015,
Biometrics 71). With gamma distributions that is a beta distribution; with equal weights it is Clopper and
Pearson's interval. The weights of two events within one stratum are equal, or nearly so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

TAIL = 0.025
"""On either side of a 95 % interval."""

_POINTS = 4001


@dataclass(frozen=True, slots=True)
class WeightedCount:
    """Events in a weighted sample.

    total: the sum of their weights; square: of their squared weights. heaviest: the largest weight among all
    that were reviewed and might have been such an event, at least that of the events.
    """

    total: float = 0.0
    square: float = 0.0
    heaviest: float = 1.0

    def __add__(self, other: WeightedCount) -> WeightedCount:
        """Return both together."""
        return WeightedCount(
            self.total + other.total, self.square + other.square, max(self.heaviest, other.heaviest)
        )

    def times(self, factor: float) -> WeightedCount:
        """Return what `factor` times as many reviews would find at the same rates."""
        return WeightedCount(factor * self.total, factor * self.square, self.heaviest)

    def _gamma(self, *, above: bool) -> tuple[float, float]:
        """Return shape and scale of the gamma distribution below or above it; a total above 0 below."""
        more = self.heaviest if above else 0.0
        mean, variance = self.total + more, self.square + more**2
        return mean**2 / variance, variance / mean


@dataclass(frozen=True, slots=True)
class ShareEstimate:
    """A share, 0..1, with its 95 % interval; expected: None where nothing was found on either side."""

    expected: float | None
    low: float
    high: float


def share_estimate(part: WeightedCount, rest: WeightedCount) -> ShareEstimate:
    """Return the share of `part` in both; they are of different passages."""
    whole = part.total + rest.total
    low = _limit(part._gamma(above=False), rest._gamma(above=True), TAIL) if part.total else 0.0
    high = _limit(part._gamma(above=True), rest._gamma(above=False), 1 - TAIL) if rest.total else 1.0
    return ShareEstimate(part.total / whole if whole else None, low, high)


def _limit(part: tuple[float, float], rest: tuple[float, float], chance: float) -> float:
    """Return a quantile of X / (X + Y), both gamma distributed by shape and scale."""
    ratio = beta_quantile(part[0], rest[0], chance)  # of X and Y in units of their scales
    found, other = part[1] * ratio, rest[1] * (1 - ratio)
    return found / (found + other)


def beta_quantile(a: float, b: float, chance: float) -> float:
    """Return the `chance` quantile of the beta distribution; a, b at least 1, chance within 0.01..0.99.

    The density of the log odds is summed up: it is smooth and has one peak whatever a and b are.
    """
    centre, spread = math.log(a / b), math.sqrt(1 / a + 1 / b)
    odds = np.linspace(centre - 40 / a - 12 * spread, centre + 40 / b + 12 * spread, _POINTS)
    log_density = a * odds - (a + b) * np.logaddexp(0.0, odds)
    density = np.exp(log_density - log_density.max())
    below = np.concatenate(([0.0], np.cumsum(density[1:] + density[:-1])))
    return 1 / (1 + math.exp(-float(np.interp(chance * below[-1], below, odds))))
