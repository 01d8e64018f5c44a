"""Decodes pictures of strangers in processes of their own, which are ended and replaced at their limits."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from functools import partial
from multiprocessing.context import ForkServerContext, SpawnContext
from typing import Any, TypeVar

import structlog

from lifts.errors import LiftError
from service.decoding.budget import Budget, too_costly
from service.decoding.worker import run_decoder
from service.domain.errors import BarwatchError, BusyError
from service.host.child import NOTHING, Child, ChildLostError, processor_time_s
from service.host.runner import Runner, Runners

T = TypeVar("T")
log = structlog.get_logger(__name__)

PROCESSES = 2
WAIT_S = 10.0
"""How long a job waits for a process that is free."""

START_PATIENCE_S, START_LONGEST_S = 30.0, 120.0
_LOOK_EVERY_S = 0.1


class DecodingProcesses:
    """Does each job in one of a few processes, which are kept for the next one, as `StrangersPictures` says.

    Args:
        context: returns what processes are started from.
        budget: of one job.
        count: how many processes; they start with `start`, not before.
        wait_s: how long a job waits for one that is free.
        runners: owns the thread that starts them.
    """

    def __init__(
        self,
        context: Callable[[], ForkServerContext | SpawnContext],
        budget: Budget | None = None,
        *,
        count: int = PROCESSES,
        wait_s: float = WAIT_S,
        runners: Runners | None = None,
    ) -> None:
        self._context, self._budget, self._wait_s = context, budget or Budget(), wait_s
        self._idle: queue.SimpleQueue[Child] = queue.SimpleQueue()
        self._missing = threading.Semaphore(count)
        self.runner = (runners or Runners()).add(
            Runner("picture decoders", self._start_one, wake=self._missing.release)
        )
        self.lost = 0
        """How many processes were ended at a limit or died."""

    def start(self) -> None:
        """Start the processes; returns at once."""
        self.runner.start()

    def stop(self) -> None:
        """End them."""
        self.runner.stop()
        while (child := self._free(0.0)) is not None:
            child.end()

    def do(self, job: Callable[[], T]) -> T:
        """Do a job in the first process that is free."""
        answer = self._done(job)
        if isinstance(answer, LiftError | BarwatchError):
            raise answer
        return answer

    def _done(self, job: Callable[[], T]) -> T | LiftError | BarwatchError:
        child, kept = self._ready(), False
        try:
            child.send_parcel(job)
            answer: T | LiftError | BarwatchError = self._await(child)
            kept = not self.runner.stopping.is_set()
        except ChildLostError as error:
            self.lost += 1
            log.warning("a picture could not be decoded", reason=str(error))
            raise too_costly() from error
        finally:
            if kept:
                self._idle.put(child)
            else:
                child.end()
                self._missing.release()
        return answer

    def _await(self, child: Child) -> Any:
        """Return the answer; a process that uses up its time is lost."""
        child.expect(self._budget.longest_s)
        began_s = processor_time_s(child.pid)
        while (answer := child.receive_parcel(_LOOK_EVERY_S)) is NOTHING:
            if (used_s := processor_time_s(child.pid) - began_s) > self._budget.seconds:
                raise ChildLostError(f"has used {used_s:.1f} s of the processor")
        return answer

    def _ready(self) -> Child:
        """Return a process that lives, when one is free."""
        while (child := self._free(self._wait_s)) is not None:
            if child.alive:
                return child
            child.end()  # it died while it had nothing to do, so no picture is to blame
            self._missing.release()
        raise BusyError("too many pictures are being decoded: try again in a few seconds", "busy")

    def _free(self, timeout_s: float) -> Child | None:
        try:
            return self._idle.get(timeout=timeout_s) if timeout_s else self._idle.get_nowait()
        except queue.Empty:
            return None

    def _start_one(self) -> None:
        with self.runner.heartbeat.waiting():
            self._missing.acquire()
        if self.runner.stopping.is_set():
            return
        try:
            child = self._started()
        except ChildLostError:
            self._missing.release()
            raise
        if self.runner.stopping.is_set():
            child.end()
        else:
            self._idle.put(child)

    def _started(self) -> Child:
        child = Child.spawn(self._context(), "barwatch-decoder", run_decoder, self._budget.memory_bytes)
        child.expect(START_PATIENCE_S, START_LONGEST_S)
        try:
            while child.receive(_LOOK_EVERY_S) is NOTHING:
                self.runner.heartbeat.begin()
                if self.runner.stopping.is_set():
                    break
        except ChildLostError:
            child.end()
            raise
        return child


def several(jobs: list[partial[T]]) -> list[T]:
    """Return what each of several jobs returns, in order: one budget, one journey for all of a request."""
    return [job() for job in jobs]
