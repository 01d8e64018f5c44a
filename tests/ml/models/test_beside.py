"""ResNet-50 and MobileNetV2 have the published sizes, and torchvision's names."""

from collections.abc import Callable

import pytest
import torch
from torch import nn

from ml.models.mobilenetv2 import MobileNetV2
from ml.models.resnet50 import ResNet50


@pytest.mark.parametrize(
    ("build", "count", "entries"),
    [(ResNet50, 25_557_032, 320), (MobileNetV2, 3_504_872, 314)],
    ids=["resnet50", "mobilenetv2"],
)
def test_they_have_the_published_number_of_parameters(
    build: Callable[[], nn.Module], count: int, entries: int
) -> None:
    """25,557,032 and 3,504,872 with 1000 classes, and as many entries as torchvision's files."""
    with torch.device("meta"):
        network = build()
    assert sum(p.numel() for p in network.parameters()) == count
    assert len(network.state_dict()) == entries


def test_resnets_weights_have_torchvisions_names() -> None:
    """First and last layers, a block with and one without a convolution in its shortcut."""
    with torch.device("meta"):
        shapes = {name: tuple(w.shape) for name, w in ResNet50().state_dict().items()}
    assert shapes["conv1.weight"] == (64, 3, 7, 7)
    assert shapes["bn1.running_var"] == (64,)
    assert shapes["layer1.0.conv1.weight"] == (64, 64, 1, 1)
    assert shapes["layer1.0.downsample.0.weight"] == (256, 64, 1, 1)
    assert shapes["layer1.0.downsample.1.num_batches_tracked"] == ()
    assert shapes["layer3.5.conv2.weight"] == (256, 256, 3, 3)
    assert shapes["layer4.0.downsample.0.weight"] == (2048, 1024, 1, 1)
    assert shapes["fc.weight"] == (1000, 2048)
    assert "layer1.1.downsample.0.weight" not in shapes


def test_mobilenets_weights_have_torchvisions_names() -> None:
    """The first block is not widened, the others are."""
    with torch.device("meta"):
        shapes = {name: tuple(w.shape) for name, w in MobileNetV2().state_dict().items()}
    assert shapes["features.0.0.weight"] == (32, 3, 3, 3)
    assert shapes["features.1.conv.0.0.weight"] == (32, 1, 3, 3)
    assert shapes["features.1.conv.1.weight"] == (16, 32, 1, 1)
    assert shapes["features.1.conv.2.running_mean"] == (16,)
    assert shapes["features.2.conv.0.0.weight"] == (96, 16, 1, 1)
    assert shapes["features.2.conv.1.0.weight"] == (96, 1, 3, 3)
    assert shapes["features.17.conv.2.weight"] == (320, 960, 1, 1)
    assert shapes["features.18.0.weight"] == (1280, 320, 1, 1)
    assert shapes["classifier.1.bias"] == (1000,)


@pytest.mark.parametrize("build", [ResNet50, MobileNetV2], ids=["resnet50", "mobilenetv2"])
def test_a_crop_becomes_logits(build: Callable[[int], nn.Module]) -> None:
    """float[N, 3, H, W] to float[N, classes], finite with random weights: no denormals slow it."""
    with torch.inference_mode():
        logits = build(2).eval()(torch.randn(2, 3, 72, 72))
    assert logits.shape == (2, 2)
    assert logits.isfinite().all()
    assert (logits.abs() > 1e-6).all()


def test_both_shrink_a_picture_as_published() -> None:
    """224 pixels end as 7, by factors of 32: the strides are where they should be."""
    with torch.device("meta"):
        x = torch.zeros(1, 3, 224, 224)
        assert MobileNetV2().features(x).shape == (1, 1280, 7, 7)
        network = ResNet50()
        x = torch.zeros(1, 64, 56, 56)
        sizes = []
        for stage in (network.layer1, network.layer2, network.layer3, network.layer4):
            x = stage(x)
            sizes.append(tuple(x.shape[1:3]))
    assert sizes == [(256, 56), (512, 28), (1024, 14), (2048, 7)]
