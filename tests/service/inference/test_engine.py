"""The worker engine: answers in batches, keeps deadlines, and comes back when its process does not."""

import ctypes
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest
import torch

from lifts.pictures.numbers import PictureNumbers, pack
from lifts.processor import multiplies_bfloat16
from service.domain.alarm import AlarmKind
from service.domain.errors import ArtefactError, EngineUnavailableError
from service.domain.health import Health
from service.host.runner import Runners
from service.inference.engine import WorkerEngine
from service.inference.model import EmbeddingModel
from service.inference.requests import LOOK, Request, RequestQueue
from service.inference.worker import Blocks, EmbedderOptions, answer
from tests.service.inference import scripted_worker
from tests.service.tiny_model import CLOSE, DIM, MASKS, OPEN, Comparing, picture, write_artefact, write_seated
from tests.tools.manifests import edit


@pytest.fixture(scope="module")
def events() -> "queue.Queue[Health]":
    return queue.Queue()


@pytest.fixture(scope="module")
def engine(tiny_artefact: Path, events: "queue.Queue[Health]") -> Iterator[WorkerEngine]:
    made = WorkerEngine(tiny_artefact, device="cpu", threads=1, on_health=events.put, deadline_s=30.0)
    made.start()
    yield made
    made.stop()


def _native() -> str:
    return "bfloat16" if multiplies_bfloat16(torch.cpu.get_capabilities()) else "float32"


def _pid(engine: WorkerEngine) -> int:
    pid = engine.status.pid
    assert pid is not None
    return pid


def test_rider_maps_come_back_from_the_worker(tmp_path: Path) -> None:
    """Each picture's own, in several requests; masks are embedded beside them as ever."""
    engine = WorkerEngine(write_seated(tmp_path), device="cpu", threads=1, deadline_s=30.0)
    engine.start()
    try:
        some = engine.submit_pictures(np.stack([picture(OPEN), picture(OPEN, occupied=False)]))
        more = engine.submit_pictures(picture(CLOSE)[None])
        masks = engine.submit_masks(OPEN[None]).result()
        riders = np.concatenate([some.result().riders, more.result().riders])
    finally:
        engine.stop()
    assert riders.shape == (3, 10, 10)
    assert riders[:, 0, 0].tolist() == pytest.approx([4.0, -4.0, 4.0])
    assert riders[:, 1:].ravel().tolist() == pytest.approx([-4.0] * 270)
    np.testing.assert_allclose(masks[0], some.result().embeddings[1], atol=1e-6)


def test_what_is_kept_of_pictures_comes_back_from_the_worker(engine: WorkerEngine) -> None:
    """Each request's own, and compared by it a picture gives what it gave before."""
    some = engine.submit_look(np.stack([picture(OPEN), picture(CLOSE)]))
    more = engine.submit_look(picture(CLOSE, occupied=False)[None])
    packed = np.concatenate([some.result(), more.result()])
    shown = np.stack([picture(OPEN), picture(CLOSE), picture(CLOSE, occupied=False)])
    found = engine.submit_kept(packed, np.ones((3, DIM), np.float32)).result()
    seen = engine.submit_pictures(shown, np.ones((3, DIM), np.float32)).result()
    np.testing.assert_allclose(found.embeddings, seen.embeddings, atol=0.005)
    assert found.occupancy.tolist() == seen.occupancy.tolist()
    with pytest.raises(ValueError, match="numbers"):
        engine.submit_kept(np.zeros((1, 9), np.uint8))
    other = pack(
        PictureNumbers(*(np.zeros(shape, np.float32) for shape in ((1, 9), 1, (1, 0, 0), (1, 0, 0, 0)))), 0
    )
    with pytest.raises(EngineUnavailableError, match="another model"):
        engine.submit_kept(other).result()


def test_a_model_that_only_compares_in_one_keeps_nothing(tmp_path: Path) -> None:
    """Then there is nothing to compare later, and the blocks say so whatever was in them before."""
    model = EmbeddingModel.load(write_artefact(tmp_path, Comparing), "cpu", threads=1)
    blocks = Blocks(get_context("spawn"), DIM)
    request = Request(LOOK, np.full((1, 200, 200, 3), 7, np.uint8), time.monotonic() + 60)
    options = EmbedderOptions(tmp_path, "cpu", 1, "float32", 64, DIM)
    shared = (blocks.inputs, blocks.references, blocks.outputs)
    answer(model, LOOK, blocks.write([request]), shared, options)
    blocks.hand_out([request])
    assert request.future.result(0).shape == (1, 0)


def test_what_can_wait_comes_last() -> None:
    """A passage that is judged now never waits for one that was judged before."""
    waiting = RequestQueue(99)
    for kind in ("look", "pictures", "look", "pictures"):
        waiting.put(Request(kind, picture(OPEN)[None], time.monotonic() + 60, None, kind == "look"))
    taken = []
    for _ in range(3):
        taken.append([request.kind for request in waiting.take(9, 0.0)])
        waiting.done()
    assert taken == [["pictures", "pictures"], ["look"], ["look"]]


def test_answers_from_many_threads_go_to_those_who_asked(engine: WorkerEngine) -> None:
    """Four threads ask at once, pictures and masks mixed; each gets its own answer."""
    wrong: list[str] = []

    def ask(own: int) -> None:
        for _ in range(10):
            bar = np.roll(OPEN, 20 * own, axis=0)
            embeddings, occupancy, *_ = engine.submit_pictures(
                np.stack([picture(bar, occupied=False)] * 3)
            ).result()
            masks = engine.submit_masks(bar[None]).result()
            if embeddings.shape != (3, DIM) or occupancy.shape != (3,) or masks.shape != (1, DIM):
                wrong.append("shape")
            if not np.allclose(masks[0], embeddings[0], atol=1e-5):
                wrong.append("another's answer")

    threads = [threading.Thread(target=ask, args=(own,)) for own in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    status = engine.status
    assert (status.state, status.device, status.queue_length) == ("ready", f"cpu {_native()}", 0)


def test_each_request_is_judged_by_its_own_masks(tmp_path: Path) -> None:
    """Requests that share a batch keep their lifts' masks apart."""
    engine = WorkerEngine(write_artefact(tmp_path, Comparing), device="cpu", threads=1, deadline_s=30.0)
    engine.start()
    try:
        by = np.zeros((8, 3, DIM), np.float32)
        by[:, 0] = np.arange(8)[:, None] / DIM
        answers = [engine.submit_pictures(picture(OPEN)[None], masks) for masks in by]
        margins = [float(answer.result().matches[0, 0]) for answer in answers]
    finally:
        engine.stop()
    assert margins == pytest.approx([-n for n in range(8)], abs=1e-4)
    with pytest.raises(ValueError, match=r"expected references float32\[3, 100\]"):
        engine.submit_pictures(picture(OPEN)[None], by[0][:2])


@pytest.mark.fault(9)
def test_killed_with_requests_in_flight_it_comes_back(
    engine: WorkerEngine, events: "queue.Queue[Health]"
) -> None:
    """SIGKILL in the middle: worker_down is reported, a new worker serves, every future comes to an end."""
    first, restarts = _pid(engine), engine.status.restarts
    flying = [engine.submit_pictures(np.stack([picture(OPEN)] * 8)) for _ in range(40)]
    os.kill(first, signal.SIGKILL)
    down = events.get(timeout=120)
    assert (down.kind, down.lift_id, down.active) == (AlarmKind.WORKER_DOWN, None, True)
    up = events.get(timeout=30)
    assert (up.kind, up.active) == (AlarmKind.WORKER_DOWN, False)
    assert _pid(engine) != first
    assert engine.status.restarts == restarts + 1
    assert wait(flying, timeout=30).not_done == set()
    # What was in the worker is asked again: a crash costs time, not answers.
    assert [future.exception() for future in flying] == [None] * 40
    embeddings, *_ = engine.submit_pictures(picture(CLOSE)[None]).result()
    assert embeddings.shape == (1, DIM)


@pytest.mark.fault(9)
def test_a_worker_that_hangs_is_replaced(tiny_artefact: Path) -> None:
    """SIGSTOP is a hang: noticed even without requests, reported, and mended."""
    events = queue.SimpleQueue[Health]()
    engine = WorkerEngine(
        tiny_artefact, device="cpu", on_health=events.put, hang_s=1.0, main=scripted_worker.answers
    )
    engine.start()
    try:
        first = _pid(engine)
        os.kill(first, signal.SIGSTOP)
        down = events.get(timeout=30)
        assert down.active
        assert "does not answer" in down.message
        assert not events.get(timeout=30).active
        assert engine.submit_masks(np.stack([MASKS.open, MASKS.close])).result().shape == (2, DIM)
        with pytest.raises(ProcessLookupError):
            os.kill(first, 0)
    finally:
        engine.stop()


def test_deadline_overload_and_stop(tiny_artefact: Path, events: "queue.Queue[Health]") -> None:
    """With a stopped worker, requests fail at their deadline; too many are rejected and counted."""
    engine = WorkerEngine(
        tiny_artefact,
        device="cpu",
        threads=1,
        on_health=events.put,
        deadline_s=0.3,
        hang_s=60.0,
        max_waiting=6,
        main=scripted_worker.answers,
    )
    engine.start()
    os.kill(_pid(engine), signal.SIGSTOP)
    began = time.monotonic()
    three = np.stack([picture(OPEN)] * 3)
    kept = [engine.submit_pictures(three), engine.submit_pictures(three)]
    rejected = engine.submit_pictures(three)
    with pytest.raises(EngineUnavailableError, match="overloaded"):
        rejected.result(0)
    for future in kept:
        with pytest.raises(EngineUnavailableError, match="deadline"):
            future.result(120)
    assert time.monotonic() - began < 2.0
    assert (engine.status.rejected, engine.status.expired) == (1, 2)
    engine.stop()
    assert engine.status.state == "stopped"
    with pytest.raises(EngineUnavailableError, match="stops"):
        engine.submit_pictures(three).result(0)


def test_what_cannot_be_a_request_is_refused(tiny_artefact: Path) -> None:
    """Wrong shapes and oversized requests never reach the worker."""
    engine = WorkerEngine(tiny_artefact, device="cpu")
    for images in (np.zeros((0, 200, 200, 3), np.uint8), np.zeros((65, 200, 200, 3), np.uint8), OPEN[None]):
        with pytest.raises(ValueError, match="expected uint8"):
            engine.submit_pictures(images)


def test_a_model_that_is_refused_in_the_worker_stops_the_start(tiny_artefact: Path, tmp_path: Path) -> None:
    """What only loading finds (golden vectors) reaches the caller of `start` as ArtefactError."""
    shutil.copytree(tiny_artefact.parent, tmp_path / "copy")
    manifest = tmp_path / "copy" / "tiny.json"
    edit(manifest, "golden.occupancy", 0.5)
    engine = WorkerEngine(manifest, device="cpu", threads=1)
    with pytest.raises(ArtefactError, match="occupancy differs"):
        engine.start()
    assert engine.status.state == "down"
    with pytest.raises(EngineUnavailableError, match="occupancy differs"):
        engine.submit_pictures(picture(OPEN)[None]).result(0)
    engine.stop()


@pytest.mark.thorough
def test_the_service_side_does_not_import_torch() -> None:
    """The process that holds the engine stays without torch: 200 MB and two seconds."""
    code = "import sys, service.inference.engine, service.verdicts.pipeline; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_stopping_answers_who_waits_for_the_model(tiny_artefact: Path) -> None:
    """A signal while the model loads: nobody waits for it for ever."""
    engine = WorkerEngine(tiny_artefact, device="cpu", main=scripted_worker.sleeps)
    engine.start(wait_ready=False)
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(engine.wait_ready)
        engine.stop()
        with pytest.raises(EngineUnavailableError, match="the service stops"):
            waiting.result(30)
    with pytest.raises(EngineUnavailableError):
        engine.submit_masks(OPEN[None]).result(0)


def test_a_start_that_gets_on_is_waited_for(tiny_artefact: Path) -> None:
    """It takes four seconds, the engine's patience is three; one that does nothing is given up."""
    engine = WorkerEngine(tiny_artefact, device="cpu", threads=1, start_s=3.0, main=scripted_worker.gets_on)
    engine.start()
    engine.stop()
    engine = WorkerEngine(tiny_artefact, device="cpu", threads=1, start_s=1.0, main=scripted_worker.sleeps)
    with pytest.raises(EngineUnavailableError, match="does not answer"):
        engine.start()
    engine.stop()


@pytest.mark.thorough
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("blow", [SystemExit, ZeroDivisionError])
def test_killed_engine_threads_leave_no_question_open(tiny_artefact: Path, blow: type[BaseException]) -> None:
    """Its thread is struck at work: every future comes to an end, and a new worker serves."""
    runners, events = Runners(), queue.SimpleQueue[Health]()
    engine = WorkerEngine(
        tiny_artefact,
        device="cpu",
        deadline_s=60.0,
        on_health=events.put,
        runners=runners,
        main=scripted_worker.answers_slowly,
    )
    engine.start()
    (runner,) = runners
    flying = [engine.submit_pictures(np.stack([picture(OPEN)] * 8)) for _ in range(20)]
    ident = runner.thread_id
    assert ident is not None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(ident), ctypes.py_object(blow))
    while wait(flying, 0.05).not_done:
        runners.revive()
    assert [future.exception() for future in flying] == [None] * 20
    assert events.get(timeout=30).active
    assert not events.get(timeout=30).active
    engine.stop()
