"""The service's engine: the network in a process of its own.

    engine = WorkerEngine(path, on_health=pipeline.on_event)
    engine.start()                                    # ArtefactError if the model is refused
    embeddings, occupancy, matches, riders = engine.submit_pictures(images, masks).result()

The worker is a process of its own that holds the model. One thread here feeds it batches and starts a new one
when it dies or hangs. The service's own process never imports torch.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Literal

import structlog

from service.domain.alarm import AlarmKind
from service.domain.arrays import Float32, Image
from service.domain.errors import ArtefactError, BarwatchError, DeviceError, EngineUnavailableError
from service.domain.health import Health
from service.host.child import Child, ChildLostError
from service.host.runner import BackOff, Runner, Runners, attempt
from service.inference.artefact import verify
from service.inference.device import CPU, STEADY_S, Devices
from service.inference.protocol import MAX_REQUEST, EngineStatus
from service.inference.requests import LOOK, Request, RequestQueue, SubmittingEngine, check_request
from service.inference.session import POLL_S, SessionLimits, WorkerSession
from service.inference.worker import Blocks, EmbedderOptions, WorkerMain, worker_main

log = structlog.get_logger(__name__)

DEADLINE_S = 5.0
"""How long a request may take, by default."""

WINDOW_S = 0.002
"""How long a batch waits for company, by default; on a CPU it does not."""


class WorkerEngine(SubmittingEngine):
    """The embedder in its own process. Submit from any thread; `on_health` is called from the engine's own.

    Args:
        path: the model file or its manifest.
        device: see EmbeddingModel.load.
        threads: CPU threads of the worker; None: half the cores.
        precision, public_key: see EmbeddingModel.load.
        on_health: called when the worker is down (active) and up again (not active).
        deadline_s: a request without an answer after this long fails.
        hang_s: a worker that neither answers nor works for this long, plus a little per picture, is replaced.
        start_s: a worker that makes no progress with its start for this long is replaced too.
        window_s: how long a batch waits for more requests; on a CPU it does not wait.
        max_waiting: pictures that may wait or be worked on; more are rejected (counted).
        max_backoff_s: the longest pause between two starts.
        main: what runs in the worker; tests hand in their own.
        runners: owns the engine's thread.

    Raises:
        ArtefactError: the manifest or the file is invalid (`start` checks the rest).
    """

    def __init__(
        self,
        path: Path,
        *,
        device: str = "auto",
        threads: int | None = None,
        precision: Literal["auto", "float32"] = "auto",
        public_key: str | None = None,
        on_health: Callable[[Health], None] | None = None,
        deadline_s: float = DEADLINE_S,
        hang_s: float = 2.0,
        start_s: float = 60.0,
        window_s: float = WINDOW_S,
        max_waiting: int = 384,
        max_backoff_s: float = 10.0,
        main: WorkerMain = worker_main,
        runners: Runners | None = None,
    ) -> None:
        self.manifest = verify(path, public_key)
        dim, cells = self.manifest.embedding_dim, self.manifest.calibration.rider_cells
        self._options = EmbedderOptions(
            *(Path(path), device, threads, precision, MAX_REQUEST, dim, cells),
            digest=self.manifest.digest,
            public_key=public_key,
        )
        self._on_health = on_health
        self._deadline_s = deadline_s
        self._limits = SessionLimits(start_s, hang_s, window_s)
        self._back_off = BackOff(first_s=0.25, longest_s=max_backoff_s)
        self._context, self._main = get_context("spawn"), main
        self._blocks = Blocks(self._context, dim, cells)
        self._queue = RequestQueue(max_waiting)
        self._first: Future[None] = Future()
        self._runner = (runners or Runners()).add(Runner("engine", self._live_once))
        self._state, self._devices = "starting", Devices(device)
        self._pid: int | None = None
        self._ready_mono_s: float | None = None
        """When the present worker became ready; None until it is."""
        self._restarts = 0
        self._down = False

    def start(self, *, wait_ready: bool = True) -> None:
        """Start the worker; by default, return once it is ready.

        Raises:
            ArtefactError: the worker refused the model.
            EngineUnavailableError: the worker did not become ready.
        """
        self._runner.start()
        if wait_ready:
            self.wait_ready()

    def wait_ready(self, timeout_s: float | None = None) -> None:
        """Wait for the first worker; raises as `start` does, TimeoutError after `timeout_s`."""
        self._first.result(timeout_s)

    def stop(self) -> None:
        """End the worker; callers that wait for it or for an answer get an EngineUnavailableError."""
        self._runner.stopping.set()
        self._queue.close("the service stops")
        self._fail_first(EngineUnavailableError("the service stops"))
        self._runner.stop()
        self._state, self._pid = "stopped", None

    @property
    def status(self) -> EngineStatus:
        """The worker's present state and counters."""
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

    def submit(self, kind: str, images: Image, references: Float32 | None = None) -> Future[Any]:
        """See SubmittingEngine."""
        check_request(kind, images, references, self.manifest.embedding_dim)
        request = Request(kind, images, time.monotonic() + self._deadline_s, references, kind == LOOK)
        self._queue.put(request)
        return request.future

    def _live_once(self) -> bool:
        """Run one worker from its start to its end; return False if no other is to follow."""
        loss: BarwatchError
        try:
            self._run_worker()
        except ArtefactError as error:
            if isinstance(error, DeviceError) and self._may_fall_back_to_cpu():
                self._devices.give_up(str(error))
                return True
            loss = error
        except ChildLostError as error:
            loss = EngineUnavailableError(f"the embedder's worker {error}")
        except BaseException:
            self._set_down("the engine's thread was interrupted")
            raise
        else:
            return False  # the engine was stopped
        if not self._first.done():
            # The person who starts the service must know: they can do more about it than another attempt.
            self._state = "down"
            self._queue.close(str(loss))
            self._fail_first(loss)
            return False
        self._set_down(str(loss))
        self._pause(str(loss))
        return True

    def _run_worker(self) -> None:
        """Start a worker and feed it until the engine is stopped.

        Raises:
            ArtefactError: it refused the model; a DeviceError: the device.
            ChildLostError: it was lost.
        """
        self._ready_mono_s = None
        options = replace(self._options, device=self._devices.next)
        shared = (self._blocks.inputs, self._blocks.references, self._blocks.outputs)
        child = Child.spawn(self._context, "barwatch-embedder", self._main, *shared, options)
        self._pid = child.pid
        session = WorkerSession(child, self._queue, self._blocks, self._limits, self._runner)
        try:
            device = session.await_ready()
            if device is not None:
                self._devices.ready(device)
                self._ready_mono_s = time.monotonic()
                self._set_up()
                session.serve(one_by_one=device.startswith(CPU))
        finally:
            self._pid = None
            child.end()
            self._queue.put_back("the embedder's worker was lost twice with these pictures")

    def _may_fall_back_to_cpu(self) -> bool:
        """Return False for a device that was asked for by name and never worked: people must know."""
        return self._devices.next != CPU and (self._first.done() or self._devices.wanted == "auto")

    def _fail_first(self, error: BarwatchError) -> None:
        with suppress(InvalidStateError):  # it came up, or was answered already
            self._first.set_exception(error)

    def _set_up(self) -> None:
        self._state = "ready"
        with suppress(InvalidStateError):  # it is not the first worker
            self._first.set_result(None)
        if self._down:
            self._down = False
            self._report(Health(AlarmKind.WORKER_DOWN, None, False, "The embedder's worker is back"))

    def _set_down(self, reason: str) -> None:
        self._state = "down"
        self._restarts += 1
        log.warning("embedder down", reason=reason, restarts=self._restarts)
        if not self._down:
            self._down = True
            self._report(Health(AlarmKind.WORKER_DOWN, None, True, f"No carrier can be judged: {reason}"))

    def _pause(self, reason: str) -> None:
        """Pause before the next worker: one that lived for a while is replaced at once."""
        if self._ready_mono_s is not None:
            lived_s = time.monotonic() - self._ready_mono_s
            self._devices.ended(reason, lived_s)
            if lived_s > STEADY_S:
                self._back_off.reset()
                return
        until_mono_s = time.monotonic() + self._back_off.next_s()
        while time.monotonic() < until_mono_s and not self._runner.stopping.wait(POLL_S):
            self._runner.heartbeat.begin()
            self._queue.expire()

    def _report(self, health: Health) -> None:
        if self._on_health is None:
            return
        if (error := attempt(partial(self._on_health, health))) is not None:
            log.error("health listener failed", exc_info=error)
