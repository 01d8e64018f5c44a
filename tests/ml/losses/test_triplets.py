"""Triplet and lossless triplet loss against numbers by hand, plain loops and the library's defaults."""

import math

import pytest
import torch
from pytorch_metric_learning.losses import TripletMarginLoss

from ml.losses.lossless_triplet import lossless_terms, lossless_triplet_loss
from ml.losses.reduction import Reduction, reduce
from ml.losses.triplet import triplet_loss
from ml.miners.triplets import Triplets

NONE = (torch.zeros(0, dtype=torch.int64),) * 3


def some(n: int = 9, seed: int = 0) -> tuple[torch.Tensor, Triplets]:
    """Embeddings float32[n, 3] and 12 triplets of whatever rows."""
    g = torch.Generator().manual_seed(seed)
    a, p, s = torch.randint(n, (3, 12), generator=g)
    return torch.randn(n, 3, generator=g), (a, p, s)


def squared(a: list[float], b: list[float]) -> float:
    return sum((u - v) ** 2 for u, v in zip(a, b, strict=True))


def test_equation_3_3_by_hand() -> None:
    """Squared distances 1 and 4, then 1 and 1: max(1 - 4 + 0.2, 0) and max(1 - 1 + 0.2, 0)."""
    x = torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.0, 2.0], [0.0, 1.0]])
    triplets = torch.tensor([0, 0]), torch.tensor([1, 1]), torch.tensor([2, 3])
    values = [triplet_loss(x, triplets, 0.2, reduction=how).item() for how in ("sum", "mean", "active")]
    assert values == pytest.approx([0.2, 0.1, 0.2], abs=1e-6)


@pytest.mark.parametrize("how", ["sum", "mean", "active"])
def test_a_plain_loop_says_the_same(how: Reduction) -> None:
    x, triplets = some()
    rows = x.tolist()
    terms = [
        max(squared(rows[a], rows[p]) - squared(rows[a], rows[n]) + 0.5, 0)
        for a, p, n in zip(*(t.tolist() for t in triplets), strict=True)
    ]
    expected = reduce(torch.tensor(terms), how)
    torch.testing.assert_close(triplet_loss(x, triplets, 0.5, reduction=how), expected)


def test_the_librarys_defaults_are_another_loss() -> None:
    """Lengths count here and not there: an anchor at (1, 0), positive (3, 0), negative (0, 1)."""
    x = torch.tensor([[1.0, 0.0], [3.0, 0.0], [0.0, 1.0]])
    triplets = torch.tensor([0]), torch.tensor([1]), torch.tensor([2])
    assert triplet_loss(x, triplets, 0.2).item() == pytest.approx(4 - 2 + 0.2, rel=1e-5)
    assert TripletMarginLoss()(x, indices_tuple=triplets).item() == 0


@pytest.mark.parametrize("loss", [triplet_loss, lossless_triplet_loss])
def test_gradients_are_finite_on_one_point_and_reach_the_inputs(loss) -> None:  # type: ignore[no-untyped-def]
    """Anchor, positive and negative on one point, beside a triplet that has somewhere to go."""
    x = torch.tensor([[1.0, 0.0], [1.0, 0.0], [1.0, 0.0], [0.0, 1.0]], requires_grad=True)
    loss(x, (torch.tensor([0, 0]), torch.tensor([1, 3]), torch.tensor([2, 1]))).backward()
    assert x.grad is not None
    assert x.grad.isfinite().all()
    assert x.grad.abs().sum() > 0


@pytest.mark.parametrize("loss", [triplet_loss, lossless_triplet_loss])
@pytest.mark.parametrize("how", ["sum", "mean", "active"])
def test_no_triplets_cost_a_differentiable_nothing(loss, how: Reduction) -> None:  # type: ignore[no-untyped-def]
    x = torch.ones(2, 3, requires_grad=True)
    value = loss(x, NONE, reduction=how)
    value.backward()
    assert value.item() == 0


def test_equation_3_6_by_hand() -> None:
    """Right angles, p = n = 2: 2 log 2. Best, p = 0 and n = 4: 0. Worst: twice -log epsilon."""
    distances = torch.tensor([2.0, 0.0, 4.0]), torch.tensor([2.0, 4.0, 0.0])
    expected = [2 * math.log(2), 0, -2 * math.log(1e-6)]
    assert lossless_terms(*distances).tolist() == pytest.approx(expected, abs=1e-5)


def test_an_easy_triplet_still_costs_and_learns() -> None:
    """The thesis' p = 1.2, n = 2.4, margin 0.2, where the triplet loss is flat (equation 3.4)."""
    p, n = torch.tensor([1.2], requires_grad=True), torch.tensor([2.4])
    lossless_terms(p, n).sum().backward()  # type: ignore[no-untyped-call]
    assert lossless_terms(p, n).item() == pytest.approx(-math.log(0.7) - math.log(0.6), rel=1e-5)
    assert p.grad is not None
    assert p.grad.item() == pytest.approx(1 / (4 - 1.2), rel=1e-5)


def test_lossless_agrees_with_a_plain_loop() -> None:
    x, triplets = some(seed=3)
    rows = [[v / math.hypot(*row) for v in row] for row in x.tolist()]
    total = 0.0
    for a, p, n in zip(*(t.tolist() for t in triplets), strict=True):
        total -= math.log(-squared(rows[a], rows[p]) / 8 + 1 + 1e-3)
        total -= math.log(-(4 - squared(rows[a], rows[n])) / 8 + 1 + 1e-3)
    loss = lossless_triplet_loss(x, triplets, beta=8, epsilon=1e-3)
    assert loss.item() == pytest.approx(total, rel=1e-5)


def test_opposite_vectors_do_not_cost_infinity() -> None:
    """In single precision their squared distance may be above 4."""
    x = torch.randn(200, 5, generator=torch.Generator().manual_seed(0))
    both = torch.cat([x, -1.7 * x]).requires_grad_()
    rows = torch.arange(200)
    loss = lossless_triplet_loss(both, (rows, rows + 200, rows))
    loss.backward()  # type: ignore[no-untyped-call]
    assert loss.isfinite()
    assert both.grad is not None
    assert both.grad.isfinite().all()


def test_a_beta_below_the_largest_distance_is_refused() -> None:
    with pytest.raises(ValueError, match="at least the largest squared distance 4"):
        lossless_terms(torch.zeros(1), torch.zeros(1), beta=2)
