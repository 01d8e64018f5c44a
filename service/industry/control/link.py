"""The service's end of a coil's process: proves, four times a second, that the service lives and sees."""

from __future__ import annotations

import time
from collections.abc import Callable
from multiprocessing import get_context

import structlog

from service.host.child import Child, ChildLostError
from service.host.runner import BackOff, Runner
from service.industry.control.entry import run_coil
from service.industry.control.terms import PROOF_EVERY_S, CoilFault, CoilStatus, ControlTerms, Proof

log = structlog.get_logger(__name__)

START_S, SILENT_S = 60.0, 10.0


class CoilLink:
    """Runs the process of one lift's coil; `start` and `stop` it.

    Args:
        lift_id: whose coil.
        terms: where it is.
        healthy: asked before each proof, on this link's own thread.
    """

    def __init__(self, lift_id: str, terms: ControlTerms, healthy: Callable[[], bool]) -> None:
        self._terms, self._healthy = terms, healthy
        self.status = CoilStatus(False, CoilFault("starting", "its process starts"))
        """What was last written; replaced whole."""
        name = f"lift control {lift_id}"
        self._name = name
        self.runner = Runner(name, self._live_once, back_off=BackOff(first_s=0.25, longest_s=4.0))

    def start(self) -> None:
        """Start the process."""
        self.runner.start()

    def stop(self) -> None:
        """Drop the coil and end the process."""
        self.runner.stop()

    def _live_once(self) -> None:
        child = Child.spawn(get_context("spawn"), self._name, run_coil, self._terms)
        try:
            self._prove(child)
        except ChildLostError as error:
            self.status = CoilStatus(False, CoilFault("process_lost", f"its process {error}"))
            raise
        finally:
            child.end(1.5)  # it drops the coil before it ends

    def _prove(self, child: Child) -> None:
        child.expect(START_S)
        due_s = time.monotonic()
        while not self.runner.stopping.is_set():
            self.runner.heartbeat.begin()
            child.send(Proof(self._healthy()))
            due_s = max(due_s + PROOF_EVERY_S, time.monotonic())
            while (left_s := due_s - time.monotonic()) > 0:
                message = child.receive(left_s)
                if isinstance(message, CoilStatus):
                    child.expect(SILENT_S)
                    self._note(message)

    def _note(self, status: CoilStatus) -> None:
        if status != self.status:
            reason = "" if status.fault is None else status.fault.message
            log.info("a lift's control is told", output=self._name, healthy=status.energised, reason=reason)
        self.status = status
