"""Distances and margins, worked by hand."""

import pytest
import torch

from ml.distances.euclidean import euclidean, margins


def test_distances_by_hand() -> None:
    """The 3-4-5 triangle."""
    d = euclidean(torch.tensor([[0.0, 0.0], [3.0, 4.0]]), torch.tensor([[3.0, 4.0], [3.0, 4.0]]))
    torch.testing.assert_close(d, torch.tensor([5.0, 0.001]), atol=1e-5, rtol=1e-5)


def test_a_distance_of_zero_has_a_finite_gradient() -> None:
    """Identical embeddings do not poison the weights with NaN."""
    x = torch.ones(1, 3, requires_grad=True)
    euclidean(x, torch.ones(1, 3)).sum().backward()  # type: ignore[no-untyped-call]
    assert x.grad is not None
    assert x.grad.isfinite().all()


def test_the_margin_is_negative_nearer_to_the_open_mask() -> None:
    """A picture at the open mask's place: 0 - 5."""
    picture, opened, closed = torch.zeros(1, 2), torch.zeros(1, 2), torch.tensor([[3.0, 4.0]])
    assert margins(picture, opened, closed).item() == pytest.approx(-5, abs=0.01)
