"""The engine of a cluster: embedders of its nodes answer, and the local engine whenever they do not.

    engine = RayEngine(local, link, options, on_health=pipeline.on_event)
    engine.start()

Both are always there. A request that the cluster has not answered in about a second goes to the local engine
as well; while the cluster's head is silent, or there is none, all do at once. So no request waits for Ray to
find out what is wrong. Whoever answers first has answered.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, Literal

import structlog

from lifts.decision.reasons import Reason
from service.cluster.embedding.calls import Asked, CallBook, JoinedEmbedder
from service.cluster.embedding.pool import CALL, DONE, GONE, READY
from service.cluster.embedding.reading import read_model
from service.cluster.embedding.scale import ClusterEmbedding, Scale
from service.cluster.embedding.telling import ClusterHealth
from service.cluster.link import DriverLink
from service.domain.arrays import Float32, Image
from service.domain.errors import EngineUnavailableError
from service.domain.health import Health
from service.host.runner import Runner, Runners, attempt
from service.inference.artefact import Manifest
from service.inference.engine import DEADLINE_S, WorkerEngine
from service.inference.protocol import ClusterStatus, EngineStatus
from service.inference.requests import LOOK, SubmittingEngine, check_request

log = structlog.get_logger(__name__)

POOL = "service.cluster.embedding.pool:EmbedderPool"

_NUMBERS = count(1)
"""A model may judge again while its former engine still answers: each engine has a name of its own."""

TURN_S = 0.05
"""How often it is looked whether a request has waited for too long."""


class RayEngine(SubmittingEngine):
    """See Engine. Submit from any thread; `on_health` is called from the engine's own threads.

    Args:
        make_local: makes the engine of this machine, not started, which tells its health to what it is given.
        link: the cluster.
        path: the model file or its manifest, as the local engine has it.
        embedding: what the cluster's embedders are.
        device, precision, public_key: see EmbeddingModel.load; of the cluster's embedders.
        on_health: called when nothing judges, when the cluster is gone, and when either is over.
        deadline_s: a request without an answer after this long fails.
        max_waiting: pictures that may wait for the cluster or be with it; more are the local engine's.
        runners: owns the engine's thread.

    Raises:
        ArtefactError: the manifest or the file is invalid.
    """

    def __init__(
        self,
        make_local: Callable[[Callable[[Health], None]], WorkerEngine],
        link: DriverLink,
        path: Path,
        embedding: ClusterEmbedding,
        *,
        device: str = "auto",
        precision: Literal["auto", "float32"] = "auto",
        public_key: str | None = None,
        on_health: Callable[[Health], None] | None = None,
        deadline_s: float = DEADLINE_S,
        max_waiting: int = 768,
        runners: Runners | None = None,
    ) -> None:
        self._changed = threading.Condition(threading.RLock())
        """Guards what follows."""
        self._health, self._on_health = ClusterHealth(embedding.join_s), on_health
        self._local = make_local(self._local_health)
        self.manifest: Manifest = self._local.manifest
        self.name = f"embedders {next(_NUMBERS)} {self.manifest.identity}"
        self._link = link
        options = (embedding.share, device, precision, public_key)
        self._pool = (read_model(path, self.manifest, *options), embedding.share)
        self._deadline_s = deadline_s
        self._book, self._scale = CallBook(max_waiting), Scale(embedding.limits)
        self._up = self._trusted = False
        """Whether the cluster is joined, and whether its head answers as well."""
        self._gone = ""
        self._expired = 0
        self.moved = 0
        """How many requests went to the local engine: the cluster had not answered, or was not there."""
        self._runner = (runners or Runners()).add(Runner("cluster embedders", self._turn, wake=self._wake))

    def start(self, *, wait_ready: bool = True) -> None:
        """Start the local engine, and ask the cluster for embedders; see WorkerEngine."""
        self._local.start(wait_ready=False)
        self._runner.start()
        self._link.add(self, POOL, *self._pool)
        if wait_ready:
            self.wait_ready()

    def wait_ready(self, timeout_s: float | None = None) -> None:
        """Wait for the local engine, which must be there whenever the cluster is not; see WorkerEngine."""
        self._local.wait_ready(timeout_s)

    def stop(self) -> None:
        """End both; callers that wait get an EngineUnavailableError."""
        self._link.remove(self.name)
        self._runner.stop()
        with self._changed:
            for request in self._book.clear():
                request.fail("the service stops")
        self._local.stop()

    @property
    def status(self) -> EngineStatus:
        """The local engine's; where the cluster judges, how many embedders do."""
        status = self._local.status
        with self._changed:
            embedders = list(self._book.embedders.values()) if self._trusted else []
            waiting, expired, gone = self._book.images, self._expired, self._gone
        found = Counter(embedder.device for embedder in embedders)
        devices = ", ".join(f"{many} x {device}" for device, many in sorted(found.items()))
        return replace(
            status,
            state="ready" if embedders and status.state != "stopped" else status.state,
            device=f"cluster: {devices}" if embedders else f"{status.device} (no cluster)",
            queue_length=status.queue_length + waiting,
            expired=status.expired + expired,
            cluster=ClusterStatus(
                len(embedders),
                "" if embedders else gone or "it is being joined",
                self.moved,
                self._link.restarts,
            ),
        )

    @property
    def embedders(self) -> dict[int, int]:
        """The embedders that are ready: by number, the process ids on their nodes."""
        with self._changed:
            return {number: one.pid for number, one in self._book.embedders.items()}

    def submit(self, kind: str, images: Image, references: Float32 | None = None) -> Future[Any]:
        """See SubmittingEngine."""
        check_request(kind, images, references, self.manifest.embedding_dim)
        now = time.monotonic()
        until = now + self._deadline_s
        request = Asked(kind, images, until, references, kind == LOOK, since_mono_s=now)
        with self._changed:
            elsewhere = not self._trusted or not self._book.embedders or self._book.full(request)
            if not elsewhere:
                self._book.waiting.append(request)
                self._changed.notify()
        if elsewhere:
            self._ask_here(request)
        return request.future

    def up(self) -> None:
        """See LinkPart."""
        with self._changed:
            self._up = self._trusted = True
            self._gone, self._book.wanted = "", 0

    def doubtful(self, *, since: bool) -> None:
        """See LinkPart: what waits or is with embedders goes to the local engine at once."""
        with self._changed:
            self._trusted = not since
            left = self._book.open if since else []
            if since:
                self._book.waiting.clear()
        self._ask_all_here(left)

    def down(self, reason: str) -> None:
        """See LinkPart: the same."""
        with self._changed:
            self._up = self._trusted = False
            self._gone, left = reason, self._book.clear()
        self._ask_all_here(left)

    def take(self, message: Any) -> None:
        """See LinkPart."""
        kind, number, *what = message
        given_up, answered = list[Asked](), list[tuple[Asked, Any]]()
        with self._changed:
            if kind == READY:
                self._book.embedders[number] = JoinedEmbedder(*what)
                log.info("an embedder of the cluster is ready", number=number, device=what[0])
            elif kind == GONE:
                log.info("an embedder of the cluster is gone", number=number, reason=what[0])
                given_up = self._book.lost(number)
            elif (call := self._book.answered(number, what[0])) is not None:
                if kind == DONE:
                    answered = list(zip(call.requests, call.batch.parts_of(what[1]), strict=True))
                else:  # FAILED: by what was asked, or by its device; the local engine knows
                    given_up = call.requests
            self._changed.notify()
        # Never with the lock: callers do more when they are answered.
        for request, answer in answered:
            request.answer(answer)
        self._ask_all_here(given_up)

    def _ask_all_here(self, requests: list[Asked]) -> None:
        for request in requests:
            if request.here:
                self._give_up(request)
            elif not request.future.done():
                self._ask_here(request)

    def _ask_here(self, request: Asked) -> None:
        """Ask the local engine as well."""
        request.here = True
        self.moved += 1
        answer = self._local.submit(request.kind, request.images, request.references)
        answer.add_done_callback(partial(self._answered_here, request))

    def _answered_here(self, request: Asked, answer: Future[Any]) -> None:
        error = answer.exception()
        if error is None:
            request.answer(answer.result())
            return
        with self._changed:
            request.refused = error
        self._give_up(request)

    def _give_up(self, request: Asked) -> None:
        """Fail what the local engine could not answer, once the cluster will not either."""
        with self._changed:
            error = request.refused
            if error is None or any(each is request for each in self._book.open):
                return
        reason = error.reason if isinstance(error, EngineUnavailableError) else Reason.WORKER_DOWN
        request.fail(str(error), reason)

    def _turn(self) -> None:
        """Hand out what waits, and see to what has waited for too long."""
        with self._changed:
            self._changed.wait_for(lambda: self._trusted and self._book.can_call, TURN_S)
            now = time.monotonic()
            judges = self._trusted and bool(self._book.embedders)
            told = self._health.step(now, judges=judges, gone=self._gone)
            late = self._book.late(now)
            over = [each for each in self._book.open if each.deadline_mono_s <= now]
            self._expired += len(over)
            orders = self._book.orders(now, self._scale) if self._trusted else []
        self._ask_all_here(late)
        for request in over:
            request.fail("the embedder did not answer before the deadline", Reason.LATE)
        for message in orders:
            # What cannot be sent is taken back when the link says that the cluster is down.
            attempt(partial(self._link.send, self.name, message, large=message[0] == CALL))
        for health in told:
            self._tell(health)

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify()

    def _local_health(self, health: Health) -> None:
        with self._changed:
            self._health.local(health)

    def _tell(self, health: Health) -> None:
        if self._on_health is None:
            return
        if (error := attempt(partial(self._on_health, health))) is not None:
            log.error("health listener failed", exc_info=error)
