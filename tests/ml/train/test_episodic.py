"""A step that counts for lifts that it was not made for."""

import pytest
import torch

from ml.data.pictures import select
from ml.systems.recipe import Recipe
from ml.train.episodic import episodic_loss
from tests.ml.tiny import Tiny, halves, lifts


def gradient(system: Tiny, rows: torch.Tensor) -> list[torch.Tensor]:
    data = lifts(2, 2)
    return list(
        torch.autograd.grad(system.loss(data, rows, torch.Generator()), list(system.network.parameters()))
    )


@pytest.mark.parametrize("clip_norm", [100.0, 0.0])
def test_its_gradient_is_that_of_one_part_here_and_of_the_other_a_step_away(clip_norm: float) -> None:
    """Worked out by hand with two lifts: which of them is unseen is drawn; the weights are put back.

    The step is as long as the gradient where that is below the limit, or there is none (0).
    """
    data, rng = lifts(2, 2), torch.Generator().manual_seed(0)
    system = Tiny(Recipe(learning_rate=0.1, clip_norm=clip_norm))
    loss = episodic_loss(system, data, torch.arange(len(data)), rng)
    assert loss is not None
    got = torch.autograd.grad(loss, list(system.network.parameters()))
    assert all(not p.any() for p in system.network.parameters())
    # Both lifts look alike, so that it does not matter which was drawn.
    rows = torch.arange(len(data) // 2)
    here = gradient(system, rows)
    with torch.no_grad():
        for parameter, one in zip(system.network.parameters(), here, strict=True):
            parameter.sub_(0.1 * one)
    there = gradient(system, rows)
    for one, first, second in zip(got, here, there, strict=True):
        torch.testing.assert_close(one, (first + second) / 2)
    assert float(loss.detach()) < 1.0  # the second part's loss is that after the step


def test_the_step_is_no_longer_than_a_real_one() -> None:
    """With a gradient clipped to nothing there is no step: both parts' gradients are taken here."""
    data = lifts(2, 2)
    system = Tiny(Recipe(learning_rate=0.1, clip_norm=1e-12))
    loss = episodic_loss(system, data, torch.arange(len(data)), torch.Generator().manual_seed(0))
    assert loss is not None
    got = torch.autograd.grad(loss, list(system.network.parameters()))
    for one, plain in zip(got, gradient(system, torch.arange(len(data))), strict=True):
        torch.testing.assert_close(one, plain)


def test_of_one_lift_there_is_no_episode() -> None:
    """Nothing is unseen then; whoever trains falls back to the plain loss."""
    data = select(lifts(2, 2), torch.arange(6))
    assert halves(data.images).shape == (6, 2)
    assert episodic_loss(Tiny(Recipe()), data, torch.arange(6), torch.Generator()) is None
