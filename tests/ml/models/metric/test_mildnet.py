"""MILDNet sees all five depths of VGG16."""

import pytest
import torch

from ml.models.metric.mildnet import MILDNet
from ml.models.vgg16 import TRUNK, VGG16


@pytest.fixture(scope="module")
def network() -> MILDNet:
    torch.manual_seed(0)
    return MILDNet().eval()


def test_its_size() -> None:
    """VGG16's convolutions, 1472 to 2048 and 2048 to 2048."""
    with torch.device("meta"):
        count = sum(p.numel() for p in MILDNet().parameters())
    assert count == 21_927_744 == 14_714_688 + 1473 * 2048 + 2049 * 2048


@pytest.mark.parametrize("size", [(64, 32), (40, 40)])
def test_a_picture_becomes_a_unit_vector(network: MILDNet, size: tuple[int, int]) -> None:
    with torch.inference_mode():
        embedding = network(torch.randn(2, 3, *size))
    assert embedding.shape == (2, 2048)
    torch.testing.assert_close(embedding.norm(dim=1), torch.ones(2))
    assert float(embedding.min()) < 0.0 < float(embedding.max())


def test_all_five_depths_are_joined_in_order(network: MILDNet) -> None:
    """The first layer's inputs are the means of 64, 128, 256, 512 and 512 channels."""
    seen: list[torch.Tensor] = []
    handle = network.head.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    x = torch.randn(1, 3, 32, 32)
    with torch.inference_mode():
        network(x)
        handle.remove()
        first = torch.nn.Sequential(*list(network.features)[:5])(x).mean((2, 3))
        last = network.features(x).mean((2, 3))
    assert seen[0].shape == (1, 1472)
    torch.testing.assert_close(seen[0][:, :64], first)
    torch.testing.assert_close(seen[0][:, -512:], last)


def test_torchscript_says_the_same(network: MILDNet) -> None:
    x = torch.randn(2, 3, 64, 32)
    with torch.inference_mode():
        torch.testing.assert_close(torch.jit.script(network)(x), network(x))


def test_a_picture_that_is_too_small_is_refused(network: MILDNet) -> None:
    with pytest.raises(ValueError, match="at least 32 pixels"):
        network(torch.zeros(2, 3, 256, 31))


def test_dropout_is_the_training_modes_alone(network: MILDNet) -> None:
    x = torch.randn(1, 3, 32, 32)
    with torch.inference_mode():
        assert torch.equal(network(x), network(x))
        network.train()
        assert not torch.equal(network(x), network(x))
        network.eval()


def test_the_same_seed_gives_the_same_weights(network: MILDNet) -> None:
    torch.manual_seed(0)
    again = MILDNet()
    assert all(torch.equal(a, b) for a, b in zip(network.parameters(), again.parameters(), strict=True))


@pytest.mark.thorough
def test_it_learns_a_tiny_batch_with_every_weight() -> None:
    """Two pictures are driven apart: their cosine falls from nearly 1 to below 0."""
    torch.manual_seed(0)
    model, x = MILDNet().eval(), torch.randn(2, 3, 32, 32)
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-4)
    losses: list[float] = []
    for _ in range(8):
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


def test_a_file_of_vgg16_has_its_convolutions_by_the_same_names() -> None:
    """So `load_trunk` with `vgg16.TRUNK` starts it from ImageNet's weights."""
    with torch.device("meta"):
        mine, files = ({n for n in m.state_dict() if n.startswith(TRUNK)} for m in (MILDNet(), VGG16()))
    assert len(mine) == 26
    assert mine == files
