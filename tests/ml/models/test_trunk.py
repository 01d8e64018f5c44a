"""The network with a trunk beside it: starts as the one without, everything learns, exports as the others."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from ml.artefact.torchscript import script
from ml.models.barwatch import BarwatchNetwork, ModelConfig, prepare_pictures
from ml.models.trunk import TrunkNetwork, network_for

NARROW = ModelConfig(widths=(4, 6, 12, 24), matcher_width=8)
BESIDE = replace(NARROW, trunk="efficientnet-lite0")


@pytest.fixture(scope="module")
def pair() -> tuple[BarwatchNetwork, BarwatchNetwork]:
    """A network without a trunk, and one with a random trunk and the same weights besides."""
    torch.manual_seed(5)
    without, beside = network_for(NARROW).eval(), network_for(BESIDE).eval()
    beside.load_state_dict({**beside.state_dict(), **without.state_dict()})
    return without, beside


@pytest.fixture(scope="module")
def images() -> torch.Tensor:
    """Noise."""
    rng = np.random.default_rng(3)
    return torch.from_numpy(rng.integers(0, 256, (2, 200, 200, 3), dtype=np.uint8))


def test_it_begins_as_the_network_without(
    pair: tuple[BarwatchNetwork, BarwatchNetwork], images: torch.Tensor
) -> None:
    """Nothing is added at first: bar maps, rider maps and embeddings are the same."""
    x = prepare_pictures(images)
    with torch.no_grad():
        without, beside = (network(x) for network in pair)
    torch.testing.assert_close(beside, without)


def test_what_the_trunk_sees_counts_once_it_is_added(
    pair: tuple[BarwatchNetwork, BarwatchNetwork], images: torch.Tensor
) -> None:
    """Gradients reach what is zero at first; after one step they reach all of the trunk as well."""
    _, beside = pair
    learning = network_for(BESIDE)
    learning.load_state_dict(beside.state_dict())
    assert isinstance(learning, TrunkNetwork)
    x, added = prepare_pictures(images), (learning.add50, learning.add25, learning.add13)
    ramp = torch.linspace(-1, 1, learning.dimensions)

    def backward() -> None:
        learning.zero_grad()
        output = learning(x)
        ((output.embedding * ramp).sum() + output.bar_logits.sum() + output.occupancy_logits.sum()).backward()

    backward()
    assert all(layer.weight.grad is not None and layer.weight.grad.abs().sum() > 0 for layer in added)
    with torch.no_grad():
        for layer in added:
            layer.weight.normal_(std=0.1)
    backward()
    named = dict(learning.pretrained.named_parameters())
    assert [n for n, p in named.items() if p.grad is None or not p.grad.abs().sum() > 0] == []


@pytest.mark.thorough
def test_it_is_measured_as_the_others_are(
    pair: tuple[BarwatchNetwork, BarwatchNetwork], images: torch.Tensor
) -> None:
    """The exported graph computes the same, trunk included."""
    network = network_for(BESIDE).eval()
    network.load_state_dict(pair[1].state_dict())
    assert isinstance(network, TrunkNetwork)
    torch.nn.init.normal_(network.add25.weight, std=0.3)
    with torch.no_grad():
        expected = network(prepare_pictures(images)).embedding
        torch.testing.assert_close(script(network).embed(images), expected, atol=1e-5, rtol=1e-4)
        assert not torch.allclose(expected, pair[1](prepare_pictures(images)).embedding, atol=1e-4)


def test_a_trunk_that_is_not_known_is_refused() -> None:
    """The name is in the message."""
    with pytest.raises(ValueError, match="resnet-7"):
        network_for(replace(NARROW, trunk="resnet-7"))
