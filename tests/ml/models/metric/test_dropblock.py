"""Top DropBlock hides the most active stripes, while training."""

import pytest
import torch

from ml.models.metric.dropblock import TopDropBlock


def test_it_zeroes_exactly_the_most_active_stripes() -> None:
    """Two of six rows by hand: one strong spot in row 4, negative and split over channels in row 1."""
    x = torch.full((1, 2, 6, 3), 0.5)
    x[0, 0, 4, 2] = 3.0  # 9 + 0.25
    x[0, :, 1, 0] = -2.0  # 4 + 4
    x[0, 0, 5] = 1.5  # 2.25 + 0.25 at each of three positions: wide, but nowhere as strong
    expected = x.clone()
    expected[:, :, [1, 4]] = 0.0
    assert torch.equal(TopDropBlock(0.33).train()(x), expected)


def test_each_picture_has_its_own_stripes() -> None:
    x = torch.ones(2, 1, 5, 2)
    x[0, 0, 0, 0], x[1, 0, 3, 1] = 2.0, 2.0
    kept = TopDropBlock(0.2).train()(x).sum((1, 3)) > 0
    assert kept.tolist() == [[False, True, True, True, True], [True, True, True, False, True]]


def test_nothing_is_dropped_in_evaluation() -> None:
    x = torch.randn(2, 3, 6, 4)
    assert TopDropBlock().eval()(x) is x


@pytest.mark.parametrize(("share", "height", "rows"), [(0.3, 10, 3), (0.3, 25, 8), (0.01, 5, 1), (0.5, 1, 1)])
def test_how_many_stripes_are_dropped(share: float, height: int, rows: int) -> None:
    """The nearest whole number, one at least."""
    out = TopDropBlock(share).train()(torch.rand(1, 2, height, 4) + 0.1)
    assert int((out == 0).all(3).all(1).sum()) == rows


def test_gradients_pass_where_nothing_was_dropped() -> None:
    """One for each remaining number, none for a dropped one: the rest is not scaled."""
    x = torch.rand(1, 2, 4, 3)
    x[0, 0, 2, 1] = 5.0
    x.requires_grad_()
    TopDropBlock(0.25).train()(x).sum().backward()
    assert x.grad is not None
    assert x.grad.sum((0, 1, 3)).tolist() == [6.0, 6.0, 0.0, 6.0]


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1])
def test_a_share_that_drops_nothing_or_all_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="above 0 and below 1"):
        TopDropBlock(share)


def test_torchscript_says_the_same() -> None:
    """In both modes."""
    x = torch.randn(2, 3, 10, 4)
    for module in (TopDropBlock().eval(), TopDropBlock().train()):
        torch.testing.assert_close(torch.jit.script(module)(x), module(x))
