"""The focal loss for rare states: by hand, what it weighs more, where it costs nothing."""

import math

import pytest
import torch
from torch.nn import functional

from ml.losses.focal import focal_loss


def test_the_focal_term_by_hand() -> None:
    """p = 0.8 for a label of 1 in 4: weight 2, (0.2)^2, -log 0.8; p = 0.5 without it: 2/3, 1/4, log 2."""
    logits = torch.tensor([[math.log(4.0)], [0.0]])
    labels, rates = torch.tensor([[1.0], [0.0]]), torch.tensor([0.25])
    one, other = 2 * 0.04 * -math.log(0.8), 2 / 3 * 0.25 * math.log(2)
    found = focal_loss(logits, labels, rates, contrast=0.0)
    assert found.item() == pytest.approx((one + other) / 2, rel=1e-5)


def test_the_contrast_by_hand() -> None:
    """Means 3 and 2.5 of two classes lie 0.5 apart of a gap of 1; a label that all have costs nothing."""
    logits = torch.tensor([[3.0, 9.0], [2.0, 9.0], [3.0, 9.0]])
    labels = torch.tensor([[1.0, 1.0], [0.0, 1.0], [0.0, 1.0]])
    rates = torch.tensor([0.5, 0.5])
    plain = focal_loss(logits, labels, rates, contrast=0.0)
    assert (focal_loss(logits, labels, rates, contrast=1.0) - plain).item() == pytest.approx(0.25, rel=1e-4)


def test_without_focus_and_contrast_it_is_the_balanced_cross_entropy() -> None:
    torch.manual_seed(0)
    logits, labels = torch.randn(6, 2), (torch.rand(6, 2) > 0.5).float()
    half = torch.full((2,), 0.5)
    plain = functional.binary_cross_entropy_with_logits(logits, labels)
    torch.testing.assert_close(focal_loss(logits, labels, half, focus=0.0, contrast=0.0), plain)


def test_a_rare_and_a_hard_label_pull_more() -> None:
    """The gradient of a missed rare state is larger than that of a missed common one, or of an easy one."""

    def pull(logit: float, rate: float) -> float:
        x = torch.tensor([[logit]], requires_grad=True)
        focal_loss(x, torch.ones(1, 1), torch.tensor([rate]), contrast=0.0).backward()  # type: ignore[no-untyped-call]
        assert x.grad is not None
        return -float(x.grad)

    assert pull(-1.0, 0.05) > pull(-1.0, 0.5) > pull(-1.0, 0.95) > 0
    assert pull(-1.0, 0.5) > 10 * pull(2.0, 0.5)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("focus", [0.0, 0.5, 2.0])
def test_a_sure_right_answer_has_no_gradient(focus: float, dtype: torch.dtype) -> None:
    """By a focus below 1 too, where the power of 0 has a slope without bound."""
    logits = torch.tensor([[200.0], [40.0]], dtype=dtype, requires_grad=True)
    value = focal_loss(logits, torch.ones(2, 1, dtype=dtype), torch.tensor([0.5], dtype=dtype), focus)
    value.backward()  # type: ignore[no-untyped-call]
    assert value.item() == pytest.approx(0, abs=1e-12)
    assert logits.grad is not None
    assert logits.grad.abs().max().item() == pytest.approx(0, abs=1e-9)


def test_no_pictures_give_a_differentiable_zero() -> None:
    logits = torch.zeros(0, 2, requires_grad=True)
    value = focal_loss(logits, torch.zeros(0, 2), torch.tensor([0.5, 0.5]))
    value.backward()  # type: ignore[no-untyped-call]
    assert value.item() == 0
    assert logits.grad is not None
