"""Parts of the shipped network: what they compute, by the slower way."""

import torch
from torch.nn import functional

from ml.artefact.folding import FoldedResidual
from ml.models.layers import JoinConv, Residual


def test_a_coarse_map_is_mixed_before_it_is_enlarged() -> None:
    """The same as one convolution of the enlarged and the fine map side by side, gradients too."""
    torch.manual_seed(0)
    conv = JoinConv(6, 4, 5)
    torch.nn.init.normal_(conv.bias)
    coarse, fine = torch.randn(2, 6, 13, 13), torch.randn(2, 4, 25, 25)
    side_by_side = torch.cat(
        [functional.interpolate(coarse, (25, 25), mode="bilinear", align_corners=False), fine], 1
    )
    slow = functional.relu(functional.conv2d(side_by_side, conv.standard_weight(), conv.bias))
    found = conv(coarse, fine)
    torch.testing.assert_close(found, slow, atol=1e-5, rtol=1e-4)
    weights = torch.randn_like(slow)
    by_found = torch.autograd.grad((found * weights).sum(), list(conv.parameters()))
    by_slow = torch.autograd.grad((slow * weights).sum(), list(conv.parameters()))
    for one, other in zip(by_found, by_slow, strict=True):
        torch.testing.assert_close(one, other, atol=1e-3, rtol=1e-3)


def test_a_folded_block_leaves_its_input_alone() -> None:
    """Its sums are made in place, but not in what it was given; the strength is in its weights."""
    torch.manual_seed(0)
    block = Residual(4, strength=0.7)
    torch.nn.init.normal_(block.second.bias)
    x = torch.randn(1, 4, 9, 9)
    kept = x.clone()
    with torch.inference_mode():
        torch.testing.assert_close(FoldedResidual(block)(x), block(x), atol=1e-5, rtol=1e-4)
    assert torch.equal(x, kept)
