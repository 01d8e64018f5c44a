"""VGG16 has the paper's size and torchvision's names, and its middle layers can be had."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from ml.models.vgg16 import CONV3_3, CONV4_3, CONV5_3, POOLS, TRUNK, VGG16, VGG16Features
from ml.systems.named import RECIPES, system_of


@pytest.fixture(scope="module")
def network() -> VGG16:
    """One with two classes for all tests."""
    torch.manual_seed(0)
    return VGG16().eval()


def test_it_has_the_papers_number_of_parameters(network: VGG16) -> None:
    """15.2 millions: 14,714,688 in convolutions, as published; 512 to 1024 to 2."""
    assert sum(p.numel() for p in network.features.parameters()) == 14_714_688
    assert sum(p.numel() for p in network.parameters()) == 15_242_050


def test_its_convolutions_have_torchvisions_names_and_shapes(network: VGG16) -> None:
    """Column D of table 1: a convolution and its ReLU take two numbers, a pooling one."""
    pool = 0
    column_d = (64, 64, pool, 128, 128, pool, *3 * (256,), pool, *3 * (512,), pool, *3 * (512,), pool)
    expected: dict[str, tuple[int, ...]] = {}
    number, inputs = 0, 3
    for outputs in column_d:
        if outputs == pool:
            number += 1
            continue
        expected[f"features.{number}.weight"] = (outputs, inputs, 3, 3)
        expected[f"features.{number}.bias"] = (outputs,)
        number, inputs = number + 2, outputs
    convolutions = {n: tuple(w.shape) for n, w in network.state_dict().items() if n.startswith(TRUNK)}
    assert list(convolutions.items()) == list(expected.items())  # the order too
    assert "features.28.weight" in expected


def test_a_system_starts_from_a_file_of_the_published_network(network: VGG16, tmp_path: Path) -> None:
    """Its convolutions are taken, its three fully connected layers are not: the paper's are others."""
    published = {n: w for n, w in network.state_dict().items() if n.startswith(TRUNK)}
    torch.save({**published, "classifier.6.bias": torch.zeros(1000)}, tmp_path / "vgg16.pth")
    system = system_of(replace(RECIPES["vgg16"], seed=7, weights=str(tmp_path / "vgg16.pth")))
    found = system.network.state_dict()
    assert all(torch.equal(found[name], w) for name, w in published.items())
    assert not torch.equal(found["hidden.weight"], network.hidden.weight)


@pytest.mark.parametrize("side", [32, 70])
def test_a_picture_of_any_size_becomes_logits(network: VGG16, side: int) -> None:
    """float[N, 3, H, W] to float[N, classes], finite and away from zero."""
    with torch.inference_mode():
        logits = network(torch.randn(2, 3, side, side))
    assert logits.shape == (2, 2)
    assert logits.isfinite().all()
    assert (logits.abs() > 1e-6).all()


def test_outputs_are_those_of_the_layers(network: VGG16) -> None:
    """conv3_3, conv4_3 and conv5_3 after ReLU; five poolings, the last of them the trunk's result."""
    x, features = torch.randn(1, 3, 32, 64), network.features
    with torch.inference_mode():
        taps, pools = features.outputs(x, [CONV3_3, CONV4_3, CONV5_3]), features.outputs(x, list(POOLS))
        torch.testing.assert_close(taps[0], nn.Sequential(*list(features)[:16])(x))
        torch.testing.assert_close(pools[4], features(x))
        torch.testing.assert_close(pools[2], nn.functional.max_pool2d(taps[0], 2))
        torch.testing.assert_close(pools[4], nn.functional.max_pool2d(taps[2], 2))
    assert [tuple(t.shape[1:]) for t in taps] == [(256, 8, 16), (512, 4, 8), (512, 2, 4)]
    assert [tuple(t.shape[1:]) for t in pools] == [
        (64, 16, 32), (128, 8, 16), (256, 4, 8), (512, 2, 4), (512, 1, 2),
    ]  # fmt: skip
    assert min(float(t.min()) for t in [*taps, *pools]) >= 0.0


@pytest.mark.parametrize("shape", [(1, 3, 31, 64), (1, 1, 64, 64), (3, 64, 64)])
def test_what_would_vanish_in_the_poolings_is_refused(network: VGG16, shape: tuple[int, ...]) -> None:
    """31 pixels are none after five halvings; grey and single pictures are no batch of colours."""
    for call in (network, lambda x: network.features.outputs(x, [CONV3_3])):
        with pytest.raises(ValueError, match="at least 32 pixels"):
            call(torch.zeros(shape))


def test_torchscript_says_the_same(network: VGG16) -> None:
    x = torch.randn(2, 3, 32, 64)
    with torch.inference_mode():
        torch.testing.assert_close(torch.jit.script(network)(x), network(x))


def test_it_learns_a_tiny_batch_with_every_weight(network: VGG16) -> None:
    """Gradients reach all 30 tensors; two pictures' loss falls at each of four steps.

    That the convolutions can learn a batch to its end, the tests of what grows from them show.
    """
    torch.manual_seed(1)
    x, labels = torch.randn(2, 3, 32, 32), torch.tensor([0, 1])
    optimiser = torch.optim.SGD(network.parameters(), lr=0.05)
    losses: list[float] = []
    for _ in range(4):
        loss = nn.functional.cross_entropy(network(x), labels)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        if not losses:
            dead = [n for n, p in network.named_parameters() if p.grad is None or not p.grad.any()]
            assert dead == []
        optimiser.step()
        losses.append(float(loss.detach()))
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < 0.97 * losses[0]


def test_the_same_seed_gives_the_same_weights() -> None:
    torch.manual_seed(5)
    one = VGG16Features()
    torch.manual_seed(5)
    two = VGG16Features()
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), two.parameters(), strict=True))
