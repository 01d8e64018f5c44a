"""One worker as the engine uses it: wait until it is ready, then feed it one batch after the other."""

from __future__ import annotations

import time
from dataclasses import dataclass

from service.domain.errors import ArtefactError, DeviceError
from service.host.child import NOTHING, Child
from service.host.runner import Runner
from service.inference.requests import RequestQueue
from service.inference.worker import DONE, FAILED, LOST, PING, READY, Blocks

POLL_S = 0.05

CPU_BATCH, DEVICE_BATCH = 3, 24
"""Requests are gathered up to this many pictures. On a CPU 24 take 24 times as long as one:
there each carrier is judged by itself, so that the first of eight does not wait for the last."""

PING_AFTER_S = 1.0

HANG_PER_PICTURE_S = 0.1
"""What a batch adds to `hang_s`: twenty times what one core needs."""

LONGEST = 5
"""A worker that keeps the processor busy is waited for this many times as long as one that does nothing."""


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How patient the engine is with a worker, in seconds.

    start_s: without progress, until it is ready.
    hang_s: without progress, until it answers; a little more per picture.
    window_s: how long a batch waits for company; on a CPU it does not.
    """

    start_s: float
    hang_s: float
    window_s: float


class WorkerSession:
    """The engine's talk with one worker, on the engine's thread.

    Args:
        child: the worker's process, just started.
        queue: where requests wait.
        blocks: the memory that is shared with it.
        limits: see SessionLimits.
        runner: the engine's; the session ends when it is stopped.
    """

    def __init__(
        self, child: Child, queue: RequestQueue, blocks: Blocks, limits: SessionLimits, runner: Runner
    ) -> None:
        self._child, self._queue, self._blocks = child, queue, blocks
        self._limits, self._runner = limits, runner

    def await_ready(self) -> str | None:
        """Wait until the model is loaded; return what it computes on, or None when the engine stops.

        Raises:
            ArtefactError: the worker refused the model; a DeviceError: the device.
            ChildLostError: it was lost.
        """
        self._child.expect(self._limits.start_s, LONGEST * self._limits.start_s)
        answer, text = self._reply()
        if answer == READY:
            return text
        if answer:
            raise DeviceError(text) if answer == LOST else ArtefactError(text)
        return None

    def serve(self, *, one_by_one: bool) -> None:
        """Feed the worker until the engine stops.

        Args:
            one_by_one: each carrier is judged by itself, as suits a CPU.

        Raises:
            ChildLostError: it was lost.
        """
        gathered = (CPU_BATCH, 0.0) if one_by_one else (DEVICE_BATCH, self._limits.window_s)
        while not self._runner.stopping.is_set():
            self._runner.heartbeat.begin()
            if self._queue.wait(POLL_S):
                self._serve_batch(*gathered)
            elif time.monotonic() - self._child.heard_mono_s > PING_AFTER_S:
                self._ask(PING, 0)
            else:
                self._child.receive(0.0)  # it has nothing to say, but may have died

    def _serve_batch(self, capacity: int, window_s: float) -> None:
        batch = self._queue.take(capacity, window_s)
        if not batch:
            return
        answer, text = self._ask(batch[0].kind, self._blocks.write(batch))
        if answer == DONE:
            self._blocks.hand_out(batch)
        elif answer == FAILED:
            for request in batch:
                request.fail(f"the network failed: {text}")
        else:
            return
        self._queue.done()

    def _ask(self, kind: str, count: int) -> tuple[str, str]:
        self._child.send((kind, count))
        patience_s = self._limits.hang_s + count * HANG_PER_PICTURE_S
        self._child.expect(patience_s, LONGEST * patience_s)
        return self._reply()

    def _reply(self) -> tuple[str, str]:
        """Wait for the worker's word, letting deadlines pass meanwhile; ("", "") when the engine stops."""
        while not self._runner.stopping.is_set():
            self._runner.heartbeat.begin()
            reply = self._child.receive(POLL_S)
            if reply is not NOTHING:
                answer, text = reply
                return answer, text
            self._queue.expire()
        return "", ""
