"""GetNet's contrastive loss: equation 8 by hand, and which losses it is not."""

import pytest
import torch
from pytorch_metric_learning.losses import ContrastiveLoss

from ml.losses.contrastive import contrastive_loss
from ml.losses.getnet import getnet_loss


def test_equation_8_by_hand() -> None:
    """3-4-5 triangles, margin 6: 25 for the right pair, (6 - 5)^2 for the wrong, over 2 N = 4."""
    first, second = torch.zeros(2, 2), torch.tensor([[3.0, 4.0], [3.0, 4.0]])
    loss = getnet_loss(first, second, torch.tensor([True, False]), margin=6)
    assert loss.item() == pytest.approx((25 + 1) / 4)


def test_a_plain_loop_says_the_same() -> None:
    g = torch.Generator().manual_seed(0)
    first, second = torch.randn(7, 3, generator=g), torch.randn(7, 3, generator=g)
    same = torch.rand(7, generator=g) < 0.5
    total = 0.0
    for a, b, y in zip(first.tolist(), second.tolist(), same.tolist(), strict=True):
        d = sum((u - v) ** 2 for u, v in zip(a, b, strict=True)) ** 0.5
        total += d**2 if y else max(2 - d, 0) ** 2
    assert getnet_loss(first, second, same, margin=2).item() == pytest.approx(total / 14, rel=1e-5)


def test_at_a_margin_of_one_it_is_half_of_equation_1() -> None:
    """Alqasir's equation 1 has no half."""
    g = torch.Generator().manual_seed(1)
    first, second = torch.randn(5, 2, generator=g), torch.randn(5, 2, generator=g)
    same = torch.tensor([True, False, True, False, False])
    torch.testing.assert_close(2 * getnet_loss(first, second, same), contrastive_loss(first, second, same))


def test_the_librarys_contrastive_loss_is_another() -> None:
    """A right pair at (3, 0) and (0, 4): 25 / 2 here; there the distance of unit vectors, root 2."""
    first, second = torch.tensor([[3.0, 0.0]]), torch.tensor([[0.0, 4.0]])
    assert getnet_loss(first, second, torch.tensor([True])).item() == pytest.approx(12.5)
    theirs = ContrastiveLoss()(torch.cat([first, second]), torch.tensor([0, 0]))
    assert theirs.item() == pytest.approx(2**0.5, rel=1e-5)


@pytest.mark.parametrize("same", [True, False])
def test_points_on_one_another_have_a_finite_gradient(same: bool) -> None:
    point = torch.ones(1, 3, requires_grad=True)
    getnet_loss(point, torch.ones(1, 3), torch.tensor([same])).backward()  # type: ignore[no-untyped-call]
    assert point.grad is not None
    assert point.grad.isfinite().all()


def test_wrong_pairs_are_pushed_apart_and_no_pairs_cost_a_differentiable_nothing() -> None:
    first = torch.tensor([[0.5, 0.0]], requires_grad=True)
    getnet_loss(first, torch.zeros(1, 2), torch.tensor([False])).backward()  # type: ignore[no-untyped-call]
    assert first.grad is not None
    assert first.grad[0].tolist() == pytest.approx([-0.5, 0])
    empty = torch.zeros(0, 2, requires_grad=True)
    loss = getnet_loss(empty, torch.zeros(0, 2), torch.zeros(0, dtype=torch.bool))
    loss.backward()  # type: ignore[no-untyped-call]
    assert loss.item() == 0
