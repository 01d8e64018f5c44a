"""The GPU's limits are computed correctly; measuring them needs a GPU."""

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from ml.artefact.torchscript import script
from ml.bench.gpu import compare_with_limits, count_operations, gpu_rate
from ml.models.barwatch import BarwatchNetwork


class OneConvolution(nn.Module):
    """3 to 4 channels, 5x5, at 40x40 places."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 5, stride=5)

    def forward(self, images: Tensor) -> Tensor:
        return self.embed(images)

    @torch.jit.export
    def embed(self, images: Tensor) -> Tensor:
        out: Tensor = self.conv(images.permute(0, 3, 1, 2).float())
        return out.flatten(1)


@pytest.mark.thorough
def test_a_multiplication_and_an_addition_count_two() -> None:
    """40 x 40 places, 4 outputs, 75 products each."""
    assert count_operations(torch.jit.script(OneConvolution())) == 2 * 40 * 40 * 4 * 75


def test_the_nearer_limit_is_what_counts() -> None:
    """12 GB/s are 100,000 pictures of 120,000 bytes; 200 TFLOP/s are 1,000,000 of 0.2 GFLOP."""
    found = compare_with_limits(50_000, 12e9, 200e12, 200_000_000)
    assert found["copy_limit_pictures_per_s"] == pytest.approx(100_000)
    assert found["arithmetic_limit_pictures_per_s"] == pytest.approx(1_000_000)
    assert found["share_of_limit"] == pytest.approx(0.5)
    assert compare_with_limits(50_000, 12e9, 20e12, 200_000_000)["share_of_limit"] == pytest.approx(0.5)
    assert compare_with_limits(50_000, 12e9, 15e12, 200_000_000)["share_of_limit"] == pytest.approx(50 / 75)


def test_without_a_gpu_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In words, before it looks for the artefact."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert gpu_rate(tmp_path / "none.ts", 0.1) == {"left_out": "no CUDA device here"}


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_no_rate_is_above_its_limit(tmp_path: Path) -> None:
    """On a GPU: all figures are there, and the share of the nearer limit is one, but for noise."""
    torch.jit.save(script(BarwatchNetwork()), str(tmp_path / "barwatch.ts"))
    found = gpu_rate(tmp_path / "barwatch.ts", 0.5, batch=64)
    assert 0 < found["share_of_limit"] < 1.1
    assert found["arithmetic_tflop_per_s"] > 0
