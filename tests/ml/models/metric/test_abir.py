"""ABIR looks where two attention blocks say, and puts what it sees on the unit sphere."""

import math
from typing import get_args

import pytest
import torch
from torch import nn

from ml.models.metric.abir import ABIR, Attention, AttentionBlock, SqueezeExcitation
from ml.models.vgg16 import TRUNK, VGG16

SE = pytest.mark.parametrize("se", [True, False], ids=["se", "without"])
KINDS: dict[bool, Attention] = {True: "se", False: "plain"}


def _network(se: bool) -> ABIR:
    torch.manual_seed(0)
    return ABIR(KINDS[se]).eval()


@pytest.fixture(scope="module")
def networks() -> dict[bool, ABIR]:
    """One with the gates and one without for all tests that leave the weights as they are."""
    return {se: _network(se) for se in (True, False)}


@SE
def test_shapes_and_ranges(networks: dict[bool, ABIR], se: bool) -> None:
    """A unit vector of 512; weights in 0..1 on conv3_3's and conv4_3's grids, of any size of picture."""
    model, x = networks[se], torch.randn(2, 3, 50, 70)
    with torch.inference_mode():
        embedding, attention = model.attend(x)
        torch.testing.assert_close(model(x), embedding)
    assert embedding.shape == (2, 512)
    torch.testing.assert_close(embedding.norm(dim=1), torch.ones(2))
    assert attention.conv3_3.shape == (2, 1, 12, 17)
    assert attention.conv4_3.shape == (2, 1, 6, 8)
    for weights in attention:
        assert 0.0 < float(weights.min()) < float(weights.max()) < 1.0


def test_its_size() -> None:
    """VGG16's convolutions, two blocks with W_l, W_g, b_g, psi and b_psi, 1280 to 512; the gates of 1/16."""
    blocks = sum(c * c + 512 * c + c + c + 1 for c in (256, 512))
    without = 14_714_688 + blocks + 1280 * 512 + 512
    gates = 2 * 256 * 16 + 2 * 512 * 32
    with torch.device("meta"):
        counts = [sum(p.numel() for p in ABIR(kind).parameters()) for kind in get_args(Attention)]
    baseline = 14_714_688 + 512 * 512 + 512
    assert counts == [baseline, without, without + gates] == [14_977_344, 16_092_994, 16_133_954]


def test_the_gate_by_hand() -> None:
    """Means 2 and 4; W1 = (1, -0.25) gives 1; W2 = (0, ln 3) gives gates 1/2 and 3/4."""
    gate = SqueezeExcitation(2, narrower=2)
    x = torch.tensor([[[[1.0, 3.0]], [[4.0, 4.0]]]])
    with torch.no_grad():
        gate.squeeze.weight.copy_(torch.tensor([[1.0, -0.25]]))
        gate.excite.weight.copy_(torch.tensor([[0.0], [math.log(3)]]))
        torch.testing.assert_close(gate(x), torch.tensor([[[[0.5, 1.5]], [[3.0, 3.0]]]]))


def test_the_compatibility_by_hand() -> None:
    """One channel: c = 2 relu(3 l + g - 1) - 4, l = (0, 1), g = 2: c = (-2, 4), sigmoid of both.

    The vector is the maximum of l times its weight, the second.
    """
    block = AttentionBlock(1, se=False)
    coarse = torch.full((1, 512, 1, 1), 2.0)
    local = torch.tensor([[[[0.0, 1.0]]]])
    with torch.no_grad():
        block.local.weight.fill_(3.0)
        block.coarse.weight.zero_()
        block.coarse.weight[0, 7] = 1.0
        nn.init.constant_(block.coarse.bias, -1.0)  # type: ignore[arg-type]
        block.score.weight.fill_(2.0)
        nn.init.constant_(block.score.bias, -4.0)  # type: ignore[arg-type]
        vector, weights = block(local, coarse)
    second = 1 / (1 + math.exp(-4))
    torch.testing.assert_close(weights, torch.tensor([[[[1 / (1 + math.exp(2)), second]]]]))
    torch.testing.assert_close(vector, torch.tensor([[second]]))


def test_enlarging_after_the_projection_changes_nothing() -> None:
    """The order that saves work gives what the paper's order gives."""
    torch.manual_seed(1)
    block = AttentionBlock(256, se=False).double()
    local = torch.rand(1, 256, 12, 12, dtype=torch.float64)
    coarse = torch.rand(1, 512, 3, 3, dtype=torch.float64)
    enlarged = nn.functional.interpolate(coarse, size=(12, 12), mode="bilinear", align_corners=False)
    torch.testing.assert_close(block.attention(local, coarse), block.attention(local, enlarged))


@pytest.mark.thorough
@SE
def test_it_learns_a_tiny_batch_with_every_weight(se: bool) -> None:
    """Two pictures are driven apart: their cosine falls from nearly 1 to below 0."""
    model = _network(se)
    x = torch.randn(2, 3, 32, 32)
    optimiser = torch.optim.Adam(model.parameters(), lr=1.5e-4)
    losses: list[float] = []
    for _ in range(5):
        one, other = model(x)
        loss = one @ other
        optimiser.zero_grad()
        loss.backward()
        if not losses:
            dead = [n for n, p in model.named_parameters() if p.grad is None or not p.grad.any()]
            assert dead == []
        optimiser.step()
        losses.append(float(loss.detach()))
    assert losses[0] > 0.5
    assert losses[-1] < 0.0


@SE
def test_torchscript_says_the_same(networks: dict[bool, ABIR], se: bool) -> None:
    model, x = networks[se], torch.randn(2, 3, 32, 48)
    with torch.inference_mode():
        torch.testing.assert_close(torch.jit.script(model)(x), model(x))


def test_a_picture_that_is_too_small_is_refused(networks: dict[bool, ABIR]) -> None:
    with pytest.raises(ValueError, match="at least 32 pixels"):
        networks[True](torch.zeros(2, 3, 16, 16))


def test_the_same_seed_gives_the_same_weights(networks: dict[bool, ABIR]) -> None:
    one, two = networks[True], _network(True)
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), two.parameters(), strict=True))


def test_a_file_of_vgg16_has_its_convolutions_by_the_same_names() -> None:
    """So `load_trunk` with `vgg16.TRUNK` starts it from ImageNet's weights."""
    with torch.device("meta"):
        mine, files = ({n for n in m.state_dict() if n.startswith(TRUNK)} for m in (ABIR(), VGG16()))
    assert len(mine) == 26
    assert mine == files


def test_the_baseline_is_the_global_vector_alone() -> None:
    """Section 3.2.2: VGG16 without attention, embedded from conv5_3's maxima."""
    torch.manual_seed(0)
    model, x = ABIR("none").eval(), torch.randn(2, 3, 32, 32)
    with torch.inference_mode():
        deepest = model.features.outputs(x, model.layers[-1:])[0].amax((2, 3))
        expected = nn.functional.normalize(model.embed(deepest))
        torch.testing.assert_close(model(x), expected)
