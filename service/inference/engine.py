"""The service's engine: the network in a process of its own.

    engine = WorkerEngine(path, on_health=pipeline.on_event)
    engine.start()                                    # ArtefactError if the model is not to be trusted
    embeddings, occupancy, matches = engine.submit_pictures(images, masks).result()

The worker is one process with the model; one thread here feeds it batches, watches that it answers, and
starts a new one when it dies or hangs. The service's own process never imports torch.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from multiprocessing import get_context
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any, Literal

import numpy as np
import structlog

from lifts.decision.verdict import Inference
from service.domain.alarm import AlarmKind
from service.domain.arrays import Float32, Image
from service.domain.errors import ArtefactError, DeviceError, EngineUnavailableError
from service.domain.health import Health
from service.host.watchdog import Step
from service.inference.artefact import verify
from service.inference.device import CPU, STEADY_S, Devices
from service.inference.protocol import MAX_REQUEST, EngineStatus
from service.inference.requests import Request, RequestQueue
from service.inference.worker import (
    DONE,
    FAILED,
    LOST,
    MASKS,
    PICTURES,
    PING,
    READY,
    REFUSED,
    Blocks,
    WorkerHandle,
    WorkerMain,
    WorkerOptions,
    worker_main,
)

log = structlog.get_logger(__name__)

POLL_S = 0.05

CPU_BATCH, DEVICE_BATCH = 3, 24
"""Requests are gathered up to this many pictures. On a CPU 24 take 24 times as long as one:
there each carrier is judged by itself, so that the first of eight does not wait for the last."""

PING_AFTER_S = 1.0

HANG_PER_PICTURE_S = 0.1
"""What a batch adds to `hang_s`: twenty times what one core needs."""


class WorkerEngine:
    """The embedder in its own process. Submit from any thread; `on_health` is called from the engine's own.

    Args:
        path: the model file or its manifest.
        device: see EmbeddingModel.load.
        threads: CPU threads of the worker; None: half the cores.
        precision: see EmbeddingModel.load.
        on_health: told when the worker is down (active) and up again (not active).
        deadline_s: a request without an answer after this long fails.
        hang_s: a worker that does not answer for this long, plus a little per picture, is replaced.
        start_s: a worker that is not ready after this long is replaced.
        window_s: how long a batch waits for company; on a CPU it does not.
        max_waiting: pictures that may wait or be worked on; more are rejected (counted).
        max_backoff_s: the longest pause between two starts.
        main: what runs in the worker; a test's own plays a device that is lost.

    Raises:
        ArtefactError: manifest or file are not in order (the rest is checked by `start`).
    """

    def __init__(
        self,
        path: Path,
        *,
        device: str = "auto",
        threads: int | None = None,
        precision: Literal["auto", "float32"] = "auto",
        on_health: Callable[[Health], None] | None = None,
        deadline_s: float = 5.0,
        hang_s: float = 2.0,
        start_s: float = 60.0,
        window_s: float = 0.002,
        max_waiting: int = 384,
        max_backoff_s: float = 10.0,
        main: WorkerMain = worker_main,
    ) -> None:
        self.manifest = verify(path)
        self._options = WorkerOptions(
            Path(path), device, threads, precision, MAX_REQUEST, self.manifest.embedding_dim
        )
        self._on_health = on_health
        self._deadline_s, self._hang_s, self._start_s = deadline_s, hang_s, start_s
        self._window_s, self._max_backoff_s = window_s, max_backoff_s
        self._context, self._main = get_context("spawn"), main
        self._blocks = Blocks(self._context, self.manifest.embedding_dim)
        self._queue = RequestQueue(max_waiting)
        self._stopping = threading.Event()
        self._first: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._state, self._devices = "starting", Devices(device)
        self.step = Step()
        """What the engine's thread is at, for the watchdog: it looks up many times a second."""
        self._pid: int | None = None
        self._restarts = 0
        self._down = False

    def start(self, *, wait_ready: bool = True) -> None:
        """Start the worker; by default returns once it is ready.

        Raises:
            ArtefactError: the worker refused the model.
            EngineUnavailableError: it did not come up.
        """
        self._thread.start()
        if wait_ready:
            self.wait_ready()

    def wait_ready(self, timeout_s: float | None = None) -> None:
        """Wait for the first worker; raises as `start` does, TimeoutError after `timeout_s`."""
        self._first.result(timeout_s)

    def stop(self) -> None:
        """End the worker; what waits fails with EngineUnavailableError."""
        self._stopping.set()
        self._queue.close("the service stops")
        if self._thread.is_alive():
            self._thread.join()
        self._state, self._pid = "stopped", None

    @property
    def status(self) -> EngineStatus:
        """How the worker is."""
        queue = self._queue
        return EngineStatus(
            state=self._state,
            device=self._devices.used,
            pid=self._pid,
            restarts=self._restarts,
            queue_length=queue.images,
            rejected=queue.rejected,
            expired=queue.expired,
            model=self.manifest.identity,
            device_lost=self._devices.lost,
        )

    def submit_pictures(self, images: Image, by: Float32 | None = None) -> Future[Inference]:
        """See Engine. Do not write to `images` before the future is done. Raises ValueError."""
        dim = self.manifest.embedding_dim
        if by is not None and by.shape != (3, dim):
            raise ValueError(f"expected to judge by float32[3, {dim}], got {by.dtype}{list(by.shape)}")
        return self._submit(PICTURES, images, (200, 200, 3), by)

    def submit_masks(self, masks: Image) -> Future[Float32]:
        """See Engine. Raises ValueError."""
        return self._submit(MASKS, masks, (200, 200))

    def _submit(
        self, kind: str, images: Image, shape: tuple[int, ...], by: Float32 | None = None
    ) -> Future[Any]:
        if images.dtype != np.uint8 or images.shape[1:] != shape or not 1 <= len(images) <= MAX_REQUEST:
            expected = f"uint8[1..{MAX_REQUEST}, {', '.join(map(str, shape))}]"
            raise ValueError(f"expected {expected}, got {images.dtype}{list(images.shape)}")
        request = Request(kind, images, time.monotonic() + self._deadline_s, by)
        self._queue.put(request)
        return request.future

    def _run(self) -> None:
        try:
            self._run_workers()
        finally:
            self.step.end()

    def _run_workers(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            self.step.begin()
            try:
                worker = self._start_worker()
            except (ArtefactError, EngineUnavailableError) as error:
                if isinstance(error, DeviceError) and self._may_use_the_processor():
                    self._devices.give_up(str(error))
                    continue
                if not self._first.done():
                    self._first.set_exception(error)
                    self._queue.close(str(error))
                    self._state = "down"
                    return
                self._set_down(str(error))
                failures += 1
            else:
                if worker is None:
                    return
                began = time.monotonic()
                reason = self._serve(worker)
                worker.end()
                if self._stopping.is_set():
                    return
                self._devices.ended(reason, time.monotonic() - began)
                self._set_down(reason)
                self._queue.put_back(reason)
                # One that lived for a while is replaced at once; one that keeps dying is not hammered.
                failures = 1 if time.monotonic() - began > STEADY_S else failures + 1
            self._restarts += 1
            self._pause(min(0.25 * 2 ** (failures - 1) - 0.25, self._max_backoff_s))

    def _may_use_the_processor(self) -> bool:
        """Not where the device was asked for by name and never was there: whoever starts it must know."""
        return self._devices.next != CPU and (self._first.done() or self._devices.wanted == "auto")

    def _start_worker(self) -> WorkerHandle | None:
        options = replace(self._options, device=self._devices.next)
        shared = (self._blocks.inputs, self._blocks.judging, self._blocks.outputs)
        worker = WorkerHandle.start(self._context, "barwatch-embedder", self._main, *shared, options)
        self._pid = worker.process.pid
        try:
            said, text = self._reply(worker, self._start_s)
        except EngineUnavailableError:
            worker.end()
            raise
        if said != READY:
            worker.end()
        if said in {REFUSED, LOST}:
            raise DeviceError(text) if said == LOST else ArtefactError(text)
        if said != READY:
            return None
        self._devices.ready(text)
        self._set_up()
        return worker

    def _serve(self, worker: WorkerHandle) -> str:
        """Feed one worker until it is lost or the engine stops; returns why it was lost."""
        try:
            while not self._stopping.is_set():
                self.step.begin()
                if self._queue.wait(POLL_S):
                    self._serve_batch(worker)
                elif not worker.process.is_alive():
                    return "the embedder's worker died"
                elif time.monotonic() - worker.idle_since_mono_s > PING_AFTER_S:
                    self._ask(worker, PING, 0)
        except EngineUnavailableError as error:
            return str(error)
        return ""

    def _serve_batch(self, worker: WorkerHandle) -> None:
        cpu = self._devices.used.startswith(CPU)
        batch = self._queue.take(*((CPU_BATCH, 0.0) if cpu else (DEVICE_BATCH, self._window_s)))
        if not batch:
            return
        said, text = self._ask(worker, batch[0].kind, self._blocks.write(batch))
        if said == DONE:
            self._blocks.hand_out(batch)
        elif said == FAILED:
            for request in batch:
                request.fail(f"the network failed: {text}")
        else:
            return
        self._queue.done()

    def _ask(self, worker: WorkerHandle, kind: str, count: int) -> tuple[str, str]:
        try:
            worker.pipe.send((kind, count))
        except OSError as error:
            raise EngineUnavailableError("the embedder's worker died") from error
        reply = self._reply(worker, self._hang_s + count * HANG_PER_PICTURE_S)
        worker.idle_since_mono_s = time.monotonic()
        return reply

    def _reply(self, worker: WorkerHandle, timeout_s: float) -> tuple[str, str]:
        """Wait for the worker's word, letting deadlines pass meanwhile; ("", "") when the engine stops."""
        until = time.monotonic() + timeout_s
        while not self._stopping.is_set():
            self.step.begin()
            ready = wait([worker.pipe, worker.process.sentinel], POLL_S)
            if worker.pipe in ready:
                try:
                    said, text = worker.pipe.recv()
                except (EOFError, OSError) as error:
                    raise EngineUnavailableError("the embedder's worker died") from error
                return said, text
            if ready:
                raise EngineUnavailableError("the embedder's worker died")
            self._queue.expire()
            if time.monotonic() > until:
                raise EngineUnavailableError("the embedder's worker does not answer")
        return "", ""

    def _pause(self, pause_s: float) -> None:
        until = time.monotonic() + pause_s
        while time.monotonic() < until and not self._stopping.wait(POLL_S):
            self.step.begin()
            self._queue.expire()

    def _set_up(self) -> None:
        self._state = "ready"
        if not self._first.done():
            self._first.set_result(None)
        if self._down:
            self._down = False
            self._tell(Health(AlarmKind.WORKER_DOWN, None, False, "The embedder's worker is back"))

    def _set_down(self, reason: str) -> None:
        self._state, self._pid = "down", None
        log.warning("embedder down", reason=reason, restarts=self._restarts)
        if not self._down:
            self._down = True
            self._tell(Health(AlarmKind.WORKER_DOWN, None, True, f"No carrier can be judged: {reason}"))

    def _tell(self, health: Health) -> None:
        if self._on_health is None:
            return
        try:
            self._on_health(health)
        except Exception:
            log.exception("health listener failed")
