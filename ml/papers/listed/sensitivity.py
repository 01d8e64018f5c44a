"""Output sensitivity as a GO / NO-GO without labels: does what a network says hang on a little noise?

Forouzesh, Salehi and Thiran, "Generalization Comparison of Deep Neural Networks via Output Sensitivity" (ICPR
2020), of which the list in paper 002 gives the abstract alone: the output's sensitivity to its input goes
with the variance of the loss, "which hints on using sensitivity as a metric for comparing the
generalization performance of networks, without requiring labeled data". No equation; this is ours:

    S = mean over a lift's pictures x and draws e of (margin(x + e) - margin(x))^2,   e ~ N(0, NOISE) per
    value

in grey levels, of the shipped network by the lift's masks. The paper compares networks on one set; here one
network is compared on many lifts, for this is what a station has to know before it arms: a lift whose S is
high is a NO-GO. Beside it stands what costs nothing, the mean distance of the margins from zero.
"""

from __future__ import annotations

import numpy as np

from lifts.arrays import Float64, UInt8
from ml.artefact.torchscript import Scripted
from ml.data.rendered import PlainLifts, RenderedLift
from ml.evaluate.metrics import auc
from ml.evaluate.scoring import score_rendered
from ml.papers.listed.measure import Measurement, Row, Setting

FIRST_SEED, LIFTS, PASSAGES = 10_700, 48, 8
NOISE = 4.0
"""Standard deviation in grey levels, about the noise of a camera at dusk."""

ROUNDS = 2000


def sensitivity(network: Scripted, lift: RenderedLift, seed: int) -> float:
    """Return S of a lift, 0 or more, for one draw of the noise."""
    plain = score_rendered(network, lift).margin
    noisy = score_rendered(network, _with_images(lift, with_noise(lift.images, seed))).margin
    return float(np.mean(np.square(noisy - plain)))


def with_noise(images: UInt8, seed: int) -> UInt8:
    """Return uint8[N, 200, 200, 3] with noise added, rounded and clipped as a camera's is."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(0.0, NOISE, images.shape).astype(np.float32)
    return np.asarray(np.clip(np.rint(images + noise), 0, 255), np.uint8)


def sensitivity_rows(setting: Setting) -> list[Row]:
    """Return how each measure without labels ranks lifts by their share of wrong pictures.

    AUC: of telling the worse half of the lifts from the better one, by wrong pictures.
    """
    network = Scripted.load(setting.artefact)
    lifts = setting.lifts(FIRST_SEED, LIFTS, PlainLifts(4 if setting.smoke else PASSAGES))
    scores = [score_rendered(network, lift) for lift in lifts]
    wrong = np.array([float(((s.margin < 0) != s.is_open).mean()) for s in scores])
    draws = [np.array([sensitivity(network, lift, seed) for lift in lifts]) for seed in range(setting.seeds)]
    measures: dict[str, Float64] = {
        "output sensitivity": np.mean(draws, axis=0),
        "distance of the margins from zero, negated": -np.array([np.abs(s.margin).mean() for s in scores]),
    }
    rows: list[Row] = []
    for name, measure in measures.items():
        low, high = rank_interval(measure, wrong)
        worse = wrong > np.median(wrong)
        rows.append(
            {
                "measure": name,
                "lifts": len(lifts),
                "rank correlation with the share of wrong pictures": round(
                    rank_correlation(measure, wrong), 3
                ),
                "95 %, lifts drawn": f"{low:.3f} to {high:.3f}",
                "AUC, worse half": round(auc(measure, worse), 3) if 0 < worse.sum() < len(worse) else "",
                "draws": len(draws) if name == "output sensitivity" else 1,
            }
        )
    return rows


def rank_correlation(one: Float64, other: Float64) -> float:
    """Return Spearman's correlation of float64[N] each, -1..1; 0 where one of them is constant."""
    a, b = _ranks(one), _ranks(other)
    spread = float(a.std() * b.std())
    return float(((a - a.mean()) * (b - b.mean())).mean() / spread) if spread > 0 else 0.0


def rank_interval(one: Float64, other: Float64) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of `rank_correlation` over lifts."""
    rng = np.random.default_rng(0)
    drawn = rng.integers(len(one), size=(ROUNDS, len(one)))
    found = [rank_correlation(one[rows], other[rows]) for rows in drawn]
    low, high = np.quantile(found, (0.025, 0.975))
    return float(low), float(high)


def _ranks(values: Float64) -> Float64:
    """Return the ranks float64[N]; equal values share their mean rank."""
    unique, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    del unique
    return (np.cumsum(counts) - (counts - 1) / 2)[inverse]


def _with_images(lift: RenderedLift, images: UInt8) -> RenderedLift:
    return RenderedLift(**{**vars(lift), "images": images})


SENSITIVITY = Measurement(
    "output sensitivity as a GO / NO-GO without labels",
    "Forouzesh, Salehi and Thiran (ICPR 2020)",
    sensitivity_rows,
)
