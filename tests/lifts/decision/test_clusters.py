"""A lift's two clusters of margins, found without labels."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lifts.decision.clusters import BimodalFit, ClusterPrior, fit_clusters, fit_prior, memberships

PRIOR = ClusterPrior(
    open_mean=-0.4,
    closed_mean=0.4,
    open_deviation=0.15,
    closed_deviation=0.15,
    correlation=0.0,
    spread=0.1,
)


def drawn(seed: int, count: int, open_share: float, offset: float) -> tuple[np.ndarray, np.ndarray]:
    """Margins of a lift whose clusters lie 0.35 on both sides of an offset, and the states."""
    rng = np.random.default_rng(seed)
    is_open = np.arange(count) < round(open_share * count)
    return np.where(is_open, -0.35, 0.35) + offset + rng.normal(0, 0.08, count), is_open


@pytest.mark.parametrize("offset", [-0.3, 0.0, 0.3])
@pytest.mark.parametrize("open_share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("count", [20, 50, 200])
def test_the_valley_is_found_whatever_the_offset(offset: float, open_share: float, count: int) -> None:
    margins, is_open = drawn(1, count, open_share, offset)
    found = fit_clusters(margins, PRIOR)
    assert ((margins < found.midpoint) == is_open).all()
    assert found.midpoint == pytest.approx(offset, abs=0.12)
    assert found.open_share == pytest.approx(open_share, abs=0.1)


@pytest.mark.parametrize("is_open", [True, False])
def test_a_single_cluster_stays_one(is_open: bool) -> None:
    """A lift on which nobody opens (or nobody closes) the bar: the prior knows which cluster this is."""
    margins, _ = drawn(2, 200, float(is_open), 0.0)
    assert ((margins < fit_clusters(margins, PRIOR).threshold) == is_open).all()


def test_a_lift_far_from_all_others_is_found_too() -> None:
    """Both clusters lie beyond the prior's closed one, and are still found as two."""
    wide = ClusterPrior(-1.2, 1.2, 1.0, 1.0, 0.5, 0.05)
    spread = [0.02 * (n % 5 - 2) for n in range(15)]
    found = fit_clusters([1.1 + s for s in spread] + [1.9 + s for s in spread], wide)
    assert (found.open_mean, found.closed_mean) == pytest.approx((1.1, 1.9), abs=0.01)
    assert found.open_share == pytest.approx(0.5, abs=0.01)


def test_nothing_seen_is_the_prior() -> None:
    found = fit_clusters([], PRIOR)
    assert (found.open_mean, found.closed_mean) == pytest.approx((-0.4, 0.4))
    assert (found.spread, found.open_share) == pytest.approx((0.1, 0.5))
    assert found.threshold == pytest.approx(0.0)


def test_reviewed_passages_move_a_cluster_that_the_prior_would_not() -> None:
    """All margins positive: without a label they are one closed cluster."""
    rng = np.random.default_rng(3)
    margins = np.concatenate([rng.normal(0.15, 0.03, 10), rng.normal(0.55, 0.03, 10)])
    labels = [True] * 10 + [False] * 10
    found = fit_clusters(margins, PRIOR, labels)
    assert 0.25 < found.midpoint < 0.45
    assert found.threshold == pytest.approx(found.midpoint * 30 / 50)  # 10 in each cluster, 20 reviewed


def test_the_posterior_of_one_reviewed_passage_by_hand() -> None:
    """A label and a spread worth many passages: the centre is the mean of prior and passage by precision."""
    prior = ClusterPrior(-0.4, 0.4, 0.1, 0.1, 0.0, 0.1, strength=1e9)
    found = fit_clusters([-0.2], prior, [True])
    assert found.open_mean == pytest.approx(-0.3, abs=1e-6)  # equal precisions meet half-way
    assert found.closed_mean == pytest.approx(0.4, abs=1e-6)


def test_overlap_by_hand() -> None:
    """Centres two deviations apart: the midpoint is one from either, and beyond it lie 15.87 %.

    Where the threshold is not trusted to go there, it is nearer to one of them: the worse cluster counts.
    """
    assert BimodalFit(-1.0, 1.0, 1.0, 0.5).overlap == pytest.approx(0.158655, abs=1e-6)
    assert BimodalFit(0.0, 2.0, 1.0, 0.5).overlap == pytest.approx(0.158655, abs=1e-6)
    assert BimodalFit(0.0, 2.0, 1.0, 0.5, trust=0.0).overlap == pytest.approx(0.5, abs=1e-6)


def test_outliers_move_the_clusters_little() -> None:
    margins, is_open = drawn(4, 60, 0.5, 0.0)
    odd = np.concatenate([margins, [1.5, -1.6, 1.4]])
    assert fit_clusters(odd, PRIOR).midpoint == pytest.approx(fit_clusters(margins, PRIOR).midpoint, abs=0.02)
    assert ((margins < fit_clusters(odd, PRIOR).midpoint) == is_open).all()


def test_prior_by_hand() -> None:
    """Three lifts whose centres are -4 -3 -2 and 3 4 5 tenths: deviations 0.1, moving together."""
    lifts = []
    for k in (-1, 0, 1):
        cluster = np.array([-0.1, 0.0, 0.1])
        margins = np.concatenate([cluster - 0.3 + 0.1 * k, cluster + 0.4 + 0.1 * k])
        lifts.append((margins, np.arange(6) < 3))
    prior = fit_prior(lifts)
    assert (prior.open_mean, prior.closed_mean) == pytest.approx((-0.3, 0.4))
    assert (prior.open_deviation, prior.closed_deviation) == pytest.approx((0.1, 0.1))
    assert prior.correlation == pytest.approx(0.99)
    assert prior.spread == pytest.approx(0.14826)


@pytest.mark.parametrize(
    ("margins", "labels", "message"),
    [([0.1, float("nan")], None, "not finite"), ([0.1], [True, False], "1 margins, but 2 labels")],
)
def test_refusals(margins: list[float], labels: list[bool | None] | None, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        fit_clusters(margins, PRIOR, labels)


def test_prior_refusals() -> None:
    with pytest.raises(ValueError, match="three or more"):
        fit_prior([])
    with pytest.raises(ValueError, match="one state"):
        fit_prior([([0.1, 0.2], [True, True])] * 3)


def test_a_network_that_has_learnt_nothing_gets_its_prior_back() -> None:
    """Clusters in the wrong order are none: the threshold stays where lifts in general have it."""
    swapped = ClusterPrior(0.01, -0.01, 0.001, 0.001, 0.0, 0.1)
    assert fit_clusters([0.0, 0.1, -0.1], swapped) == BimodalFit(0.01, -0.01, 0.1, 0.5, trust=0.0)


@pytest.mark.parametrize(
    ("count", "open_share", "trust"), [(40, 0.5, 0.5), (200, 0.1, 0.5), (200, 0.5, 5 / 6)]
)
def test_the_threshold_approaches_the_midpoint_as_the_smaller_cluster_grows(
    count: int, open_share: float, trust: float
) -> None:
    """20 passages in the smaller cluster: half-way from the masks' 0; 100: five sixths."""
    margins, _ = drawn(5, count, open_share, 0.1)
    found = fit_clusters(margins, PRIOR)
    assert found.trust == pytest.approx(trust, abs=0.02)
    assert found.threshold == pytest.approx(found.trust * found.midpoint)


def test_one_cluster_alone_moves_no_threshold() -> None:
    """When all passages are closed, their tails do not become an open cluster that moves the threshold."""
    margins, _ = drawn(6, 200, 0.0, 0.0)
    found = fit_clusters(margins, PRIOR)
    assert found.trust < 0.02
    assert abs(found.threshold) < 0.005


def test_memberships_by_hand() -> None:
    """Halfway between equal clusters, memberships are a half; far from both, 0; with a label, 1."""
    fit = BimodalFit(-1.0, 1.0, 0.2, 0.5)
    found = memberships([0.0, -1.0, 5.0, 5.0], fit, PRIOR, [None, None, None, True])
    density = math.exp(-12.5) / math.sqrt(2 * math.pi * 0.04)
    half = 0.5 * 0.97 * density
    assert found[0].tolist() == pytest.approx([half / (2 * half + 0.03 / 4)] * 2)
    assert found[1].tolist() == pytest.approx([1.0, 0.0], abs=0.01)
    assert found[2].tolist() == pytest.approx([0.0, 0.0])
    assert found[3].tolist() == [1.0, 0.0]
