"""Losses against numbers worked by hand."""

import math

import pytest
import torch

from ml.losses.contrastive import contrastive_loss
from ml.losses.dense import coverage, dense_loss
from ml.losses.margin import balanced_margin_loss, margin_loss


def test_margin_loss_by_hand() -> None:
    """log(1 + exp(scale * margin)) for an open picture, without smoothing."""
    loss = margin_loss(torch.tensor([-0.2]), torch.tensor([1.0]), scale=10, smoothing=0)
    assert loss.item() == pytest.approx(math.log(1 + math.exp(-2)))
    loss = margin_loss(torch.tensor([-0.2]), torch.tensor([0.0]), scale=10, smoothing=0)
    assert loss.item() == pytest.approx(math.log(1 + math.exp(2)))


def test_an_empty_batch_gives_a_differentiable_zero() -> None:
    """Nothing to learn from is no error and no NaN."""
    empty = torch.zeros(0, requires_grad=True)
    loss = balanced_margin_loss(empty, torch.zeros(0), 10)
    loss.backward()  # type: ignore[no-untyped-call]
    assert loss.item() == 0


def test_the_balanced_loss_weighs_states_alike() -> None:
    """Three open pictures and one closed: the mean of the two states' means, by a plain loop."""
    margin = torch.tensor([-0.3, 0.1, 0.2, 0.4])
    is_open = torch.tensor([1.0, 1.0, 1.0, 0.0])
    target = {1.0: 0.98, 0.0: 0.02}
    by_state: dict[float, list[float]] = {0.0: [], 1.0: []}
    for m, o in zip(margin.tolist(), is_open.tolist(), strict=True):
        p = 1 / (1 + math.exp(10 * m))
        by_state[o].append(-target[o] * math.log(p) - (1 - target[o]) * math.log(1 - p))
    expected = sum(sum(v) / len(v) for v in by_state.values()) / 2
    assert balanced_margin_loss(margin, is_open, 10).item() == pytest.approx(expected, rel=1e-5)


def test_one_state_alone_is_not_halved() -> None:
    """A batch of open pictures only has their mean loss."""
    margin = torch.tensor([-0.3, 0.1])
    both = balanced_margin_loss(margin, torch.ones(2), 10)
    torch.testing.assert_close(both, margin_loss(margin, torch.ones(2), 10))


def test_coverage_counts_half_a_cell_as_full() -> None:
    """Cells of 4x4 pixels with 0, 4 and 8 bar pixels: 0, 1/2 and 1."""
    bar = torch.zeros(1, 4, 12)
    bar[0, 0, 4:8] = 1
    bar[0, :2, 8:12] = 1
    wide = torch.nn.functional.pad(bar, (0, 0, 0, 8))
    assert coverage(wide, 3)[0, 0].tolist() == [0.0, 0.5, 1.0]


def test_dense_loss_by_hand_and_at_its_best() -> None:
    """Logit 0 on one empty cell: log 2 + 0.3 * (1 - 1 / 1.25); a right map costs next to nothing."""
    loss = dense_loss(torch.zeros(1, 1, 1), torch.zeros(1, 1, 1))
    assert loss.item() == pytest.approx(math.log(2) + 0.3 * (1 - 1 / 1.25))
    target = torch.eye(4)[None]
    assert dense_loss(40 * target - 20, target).item() < 0.01


def test_contrastive_loss_by_hand() -> None:
    """Equation 1: a right pair at 0.5 costs 0.25; a wrong one at 0.5 as much, at 2 nothing."""
    pictures = torch.tensor([[0.5, 0.0], [0.5, 0.0], [0.0, 2.0]])
    masks = torch.zeros(3, 2)
    each = [
        contrastive_loss(pictures[[i]], masks[[i]], torch.tensor([bool(same)]))
        for i, same in enumerate((1, 0, 0))
    ]
    assert [round(float(v), 5) for v in each] == [0.25, 0.25, 0.0]
    mean = contrastive_loss(pictures, masks, torch.tensor([True, False, False]))
    assert float(mean) == pytest.approx(0.5 / 3, abs=1e-5)


def test_contrastive_loss_of_equal_points_has_a_finite_gradient() -> None:
    """Picture and wrong mask on one point: pushed apart by no more than the loss allows."""
    point = torch.zeros(1, 2, requires_grad=True)
    contrastive_loss(point, torch.zeros(1, 2), torch.tensor([False])).backward()  # type: ignore[no-untyped-call]
    assert point.grad is not None
    assert torch.isfinite(point.grad).all()
