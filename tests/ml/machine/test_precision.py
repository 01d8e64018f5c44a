"""Training computes in bfloat16 only where the processor multiplies it by itself, and says which it was."""

from pathlib import Path

import pytest
import torch

from ml.machine.precision import autocast, precision_name, precision_of

CPU = torch.device("cpu")
ML = Path(__file__).resolve().parents[3] / "ml"


@pytest.fixture(params=[True, False])
def native(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": request.param})
    for name in ("ATEN_CPU_CAPABILITY", "ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA"):
        monkeypatch.delenv(name, raising=False)
    return bool(request.param)


def test_a_forward_pass_is_reduced_only_where_that_is_native(native: bool) -> None:
    """What a layer puts out shows what it was computed in."""
    layer = torch.nn.Linear(4, 4)
    with autocast(CPU):
        out = layer(torch.ones(2, 4))
    assert out.dtype is precision_of(CPU) is (torch.bfloat16 if native else torch.float32)
    assert precision_name(CPU) == ("bfloat16" if native else "float32")


def test_there_is_no_other_autocast() -> None:
    """A second place that reduces precision would be slow on most desktops, as three once were."""
    found = [path for path in ML.rglob("*.py") if "torch.autocast(" in path.read_text(encoding="utf-8")]
    assert found == [ML / "machine" / "precision.py"]
