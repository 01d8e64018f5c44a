"""What ships, on a GPU in every precision and through its worker; on the processor as a rehearsal."""

import queue
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from lifts.processor import multiplies_bfloat16
from service.domain.errors import EngineUnavailableError
from service.domain.health import Health
from service.inference.artefact import check_golden, read_verified
from service.inference.engine import WorkerEngine
from service.inference.model import REDUCED_SLACK, EmbeddingModel
from tests.service.inference.spoilt_context import loses_its_context

RELEASED = Path(__file__).parents[3] / "ml" / "released" / "barwatch.ts"
GPU = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device"),
]
NATIVE = multiplies_bfloat16(torch.cpu.get_capabilities())
DEVICES = [pytest.param("cpu", id="cpu"), pytest.param("cuda", marks=GPU, id="cuda")]


def _fastest(device: str) -> str:
    return "float16" if device == "cuda" else "bfloat16" if NATIVE else "float32"


@pytest.mark.parametrize("device", DEVICES)
def test_full_precision_gives_the_golden_vectors(device: str) -> None:
    """Asked for, it is what computes."""
    model = EmbeddingModel.load(RELEASED, device, threads=1, precision="float32")
    assert (model.device.type, model.precision) == (device, "float32")
    check_golden(model.manifest, model, REDUCED_SLACK if device == "cuda" else 1.0)


@pytest.mark.parametrize(
    ("device", "dtype"),
    [
        pytest.param("cpu", torch.bfloat16, marks=pytest.mark.skipif(not NATIVE, reason="emulated here")),
        pytest.param("cuda", torch.bfloat16, marks=GPU),
        pytest.param("cuda", torch.float16, marks=GPU),
    ],
)
def test_reduced_precision_gives_the_golden_vectors(device: str, dtype: torch.dtype) -> None:
    """Within its own tolerance: the golden vectors bear it, and nothing falls back to full precision."""
    manifest, content = read_verified(RELEASED)
    assert EmbeddingModel._reduced(content, manifest, torch.device(device), dtype) is not None


@pytest.mark.thorough
@pytest.mark.parametrize("device", DEVICES)
def test_a_worker_answers_as_the_manifest_says(device: str) -> None:
    """From another process, in the precision that is fastest there: the golden picture's embedding."""
    golden = read_verified(RELEASED)[0].golden
    engine = WorkerEngine(RELEASED, device=device, threads=1, deadline_s=60.0)
    engine.start()
    try:
        said = engine.status.device
        found = engine.submit_pictures(golden.image()[None]).result()
    finally:
        engine.stop()
    assert said.split()[0].split(":")[0] == device
    assert said.split()[1] == _fastest(device)
    np.testing.assert_allclose(found.embeddings[0], golden.embed, atol=REDUCED_SLACK * golden.tolerance)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_a_spoilt_context_is_replaced_by_a_fresh_one(tmp_path: Path) -> None:
    """A failed assertion on the device ends all later calls in its process; the next worker uses it again."""
    for path in (RELEASED, RELEASED.with_suffix(".json")):
        shutil.copy(path, tmp_path)
    heard: queue.SimpleQueue[Health] = queue.SimpleQueue()
    engine = WorkerEngine(
        tmp_path / RELEASED.name, device="cuda", main=loses_its_context, deadline_s=60.0, on_health=heard.put
    )
    engine.start()
    golden = read_verified(RELEASED)[0].golden
    try:
        with pytest.raises(EngineUnavailableError, match="CUDA"):
            engine.submit_pictures(golden.image()[None]).result()
        assert heard.get(timeout=120).active
        assert not heard.get(timeout=120).active
        found = engine.submit_pictures(golden.image()[None]).result()
        status = engine.status
    finally:
        engine.stop()
    np.testing.assert_allclose(found.embeddings[0], golden.embed, atol=REDUCED_SLACK * golden.tolerance)
    assert (status.device, status.restarts) == ("cuda:0 float16", 1)
