"""Additive margin softmax by hand."""

import math

import pytest
import torch
from pytorch_metric_learning.losses import CosFaceLoss

from ml.losses.am_softmax import AMSoftmax


def two_classes(scale: float = 30, margin: float = 0.35) -> AMSoftmax:
    """Class vectors along the two axes, of unlike lengths."""
    loss = AMSoftmax(2, 2, scale, margin)
    with torch.no_grad():
        loss.weight.copy_(torch.tensor([[2.0, 0.0], [0.0, 5.0]]))
    return loss


def test_by_hand() -> None:
    """(3, 4) has cosines 0.6 and 0.8: its logits are 2 (0.6 - 0.1) and 2 * 0.8; lengths do not count."""
    loss = two_classes(scale=2, margin=0.1)
    value = loss(torch.tensor([[3.0, 4.0], [30.0, 40.0]]), torch.tensor([0, 0]))
    assert value.item() == pytest.approx(math.log(1 + math.exp(1.6 - 1.0)), rel=1e-5)


def test_a_plain_loop_says_the_same() -> None:
    g = torch.Generator().manual_seed(0)
    loss, x, labels = AMSoftmax(4, 3), torch.randn(5, 4, generator=g), [0, 1, 2, 2, 0]
    w = loss.weight.detach().T.tolist()
    total = 0.0
    for row, label in zip(x.tolist(), labels, strict=True):
        cosines = [
            sum(a * b for a, b in zip(row, c, strict=True)) / math.hypot(*row) / math.hypot(*c) for c in w
        ]
        logits = [30 * (c - 0.35 * (k == label)) for k, c in enumerate(cosines)]
        total += math.log(sum(math.exp(v - logits[label]) for v in logits))
    assert loss(x, torch.tensor(labels)).item() == pytest.approx(total / 5, rel=1e-4)


def test_the_librarys_default_scale_is_another() -> None:
    """Cosines 0.6 (right) and 0.8: 0.8 - 0.6 + 0.35 too little, times 30 here and 64 there."""
    ours = two_classes()
    theirs = CosFaceLoss(num_classes=2, embedding_size=2)
    theirs.W.data.copy_(ours.weight.data)
    x, label = torch.tensor([[0.6, 0.8]]), torch.tensor([0])
    assert ours(x, label).item() == pytest.approx(30 * 0.55, rel=1e-4)
    assert theirs(x, label).item() == pytest.approx(64 * 0.55, rel=1e-4)


def test_gradients_reach_embeddings_and_classes() -> None:
    loss, x = two_classes(), torch.tensor([[1.0, 0.0], [0.3, 0.4]], requires_grad=True)
    assert [name for name, _ in loss.named_parameters()] == ["loss.W"]
    loss(x, torch.tensor([0, 0])).backward()
    for grad in (x.grad, loss.weight.grad):
        assert grad is not None
        assert grad.isfinite().all()
        assert grad.abs().sum() > 0


def test_no_rows_cost_a_differentiable_nothing() -> None:
    value = two_classes()(torch.zeros(0, 2), torch.zeros(0, dtype=torch.int64))
    value.backward()
    assert value.item() == 0
