"""The modified ResNet-50 of the thesis: ResNet-50's convolutions, another end."""

import pytest
import torch

from ml.models.metric.triplet_resnet50 import TripletResNet50
from ml.models.resnet50 import ResNet50


@pytest.fixture(scope="module")
def network() -> TripletResNet50:
    torch.manual_seed(0)
    return TripletResNet50().eval()


def test_its_size() -> None:
    """ResNet-50 less its last layer, 2048 to 1024, batch normalisation, 1024 to 128."""
    with torch.device("meta"):
        count = sum(p.numel() for p in TripletResNet50().parameters())
    head = 2049 * 1024 + 2 * 1024 + 1025 * 128
    assert count == 25_739_456 == 25_557_032 - 2049 * 1000 + head


def test_it_shares_all_names_but_the_last_layers_with_resnet50(network: TripletResNet50) -> None:
    """A file of the one gives the other its trunk."""
    with torch.device("meta"):
        original = ResNet50().state_dict()
    shared = [n for n in network.state_dict() if not n.startswith("head.")]
    assert shared == [n for n in original if not n.startswith("fc.")]


@pytest.mark.parametrize("size", [(64, 32), (40, 40)])
def test_a_picture_becomes_a_unit_vector(network: TripletResNet50, size: tuple[int, int]) -> None:
    with torch.inference_mode():
        embedding = network(torch.randn(2, 3, *size))
    assert embedding.shape == (2, 128)
    torch.testing.assert_close(embedding.norm(dim=1), torch.ones(2))


def test_the_maps_are_a_thirty_second_of_the_picture(network: TripletResNet50) -> None:
    with torch.inference_mode():
        maps = network.maps(torch.randn(1, 3, 100, 64))
    assert maps.shape == (1, 2048, 4, 2)
    assert float(maps.min()) >= 0.0


@pytest.mark.parametrize("shape", [(1, 1, 64, 64), (3, 64, 64)])
def test_what_is_no_batch_of_colours_is_refused(network: TripletResNet50, shape: tuple[int, ...]) -> None:
    for model in (network, ResNet50(2)):
        with pytest.raises(ValueError, match=r"expected float\[N, 3, H, W\]"):
            model(torch.zeros(shape))


def test_torchscript_says_the_same(network: TripletResNet50) -> None:
    x = torch.randn(2, 3, 64, 32)
    with torch.inference_mode():
        torch.testing.assert_close(torch.jit.script(network)(x), network(x))


def test_the_same_seed_gives_the_same_weights(network: TripletResNet50) -> None:
    torch.manual_seed(0)
    again = TripletResNet50()
    assert all(torch.equal(a, b) for a, b in zip(network.parameters(), again.parameters(), strict=True))


@pytest.mark.thorough
def test_it_learns_a_tiny_batch_with_every_weight() -> None:
    """Two pairs: like embeddings together, unlike ones apart, in training mode with its batch statistics."""
    torch.manual_seed(0)
    model, x = TripletResNet50().train(), torch.randn(4, 3, 32, 32)
    optimiser = torch.optim.Adam(model.parameters(), lr=2e-3)
    same = torch.tensor([[1, 1, -1, -1], [1, 1, -1, -1], [-1, -1, 1, 1], [-1, -1, 1, 1]])
    losses: list[float] = []
    for _ in range(6):
        e = model(x)
        loss = (e @ e.T - same).square().mean()
        optimiser.zero_grad()
        loss.backward()
        if not losses:
            dead = [n for n, p in model.named_parameters() if p.grad is None or p.grad.abs().max() < 1e-6]
            assert dead == ["head.0.bias"]  # batch normalisation takes every constant off again
        optimiser.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.1 * losses[0]
