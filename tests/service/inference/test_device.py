"""A lost accelerator: the processor takes over, and the reason is reported."""

import shutil
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue

import pytest
import torch

from service.domain.errors import ArtefactError, DeviceError, EngineUnavailableError
from service.domain.health import Health
from service.inference.device import STEADY_S, Devices
from service.inference.engine import WorkerEngine
from service.inference.model import EmbeddingModel
from service.inference.worker import WorkerMain
from tests.service.inference import lost_device
from tests.service.tiny_model import OPEN, picture


@pytest.fixture
def model(tiny_artefact: Path, tmp_path: Path) -> Path:
    """A model in a folder of its own: the played devices leave a mark beside it."""
    shutil.copytree(tiny_artefact.parent, tmp_path / "model")
    return tmp_path / "model" / tiny_artefact.name


def engine_of(
    model: Path, main: WorkerMain, device: str = "auto", heard: Callable[[Health], None] | None = None
) -> WorkerEngine:
    return WorkerEngine(model, device=device, main=main, deadline_s=30.0, on_health=heard)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("main", "device", "restarts", "why"),
    [
        (lost_device.fails_then_gone, "auto", 1, "cuda:0 is not there any more"),
        (lost_device.fails_always, "auto", 2, "died"),
        (lost_device.fails_always, "cuda", 2, "died"),
        (lost_device.dies_with_the_device, "cuda", 1, lost_device.GONE),
    ],
)
def test_a_device_that_is_lost_is_replaced_by_the_processor(
    model: Path, main: WorkerMain, device: str, restarts: int, why: str
) -> None:
    """Whichever way it goes: answers come again, from the processor, and the status says why."""
    heard: SimpleQueue[Health] = SimpleQueue()
    engine = engine_of(model, main, device, heard.put)
    engine.start()
    try:
        assert (engine.status.device, engine.status.device_lost) == ("cuda:0 float16", "")
        for _ in range(restarts):
            with pytest.raises(EngineUnavailableError, match="CUDA error"):
                engine.submit_pictures(picture(OPEN)[None]).result()
            assert heard.get(timeout=30).active
            assert not heard.get(timeout=30).active
        assert (engine.submit_pictures(picture(OPEN)[None]).result().embeddings == 1.0).all()
        status = engine.status
    finally:
        engine.stop()
    assert (status.state, status.device, status.restarts) == ("ready", "cpu float32", restarts)
    assert why in status.device_lost


@pytest.mark.thorough
def test_one_that_cannot_be_used_from_the_start(model: Path) -> None:
    """Found by itself it is passed over, with the reason; asked for by name it stops the start."""
    engine = engine_of(model, lost_device.cannot_be_used)
    engine.start()
    status = engine.status
    engine.stop()
    assert (status.device, status.device_lost, status.restarts) == ("cpu float32", lost_device.GONE, 0)
    named = engine_of(model, lost_device.cannot_be_used, "cuda")
    with pytest.raises(ArtefactError, match=lost_device.GONE):
        named.start()
    named.stop()


def test_cuda_by_name_without_cuda(tiny_artefact: Path) -> None:
    """A DeviceError, whose message names it: the model itself is in order."""
    if torch.cuda.is_available():
        pytest.skip("there is a CUDA device here")
    with pytest.raises(DeviceError, match="'cuda' asked for"):
        EmbeddingModel.load(tiny_artefact, "cuda")


def test_single_failures_cost_no_device() -> None:
    """A worker may die now and then; only one death soon after another is the device's."""
    devices = Devices("auto")
    devices.ready("cuda:0 float16")
    for _ in range(5):
        devices.ended("died", STEADY_S + 1)
    assert (devices.next, devices.lost) == ("auto", "")
    devices.ended("died", 1.0)
    assert (devices.next, devices.lost) == ("cpu", "died")
    devices.give_up("later")
    assert devices.lost == "died"


def test_the_processors_failures_are_not_a_devices() -> None:
    """Nothing is given up where nothing was used."""
    devices = Devices("auto")
    devices.ready("cpu bfloat16")
    for _ in range(5):
        devices.ended("died", 1.0)
    assert (devices.next, devices.lost) == ("auto", "")
